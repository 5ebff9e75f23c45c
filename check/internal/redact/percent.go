package redact

import (
	"strconv"
	"strings"
)

// encodedSpans finds what percent-decoding makes a secret of: which characters are encoded, programs disagree on.
func encodedSpans(s string, secrets []string) []span {
	if !strings.Contains(s, "%") {
		return nil
	}
	var spans []span
	decoded, at := decode(s)
	for _, text := range []string{decoded, strings.ReplaceAll(decoded, "+", " ")} {
		for _, secret := range secrets {
			verbatim, _ := decode(secret) // where a % in it was taken for one that encodes
			for _, sought := range []string{secret, verbatim} {
				if len(sought) < Shortest {
					continue
				}
				for _, found := range spansOf(text, sought) {
					spans = append(spans, span{at[found.from], at[found.to]})
				}
			}
		}
	}
	return spans
}

// decode is s with what is percent-encoded decoded, and where in s each byte begins, and s ends.
func decode(s string) (string, []int) {
	var b strings.Builder
	at := make([]int, 0, len(s)+1)
	for i := 0; i < len(s); {
		at = append(at, i)
		if s[i] == '%' && i+2 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String(), append(at, len(s))
}
