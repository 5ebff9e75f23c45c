package syntax

import (
	"math"
	"strings"
)

// quoted reads a string between quotes, or up to the end of the line when the
// closing quote is missing.
func (lx *lexer) quoted(quote byte) {
	start, line := lx.pos, lx.line
	lx.pos++
	for {
		if lx.pos >= len(lx.src) || lx.src[lx.pos] == '\n' || lx.src[lx.pos] == '\r' {
			lx.errorf(start, lx.pos, "unfinished string: expected %c before the end of the line", quote)
			break
		}
		c := lx.src[lx.pos]
		if c == '\\' {
			lx.escape()
			continue
		}
		lx.pos++
		if c == quote {
			break
		}
	}
	lx.tree.Tokens = append(lx.tree.Tokens, Token{uint32(start), uint32(lx.pos), line, String})
}

// escape steps over one escape sequence of a string and reports a wrong one.
func (lx *lexer) escape() {
	start := lx.pos
	lx.pos++
	switch c := lx.peek(0); {
	case lx.pos >= len(lx.src):
	case c == '\n' || c == '\r':
		lx.newline()
	case c == 'z':
		lx.tree.Newer |= NewerEscape
		lx.pos++
		for lx.pos < len(lx.src) && class(lx.src[lx.pos])&isSpace != 0 {
			if c := lx.src[lx.pos]; c == '\n' || c == '\r' {
				lx.newline()
			} else {
				lx.pos++
			}
		}
	case c == 'x':
		lx.tree.Newer |= NewerEscape
		lx.pos++
		for range 2 {
			if class(lx.peek(0))&isHex == 0 {
				lx.errorf(start, lx.pos, `wrong escape: \x takes two hexadecimal digits`)
				return
			}
			lx.pos++
		}
	case c == 'u':
		lx.tree.Newer |= NewerEscape
		lx.codePoint(start)
	case c >= '0' && c <= '9':
		n := 0
		for i := 0; i < 3 && class(lx.peek(0))&isDigit != 0; i++ {
			n = n*10 + int(lx.src[lx.pos]-'0')
			lx.pos++
		}
		if n > math.MaxUint8 {
			lx.errorf(start, lx.pos, `wrong escape: \%d is no byte, the largest is \255`, n)
		}
	default:
		lx.pos++
	}
}

// codePoint steps over the {XXX} of a \u escape.
func (lx *lexer) codePoint(start int) {
	lx.pos++
	if lx.peek(0) != '{' || class(lx.peek(1))&isHex == 0 {
		lx.errorf(start, lx.pos, `wrong escape: \u takes hexadecimal digits in braces, as in \u{20AC}`)
		return
	}
	lx.pos++
	n := uint64(0)
	for class(lx.peek(0))&isHex != 0 {
		n = min(n<<4|uint64(hexValue(lx.src[lx.pos])), math.MaxUint32)
		lx.pos++
	}
	switch {
	case lx.peek(0) != '}':
		lx.errorf(start, lx.pos, `wrong escape: expected '}' to close \u{`)
		return
	case n > math.MaxInt32:
		lx.errorf(start, lx.pos+1, `wrong escape: the largest is \u{7FFFFFFF}`)
	}
	lx.pos++
}

func hexValue(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c >= 'a':
		return c - 'a' + 10
	}
	return c - 'A' + 10
}

// Unquote is the value of the string literal text, quotes or long brackets
// included. Of a text with errors it makes what it can.
func Unquote(text string) string {
	if strings.HasPrefix(text, "[") {
		return unquoteLong(text)
	}
	if text == "" {
		return ""
	}
	body := text[1:]
	if n := len(body); n > 0 && body[n-1] == text[0] {
		body = body[:n-1]
	}
	i := strings.IndexByte(body, '\\')
	if i < 0 {
		return body
	}
	var b strings.Builder
	b.Grow(len(body))
	for i >= 0 {
		b.WriteString(body[:i])
		body = body[i+1:]
		body = body[unescape(&b, body):]
		i = strings.IndexByte(body, '\\')
	}
	b.WriteString(body)
	return b.String()
}

// unescape writes the value of the escape sequence that s starts with, without
// its backslash, and is the number of bytes it read.
func unescape(b *strings.Builder, s string) int {
	if s == "" {
		return 0
	}
	switch c := s[0]; c {
	case 'a', 'b', 'f', 'n', 'r', 't', 'v':
		b.WriteByte("\a\b\f\n\r\t\v"[strings.IndexByte("abfnrtv", c)])
		return 1
	case '\n', '\r':
		b.WriteByte('\n')
		if len(s) > 1 && s[1] != c && (s[1] == '\n' || s[1] == '\r') {
			return 2
		}
		return 1
	case 'z':
		n := 1
		for n < len(s) && class(s[n])&isSpace != 0 {
			n++
		}
		return n
	case 'x':
		if len(s) < 3 || class(s[1])&isHex == 0 || class(s[2])&isHex == 0 {
			return 1
		}
		b.WriteByte(hexValue(s[1])<<4 | hexValue(s[2]))
		return 3
	case 'u':
		return unescapeCodePoint(b, s)
	case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		v, n := 0, 0
		for n < 3 && n < len(s) && class(s[n])&isDigit != 0 {
			v = v*10 + int(s[n]-'0')
			n++
		}
		b.WriteByte(byte(v))
		return n
	default:
		b.WriteByte(c)
		return 1
	}
}

func unescapeCodePoint(b *strings.Builder, s string) int {
	n, v := 2, uint32(0)
	if len(s) < 2 || s[1] != '{' {
		return 1
	}
	for n < len(s) && class(s[n])&isHex != 0 {
		v = v<<4 | uint32(hexValue(s[n]))
		n++
	}
	if n < len(s) && s[n] == '}' {
		n++
	}
	writeCodePoint(b, v)
	return n
}

// writeCodePoint writes v in the original UTF-8 of up to six bytes, as Lua does:
// surrogates and numbers beyond Unicode included.
func writeCodePoint(b *strings.Builder, v uint32) {
	if v < 0x80 {
		b.WriteByte(byte(v))
		return
	}
	var buf [6]byte
	i, first := len(buf), uint32(0x3f) // first: the most that fits the leading byte
	for v > first {
		i--
		buf[i] = byte(0x80 | v&0x3f)
		v >>= 6
		first >>= 1
	}
	i--
	buf[i] = byte(^first<<1 | v)
	b.Write(buf[i:])
}

func unquoteLong(text string) string {
	level := strings.IndexByte(text[1:], '[')
	if level < 0 {
		return ""
	}
	body := text[level+2:]
	closing := "]" + text[1:level+1] + "]"
	body = strings.TrimSuffix(body, closing)
	if len(body) > 0 && (body[0] == '\n' || body[0] == '\r') {
		n := 1
		if len(body) > 1 && body[1] != body[0] && (body[1] == '\n' || body[1] == '\r') {
			n = 2
		}
		body = body[n:]
	}
	if strings.IndexByte(body, '\r') < 0 {
		return body
	}
	var b strings.Builder
	b.Grow(len(body))
	for i := 0; i < len(body); i++ {
		c := body[i]
		if c != '\n' && c != '\r' {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('\n')
		if i+1 < len(body) && body[i+1] != c && (body[i+1] == '\n' || body[i+1] == '\r') {
			i++
		}
	}
	return b.String()
}
