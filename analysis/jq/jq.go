// Package jq finds mistakes of syntax in jq, as check files have it, without running it.
//
// It accepts more than jq does: where it is in doubt there is no mistake. That it refuses nothing that jq accepts is
// tested against the parser that runs it.
package jq

import (
	"fmt"
	"slices"
	"strings"
)

// Mistake is the offset of the first mistake in a program and what it is; -1 when there is none. A ${} is a value, and
// $$ the sign $.
func Mistake(program string) (at int, message string) {
	p := &parser{text: program}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case mistake:
			at, message = r.at, r.message
		default:
			panic(r)
		}
	}()
	p.space()
	if word := p.peekWord(); word == "import" || word == "include" || word == "module" {
		return -1, ""
	}
	for p.peekWord() == "def" {
		p.definition()
	}
	if p.at < len(p.text) {
		p.query(true)
	}
	if p.at < len(p.text) {
		p.fail("expected an operator or the end")
	}
	return -1, ""
}

type mistake struct {
	at      int
	message string
}

const maxDepth = 200

type parser struct {
	text  string
	at    int
	depth int
}

func (p *parser) fail(expected string) {
	got := "the end"
	if p.at < len(p.text) {
		got = "'" + string([]rune(p.text[p.at:])[0]) + "'"
		if word := p.peekWord(); word != "" {
			got = "'" + word + "'"
		}
	}
	panic(mistake{p.at, fmt.Sprintf("jq: %s, got %s", expected, got)})
}

// space takes white space and comments.
func (p *parser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\n', '\r', '\f', '\v':
			p.at++
		case '#':
			for p.at < len(p.text) && p.text[p.at] != '\n' && p.text[p.at] != '\r' {
				if p.text[p.at] == '\\' { // hides the end of the line
					p.at++
				}
				p.at++
			}
			p.at = min(p.at, len(p.text))
		default:
			return
		}
	}
}

func isFirst(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func (p *parser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *parser) peekWord() string {
	end := p.at
	for end < len(p.text) && (isFirst(p.text[end]) || end > p.at && isDigit(p.text[end])) {
		end++
		if strings.HasPrefix(p.text[end:], "::") && end+2 < len(p.text) && isFirst(p.text[end+2]) {
			end += 2
		}
	}
	return p.text[p.at:end]
}

// take takes a sign or word if it is next.
func (p *parser) take(sign string) bool {
	if !strings.HasPrefix(p.text[p.at:], sign) || isFirst(sign[0]) && p.peekWord() != sign {
		return false
	}
	p.at += len(sign)
	p.space()
	return true
}

func (p *parser) need(sign string) {
	if !p.take(sign) {
		p.fail("expected '" + sign + "'")
	}
}

func (p *parser) takeWord() bool {
	word := p.peekWord()
	p.at += len(word)
	p.space()
	return word != ""
}

// operator takes an operator. Longer ones come first.
func (p *parser) operator(comma bool) bool {
	signs := []string{"?//", "//=", "==", "!=", "<=", ">=", "|=", "+=", "-=", "*=", "/=", "%=", "//", "|", "+", "-", "*", "/", "%", "<", ">", "=", "and", "or"}
	return slices.ContainsFunc(signs, p.take) || comma && p.take(",")
}

// query takes operands and the operators between them; their precedence does not matter.
func (p *parser) query(comma bool) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		panic(mistake{-1, ""}) // who knows
	}
	for {
		p.operand(comma)
		if !p.operator(comma) {
			return
		}
	}
}

func (p *parser) operand(comma bool) {
	for p.peekWord() == "def" {
		p.definition()
	}
	for p.take("-") || p.take("+") {
	}
	if p.take("label") {
		p.variable()
		p.need("|")
		p.query(comma)
		return
	}
	p.term()
	if p.take("as") {
		p.patterns()
		p.need("|")
		p.query(comma)
	}
}

func (p *parser) definition() {
	p.need("def")
	if !p.takeWord() {
		p.fail("expected the name of a function")
	}
	if p.take("(") {
		for {
			if p.peek() == '$' {
				p.variable()
			} else if !p.takeWord() {
				p.fail("expected the name of a parameter")
			}
			if !p.take(";") {
				break
			}
		}
		p.need(")")
	}
	p.need(":")
	p.query(true)
	p.need(";")
}

// variable takes $name, $$name and ${placeholder}.
func (p *parser) variable() {
	if p.placeholder() {
		return
	}
	start := p.at
	if !strings.HasPrefix(p.text[p.at:], "$") {
		p.fail("expected a variable")
	}
	p.at++
	if p.peek() == '$' {
		p.at++
	}
	if p.peekWord() == "" {
		p.at = start
		panic(mistake{start, "jq: expected a name behind '$'"})
	}
	p.takeWord()
}

// placeholder takes ${...}, with others in it.
func (p *parser) placeholder() bool {
	if !strings.HasPrefix(p.text[p.at:], "${") {
		return false
	}
	open := 0
	for i := p.at + 1; i < len(p.text); i++ {
		switch p.text[i] {
		case '{':
			open++
		case '}':
			if open--; open == 0 {
				p.at = i + 1
				p.space()
				return true
			}
		}
	}
	panic(mistake{p.at, "'${' without '}'"})
}

func (p *parser) patterns() {
	for {
		p.pattern()
		if !p.take("?//") {
			return
		}
	}
}

func (p *parser) pattern() {
	switch {
	case p.take("["):
		for {
			p.pattern()
			if !p.take(",") {
				break
			}
		}
		p.need("]")
	case p.take("{"):
		for {
			p.objectKey()
			if p.take(":") {
				p.pattern()
			}
			if !p.take(",") {
				break
			}
		}
		p.need("}")
	default:
		p.variable()
	}
}

