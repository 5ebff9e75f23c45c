// Package pattern matches Lua patterns, without a Lua state.
//
// [Compile] turns the text of a pattern into a [Pattern], a list of items that are matched in their order;
// [Matcher] runs one over a subject. The items of a pattern never repeat as a group, so a match needs one
// place to go back to for each of them at most: no input makes the stack of Go grow, and all work is
// counted in steps that a [Meter] is told about, so that its owner can stop it.
//
// The semantics are those of Lua 5.1's manual, section 5.4.1, with the frontier %f and the class %g of
// Lua 5.2 and zero bytes allowed in patterns.
package pattern

import (
	"errors"
	"strings"
	"unsafe"
)

// MaxCaptures is the most captures that a pattern can have.
const MaxCaptures = 32

// maxItems is how many items a pattern has at most, so that one is small however long its text is.
const maxItems = 1 << 17

// Errors of malformed patterns. As in Lua, a pattern raises one only when a match gets as far as the
// malformed part.
var (
	errTooManyCaptures = errors.New("too many captures")
	errNoOpenCapture   = errors.New("invalid pattern capture")
	errUnfinished      = errors.New("unfinished capture")
	errCaptureIndex    = errors.New("invalid capture index")
	errTrailingPercent = errors.New("malformed pattern (ends with '%')")
	errMissingBracket  = errors.New("malformed pattern (missing ']')")
	errMissingPair     = errors.New("malformed pattern (missing arguments to '%b')")
	errTooComplex      = errors.New("pattern too complex")
	errMissingFrontier = errors.New("missing '[' after '%f' in pattern")
)

// Pattern is a compiled pattern. It is safe for concurrent use.
type Pattern struct {
	anchored bool
	items    []item
	captures int
	err      error  // of the opError that ends a malformed pattern
	prefix   string // what every match begins with, or empty
	first    *set   // the bytes that every match begins with, or nil when it may be empty
}

// op is the kind of an item.
type op uint8

const (
	opText     op = iota // text, byte by byte
	opOne                // one byte of the class
	opOptional           // one or none, rather one
	opMost               // as many as there are; least of them at the least
	opFewest             // as few as will do
	opOpen               // begins capture n
	opPosition           // captures the position as capture n
	opClose              // ends capture n
	opBack               // the text of capture n again
	opNever              // the text of a position capture, which nothing matches
	opBalance            // from class.from to the class.to that balances it
	opFrontier           // between a byte outside the class and one inside it
	opEnd                // the end of the subject
	opError              // the pattern is malformed from here on
	opMatch              // the pattern is over
)

type item struct {
	op    op
	n     uint8 // the capture
	least uint8
	class class
	text  string
}

// classKind is how a class tells its bytes.
type classKind uint8

const (
	anyByte classKind = iota
	oneByte
	oneOf
)

// class is a set of bytes.
type class struct {
	kind     classKind
	from, to byte // of %b; the byte of oneByte is from
	set      *set // of oneOf
}

func (c *class) has(b byte) bool {
	switch c.kind {
	case anyByte:
		return true
	case oneByte:
		return b == c.from
	default:
		return c.set.has(b)
	}
}

// Compile compiles a pattern. A ^ at its begin anchors it to where a match is tried first.
func Compile(text string) *Pattern {
	rest, anchored := strings.CutPrefix(text, "^")
	p := compile(rest)
	p.anchored = anchored
	return p
}

// CompileEach compiles a pattern for gmatch, to which ^ is a byte like any other.
func CompileEach(text string) *Pattern { return compile(text) }

// Anchored tells whether the pattern matches where a match is tried first or not at all.
func (p *Pattern) Anchored() bool { return p.anchored }

// Captures is how many captures the pattern has.
func (p *Pattern) Captures() int { return p.captures }

// Special tells whether the text has a byte that means something in a pattern.
func Special(text string) bool { return strings.ContainsAny(text, "^$*+?.([%-") }

// Size is about how many bytes the compiled pattern and the stack of a match take, at most.
func Size(text string) int {
	items := 0
	for i := range len(text) {
		switch text[i] {
		case '.', '[', '%', '(', ')', '*', '+', '-', '?':
			items++
		}
	}
	return len(text) + items*int(unsafe.Sizeof(item{})+unsafe.Sizeof(set{})+unsafe.Sizeof(choice{}))
}

func compile(text string) *Pattern {
	c := compiler{text: text, p: &Pattern{}}
	for c.at < len(text) && !c.failed {
		if len(c.p.items) >= maxItems {
			c.fail(errTooComplex)
			break
		}
		c.next()
	}
	c.flush()
	if len(c.open) > 0 && !c.failed {
		c.fail(errUnfinished)
	}
	c.add(item{op: opMatch})
	c.p.begin()
	return c.p
}

// begin finds out what every match begins with.
func (p *Pattern) begin() {
	for i := range p.items {
		switch it := &p.items[i]; {
		case it.op == opOpen || it.op == opPosition:
			continue
		case it.op == opText:
			p.prefix = it.text
		case it.op == opOne || it.op == opMost && it.least > 0:
			p.first = it.class.asSet()
		}
		return
	}
}
