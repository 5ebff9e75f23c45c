package yaml

// maxCopied is how many bytes of scalars aliases may stand for: a writer would have to repeat them all.
const maxCopied = 4 * MaxBytes

// anchor names a node, which is nil as long as the node is being read.
type anchor struct{ node *Node }

// props are what may stand before a value, in any order. Their place is where the first one begins.
type props struct {
	place
	tag    string // as resolved, "" without one
	anchor *anchor
}

func (o props) any() bool { return o.tag != "" || o.anchor != nil }

// with adds properties that stand behind these.
func (o props) with(more props) (props, error) {
	switch {
	case !o.any():
		return more, nil
	case o.tag != "" && more.tag != "":
		return o, more.fail("a second tag for one value")
	case o.anchor != nil && more.anchor != nil:
		return o, more.fail("a second anchor for one value")
	case more.tag != "":
		o.tag = more.tag
	case more.anchor != nil:
		o.anchor = more.anchor
	}
	return o, nil
}

// properties reads the tag and the anchor that stand on this line.
func (p *parser) properties() (props, error) {
	var all props
	for {
		one := props{}
		var err error
		switch p.peek(0) {
		case '&':
			one.place = p.here()
			one.anchor, err = p.anchor()
		case '!':
			one.place = p.here()
			one.tag, err = p.tag()
		default:
			return all, nil
		}
		if err != nil {
			return all, err
		}
		if !p.separate(0) && !isFlow(p.peek(0)) || p.peek(0) == '[' || p.peek(0) == '{' {
			return all, p.here().fail("expected a blank behind the tag or anchor")
		}
		p.blanks()
		if all, err = all.with(one); err != nil {
			return all, err
		}
	}
}

func (p *parser) anchor() (*anchor, error) {
	name, err := p.anchorName()
	if err != nil {
		return nil, err
	}
	if p.anchors == nil {
		p.anchors = make(map[string]*anchor)
	}
	a := &anchor{}
	p.anchors[name] = a
	return a, nil
}

// anchorName reads the name behind & or *.
func (p *parser) anchorName() (string, error) {
	at := p.here()
	mark := p.src[p.pos]
	p.pos++
	from := p.pos
	for !p.separate(0) && !isFlow(p.src[p.pos]) {
		p.pos++
	}
	if p.pos == from {
		return "", at.fail("a name must follow %c: quote it if it is text", mark)
	}
	return string(p.src[from:p.pos]), nil
}

// alias reads the node that an alias stands for. It is reported where the alias stands.
func (p *parser) alias() (*Node, error) {
	at := p.here()
	name, err := p.anchorName()
	if err != nil {
		return nil, err
	}
	a := p.anchors[name]
	switch {
	case a == nil && name[len(name)-1] == ':':
		return nil, at.fail("unknown anchor '%s' referenced: put a blank before the colon of a key", clip(name))
	case a == nil:
		return nil, at.fail("unknown anchor '%s' referenced", clip(name))
	case a.node == nil:
		return nil, at.fail("alias *%s contains itself", clip(name))
	}
	return p.duplicate(a.node, at, p.depth)
}

// duplicate copies a node to another place.
func (p *parser) duplicate(n *Node, at place, depth int) (*Node, error) {
	c, err := p.node(n.Kind, at)
	if err != nil {
		return nil, err
	}
	c.Value, c.Text, c.Plain = n.Value, n.Text, n.Plain
	if n.Kind != List && n.Kind != Map {
		if p.copied += len(n.Text); p.copied > maxCopied {
			return nil, at.fail("aliases stand for more than %d bytes of text", maxCopied)
		}
		return c, nil
	}
	if depth >= MaxDepth {
		return nil, at.fail("nested deeper than %d", MaxDepth)
	}
	if n.Kind == List {
		c.Items = make([]*Node, len(n.Items))
		for i, item := range n.Items {
			if c.Items[i], err = p.duplicate(item, at, depth+1); err != nil {
				return nil, err
			}
		}
		return c, nil
	}
	c.Pairs = make([]Pair, len(n.Pairs))
	for i, pair := range n.Pairs {
		value, err := p.duplicate(pair.Value, at, depth+1)
		if err != nil {
			return nil, err
		}
		c.Pairs[i] = Pair{pair.Key, value, at.line, at.col}
	}
	return c, nil
}
