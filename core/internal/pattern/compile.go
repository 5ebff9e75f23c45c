package pattern

// compiler reads the text of a pattern from left to right.
type compiler struct {
	text   string
	at     int
	run    []byte // plain bytes since the last item
	open   []uint8
	closed [MaxCaptures]bool
	spots  [MaxCaptures]bool // position captures
	failed bool
	p      *Pattern
}

func (c *compiler) add(it item) { c.p.items = append(c.p.items, it) }

// fail makes the pattern an error from here on.
func (c *compiler) fail(err error) {
	c.flush()
	c.add(item{op: opError})
	c.p.err = err
	c.failed = true
}

// flush makes an item of the plain bytes.
func (c *compiler) flush() {
	if len(c.run) > 0 {
		c.add(item{op: opText, text: string(c.run)})
		c.run = c.run[:0]
	}
}

// peek is the byte at an offset, 0 behind the end.
func (c *compiler) peek(offset int) byte {
	if c.at+offset < len(c.text) {
		return c.text[c.at+offset]
	}
	return 0
}

// next reads one item.
func (c *compiler) next() {
	switch c.text[c.at] {
	case '(':
		c.beginCapture()
		return
	case ')':
		c.endCapture()
		return
	case '$':
		if c.at+1 == len(c.text) {
			c.flush()
			c.at++
			c.add(item{op: opEnd})
			return
		}
	case '%':
		switch after := c.peek(1); {
		case after == 'b':
			c.balance()
			return
		case after == 'f':
			c.frontier()
			return
		case after >= '0' && after <= '9':
			c.back(after)
			return
		}
	}
	c.single()
}

func (c *compiler) beginCapture() {
	c.flush()
	n := c.p.captures
	if n == MaxCaptures {
		c.fail(errTooManyCaptures)
		return
	}
	c.p.captures++
	if c.peek(1) == ')' {
		c.at += 2
		c.spots[n], c.closed[n] = true, true
		c.add(item{op: opPosition, n: uint8(n)})
		return
	}
	c.at++
	c.open = append(c.open, uint8(n))
	c.add(item{op: opOpen, n: uint8(n)})
}

func (c *compiler) endCapture() {
	if len(c.open) == 0 {
		c.fail(errNoOpenCapture)
		return
	}
	c.flush()
	c.at++
	last := len(c.open) - 1
	n := c.open[last]
	c.open = c.open[:last]
	c.closed[n] = true
	c.add(item{op: opClose, n: n})
}

func (c *compiler) balance() {
	if c.at+3 >= len(c.text) {
		c.fail(errMissingPair)
		return
	}
	c.flush()
	c.add(item{op: opBalance, class: class{from: c.text[c.at+2], to: c.text[c.at+3]}})
	c.at += 4
}

func (c *compiler) frontier() {
	c.at += 2
	if c.peek(0) != '[' {
		c.fail(errMissingFrontier)
		return
	}
	c.flush()
	if in, ok := c.bracket(); ok {
		c.add(item{op: opFrontier, class: in})
	}
}

func (c *compiler) back(digit byte) {
	n := int(digit) - '1'
	if n < 0 || n >= c.p.captures || !c.closed[n] {
		c.fail(errCaptureIndex)
		return
	}
	c.flush()
	c.at += 2
	if c.spots[n] {
		c.add(item{op: opNever})
		return
	}
	c.add(item{op: opBack, n: uint8(n)})
}

// single reads a class of bytes and the sign of repetition behind it.
func (c *compiler) single() {
	of, ok := c.class()
	if !ok {
		return
	}
	quantifier := c.peek(0)
	switch quantifier {
	case '?', '*', '+', '-':
		c.at++
		c.flush()
	default:
		if of.kind == oneByte {
			c.run = append(c.run, of.from)
			return
		}
		c.flush()
	}
	switch quantifier {
	case '?':
		c.add(item{op: opOptional, class: of})
	case '*':
		c.add(item{op: opMost, class: of})
	case '+':
		c.add(item{op: opMost, least: 1, class: of})
	case '-':
		c.add(item{op: opFewest, class: of})
	default:
		c.add(item{op: opOne, class: of})
	}
}

// class reads a class of bytes: a, ., %a or [a-z].
func (c *compiler) class() (class, bool) {
	switch b := c.text[c.at]; b {
	case '.':
		c.at++
		return class{kind: anyByte}, true
	case '[':
		return c.bracket()
	case '%':
		if c.at+1 == len(c.text) {
			c.fail(errTrailingPercent)
			return class{}, false
		}
		letter := c.text[c.at+1]
		c.at += 2
		if s, ok := letterSet(letter); ok {
			return class{kind: oneOf, set: &s}, true
		}
		return class{kind: oneByte, from: letter}, true
	default:
		c.at++
		return class{kind: oneByte, from: b}, true
	}
}

// bracket reads [...]. A ] that comes first is a byte like any other.
func (c *compiler) bracket() (class, bool) {
	first := c.at + 1
	inverted := c.peek(1) == '^'
	if inverted {
		first++
	}
	end, ok := c.bracketEnd(first)
	if !ok {
		c.fail(errMissingBracket)
		return class{}, false
	}
	s := new(set)
	for at := first; at < end; at++ {
		switch b := c.text[at]; {
		case b == '%':
			at++
			if named, ok := letterSet(c.text[at]); ok {
				s.addSet(named)
			} else {
				s.add(c.text[at])
			}
		case c.text[at+1] == '-' && at+2 < end:
			s.addRange(b, c.text[at+2])
			at += 2
		default:
			s.add(b)
		}
	}
	if inverted {
		s.invert()
	}
	c.at = end + 1
	return class{kind: oneOf, set: s}, true
}

// bracketEnd is where the ] of a bracket is whose first byte is at first.
func (c *compiler) bracketEnd(first int) (int, bool) {
	for at := first; at < len(c.text); {
		escaped := c.text[at] == '%'
		at++
		if escaped {
			at++
		}
		if at < len(c.text) && c.text[at] == ']' {
			return at, true
		}
	}
	return 0, false
}
