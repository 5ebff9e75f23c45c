package toml

import (
	"assay.rs/core"
)

func parse(c core.Call, text string) (core.Value, error) {
	if len(text) > maxBytes {
		return core.Nil(), errLimit.Errorf("%d bytes of TOML: at most %d are read", len(text), maxBytes)
	}
	p := &parser{scanner: scanner{text: text}, memory: c.Meter(), root: newTable(headed)}
	if err := p.document(); err != nil {
		return core.Nil(), err
	}
	return toLua(c, p.root, 0)
}

// parser reads a document (TOML 1.1).
type parser struct {
	scanner
	memory *core.Meter
	values int
	depth  int // of arrays and inline tables that are open
	root   *table
}

// valueSize is about what a value takes in Go and in Lua, besides its text.
const valueSize = 150

// value counts a value.
func (p *parser) value() error {
	if p.values++; p.values > maxValues {
		return errLimit.Errorf("more than %d values", maxValues)
	}
	return p.memory.Add(valueSize)
}

func (p *parser) document() error {
	if err := p.begin(); err != nil {
		return err
	}
	current := p.root
	for {
		if err := p.lines(); err != nil {
			return err
		}
		if p.pos == len(p.text) {
			return nil
		}
		var err error
		if p.peek() == '[' {
			current, err = p.section()
		} else {
			err = p.pair(current)
		}
		if err != nil {
			return err
		}
		if err := p.lineEnd(); err != nil {
			return err
		}
	}
}

// section reads a header and gives its table.
func (p *parser) section() (*table, error) {
	p.pos++
	many := p.take("[")
	k, err := p.key()
	if err != nil {
		return nil, err
	}
	closing := "]"
	if many {
		closing = "]]"
	}
	if err := p.expect(closing); err != nil {
		return nil, err
	}
	return p.header(k, many)
}

// pair reads a key and its value into t.
func (p *parser) pair(t *table) error {
	k, err := p.key()
	if err != nil {
		return err
	}
	if err := p.expect("="); err != nil {
		return err
	}
	p.blanks()
	v, err := p.item()
	if err != nil {
		return err
	}
	return p.set(t, k, v)
}

// key reads a key with the blanks around it and its parts.
func (p *parser) key() (key, error) {
	var k key
	for {
		p.blanks()
		at := p.pos
		part := p.bare()
		if part == "" {
			var err error
			if part, err = p.quotedKey(); err != nil {
				return k, err
			}
		}
		if k.parts, k.at = append(k.parts, part), append(k.at, at); len(k.parts) > maxDepth {
			return k, p.tooDeep(at, "a key of more than %d parts")
		}
		p.blanks()
		if !p.take(".") {
			return k, nil
		}
	}
}

func (p *parser) quotedKey() (string, error) {
	c := p.peek()
	if c != '"' && c != '\'' {
		return "", p.fail(p.pos, "a key expected, got %s", p.got())
	}
	p.pos++
	return p.quoted(string(c))
}

func (p *parser) tooDeep(at int, format string) error {
	line, col := p.place(at)
	return errLimit.Errorf("%d:%d: "+format, line, col, maxDepth)
}

// item reads a value.
func (p *parser) item() (any, error) {
	if err := p.value(); err != nil {
		return nil, err
	}
	switch p.peek() {
	case '"', '\'':
		s, err := p.str()
		if err != nil {
			return nil, err
		}
		return s, p.memory.Add(len(s))
	case '[':
		return p.array()
	case '{':
		return p.inline()
	default:
		return p.scalar()
	}
}

// open goes into an array or an inline table, and over its bracket.
func (p *parser) open() error {
	if p.depth++; p.depth > maxDepth {
		return p.tooDeep(p.pos, "nested deeper than %d")
	}
	p.pos++
	return p.lines()
}

// more tells whether another member follows, and takes the comma before it or the closing bracket.
func (p *parser) more(closing string) (bool, error) {
	if err := p.lines(); err != nil {
		return false, err
	}
	comma := p.take(",")
	if comma {
		if err := p.lines(); err != nil {
			return false, err
		}
	}
	if p.take(closing) {
		p.depth--
		return false, nil
	}
	if !comma {
		return false, p.fail(p.pos, "',' or '%s' expected, got %s", closing, p.got())
	}
	return true, nil
}

func (p *parser) array() (any, error) {
	if err := p.open(); err != nil {
		return nil, err
	}
	l := &list{}
	if p.take("]") {
		p.depth--
		return l, nil
	}
	for {
		item, err := p.item()
		if err != nil {
			return nil, err
		}
		l.items = append(l.items, item)
		if again, err := p.more("]"); !again {
			return l, err
		}
	}
}

func (p *parser) inline() (any, error) {
	if err := p.open(); err != nil {
		return nil, err
	}
	t := newTable(inline)
	if p.take("}") {
		p.depth--
		return t, nil
	}
	for {
		if err := p.pair(t); err != nil {
			return nil, err
		}
		if again, err := p.more("}"); !again {
			return t, err
		}
	}
}

// toLua makes the Lua value of what was read.
func toLua(c core.Call, data any, depth int) (core.Value, error) {
	if depth > maxDepth {
		return core.Nil(), errLimit.Errorf("nested deeper than %d", maxDepth)
	}
	switch data := data.(type) {
	case *table:
		t := c.NewTable(len(data.members))
		for name, member := range data.members {
			v, err := toLua(c, member, depth+1)
			if err != nil {
				return v, err
			}
			t.Set(name, v)
		}
		return t.Value(), nil
	case *list:
		t := c.NewArray(len(data.items))
		for _, item := range data.items {
			v, err := toLua(c, item, depth+1)
			if err != nil {
				return v, err
			}
			t.Append(v)
		}
		return t.Value(), nil
	default:
		return c.Value(data)
	}
}
