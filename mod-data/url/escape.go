package url

import "strings"

const upperHex = "0123456789ABCDEF"

// escape percent-encodes all of s but what is unreserved, and the bytes of kept. Where a percent sign is kept, it is only where it
// encodes something.
func escape(s, kept string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := range len(s) {
		c := s[i]
		if unreserved(c) || strings.IndexByte(kept, c) >= 0 && (c != '%' || i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2])) {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', upperHex[c>>4], upperHex[c&15]})
	}
	return b.String()
}

func unreserved(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}
