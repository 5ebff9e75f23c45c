package yaml

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// singleQuoted reads a scalar in single quotes, in which two of them stand for one.
func (p *parser) singleQuoted(n int) (string, error) {
	open := p.here()
	p.pos++
	from := p.pos
	var text []byte
	for !p.eof() {
		switch c := p.src[p.pos]; {
		case c == '\'' && p.peek(1) == '\'':
			text = append(text, p.src[from:p.pos+1]...)
			p.pos += 2
			from = p.pos
		case c == '\'':
			p.pos++
			if text == nil {
				return string(p.src[from : p.pos-1]), nil
			}
			return string(append(text, p.src[from:p.pos-1]...)), nil
		case isBreak(c):
			text = append(text, p.src[from:p.pos]...)
			breaks, err := p.quotedBreaks(n, open)
			if err != nil {
				return "", err
			}
			text = fold(trimBlanks(text, 0), breaks)
			from = p.pos
		default:
			p.pos++
		}
	}
	return "", open.fail("this quote is never closed")
}

// doubleQuoted reads a scalar in double quotes, with escapes.
func (p *parser) doubleQuoted(n int) (string, error) {
	open := p.here()
	p.pos++
	from := p.pos
	var text []byte
	kept := 0 // how much of text a line break does not trim
	for !p.eof() {
		switch c := p.src[p.pos]; {
		case c == '"':
			p.pos++
			if text == nil {
				return string(p.src[from : p.pos-1]), nil
			}
			return string(append(text, p.src[from:p.pos-1]...)), nil
		case c == '\\':
			text = append(text, p.src[from:p.pos]...)
			var err error
			if isBreak(p.peek(1)) {
				p.pos++
				var breaks int
				breaks, err = p.quotedBreaks(n, open)
				if breaks > 1 {
					text = fold(text, breaks)
				}
			} else {
				text, err = p.escape(text)
			}
			if err != nil {
				return "", err
			}
			kept, from = len(text), p.pos
		case isBreak(c):
			text = append(text, p.src[from:p.pos]...)
			breaks, err := p.quotedBreaks(n, open)
			if err != nil {
				return "", err
			}
			text = fold(trimBlanks(text, kept), breaks)
			kept, from = len(text), p.pos
		default:
			p.pos++
		}
	}
	return "", open.fail("this quote is never closed")
}

// quotedBreaks goes over line breaks in quotes, to the first character of the next line that is not empty.
func (p *parser) quotedBreaks(n int, open place) (breaks int, err error) {
	for !p.eof() && isBreak(p.src[p.pos]) {
		p.breakLine()
		breaks++
	}
	switch {
	case p.eof():
		return 0, open.fail("this quote is never closed")
	case p.ended():
		return 0, p.here().fail("the quote at %d:%d is not closed before the document ends", open.line, open.col)
	case p.indent <= n && p.tabbed():
		return 0, p.tabIndents()
	case p.indent <= n:
		return 0, p.here().fail("the quote at %d:%d is still open: close it before this line, or indent the line", open.line, open.col)
	}
	return breaks, nil
}

// trimBlanks removes spaces and tabs at the end of text, but for the first kept bytes.
func trimBlanks(text []byte, kept int) []byte {
	for len(text) > kept && isBlank(text[len(text)-1]) {
		text = text[:len(text)-1]
	}
	return text
}

// escaped is the character that a backslash and c stand for, if it takes no digits.
func escaped(c byte) (rune, bool) {
	const (
		letters = "0abt\tnvfre \"/\\N_LP"
		meant   = "\x00\a\b\t\t\n\v\f\r\x1b \"/\\\u0085\u00a0\u2028\u2029"
	)
	i := strings.IndexByte(letters, c)
	if i < 0 {
		return 0, false
	}
	return []rune(meant)[i], true
}

// escape appends what a backslash and the characters behind it stand for.
func (p *parser) escape(text []byte) ([]byte, error) {
	at := p.here()
	c := p.peek(1)
	if r, ok := escaped(c); ok && p.pos+1 < len(p.src) {
		p.pos += 2
		return utf8.AppendRune(text, r), nil
	}
	digits := 0
	switch c {
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	default:
		return nil, at.fail("no escape begins with \\%s: write \\\\ for a backslash, or single quotes", shown(p.src, p.pos+1))
	}
	r, ok := p.hex(digits)
	if !ok {
		return nil, at.fail("\\%c wants %d hexadecimal digits", c, digits)
	}
	// JSON writes a character past U+FFFF as two halves.
	if utf16.IsSurrogate(r) && p.peek(0) == '\\' && p.peek(1) == 'u' {
		if low, ok := p.hex(4); ok {
			r = utf16.DecodeRune(r, low)
		}
		if r == utf8.RuneError {
			return nil, at.fail("half a surrogate pair is no character")
		}
	}
	if !utf8.ValidRune(r) {
		return nil, at.fail("\\%c%0*x is no character", c, digits, r)
	}
	return utf8.AppendRune(text, r), nil
}

// hex reads an escape of that many digits, from its backslash.
func (p *parser) hex(digits int) (rune, bool) {
	from := p.pos + 2
	if from+digits > len(p.src) {
		return 0, false
	}
	r, err := strconv.ParseUint(string(p.src[from:from+digits]), 16, 31)
	if err != nil {
		return 0, false
	}
	p.pos = from + digits
	return rune(r), true
}

func shown(src []byte, at int) string {
	r, _ := utf8.DecodeRune(src[min(at, len(src)):])
	return string(r)
}