func (p *parser) objectKey() {
	switch c := p.peek(); {
	case c == '$':
		p.variable()
	case c == '"':
		p.str()
	case c == '@':
		p.format()
	case c == '(':
		p.need("(")
		p.query(true)
		p.need(")")
	case isDigit(c):
		p.number()
	default:
		if !p.takeWord() {
			p.fail("expected a key")
		}
	}
}

func (p *parser) object() {
	for p.peek() != '}' {
		p.objectKey()
		if p.take(":") {
			p.query(false)
		}
		if !p.take(",") {
			break
		}
	}
	p.need("}")
}

func (p *parser) term() {
	p.primary()
	for p.suffix() {
	}
}

// keywords are no functions.
func keyword(word string) bool {
	return slices.Contains([]string{"or", "and", "def", "as", "then", "elif", "else", "end", "catch", "import", "include", "module", "label"}, word)
}

func (p *parser) primary() {
	switch c := p.peek(); {
	case strings.HasPrefix(p.text[p.at:], ".."):
		p.need("..")
	case c == '.' && p.at+1 < len(p.text) && isDigit(p.text[p.at+1]), isDigit(c):
		p.number()
	case c == '.':
		p.at++
		if !p.takeWord() {
			p.space()
			switch p.peek() {
			case '"':
				p.str()
			case '$':
				if strings.HasPrefix(p.text[p.at:], "${") {
					p.fail("expected a name: a value is a key as .[...]")
				}
			}
		}
	case c == '$':
		p.variable()
	case c == '"':
		p.str()
	case c == '@':
		p.format()
	case p.take("("):
		p.query(true)
		p.need(")")
	case p.take("["):
		if !p.take("]") {
			p.query(true)
			p.need("]")
		}
	case p.take("{"):
		p.object()
	default:
		p.word()
	}
}

// word takes a term that begins with a word.
func (p *parser) word() {
	switch word := p.peekWord(); {
	case p.take("if"):
		p.query(true)
		p.need("then")
		p.query(true)
		for p.take("elif") {
			p.query(true)
			p.need("then")
			p.query(true)
		}
		if p.take("else") {
			p.query(true)
		}
		p.need("end")
	case p.take("try"):
		p.tried()
		if p.take("catch") {
			p.tried()
		}
	case p.take("reduce"), p.take("foreach"):
		for p.tried(); p.operator(true); {
			p.tried()
		}
		p.need("as")
		p.patterns()
		p.need("(")
		p.query(true)
		p.need(";")
		p.query(true)
		if word == "foreach" && p.take(";") {
			p.query(true)
		}
		p.need(")")
	case p.take("break"):
		p.variable()
	case word == "" || keyword(word):
		p.fail("expected a value")
	default:
		p.takeWord()
		if p.take("(") {
			for {
				p.query(true)
				if !p.take(";") {
					break
				}
			}
			p.need(")")
		}
	}
}

// tried takes a term with a sign before it.
func (p *parser) tried() {
	for p.take("-") || p.take("+") {
	}
	p.term()
}

// suffix takes what can stand behind a term.
func (p *parser) suffix() bool {
	switch {
	case strings.HasPrefix(p.text[p.at:], "?//") && !strings.HasPrefix(p.text[p.at:], "?//="):
		return false // an operator of patterns, or ? and //: operator takes it
	case p.take("?"):
	case p.take("["):
		if p.take("]") {
			return true
		}
		if !p.take(":") {
			p.query(true)
			if !p.take(":") {
				p.need("]")
				return true
			}
		}
		if !p.take("]") {
			p.query(true)
			p.need("]")
		}
	case p.peek() == '.' && !strings.HasPrefix(p.text[p.at:], ".."):
		p.at++
		if p.takeWord() {
			return true
		}
		p.space()
		switch p.peek() {
		case '"':
			p.str()
		case '[':
		default:
			p.fail("expected a key behind '.'")
		}
	default:
		return false
	}
	return true
}

func (p *parser) number() {
	digits := func() {
		for isDigit(p.peek()) {
			p.at++
		}
	}
	digits()
	if p.peek() == '.' {
		p.at++
		digits()
	}
	if c := p.peek(); c == 'e' || c == 'E' {
		p.at++
		if c := p.peek(); c == '+' || c == '-' {
			p.at++
		}
		digits()
	}
	p.space()
}

// format takes @base64 and the text behind it.
func (p *parser) format() {
	p.at++
	if p.peekWord() == "" && !isDigit(p.peek()) {
		p.fail("expected the name of a format behind '@'")
	}
	for isFirst(p.peek()) || isDigit(p.peek()) {
		p.at++
	}
	p.space()
	if p.peek() == '"' {
		p.str()
	}
}

// str takes a text with what is interpolated in it.
func (p *parser) str() {
	start := p.at
	for p.at++; p.at < len(p.text); {
		switch c := p.text[p.at]; {
		case c == '"':
			p.at++
			p.space()
			return
		case strings.HasPrefix(p.text[p.at:], "${") && p.plainPlaceholder():
		case strings.HasPrefix(p.text[p.at:], `\(`):
			p.at += 2
			p.space()
			p.query(true)
			if p.peek() != ')' {
				p.fail("expected ')'")
			}
			p.at++
		case c == '\\':
			p.at += 2
		default:
			p.at++
		}
	}
	panic(mistake{start, "jq: the text has no end"})
}

// plainPlaceholder takes a ${} in a text, if nothing in it could end that.
func (p *parser) plainPlaceholder() bool {
	end := strings.IndexAny(p.text[p.at:], "}\"\n\\")
	if end < 0 || p.text[p.at+end] != '}' {
		return false
	}
	p.at += end + 1
	return true
}
