package yaml

// Collections in brackets. They may take several lines, each indented by more than n.

// inside goes to the next token of a flow collection that begins at open.
func (p *parser) inside(n int, open place) error {
	p.skip()
	switch c := p.peek(0); {
	case p.eof():
		return open.fail("the bracket is never closed")
	case !p.fresh():
		return nil
	case p.ended():
		return p.here().fail("the bracket at %d:%d is not closed before the document ends", open.line, open.col)
	case p.indent <= n && c != ']' && c != '}':
		if p.tabbed() {
			return p.tabIndents()
		}
		return p.here().fail("the bracket at %d:%d is still open: close it before this line, or indent the line", open.line, open.col)
	}
	return nil
}

// flowNode reads a value of a flow collection. It tells whether the value ends by itself, in a quote or a
// bracket, so that a colon right behind it makes it a key.
func (p *parser) flowNode(n int, open place) (node *Node, closed bool, err error) {
	at := p.here()
	var all props
	for p.peek(0) == '&' || p.peek(0) == '!' {
		own, err := p.properties()
		if err == nil {
			all, err = all.with(own)
		}
		if err == nil {
			err = p.inside(n, open)
		}
		if err != nil {
			return nil, false, err
		}
	}
	c := p.peek(0)
	if p.flowColon(false) || all.any() && (c == ',' || c == ']' || c == '}') {
		node, err = p.empty(all, at)
		return node, false, err
	}
	node, style, err := p.content(n, true)
	if err != nil {
		return nil, false, err
	}
	return node, style == quotedStyle || style == collectionStyle, p.finish(node, style, all)
}

// flowColon tells whether the cursor is at the colon behind a key.
func (p *parser) flowColon(closed bool) bool {
	return p.peek(0) == ':' && (closed || p.separate(1) || isFlow(p.peek(1)))
}

// flowSequence reads a list in brackets.
func (p *parser) flowSequence(n int) (*Node, error) {
	open := p.here()
	list, err := p.open(List, open)
	if err != nil {
		return nil, err
	}
	p.pos++
	for {
		if err := p.inside(n, open); err != nil {
			return nil, err
		}
		if p.peek(0) == ']' {
			break
		}
		item, err := p.flowItem(n, open)
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, item)
		if err := p.comma(n, open, ']'); err != nil {
			return nil, err
		}
	}
	p.pos++
	p.depth--
	return list, nil
}

// comma goes over the comma behind an entry, or to the closing bracket.
func (p *parser) comma(n int, open place, closing byte) error {
	if err := p.inside(n, open); err != nil {
		return err
	}
	switch p.peek(0) {
	case ',':
		p.pos++
	case closing:
	default:
		return p.here().fail("expected ',' or '%c' here, for the bracket at %d:%d", closing, open.line, open.col)
	}
	return nil
}

// flowItem reads an item of a list in brackets, which may be a map of one pair without brackets.
func (p *parser) flowItem(n int, open place) (*Node, error) {
	at := p.here()
	if p.is('?') {
		m, err := p.open(Map, at)
		if err != nil {
			return nil, err
		}
		pairs := pairs{m: m}
		return p.single(&pairs, p.flowEntry(n, open, &pairs, ']'))
	}
	key, closed, err := p.flowNode(n, open)
	if err != nil {
		return nil, err
	}
	if err := p.inside(n, open); err != nil {
		return nil, err
	}
	switch {
	case !p.flowColon(closed):
		return key, nil
	case p.line != at.line:
		return nil, p.here().fail("the key of a pair in a list must be on one line with its colon: put the pair into {}")
	}
	m, err := p.open(Map, at)
	if err != nil {
		return nil, err
	}
	pairs := pairs{m: m}
	value, err := p.flowValue(n, open)
	if err == nil {
		err = pairs.add(key, value)
	}
	return p.single(&pairs, err)
}

func (p *parser) single(pairs *pairs, err error) (*Node, error) {
	if err == nil {
		err = pairs.merge()
	}
	p.depth--
	return pairs.m, err
}

// flowMapping reads a map in braces.
func (p *parser) flowMapping(n int) (*Node, error) {
	open := p.here()
	m, err := p.open(Map, open)
	if err != nil {
		return nil, err
	}
	p.pos++
	pairs := pairs{m: m}
	for {
		if err := p.inside(n, open); err != nil {
			return nil, err
		}
		if p.peek(0) == '}' {
			break
		}
		if err := p.flowEntry(n, open, &pairs, '}'); err != nil {
			return nil, err
		}
		if err := p.comma(n, open, '}'); err != nil {
			return nil, err
		}
	}
	p.pos++
	p.depth--
	return m, pairs.merge()
}

// flowEntry reads a pair.
func (p *parser) flowEntry(n int, open place, pairs *pairs, closing byte) error {
	explicit := p.is('?')
	if explicit {
		p.pos++
		if err := p.inside(n, open); err != nil {
			return err
		}
	}
	var key *Node
	var closed bool
	var err error
	if c := p.peek(0); explicit && (c == ',' || c == closing) {
		key, err = p.empty(props{}, p.here())
	} else {
		key, closed, err = p.flowNode(n, open)
	}
	if err != nil {
		return err
	}
	behind := p.here()
	if err := p.inside(n, open); err != nil {
		return err
	}
	var value *Node
	if p.flowColon(closed) {
		value, err = p.flowValue(n, open)
	} else {
		value, err = p.empty(props{}, behind)
	}
	if err != nil {
		return err
	}
	return pairs.add(key, value)
}

// flowValue reads what follows the colon of a pair.
func (p *parser) flowValue(n int, open place) (*Node, error) {
	p.pos++
	behind := p.here()
	if err := p.inside(n, open); err != nil {
		return nil, err
	}
	if c := p.peek(0); c == ',' || c == ']' || c == '}' {
		return p.empty(props{}, behind)
	}
	value, _, err := p.flowNode(n, open)
	return value, err
}
