package redact

import (
	"strconv"
	"strings"
)

// withoutEncoded masks what percent-decoding makes a secret of: which characters are encoded, programs
// disagree on.
func withoutEncoded(s string, secrets []string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	for _, plus := range []string{"+", " "} {
		for _, secret := range secrets {
			s = withoutOne(s, secret, plus)
		}
	}
	return s
}

func withoutOne(s, secret, plus string) string {
	decoded, at := decode(s)
	text := strings.ReplaceAll(decoded, "+", plus)
	if len(secret) < Shortest || !strings.Contains(text, secret) {
		return s
	}
	var b strings.Builder
	done := 0
	for {
		from := strings.Index(text[done:], secret)
		if from < 0 {
			return b.String() + s[at[done]:]
		}
		from += done
		b.WriteString(s[at[done]:at[from]] + Mask)
		done = from + len(secret)
	}
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
