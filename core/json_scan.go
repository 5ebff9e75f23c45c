package core

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// literal steps over one of the three names.
func (t *jsonText) literal(name string) error {
	if !strings.HasPrefix(t.text[t.pos:], name) {
		return t.fail(t.pos, "a value expected: only true, false and null are written without quotes")
	}
	t.pos += len(name)
	return nil
}

// number reads a number: n when it is whole and fits 64 bits, else f.
func (t *jsonText) number() (n int64, f float64, whole bool, err error) {
	start := t.pos
	if t.text[t.pos] == '-' {
		t.pos++
	}
	first := t.pos
	switch digits := t.digits(); {
	case digits == 0:
		return 0, 0, false, t.fail(t.pos, "a digit expected, got %s", t.got())
	case digits > 1 && t.text[first] == '0':
		return 0, 0, false, t.fail(first, "a number must not begin with 0")
	}
	whole = true
	if t.pos < len(t.text) && t.text[t.pos] == '.' {
		whole = false
		t.pos++
		if t.digits() == 0 {
			return 0, 0, false, t.fail(t.pos, "a digit expected after the point, got %s", t.got())
		}
	}
	if t.pos < len(t.text) && t.text[t.pos]|0x20 == 'e' {
		whole = false
		t.pos++
		if t.pos < len(t.text) && (t.text[t.pos] == '+' || t.text[t.pos] == '-') {
			t.pos++
		}
		if t.digits() == 0 {
			return 0, 0, false, t.fail(t.pos, "a digit expected in the exponent, got %s", t.got())
		}
	}
	text := t.text[start:t.pos]
	if whole {
		if n, ok := wholeNumber(text); ok {
			return n, 0, true, nil
		}
	}
	f, err = strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) {
		return 0, 0, false, t.fail(start, "no number of 64 bits is that large")
	}
	return 0, f, false, nil
}

// maxPlainDigits are the digits that cannot overflow an int64.
const maxPlainDigits = 18

// wholeNumber is the text of an integer as one, if it fits. The integer -0 is none: as a float64 it keeps
// its sign.
func wholeNumber(text string) (int64, bool) {
	if text == "-0" {
		return 0, false
	}
	if len(text) > maxPlainDigits {
		n, err := strconv.ParseInt(text, 10, 64)
		return n, err == nil
	}
	digits := text
	if text[0] == '-' {
		digits = text[1:]
	}
	var n int64
	for i := range len(digits) {
		n = n*10 + int64(digits[i]-'0')
	}
	if len(digits) < len(text) {
		n = -n
	}
	return n, true
}

func (t *jsonText) digits() int {
	start := t.pos
	for t.pos < len(t.text) && t.text[t.pos]-'0' <= 9 {
		t.pos++
	}
	return t.pos - start
}

// Strings of texts up to smallText are parts of it. Those of longer texts are copied into blocks, so that
// one string that is kept does not keep the whole text.
const (
	smallText = 4 << 10
	blockSize = 4 << 10
)

// str reads a string as a value.
func (d *jsonDecoder) str() (string, error) {
	raw, err := d.quoted()
	if err != nil || raw == "" || len(d.text) <= smallText {
		return raw, err
	}
	if err := d.charge(len(raw)); err != nil {
		return "", err
	}
	return d.copied(raw), nil
}

// name is a key as a string of its own; equal keys mostly share one.
func (d *jsonDecoder) name(raw string) string {
	if raw == "" || len(d.text) <= smallText {
		return raw
	}
	if d.names == nil {
		d.names = new([256]string)
	}
	slot := &d.names[(uint(raw[0])*31+uint(raw[len(raw)-1])*7+uint(raw[len(raw)/2])*131+uint(len(raw)))%256]
	if *slot != raw {
		*slot = d.copied(raw)
	}
	return *slot
}

func (d *jsonDecoder) copied(s string) string {
	if len(s) > blockSize/4 {
		return strings.Clone(s)
	}
	if d.block.Len()+len(s) > blockSize {
		d.block = strings.Builder{}
	}
	if d.block.Len() == 0 {
		d.block.Grow(blockSize)
	}
	start := d.block.Len()
	d.block.WriteString(s)
	return d.block.String()[start:]
}

// quoted reads the string at the position. It is a part of the text when nothing in it is escaped.
func (d *jsonDecoder) quoted() (string, error) {
	start := d.pos + 1
	for i := start; i < len(d.text); i++ {
		switch c := d.text[i]; {
		case c == '"':
			d.pos = i + 1
			return d.text[start:i], nil
		case c == '\\':
			d.unquote = append(d.unquote[:0], d.text[start:i]...)
			d.pos = i
			return d.unescape(start - 1)
		case c < ' ':
			return "", d.controlCharacter(i)
		}
	}
	return "", d.fail(start-1, "the string has no end")
}

func (t *jsonText) controlCharacter(at int) error {
	if t.text[at] == '\n' {
		return t.fail(at, "the string has no end on its line")
	}
	return t.fail(at, "%q in a string must be escaped", t.text[at])
}

// unescape reads on at the first backslash of the string that begins at start.
func (d *jsonDecoder) unescape(start int) (string, error) {
	out := d.unquote
	for d.pos < len(d.text) {
		switch c := d.text[d.pos]; {
		case c == '"':
			d.pos++
			d.unquote = out
			return string(out), nil
		case c == '\\':
			r, err := d.escape()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, r)
		case c < ' ':
			return "", d.controlCharacter(d.pos)
		default:
			out = append(out, c)
			d.pos++
		}
	}
	return "", d.fail(start, "the string has no end")
}

// escape reads one escaped character.
func (t *jsonText) escape() (rune, error) {
	at := t.pos
	t.pos++
	if t.pos >= len(t.text) {
		return 0, t.fail(at, "the string has no end")
	}
	c := t.text[t.pos]
	t.pos++
	switch c {
	case '"', '\\', '/':
		return rune(c), nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'u':
		return t.unicodeEscape(at)
	default:
		return 0, t.fail(at, "unknown escape in a string")
	}
}

func (t *jsonText) unicodeEscape(at int) (rune, error) {
	r, ok := t.hex4()
	if !ok {
		return 0, t.fail(at, `four hexadecimal digits expected after \u`)
	}
	if !utf16.IsSurrogate(r) {
		return r, nil
	}
	if strings.HasPrefix(t.text[t.pos:], `\u`) {
		t.pos += 2
		if low, ok := t.hex4(); ok {
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				return r, nil
			}
		}
	}
	return 0, t.fail(at, "half of a surrogate pair is no character")
}

func (t *jsonText) hex4() (rune, bool) {
	if len(t.text)-t.pos < 4 {
		return 0, false
	}
	var r rune
	for _, c := range []byte(t.text[t.pos : t.pos+4]) {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 + rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 + rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	t.pos += 4
	return r, true
}
