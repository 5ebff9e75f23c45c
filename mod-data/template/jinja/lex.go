package jinja

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is the kind of a token.
type kind uint8

const (
	endToken kind = iota // of the template
	textToken
	printToken    // {{
	printEndToken // }}
	blockToken    // {%
	blockEndToken // %}
	nameToken
	intToken
	floatToken
	stringToken
	opToken
)

type token struct {
	kind kind
	text string // of a string: what stands between its quotes
	at   int
}

// lexer splits a template into tokens.
type lexer struct {
	*source
	config *Config
	pos    int
	tokens []token
	trim   bool // blanks at the beginning of the next text are removed
	eat    bool // a newline there is
	begins bool // the next text begins a line
}

// lex splits a template. Its line breaks are newlines, and the last one goes unless it is kept.
func lex(c *Config, src *source) ([]token, error) {
	if strings.Contains(src.text, "\r") {
		src.text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(src.text)
	}
	if !c.KeepNewline {
		src.text = strings.TrimSuffix(src.text, "\n")
	}
	l := &lexer{source: src, config: c, begins: true}
	for l.pos < len(l.text) {
		if err := l.next(); err != nil {
			return nil, err
		}
	}
	l.add(endToken, "", l.pos)
	return l.tokens, nil
}

func (l *lexer) add(k kind, text string, at int) { l.tokens = append(l.tokens, token{k, text, at}) }

// next takes the text up to a tag, and the tag.
func (l *lexer) next() error {
	rest := l.text[l.pos:]
	open := tagAt(rest)
	if open < 0 {
		l.plain(rest, "", 0)
		l.pos = len(l.text)
		return nil
	}
	at := l.pos + open
	sign := byte(0)
	if at+2 < len(l.text) {
		sign = l.text[at+2]
	}
	l.plain(rest[:open], l.text[at:at+2], sign)
	l.pos = at + 2
	if sign == '-' || sign == '+' {
		l.pos++
	}
	switch l.text[at+1] {
	case '#':
		return l.comment(at)
	case '%':
		if taken, err := l.raw(at); taken {
			return err
		}
		l.add(blockToken, "", at)
		return l.tag(at, "%}", blockEndToken)
	default:
		l.add(printToken, "", at)
		return l.tag(at, "}}", printEndToken)
	}
}

// tagAt is where the first tag begins, or -1.
func tagAt(s string) int {
	for from := 0; ; {
		i := strings.IndexByte(s[from:], '{')
		if i < 0 || from+i+1 >= len(s) {
			return -1
		}
		from += i + 1
		if c := s[from]; c == '{' || c == '%' || c == '#' {
			return from - 1
		}
	}
}

// plain adds a text, less the blanks that the tags around it remove.
func (l *lexer) plain(text, tag string, sign byte) {
	size := len(text)
	switch {
	case l.trim:
		text = strings.TrimLeftFunc(text, isSpace)
	case l.eat:
		text = strings.TrimPrefix(text, "\n")
	}
	at := l.pos + size - len(text)
	if l.trim || l.eat {
		l.begins = at > l.pos && l.text[at-1] == '\n'
	}
	switch {
	case sign == '-':
		text = strings.TrimRightFunc(text, isSpace)
	case l.config.LstripBlocks && sign != '+' && (tag == "{%" || tag == "{#"):
		line := strings.LastIndexByte(text, '\n') + 1
		if (line > 0 || l.begins) && strings.TrimLeftFunc(text[line:], isSpace) == "" {
			text = text[:line]
		}
	}
	l.trim, l.eat, l.begins = false, false, false
	if text != "" {
		l.add(textToken, text, at)
	}
}

// isSpace tells whether Python takes r for a blank.
func isSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

// closed takes the end of a tag of which sign was the last character inside. The end of some tags takes a
// newline behind them.
func (l *lexer) closed(sign byte, block bool) {
	l.trim = sign == '-'
	l.eat = block && l.config.TrimBlocks && sign != '+'
}

func (l *lexer) comment(at int) error {
	i := strings.Index(l.text[l.pos:], "#}")
	if i < 0 {
		return l.fail(at, true, nil, "the comment does not end: '#}' is missing")
	}
	sign := byte(0)
	if i > 0 {
		sign = l.text[l.pos+i-1]
	}
	l.pos += i + 2
	l.closed(sign, true)
	return nil
}

// raw takes {% raw %} and all up to {% endraw %}, when the tag at is that.
func (l *lexer) raw(at int) (bool, error) {
	size, sign := rawTag(l.text[l.pos:], "raw")
	if size == 0 || sign == '+' {
		return false, nil
	}
	l.pos += size
	l.closed(sign, false) // a newline behind it stays
	for from := l.pos; ; {
		i := strings.Index(l.text[from:], "{%")
		if i < 0 {
			return true, l.fail(at, true, nil, "{%% raw %%} does not end: {%% endraw %%} is missing")
		}
		tag := from + i
		body := l.text[tag+2:]
		before := byte(0)
		if body != "" && (body[0] == '-' || body[0] == '+') {
			before, body = body[0], body[1:]
		}
		if size, sign := rawTag(body, "endraw"); size > 0 {
			l.plain(l.text[l.pos:tag], "{%", before)
			l.pos = len(l.text) - len(body) + size
			l.closed(sign, true)
			return true, nil
		}
		from = tag + 2
	}
}

