// Package promql finds mistakes of syntax in PromQL without running it.
//
// It accepts more than Prometheus does, and knows no functions by name: where it is in doubt there is no mistake. That
// it refuses nothing that Prometheus accepts is tested against its parser.
package promql

import (
	"regexp"
	"slices"
	"strings"
)

// Mistake is the offset of the first mistake in a query and what it is; -1 when there is none. Of a query with a ${}
// nothing is known: that may stand for any part of it.
func Mistake(query string) (at int, message string) {
	if strings.Contains(query, "${") {
		return -1, ""
	}
	p := &parser{text: query}
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
	p.expression()
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
	panic(mistake{p.at, "PromQL: " + expected + ", got " + got})
}

func (p *parser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		case '#':
			if line := strings.IndexAny(p.text[p.at:], "\n\r"); line >= 0 {
				p.at += line
			} else {
				p.at = len(p.text)
			}
		default:
			return
		}
	}
}

func isFirst(c byte) bool {
	return c == '_' || c == ':' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func (p *parser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *parser) peekWord() string {
	end := p.at
	for end < len(p.text) && (isFirst(p.text[end]) || end > p.at && (isDigit(p.text[end]) || p.text[end] == '.')) {
		end++
	}
	return p.text[p.at:end]
}

func (p *parser) take(sign string) bool {
	if isFirst(sign[0]) {
		if !strings.EqualFold(p.peekWord(), sign) {
			return false
		}
	} else if !strings.HasPrefix(p.text[p.at:], sign) {
		return false
	}
	p.at += len(sign)
	p.space()
	return true
}

func (p *parser) takeAny(signs ...string) bool { return slices.ContainsFunc(signs, p.take) }

func (p *parser) need(sign string) {
	if !p.take(sign) {
		p.fail("expected '" + sign + "'")
	}
}

func (p *parser) expression() {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		panic(mistake{-1, ""}) // who knows
	}
	for {
		for p.takeAny("+", "-") {
		}
		p.operand()
		if !p.takeAny("==", "!=", "<=", ">=", "</", ">/", "<", ">", "+", "-", "*", "/", "%", "^", "and", "or", "unless", "atan2") {
			return
		}
		p.matching()
	}
}

// matching takes how the sides of an operator are matched. Its words may be names of metrics as well.
func (p *parser) matching() {
	p.take("bool")
	for _, word := range []string{"on", "ignoring", "group_left", "group_right", "fill", "fill_left", "fill_right"} {
		before := p.at
		if !p.take(word) {
			continue
		}
		switch {
		case p.peek() == '(' && strings.HasPrefix(word, "fill"):
			p.balanced('(', ')')
		case p.peek() == '(':
			p.names()
		case !strings.HasPrefix(word, "group"):
			p.at = before
			return
		}
	}
}

// names takes a list of labels.
func (p *parser) names() {
	p.need("(")
	for p.peek() != ')' {
		p.label()
		if !p.take(",") {
			break
		}
	}
	p.need(")")
}

func (p *parser) label() {
	if c := p.peek(); c == '"' || c == '\'' || c == '`' {
		p.str()
		return
	}
	word := p.peekWord()
	if word == "" {
		p.fail("expected a label")
	}
	p.at += len(word)
	p.space()
}

// operand takes a value with what stands behind it.
func (p *parser) operand() {
	selector := p.primary()
	for {
		switch {
		case p.peek() == '[':
			p.ranges(selector)
			selector = false
		case p.take("offset"):
			for p.takeAny("+", "-") {
			}
			p.quantity("expected a duration")
		case p.take("@"):
			for p.takeAny("+", "-") {
			}
			p.quantity("expected a time")
		case p.takeAny("anchored", "smoothed"):
		default:
			return
		}
	}
}

// quantity takes a number, a duration, what is in parentheses, or a call such as end().
func (p *parser) quantity(expected string) {
	switch c := p.peek(); {
	case isDigit(c) || c == '.':
		p.number()
	case c == '(':
		p.balanced('(', ')')
	default:
		word := p.peekWord()
		if word == "" {
			p.fail(expected)
		}
		p.at += len(word)
		p.space()
		if p.peek() == '(' {
			p.balanced('(', ')')
		}
	}
}

// primary reports whether it took a selector.
func (p *parser) primary() bool {
	switch c := p.peek(); {
	case c == '"' || c == '\'' || c == '`':
		p.str()
	case isDigit(c) || c == '.':
		p.number()
	case c == '(':
		p.need("(")
		p.expression()
		p.need(")")
	case c == '{':
		p.matchers(true)
		return true
	case isFirst(c):
		return p.named()
	default:
		p.fail("expected a metric, a function or a number")
	}
	return false
}

