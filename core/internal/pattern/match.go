package pattern

import "strings"

// Meter is told about work as it is done. It may panic to stop it.
type Meter interface {
	// Steps tells that n steps were done, each of which looks at a byte or so.
	Steps(n int)
}

// bill is how many steps are done between two calls of the meter.
const bill = 2048

// Matcher matches patterns in subjects. It can be used again and again, by one goroutine at a time.
type Matcher struct {
	meter    Meter
	left     int // steps until the meter is called
	captures [MaxCaptures]capture
	choices  []choice
}

// capture is from start to end; a position has an end before its start.
type capture struct{ start, end int }

// choice is a place to go back to: the item at took what is up to high, and may take less, down to low.
// For opFewest, low is where it may take one more.
type choice struct{ item, low, high int }

// NewMatcher makes a Matcher whose work the meter is told about.
func NewMatcher(meter Meter) *Matcher { return &Matcher{meter: meter, left: bill} }

// Reset makes the Matcher tell another meter.
func (m *Matcher) Reset(meter Meter) { m.meter = meter }

// Capture is the capture n, from 0, of the last match in its subject. A position has the offset start
// and isPosition.
func (m *Matcher) Capture(n int) (start, end int, isPosition bool) {
	c := m.captures[n]
	return c.start, c.end, c.end < c.start
}

// work counts n steps.
func (m *Matcher) work(n int) {
	m.left -= n
	if m.left <= 0 {
		done := bill - m.left
		m.left = bill
		m.meter.Steps(done)
	}
}

// Find finds the first match of p in s that begins at from or, unless p is anchored, behind it. The error
// is about a malformed pattern.
func (m *Matcher) Find(p *Pattern, s string, from int) (start, end int, ok bool, err error) {
	if p.anchored {
		end, ok, err = m.Match(p, s, from)
		return from, end, ok, err
	}
	for at := from; at <= len(s); at++ {
		skipped, possible := p.skip(s[at:])
		m.work(skipped >> 3)
		at += skipped
		if !possible {
			return 0, 0, false, nil
		}
		if end, ok, err = m.Match(p, s, at); ok || err != nil {
			return at, end, ok, err
		}
	}
	return 0, 0, false, nil
}

// skip is how many bytes of s cannot begin a match, and whether one is possible behind them.
func (p *Pattern) skip(s string) (int, bool) {
	switch {
	case p.prefix != "":
		i := strings.Index(s, p.prefix)
		if i < 0 {
			return len(s), false
		}
		return i, true
	case p.first != nil:
		for i := range len(s) {
			if p.first.has(s[i]) {
				return i, true
			}
		}
		return len(s), false
	}
	return 0, true
}

// Match matches p in s at the offset at and gives where the match ends.
func (m *Matcher) Match(p *Pattern, s string, at int) (end int, ok bool, err error) {
	m.choices = m.choices[:0]
	for i := 0; ; {
		m.work(1)
		next, matched := m.item(p, i, s, at)
		if matched {
			at, i = next, i+1
			continue
		}
		switch p.items[i].op {
		case opMatch:
			return at, true, nil
		case opError:
			return 0, false, p.err
		default:
		}
		if i, at, ok = m.back(p, s); !ok {
			return 0, false, nil
		}
	}
}

// back goes to the innermost place where the match can go on differently.
func (m *Matcher) back(p *Pattern, s string) (item, at int, ok bool) {
	for len(m.choices) > 0 {
		last := len(m.choices) - 1
		c := &m.choices[last]
		it := &p.items[c.item]
		if it.op == opFewest {
			if c.low < len(s) && it.class.has(s[c.low]) {
				c.low++
				return c.item + 1, c.low, true
			}
			m.choices = m.choices[:last]
			continue
		}
		c.high--
		item, at = c.item+1, c.high
		if c.high == c.low {
			m.choices = m.choices[:last]
		}
		return item, at, true
	}
	return 0, 0, false
}

// item matches one item at an offset and gives where it ends.
func (m *Matcher) item(p *Pattern, i int, s string, at int) (int, bool) {
	it := &p.items[i]
	switch it.op {
	case opText:
		m.work(len(it.text) >> 6)
		return at + len(it.text), strings.HasPrefix(s[at:], it.text)
	case opOne:
		return at + 1, at < len(s) && it.class.has(s[at])
	case opOptional:
		if at < len(s) && it.class.has(s[at]) {
			m.choices = append(m.choices, choice{i, at, at + 1})
			at++
		}
	case opMost:
		end := m.span(&it.class, s, at)
		low := at + int(it.least)
		if end < low {
			return 0, false
		}
		if end > low {
			m.choices = append(m.choices, choice{i, low, end})
		}
		at = end
	case opFewest:
		m.choices = append(m.choices, choice{item: i, low: at})
	case opOpen:
		m.captures[it.n].start = at
	case opPosition:
		m.captures[it.n] = capture{at, at - 1}
	case opClose:
		m.captures[it.n].end = at
	default:
		return m.rare(it, s, at)
	}
	return at, true
}

// rare is the part of item that few patterns need.
func (m *Matcher) rare(it *item, s string, at int) (int, bool) {
	switch it.op {
	case opBack:
		c := m.captures[it.n]
		text := s[c.start:c.end]
		m.work(len(text) >> 3)
		return at + len(text), strings.HasPrefix(s[at:], text)
	case opBalance:
		return m.balance(it.class.from, it.class.to, s, at)
	case opFrontier:
		var before, after byte
		if at > 0 {
			before = s[at-1]
		}
		if at < len(s) {
			after = s[at]
		}
		return at, !it.class.has(before) && it.class.has(after)
	case opEnd:
		return at, at == len(s)
	default: // opNever, opError, opMatch
		return 0, false
	}
}

// stretch is how many bytes are looked at in one go.
const stretch = 16 * bill

// span is where the bytes of the class that begin at an offset end.
func (m *Matcher) span(c *class, s string, at int) int {
	if c.kind == anyByte {
		return len(s)
	}
	for at < len(s) {
		part := s[at:min(len(s), at+stretch)]
		n := 0
		if c.kind == oneByte {
			for n < len(part) && part[n] == c.from {
				n++
			}
		} else {
			for n < len(part) && c.set.has(part[n]) {
				n++
			}
		}
		at += n
		m.work(n)
		if n < len(part) {
			break
		}
	}
	return at
}

// balance is where the text ends that begins with open and has as many closing bytes.
func (m *Matcher) balance(opening, closing byte, s string, at int) (int, bool) {
	if at >= len(s) || s[at] != opening {
		return 0, false
	}
	depth, from := 1, at
	for at++; at < len(s); at++ {
		switch s[at] {
		case closing:
			depth--
			if depth == 0 {
				m.work(at - from)
				return at + 1, true
			}
		case opening:
			depth++
		}
		if at-from >= stretch {
			m.work(at - from)
			from = at
		}
	}
	m.work(at - from)
	return 0, false
}
