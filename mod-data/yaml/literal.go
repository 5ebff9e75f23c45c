package yaml

// literal reads a block scalar, from its | or >. It stops at the line after it.
func (p *parser) literal(s start, own props) (*Node, error) {
	folded := p.src[p.pos] == '>'
	p.pos++
	chomp, extra, err := p.literalHeader()
	if err != nil {
		return nil, err
	}
	if p.eof() {
		return p.literalNode(nil, s, own)
	}
	p.breakOnly()
	indent := max(s.parent, 0) + extra
	if extra == 0 {
		if indent, err = p.literalIndent(s.parent); err != nil {
			return nil, err
		}
	}
	var text []byte
	breaks, spaced := 0, true // behind text, and whether a blank begins its last line
	for !p.eof() {
		line, ok, err := p.literalLine(indent)
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		if len(line) > 0 {
			blank := isBlank(line[0])
			if folded && !spaced && !blank {
				text = fold(text, breaks)
			} else {
				text = lineFeeds(text, breaks)
			}
			text = append(text, line...)
			breaks, spaced = 0, blank
		}
		if p.pos > p.start || !p.eof() {
			breaks++ // the end of the text ends a line, too
		}
		if p.eof() {
			break
		}
		p.breakOnly()
	}
	p.enterLine()
	switch {
	case chomp == '+':
		text = lineFeeds(text, breaks)
	case chomp == 0 && len(text) > 0:
		text = lineFeeds(text, min(breaks, 1))
	}
	return p.literalNode(text, s, own)
}

func (p *parser) literalNode(text []byte, s start, own props) (*Node, error) {
	node, err := p.textNode(string(text), s.place)
	if err != nil {
		return nil, err
	}
	return node, p.finish(node, quotedStyle, own)
}

// breakOnly goes over a line break and no further.
func (p *parser) breakOnly() {
	if p.src[p.pos] == '\r' && p.peek(1) == '\n' {
		p.pos++
	}
	p.pos++
	p.line++
	p.start, p.first = p.pos, p.pos
}

// literalHeader reads what may follow | and >: a digit for the indentation and + or - for the breaks at the end.
func (p *parser) literalHeader() (chomp byte, extra int, err error) {
	for range 2 {
		switch c := p.peek(0); {
		case (c == '+' || c == '-') && chomp == 0:
			chomp = c
			p.pos++
		case c >= '1' && c <= '9' && extra == 0:
			extra = int(c - '0')
			p.pos++
		}
	}
	if p.separate(0) {
		p.blanks()
		if p.lineEnds() {
			for !p.eof() && !isBreak(p.src[p.pos]) {
				p.pos++
			}
			return chomp, extra, nil
		}
	}
	return 0, 0, p.here().fail("the text of a block begins on the next line; + or - and a digit from 1 to 9 may stand here")
}

// literalIndent is the indentation of the first line that is not empty, which must be more than n.
func (p *parser) literalIndent(n int) (int, error) {
	longest, at, line := 0, place{}, p.line
	for i := p.pos; ; i++ {
		from := i
		for i < len(p.src) && p.src[i] == ' ' {
			i++
		}
		spaces := i - from
		switch {
		case i < len(p.src) && isBreak(p.src[i]):
			if spaces > longest {
				longest, at = spaces, place{line, 1}
			}
			if p.src[i] == '\r' && i+1 < len(p.src) && p.src[i+1] == '\n' {
				i++
			}
			line++
		case i >= len(p.src) || spaces <= n:
			return max(longest, n+1), nil
		case longest > spaces:
			return 0, at.fail("this empty line has more spaces than the first line of the text: remove them, or write a digit after | or >")
		default:
			return spaces, nil
		}
	}
}

// literalLine reads a line of a block scalar without its indentation, up to its break; ok is false when the
// scalar ends before it.
func (p *parser) literalLine(indent int) (line []byte, ok bool, err error) {
	if p.ended() {
		return nil, false, nil
	}
	i := p.pos
	for i < len(p.src) && i-p.start < indent && p.src[i] == ' ' {
		i++
	}
	switch {
	case i >= len(p.src):
		p.pos = i
		return nil, true, nil
	case i-p.start < indent && p.src[i] == '\t':
		p.pos = i
		return nil, false, p.here().fail(tabIndents)
	case i-p.start < indent && !isBreak(p.src[i]):
		return nil, false, nil
	}
	from := i
	for i < len(p.src) && !isBreak(p.src[i]) {
		i++
	}
	p.pos = i
	return p.src[from:i], true, nil
}

func lineFeeds(text []byte, n int) []byte {
	for range n {
		text = append(text, '\n')
	}
	return text
}