// named takes what begins with a name: a call, an aggregation or a selector.
func (p *parser) named() bool {
	word := p.peekWord()
	p.at += len(word)
	p.space()
	if p.grouping() {
		p.arguments()
		return false
	}
	switch p.peek() {
	case '(':
		p.arguments()
		p.grouping()
		return false
	case '{':
		p.matchers(false)
	}
	return !strings.EqualFold(word, "inf") && !strings.EqualFold(word, "nan")
}

func (p *parser) grouping() bool {
	before := p.at
	if !p.takeAny("by", "without") {
		return false
	}
	if p.peek() != '(' {
		p.at = before
		p.fail("expected an operator or the end")
	}
	p.names()
	return true
}

func (p *parser) arguments() {
	p.need("(")
	for p.peek() != ')' {
		p.expression()
		if !p.take(",") {
			break
		}
	}
	p.need(")")
}

// matchers takes {label="value", ...}.
func (p *parser) matchers(alone bool) {
	start := p.at
	p.need("{")
	count := 0
	for p.peek() != '}' {
		p.label()
		if p.takeAny("=~", "!~", "!=", "=") {
			if c := p.peek(); c != '"' && c != '\'' && c != '`' {
				p.fail("expected a text in quotes")
			}
			p.str()
		} else if last := p.text[:p.at]; !strings.ContainsAny(strings.TrimRight(last, " \t\r\n")[len(strings.TrimRight(last, " \t\r\n"))-1:], "\"'`") {
			p.fail("expected =, !=, =~ or !~")
		}
		count++
		if !p.take(",") {
			break
		}
	}
	p.need("}")
	if alone && count == 0 {
		panic(mistake{start, "PromQL: a selector needs a name or a label that is not empty"})
	}
}

var (
	duration = regexp.MustCompile(`^([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$`)
	decimal  = regexp.MustCompile(`^(0[xX][0-9a-fA-F_]+|[0-9_]*\.?[0-9_]*([eE][+-]?[0-9_]+)?)$`)
)

// number takes a number or a duration.
func (p *parser) number() {
	start := p.at
	for p.at < len(p.text) {
		c := p.text[p.at]
		signed := (c == '+' || c == '-') && p.at > start && strings.ContainsRune("eE", rune(p.text[p.at-1])) && !strings.HasPrefix(p.text[start:], "0x") && !strings.HasPrefix(p.text[start:], "0X")
		if !isDigit(c) && c != '.' && (!isFirst(c) || c == ':') && !signed {
			break
		}
		p.at++
	}
	if text := p.text[start:p.at]; !duration.MatchString(text) && !decimal.MatchString(text) {
		p.at = start
		panic(mistake{start, "PromQL: '" + text + "' is no number and no duration such as 5m"})
	}
	p.space()
}

// ranges takes [5m] and [1h:5m]. What is calculated in it is not looked at.
func (p *parser) ranges(selector bool) {
	start := p.at
	p.balanced('[', ']')
	inner := strings.TrimRight(p.text[start:p.at], " \t\r\n")
	if i := strings.LastIndexByte(inner, ']'); i > 0 {
		inner = inner[1:i]
	}
	from, _, sub := strings.Cut(inner, ":")
	from = strings.TrimSpace(from)
	switch {
	case from == "":
		panic(mistake{start, "PromQL: expected a duration such as 5m in the brackets"})
	case !sub && !selector:
		panic(mistake{start, "PromQL: a range belongs to a selector; of another expression it is a subquery, such as [5m:]"})
	case strings.Trim(from, "0123456789abcdefghijklmnopqrstuvwxyz.") == "" && isDigit(from[0]) && !duration.MatchString(from) && !decimal.MatchString(from):
		panic(mistake{start + 1, "PromQL: '" + from + "' is no duration such as 5m"})
	}
}

// balanced takes what stands in brackets.
func (p *parser) balanced(left, right byte) {
	start, open := p.at, 0
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case '#':
			p.space()
			continue
		case left:
			open++
		case right:
			if open--; open == 0 {
				p.at++
				p.space()
				return
			}
		}
		p.at++
	}
	p.at = start
	panic(mistake{start, "PromQL: '" + string(left) + "' without '" + string(right) + "'"})
}

// str takes a text.
func (p *parser) str() {
	start, quote := p.at, p.text[p.at]
	for p.at++; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; {
		case c == '\\' && quote != '`':
			p.at++
		case c == quote:
			p.at++
			p.space()
			return
		}
	}
	panic(mistake{start, "PromQL: the text has no end"})
}
