package xml

import (
	std "encoding/xml"
	"errors"
	"io"
	"strings"

	"assay.rs/core"
)

func parse(c core.Call, text string) (core.Value, error) {
	if len(text) > maxBytes {
		return core.Nil(), errLimit.Errorf("%d bytes of XML: at most %d are read", len(text), maxBytes)
	}
	p := &parser{call: c, memory: c.Meter(), tokens: std.NewDecoder(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))}
	for {
		token, err := p.tokens.Token()
		switch {
		case errors.Is(err, io.EOF) && p.root == nil:
			return core.Nil(), errSyntax.Errorf("there is no element")
		case errors.Is(err, io.EOF):
			return p.root.table.Value(), nil
		case err != nil:
			return core.Nil(), p.wrong(err)
		}
		if err := p.take(token); err != nil {
			return core.Nil(), err
		}
	}
}

// parser puts the tokens of a document together.
type parser struct {
	call     core.Call
	memory   *core.Meter
	tokens   *std.Decoder
	root     *element
	open     []*element
	elements int // and attributes
}

// element is one whose end may be still to come.
type element struct {
	table    core.Table
	children core.Table
	text     strings.Builder
}

func (p *parser) take(token std.Token) error {
	switch token := token.(type) {
	case std.StartElement:
		return p.start(token)
	case std.EndElement:
		last := p.open[len(p.open)-1]
		p.open = p.open[:len(p.open)-1]
		last.table.Set("text", core.TextValue(last.text.String()))
	case std.CharData:
		return p.characters(string(token))
	}
	return nil
}

func (p *parser) start(token std.StartElement) error {
	switch {
	case len(p.open) == maxDepth:
		return errLimit.Errorf("line %d: nested deeper than %d", p.line(), maxDepth)
	case len(p.open) == 0 && p.root != nil:
		return errSyntax.Errorf("line %d: <%s> stands behind the root element", p.line(), token.Name.Local)
	}
	if err := p.count(1+len(token.Attr), len(token.Name.Local)); err != nil {
		return err
	}
	e := &element{table: p.call.NewTable(4), children: p.call.NewArray(0)}
	e.table.Set("name", core.TextValue(token.Name.Local))
	if token.Name.Space != "" {
		e.table.Set("space", core.TextValue(token.Name.Space))
	}
	attributes, err := p.attributes(token)
	if err != nil {
		return err
	}
	e.table.Set("attributes", attributes.Value())
	e.table.Set("children", e.children.Value())
	if len(p.open) > 0 {
		p.open[len(p.open)-1].children.Append(e.table.Value())
	} else {
		p.root = e
	}
	p.open = append(p.open, e)
	return nil
}

// attributes are by their names without a prefix. Where two have one name, that without a prefix counts.
func (p *parser) attributes(of std.StartElement) (core.Table, error) {
	attributes := p.call.NewTable(len(of.Attr))
	set := func(a std.Attr) error {
		attributes.Set(a.Name.Local, core.TextValue(a.Value))
		return p.memory.Add(len(a.Name.Local) + len(a.Value))
	}
	for _, a := range of.Attr {
		if a.Name.Space != "" || a.Name.Local == "xmlns" {
			continue
		}
		if !attributes.Get(a.Name.Local).IsNil() {
			return attributes, errSyntax.Errorf("line %d: <%s> has the attribute %s twice", p.line(), of.Name.Local, a.Name.Local)
		}
		if err := set(a); err != nil {
			return attributes, err
		}
	}
	for _, a := range of.Attr {
		if a.Name.Space != "" && a.Name.Space != "xmlns" && attributes.Get(a.Name.Local).IsNil() {
			if err := set(a); err != nil {
				return attributes, err
			}
		}
	}
	return attributes, nil
}

func (p *parser) count(n, bytes int) error {
	if p.elements += n; p.elements > maxElements {
		return errLimit.Errorf("more than %d elements and attributes", maxElements)
	}
	return p.memory.Add(n*elementSize + bytes)
}

func (p *parser) characters(text string) error {
	if len(p.open) > 0 {
		p.open[len(p.open)-1].text.WriteString(text)
		return p.memory.Add(2 * len(text))
	}
	if strings.TrimSpace(text) != "" {
		return errSyntax.Errorf("line %d: text stands outside of the root element", p.line())
	}
	return nil
}

func (p *parser) line() int {
	line, _ := p.tokens.InputPos()
	return line
}

func (p *parser) wrong(err error) error {
	if syntax, ok := errors.AsType[*std.SyntaxError](err); ok {
		return errSyntax.Errorf("line %d: %s", syntax.Line, syntax.Msg)
	}
	return errSyntax.Errorf("line %d: %s", p.line(), strings.TrimPrefix(err.Error(), "xml: "))
}
