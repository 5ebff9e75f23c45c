package yaml

import "bytes"

// slot says which block collections may follow an indicator.
type slot uint8

const (
	compact slot = 1 << iota // one that begins on the line of the indicator, as in "- key: value"
	level                    // a list that is indented no more than the map it is in
)

// start is where a block node begins.
type start struct {
	place
	parent int    // the indentation of the collection that it is in, -1 at the root
	indent int    // its own, if it is a collection
	why    string // why it cannot be a collection, if so
}

const tabIndents = "a tab indents this line: use spaces"

// block reads the node that follows an indicator of a collection which is indented by n, or -1 at the root.
// It stops behind the node, or at the next token when there is none.
func (p *parser) block(n int, may slot) (*Node, error) {
	line, from, behind := p.line, p.pos, p.here()
	var outer props
	for {
		p.skip()
		fresh := p.line != line
		if p.ended() || fresh && p.indent <= n && (may&level == 0 || p.indent != n || p.tabbed() || !p.is('-')) {
			return p.empty(outer, behind)
		}
		s := start{place: p.here(), parent: n, indent: p.pos - p.start}
		switch {
		case !fresh && (may&compact == 0 || outer.any()):
			s.why = "a list or a map cannot begin on this line: put it on lines of its own"
		case p.tabFrom(from, fresh):
			s.why = tabIndents
		}
		own, err := p.properties()
		if err != nil {
			return nil, err
		}
		if !own.any() || !p.lineEnds() {
			return p.value(s, outer, own)
		}
		if outer, err = outer.with(own); err != nil {
			return nil, err
		}
	}
}

// tabFrom tells whether a tab stands where a block collection that begins here has its indentation.
func (p *parser) tabFrom(from int, fresh bool) bool {
	return p.fresh() && p.tabbed() || !fresh && bytes.IndexByte(p.src[from:p.pos], '\t') >= 0
}

// value reads a node. Those properties that stand on its line are the key's if it is a map that begins here.
func (p *parser) value(s start, outer, own props) (*Node, error) {
	switch {
	case p.is('-') || p.is('?'):
		if own.any() && s.why == "" {
			s.why = "a list or a map begins on the line after its tag or anchor"
		}
		switch {
		case s.why == tabIndents && p.fresh():
			return nil, p.tabIndents()
		case s.why != "":
			return nil, p.here().fail("%s", s.why)
		case p.is('-'):
			return p.sequence(s, outer)
		}
		return p.mapping(s, outer, nil)
	case p.peek(0) == '|' || p.peek(0) == '>':
		all, err := outer.with(own)
		if err != nil {
			return nil, err
		}
		return p.literal(s, all)
	}
	node, style, err := p.content(s.parent, false)
	if err != nil {
		return nil, err
	}
	isKey, err := p.keyEnds(s)
	if err != nil {
		return nil, err
	}
	if isKey {
		if err := p.finish(node, style, own); err != nil {
			return nil, err
		}
		return p.mapping(s, outer, node)
	}
	all, err := outer.with(own)
	if err != nil {
		return nil, err
	}
	return node, p.finish(node, style, all)
}

// keyEnds tells whether what was just read is the key of a map, which a colon shows.
func (p *parser) keyEnds(s start) (bool, error) {
	if p.fresh() && p.line != s.line {
		return false, nil
	}
	p.blanks()
	switch {
	case !p.is(':'):
		return false, nil
	case p.line != s.line:
		return false, p.here().fail("a key must be on one line: quote the text if ':' belongs to it")
	case s.why == tabIndents && s.col > p.indent+1 && p.tabbed():
		return false, p.tabIndents()
	case s.why == tabIndents:
		return false, s.fail(tabIndents)
	case s.why != "":
		return false, p.here().fail("a map cannot begin on this line: quote the text if ':' belongs to it")
	}
	return true, nil
}

