package stdlib

import (
	"fmt"
	"strings"

	"assay.rs/core/spec"
)

// parseType reads a type as LuaCATS has it from the beginning of a text, and gives what follows.
func parseType(text string) (t spec.Type, rest string, err error) {
	p := &typeText{text: text}
	t = p.union()
	if p.err == nil && p.at < len(p.text) && p.text[p.at] != ' ' {
		p.fail("a space expected behind the type")
	}
	return t, strings.TrimSpace(p.text[p.at:]), p.err
}

// typeText is a type being read.
type typeText struct {
	text string
	at   int
	err  error
}

func (p *typeText) fail(what string) {
	if p.err == nil {
		p.err = fmt.Errorf("%s at %d of '%s'", what, p.at+1, p.text)
	}
	p.at = len(p.text)
}

// take passes over a token, if it is next.
func (p *typeText) take(token string) bool {
	if !strings.HasPrefix(p.text[p.at:], token) {
		return false
	}
	p.at += len(token)
	return true
}

func (p *typeText) want(token string) {
	if !p.take(token) {
		p.fail("'" + token + "' expected")
	}
}

func (p *typeText) spaces() {
	for p.take(" ") {
	}
}

// union reads types with | between. Texts alone are an enumeration, and nil makes the rest nullable.
func (p *typeText) union() spec.Type {
	var of []spec.Type
	var values []string
	nullable := false
	for {
		t := p.suffixed()
		switch {
		case t.Kind == spec.Scalar && t.Name == "nil":
			nullable = true
		case t.Kind == spec.Enum:
			values = append(values, t.Values...)
		default:
			of = append(of, t)
		}
		if !p.take("|") {
			break
		}
	}
	if len(values) > 0 {
		of = append([]spec.Type{{Kind: spec.Enum, Values: values}}, of...)
	}
	t := spec.Type{Kind: spec.Union, Of: of}
	switch len(of) {
	case 0:
		return spec.Type{Kind: spec.Scalar, Name: "nil"}
	case 1:
		t = of[0]
	}
	t.Nullable = t.Nullable || nullable
	return t
}

// suffixed reads a type with [] and ? behind it.
func (p *typeText) suffixed() spec.Type {
	t := p.single()
	for {
		switch {
		case p.take("[]"):
			elem := t
			t = spec.Type{Kind: spec.List, Elem: &elem}
		case p.take("?"):
			t.Nullable = true
		default:
			return t
		}
	}
}

func (p *typeText) single() spec.Type {
	switch {
	case p.take("("):
		t := p.union()
		p.want(")")
		return t
	case p.take(`"`):
		end := strings.IndexByte(p.text[p.at:], '"')
		if end < 0 {
			p.fail("a text does not end")
			return spec.Type{}
		}
		value := p.text[p.at : p.at+end]
		p.at += end + 1
		return spec.Type{Kind: spec.Enum, Values: []string{value}}
	case p.take("fun("):
		return p.callback()
	case p.take("table<string, "):
		elem := p.union()
		p.want(">")
		return spec.Type{Kind: spec.Map, Elem: &elem}
	case p.take("{"):
		return p.shape()
	}
	from := p.at
	for p.at < len(p.text) && isNamed(p.text[p.at]) {
		p.at++
	}
	name := p.text[from:p.at]
	switch {
	case name == "":
		p.fail("a type expected")
	case strings.Contains(name, "."):
		return spec.Type{Kind: spec.Ref, Name: name}
	}
	return spec.Type{Kind: spec.Scalar, Name: name}
}

func isNamed(c byte) bool {
	return c == '_' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// shape keeps a table with its keys as it is written.
func (p *typeText) shape() spec.Type {
	from, depth := p.at-1, 1
	for p.at < len(p.text) && depth > 0 {
		switch p.text[p.at] {
		case '{':
			depth++
		case '}':
			depth--
		}
		p.at++
	}
	if depth > 0 {
		p.fail("a table does not end")
	}
	return spec.Type{Kind: spec.Scalar, Name: p.text[from:p.at]}
}

func (p *typeText) callback() spec.Type {
	t := spec.Type{Kind: spec.Callback}
	for p.err == nil && !p.take(")") {
		from := p.at
		for p.at < len(p.text) && (isNamed(p.text[p.at]) || p.text[p.at] == '?') {
			p.at++
		}
		name, optional := strings.CutSuffix(p.text[from:p.at], "?")
		param := spec.Param{Name: name, Optional: optional, Rest: name == "...", Type: spec.Type{Kind: spec.Scalar, Name: "any"}}
		if p.take(":") {
			p.spaces()
			param.Type = p.union()
		}
		t.Params = append(t.Params, param)
		if !p.take(",") {
			p.want(")")
			break
		}
		p.spaces()
	}
	if p.take(":") {
		p.spaces()
		t.Returns = []spec.Return{{Type: p.suffixed()}}
	}
	return t
}
