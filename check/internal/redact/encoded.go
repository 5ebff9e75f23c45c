package redact

import (
	"html"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// encoding is a way to write characters that would mean something where the text is put. Which characters they encode,
// and how, programs disagree on: so it is undone where secrets are looked for.
type encoding struct {
	mark   string                                 // what an encoded character begins with
	decode func(s string) (text string, size int) // the one that s begins with; a size of 0 is none
}

func encodings() []encoding {
	return []encoding{{"%", hexPair}, {"=", hexPair}, {"&", entity}, {`\`, escape}} // URLs, quoted-printable, HTML, JSON
}

// pieceBytes is how much of a text is decoded at a time.
const pieceBytes = 64 << 10

// perByte is how many bytes one of a secret takes when it is encoded twice, at most.
const perByte = 32

// encodedSpans finds what is a secret once it is decoded, twice at most.
func encodedSpans(s string, secrets []string) []span {
	if !strings.ContainsAny(s, `%=&\`) {
		return nil
	}
	longest := 0
	sought := make([]string, 0, len(secrets))
	for _, secret := range secrets {
		longest = max(longest, len(secret))
		sought = append(sought, secret)
		if bytes := asLatin1(secret); bytes != secret {
			sought = append(append(sought, bytes), inLatin1(secret)...)
		}
	}
	var spans []span
	for from := 0; from < len(s); from += pieceBytes {
		piece := s[from:min(len(s), from+pieceBytes+longest*perByte)]
		for _, found := range decodedSpans(piece, sought, 2) {
			spans = append(spans, span{from + found.from, from + found.to})
		}
	}
	return spans
}

// decodedSpans finds the parts of s that are a secret when they are decoded, up to so many times.
func decodedSpans(s string, secrets []string, times int) []span {
	var spans []span
	for _, e := range encodings() {
		if !e.in(s) {
			continue
		}
		decoded, at := e.read(s)
		within := decodedIn(e, decoded, secrets)
		if times > 1 {
			within = append(within, decodedSpans(decoded, secrets, times-1)...)
		}
		for _, found := range within {
			spans = append(spans, span{at[found.from], at[found.to]})
		}
	}
	return spans
}

// decodedIn finds the secrets in what e has decoded.
func decodedIn(e encoding, decoded string, secrets []string) []span {
	texts := []string{decoded}
	if e.mark == "%" && strings.Contains(decoded, "+") {
		texts = append(texts, strings.ReplaceAll(decoded, "+", " "))
	}
	var spans []span
	for _, secret := range secrets {
		sought := []string{secret}
		if e.in(secret) { // what was taken for an encoded character
			verbatim, _ := e.read(secret)
			sought = append(sought, verbatim)
		}
		for _, one := range sought {
			for _, text := range texts {
				if len(one) >= Shortest {
					spans = append(spans, spansOf(text, one)...)
				}
			}
		}
	}
	return spans
}

// in tells whether s has encoded characters.
func (e encoding) in(s string) bool {
	for {
		at := strings.Index(s, e.mark)
		if at < 0 {
			return false
		}
		s = s[at:]
		if _, size := e.decode(s); size > 0 {
			return true
		}
		s = s[1:]
	}
}

// read is s decoded, and where in s each byte of that begins, and s ends.
func (e encoding) read(s string) (string, []int) {
	var b strings.Builder
	at := make([]int, 0, len(s)+1)
	for i := 0; i < len(s); {
		text, size := s[i:i+1], 0
		if text == e.mark {
			text, size = e.decode(s[i:])
		}
		if size == 0 {
			text, size = s[i:i+1], 1
		}
		b.WriteString(text)
		for range len(text) {
			at = append(at, i)
		}
		i += size
	}
	return b.String(), append(at, len(s))
}

// hexPair decodes %C3 and =C3.
func hexPair(s string) (text string, size int) {
	if c, ok := number(s, 1, 2); ok {
		return string([]byte{byte(c)}), 3
	}
	return "", 0
}

// longestEntity is about the name of the longest one.
const longestEntity = 32

// entity decodes &lt; and &#60; and &#x3c;.
func entity(s string) (text string, size int) {
	end := strings.IndexByte(s[:min(len(s), longestEntity)], ';') + 1
	if text = html.UnescapeString(s[:end]); end == 0 || text == s[:end] {
		return "", 0
	}
	return text, end
}

// escape decodes \u00e4, \xe4 and \" as JSON, and languages after C, have them.
func escape(s string) (text string, size int) {
	if len(s) < 2 {
		return "", 0
	}
	switch s[1] {
	case 'u':
		return utf16Escape(s)
	case 'x':
		c, ok := number(s, 2, 2)
		if !ok {
			return "", 0
		}
		return string([]byte{byte(c)}), 4
	case '"', '\'', '\\', '/', '`', '$':
		return s[1:2], 2
	}
	if i := strings.IndexByte("nrtbf0", s[1]); i >= 0 {
		return "\n\r\t\b\f\x00"[i : i+1], 2
	}
	return "", 0
}

func utf16Escape(s string) (text string, size int) {
	c, ok := number(s, 2, 4)
	if !ok {
		return "", 0
	}
	if strings.HasPrefix(s[6:], `\u`) {
		if low, ok := number(s, 8, 4); ok {
			if pair := utf16.DecodeRune(rune(c), rune(low)); pair != utf8.RuneError {
				return string(pair), 12
			}
		}
	}
	return string(rune(c)), 6
}

// number is what n hexadecimal digits say that begin at a place of s.
func number(s string, from, n int) (uint16, bool) {
	if len(s) < from+n {
		return 0, false
	}
	c, err := strconv.ParseUint(s[from:from+n], 16, 16)
	return uint16(c), err == nil
}

// inLatin1 is v in ISO-8859-1, if it has all letters of v.
func inLatin1(v string) []string {
	b := make([]byte, 0, len(v))
	for _, c := range v {
		if c > 0xff {
			return nil
		}
		b = append(b, byte(c))
	}
	return []string{string(b)}
}