// sequence reads a list in block style, from its first dash.
func (p *parser) sequence(s start, own props) (*Node, error) {
	list, err := p.open(List, s.place)
	if err != nil {
		return nil, err
	}
	for {
		p.pos++ // the dash
		item, err := p.block(s.indent, compact)
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, item)
		more, err := p.next(s)
		if err != nil {
			return nil, err
		}
		if more && !p.is('-') {
			if s.indent != s.parent {
				return nil, p.here().fail("expected \"- \", as in front of the other items of the list")
			}
			more = false // a key of the map that the list is in
		}
		if !more {
			p.depth--
			return list, p.finish(list, collectionStyle, own)
		}
	}
}

// mapping reads a map in block style, from its first key; when key is given, from the colon behind it.
func (p *parser) mapping(s start, own props, key *Node) (*Node, error) {
	m, err := p.open(Map, s.place)
	if err != nil {
		return nil, err
	}
	pairs := pairs{m: m}
	for {
		var value *Node
		if key == nil && p.is('?') {
			key, value, err = p.explicit(s)
		} else {
			if key == nil {
				key, err = p.implicitKey(s)
			}
			if err == nil {
				p.pos++ // the colon
				value, err = p.block(s.indent, level)
			}
		}
		if err != nil {
			return nil, err
		}
		if err := pairs.add(key, value); err != nil {
			return nil, err
		}
		key = nil
		more, err := p.next(s)
		if err != nil {
			return nil, err
		}
		if !more {
			if err := pairs.merge(); err != nil {
				return nil, err
			}
			p.depth--
			return m, p.finish(m, collectionStyle, own)
		}
	}
}

// explicit reads an entry that begins with a question mark.
func (p *parser) explicit(s start) (key, value *Node, err error) {
	p.pos++
	if key, err = p.block(s.indent, compact|level); err != nil {
		return nil, nil, err
	}
	behind := p.here()
	p.skip()
	if !p.ended() && p.fresh() && p.indent == s.indent && !p.tabbed() && p.is(':') {
		p.pos++
		value, err = p.block(s.indent, compact|level)
	} else {
		value, err = p.empty(props{}, behind)
	}
	return key, value, err
}

// implicitKey reads a key, up to the colon behind it.
func (p *parser) implicitKey(s start) (*Node, error) {
	s.place = p.here()
	if p.is('-') {
		return nil, s.fail("an item of a list among the keys of a map: indent it as the other items")
	}
	own, err := p.properties()
	if err != nil {
		return nil, err
	}
	if own.any() && p.lineEnds() {
		return nil, p.here().fail("a tag or an anchor without a key")
	}
	node, style, err := p.content(s.indent, false)
	if err != nil {
		return nil, err
	}
	switch ok, err := p.keyEnds(s); {
	case err != nil:
		return nil, err
	case !ok:
		return nil, s.fail("expected ':' and a blank behind this key")
	}
	return node, p.finish(node, style, own)
}

// next goes to the next entry of a block collection, and tells whether there is one.
func (p *parser) next(s start) (bool, error) {
	p.skip()
	switch {
	case p.ended():
		return false, nil
	case !p.fresh():
		return false, p.unexpected("")
	case p.indent < s.indent:
		return false, nil
	case p.tabbed():
		return false, p.tabIndents()
	case p.indent > s.indent:
		return false, p.here().fail("this line is indented by %d, the entries of the list or map around it by %d", p.indent, s.indent)
	}
	return true, nil
}

// tabIndents is the error for the first tab that indents the line.
func (p *parser) tabIndents() error { return place{p.line, p.indent + 1}.fail(tabIndents) }

// unexpected is the error for a token that cannot follow the one before.
func (p *parser) unexpected(fresh string) error {
	switch c := p.peek(0); {
	case !p.fresh() && c == '#':
		return p.here().fail("a comment needs a blank before its #")
	case !p.fresh():
		return p.here().fail("text after the end of the value: quote the whole of it")
	case p.tabbed():
		return p.tabIndents()
	}
	return p.here().fail("%s", fresh)
}
