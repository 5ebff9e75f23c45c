package yaml

import "strings"

// ownTypes is what the tags of YAML's own types begin with; !! stands for it.
const ownTypes = "tag:yaml.org,2002:"

// declare reads a %TAG directive, which gives a handle its meaning within the document.
func (p *parser) declare(at place, words []string) error {
	if len(words) != 2 || words[0][0] != '!' || words[0][len(words[0])-1] != '!' {
		return at.fail("%%TAG wants a handle and a prefix: %%TAG !e! tag:example.com,2000:")
	}
	if p.handles == nil {
		p.handles = make(map[string]string)
	}
	if _, twice := p.handles[words[0]]; twice {
		return at.fail("a second %%TAG directive for %s", clip(words[0]))
	}
	p.handles[words[0]] = words[1]
	return nil
}

// tag reads a tag. Those of YAML's own types are returned as !!name.
func (p *parser) tag() (string, error) {
	at := p.here()
	from := p.pos
	if p.peek(1) == '<' {
		for !p.separate(0) && p.src[p.pos] != '>' {
			p.pos++
		}
		if p.peek(0) != '>' {
			return "", at.fail("expected '>' at the end of this tag")
		}
		p.pos++
		return short(string(p.src[from+2 : p.pos-1])), nil
	}
	for !p.separate(0) && !isFlow(p.src[p.pos]) {
		p.pos++
	}
	text := string(p.src[from:p.pos])
	if text == "!" {
		return text, nil
	}
	end := strings.IndexByte(text[1:], '!') + 2 // of the handle
	handle, name := text[:end], text[end:]
	if end == 1 {
		handle, name = "!", text[1:]
	}
	if name == "" {
		return "", at.fail("the tag %s has no name", clip(text))
	}
	prefix, declared := p.handles[handle]
	switch {
	case declared:
		return short(prefix + name), nil
	case handle == "!" || handle == "!!":
		return text, nil
	}
	return "", at.fail("nothing declares the handle of the tag %s: %%TAG does", clip(text))
}

func short(tag string) string {
	if name, ok := strings.CutPrefix(tag, ownTypes); ok {
		return "!!" + name
	}
	return tag
}

// style is how a value is written, as far as its meaning depends on it.
type style uint8

const (
	plainStyle style = iota
	quotedStyle
	aliasStyle
	collectionStyle
)

// finish gives a node its properties and a scalar its value.
func (p *parser) finish(n *Node, how style, own props) error {
	if own.any() {
		if how == aliasStyle {
			return own.fail("an alias has no tag and no anchor of its own")
		}
		n.Line, n.Col = own.line, own.col
	}
	var err error
	switch how {
	case aliasStyle:
	case plainStyle, quotedStyle:
		err = resolve(n, how, own, p.IgnoreTags)
	case collectionStyle:
		if own.tag != "" && !collectionTag(n.Kind, own.tag) && !p.IgnoreTags {
			err = unknownTag(own)
		}
	}
	if own.anchor != nil {
		own.anchor.node = n
	}
	return err
}

func resolve(n *Node, how style, own props, ignoreTags bool) error {
	switch {
	case own.tag == "" && how == plainStyle:
		n.Plain = true
		n.Kind, n.Value = Resolve(n.Text)
	case own.tag == "" || own.tag == "!":
		n.Kind, n.Value = String, n.Text
	case own.tag == mergeTag && n.Text == mergeKey:
		n.Kind, n.Value, n.Plain = String, n.Text, true
	default:
		var ok bool
		if n.Kind, n.Value, ok = resolveTagged(own.tag, n.Text); ok {
			return nil
		}
		switch own.tag {
		case "!!str", "!!null", "!!bool", "!!int", "!!float", "!!binary":
			return own.fail("%q does not fit the tag %s", clip(n.Text), own.tag)
		}
		if !ignoreTags {
			return unknownTag(own)
		}
		return resolve(n, how, props{}, false)
	}
	return nil
}

// collectionTag tells whether a list or a map is what the tag says.
func collectionTag(k Kind, tag string) bool {
	switch tag {
	case "!":
		return true
	case "!!seq", "!!omap", "!!pairs":
		return k == List
	}
	return tag == "!!map" && k == Map
}

// unknown is how the error for a tag begins.
const unknown = "unknown tag"

func unknownTag(own props) error {
	return own.fail("%s %s: remove it, or quote the value if it is text", unknown, clip(own.tag))
}

// clip keeps a message readable when the text at fault is long.
func clip(s string) string {
	const limit = 60
	if len([]rune(s)) <= limit {
		return s
	}
	return string([]rune(s)[:limit]) + "…"
}