// rawTag is the size of the rest of a tag that has only a name in it, and its sign.
func rawTag(s, name string) (int, byte) {
	inner, _, ok := strings.Cut(s, "%}")
	if !ok {
		return 0, 0
	}
	sign := byte(0)
	word := inner
	if n := len(word); n > 0 && (word[n-1] == '-' || word[n-1] == '+') {
		sign, word = word[n-1], word[:n-1]
	}
	if strings.TrimSpace(word) != name {
		return 0, 0
	}
	return len(inner) + 2, sign
}

// tag adds what stands in a tag up to its end, which may not be inside of brackets.
func (l *lexer) tag(at int, closing string, end kind) error {
	open := 0
	for l.pos < len(l.text) {
		c := l.text[l.pos]
		rest := l.text[l.pos:]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			l.pos++
		case open == 0 && strings.HasPrefix(rest, closing):
			l.add(end, "", l.pos)
			l.pos += 2
			l.closed(0, end == blockEndToken)
			return nil
		case open == 0 && (c == '-' || c == '+' && end == blockEndToken) && strings.HasPrefix(rest[1:], closing):
			l.add(end, "", l.pos)
			l.pos += 3
			l.closed(c, end == blockEndToken)
			return nil
		default:
			if err := l.token(); err != nil {
				return err
			}
			if last := l.tokens[len(l.tokens)-1]; last.kind == opToken {
				open += map[string]int{"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}[last.text]
			}
		}
	}
	return l.fail(at, true, nil, "the tag does not end: '%s' is missing", closing)
}

// token adds one token of an expression.
func (l *lexer) token() error {
	at := l.pos
	c := l.text[at]
	r, size := utf8.DecodeRuneInString(l.text[at:])
	switch {
	case c == '"' || c == '\'':
		return l.str(c)
	case isDigit(c):
		l.number()
		return nil
	case c == '_' || unicode.IsLetter(r):
		for l.pos < len(l.text) && (r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r)) {
			l.pos += size
			r, size = utf8.DecodeRuneInString(l.text[l.pos:])
		}
		l.add(nameToken, l.text[at:l.pos], at)
		return nil
	}
	for _, op := range [...]string{"**", "//", "==", "!=", "<=", ">="} {
		if strings.HasPrefix(l.text[at:], op) {
			l.pos += 2
			l.add(opToken, op, at)
			return nil
		}
	}
	if strings.IndexByte("+-*/%~<>=.,:|()[]{}", c) < 0 {
		return l.fail(at, true, nil, "unexpected %q", r)
	}
	l.pos++
	l.add(opToken, string(c), at)
	return nil
}

func (l *lexer) str(quote byte) error {
	at := l.pos
	for l.pos++; l.pos < len(l.text); l.pos++ {
		switch l.text[l.pos] {
		case '\\':
			l.pos++
		case quote:
			l.pos++
			l.add(stringToken, l.text[at+1:l.pos-1], at)
			return nil
		}
	}
	return l.fail(at, true, nil, "the string does not end")
}

// number takes an integer, or a float with a fraction or an exponent. An integer may have a base: 0x10, 0o17, 0b1.
func (l *lexer) number() {
	at, k := l.pos, intToken
	if rest := l.text[at:]; len(rest) > 2 && rest[0] == '0' {
		digits := map[byte]string{'x': "0123456789abcdef", 'o': "01234567", 'b': "01"}[rest[1]|0x20]
		n := 2
		for n < len(rest) && digits != "" && (strings.IndexByte(digits, lower(rest[n])) >= 0 || rest[n] == '_' && n+1 < len(rest) && strings.IndexByte(digits, lower(rest[n+1])) >= 0) {
			n++
		}
		if n > 2 {
			l.pos += n
			l.add(intToken, strings.ReplaceAll(rest[:n], "_", ""), at)
			return
		}
	}
	l.digits()
	if rest := l.text[l.pos:]; len(rest) > 1 && rest[0] == '.' && isDigit(rest[1]) {
		k = floatToken
		l.pos++
		l.digits()
	}
	if rest := l.text[l.pos:]; len(rest) > 1 && rest[0]|0x20 == 'e' {
		signed := strings.TrimLeft(rest[1:2], "+-")
		if digits := rest[2-len(signed):]; digits != "" && isDigit(digits[0]) {
			k = floatToken
			l.pos += 2 - len(signed)
			l.digits()
		}
	}
	text := strings.ReplaceAll(l.text[at:l.pos], "_", "")
	if k == intToken && text[0] == '0' && strings.Trim(text, "0") != "" {
		// No number begins with 0: it is one, and another follows.
		l.pos = at + 1
		text = "0"
	}
	l.add(k, text, at)
}

func (l *lexer) digits() {
	for l.pos < len(l.text) && (isDigit(l.text[l.pos]) || l.text[l.pos] == '_' && l.pos+1 < len(l.text) && isDigit(l.text[l.pos+1])) {
		l.pos++
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c | 0x20
	}
	return c
}
