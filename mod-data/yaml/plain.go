package yaml

// endsPlain tells whether a plain scalar may end at c.
func endsPlain(c byte) bool {
	const (
		low  = 1<<' ' | 1<<'\t' | 1<<'\n' | 1<<'\r' | 1<<':' | 1<<'#' | 1<<','
		high = 1<<('['-64) | 1<<(']'-64) | 1<<('{'-64) | 1<<('}'-64)
	)
	return c < 64 && low>>c&1 != 0 || c >= 64 && c < 128 && high>>(c-64)&1 != 0
}

// content reads a value without its properties, other than block collections and literals. Lines after the
// first one must be indented by more than n.
func (p *parser) content(n int, flow bool) (*Node, style, error) {
	at := p.here()
	var node *Node
	var err error
	switch c := p.peek(0); c {
	case '*':
		node, err = p.alias()
		return node, aliasStyle, err
	case '[':
		node, err = p.flowSequence(n)
		return node, collectionStyle, err
	case '{':
		node, err = p.flowMapping(n)
		return node, collectionStyle, err
	case '"', '\'':
		var text string
		if c == '"' {
			text, err = p.doubleQuoted(n)
		} else {
			text, err = p.singleQuoted(n)
		}
		if err != nil {
			return nil, 0, err
		}
		node, err = p.textNode(text, at)
		return node, quotedStyle, err
	}
	if !flow && p.is(':') {
		node, err = p.textNode("", at) // an empty key
		return node, plainStyle, err
	}
	if err := p.plainBegins(flow); err != nil {
		return nil, 0, err
	}
	node, err = p.textNode(p.plain(n, flow), at)
	return node, plainStyle, err
}

// plainBegins tells why no plain scalar can begin here, if so.
func (p *parser) plainBegins(flow bool) error {
	switch c := p.peek(0); c {
	case '-', '?', ':':
		if p.separate(1) || flow && isFlow(p.peek(1)) {
			return p.here().fail("expected a value, got '%c': quote it if it is text", c)
		}
	case '@', '`', '%':
		return p.here().fail("no value begins with '%c': quote it", c)
	case ',', ']', '}':
		return p.here().fail("expected a value, got '%c'", c)
	case '#':
		return p.here().fail("a comment needs a blank before its #")
	case '|', '>':
		return p.here().fail("no value in brackets begins with '%c': quote it", c)
	}
	return nil
}

// plain reads a scalar without quotes: to a comment, to a colon with a blank behind it, and in brackets to
// one of their indicators. Line breaks fold.
func (p *parser) plain(n int, flow bool) string {
	from := p.pos
	end := p.plainLine(flow)
	text := p.src[from:end]
	own := false // whether text is no part of src
	for !p.eof() && isBreak(p.src[p.pos]) {
		breaks := 0
		for !p.eof() && isBreak(p.src[p.pos]) {
			p.breakLine()
			breaks++
		}
		if p.ended() || p.indent <= n || p.peek(0) == '#' || flow && isFlow(p.peek(0)) || p.plainColon(flow) {
			break
		}
		if !own {
			text, own = append(make([]byte, 0, 2*len(text)+80), text...), true
		}
		text = fold(text, breaks)
		from := p.pos
		end := p.plainLine(flow)
		text = append(text, p.src[from:end]...)
	}
	return string(text)
}

// plainColon tells whether the cursor is at a colon that ends a plain scalar.
func (p *parser) plainColon(flow bool) bool {
	return p.peek(0) == ':' && (p.separate(1) || flow && isFlow(p.peek(1)))
}

// plainLine goes over the part of a plain scalar that is on this line. It returns where the last character
// of it ends that is no blank.
func (p *parser) plainLine(flow bool) (end int) {
	end = p.pos
	for p.pos < len(p.src) {
		c := p.src[p.pos]
		if !endsPlain(c) {
			p.pos++
			end = p.pos
			continue
		}
		switch c {
		case '\n', '\r':
			return end
		case ' ', '\t':
			p.pos++
			continue
		case '#':
			if isBlank(p.src[p.pos-1]) {
				return end
			}
		case ':':
			if p.plainColon(flow) {
				return end
			}
		default:
			if flow {
				return end
			}
		}
		p.pos++
		end = p.pos
	}
	return end
}

// fold appends what line breaks within a scalar stand for: one is a blank, more are one less.
func fold(text []byte, breaks int) []byte {
	if breaks == 1 {
		return append(text, ' ')
	}
	for range breaks - 1 {
		text = append(text, '\n')
	}
	return text
}
