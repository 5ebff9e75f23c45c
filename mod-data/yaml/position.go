package yaml

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// place is where something stands, both from 1.
type place struct{ line, col int }

func (at place) fail(format string, args ...any) error {
	return &Error{at.line, at.col, fmt.Sprintf(format, args...)}
}

// cursor walks over a text and knows the line that it is on.
type cursor struct {
	src    []byte
	pos    int
	line   int // from 1
	start  int // where the line begins
	indent int // how many spaces begin the line
	first  int // where the first character of the line stands that is neither a space nor a tab

	wide     bool // whether some characters take several bytes, so that columns must be counted
	from, at int  // a place on the line whose column is known
	col      int
}

func newCursor(src []byte) cursor {
	c := cursor{src: src, line: 1, from: -1}
	for _, b := range src {
		if b >= utf8.RuneSelf {
			c.wide = true
			break
		}
	}
	c.byteOrderMark()
	c.enterLine()
	return c
}

// byteOrderMark skips the mark, which may begin a document.
func (c *cursor) byteOrderMark() {
	if bytes.HasPrefix(c.src[c.pos:], []byte("\ufeff")) {
		c.pos += len("\ufeff")
	}
}

// here is the place of the cursor.
func (c *cursor) here() place {
	if !c.wide {
		return place{c.line, c.pos - c.start + 1}
	}
	if c.from != c.start || c.pos < c.at {
		c.from, c.at, c.col = c.start, c.start, 1
	}
	c.col += utf8.RuneCount(c.src[c.at:c.pos])
	c.at = c.pos
	return place{c.line, c.col}
}

// peek is the byte that is n further, or 0 past the end.
func (c *cursor) peek(n int) byte {
	if c.pos+n < len(c.src) {
		return c.src[c.pos+n]
	}
	return 0
}

func (c *cursor) eof() bool { return c.pos >= len(c.src) }

// enterLine goes from the beginning of a line to its first character that is no blank.
func (c *cursor) enterLine() {
	c.start = c.pos
	for c.pos < len(c.src) && c.src[c.pos] == ' ' {
		c.pos++
	}
	c.indent = c.pos - c.start
	c.blanks()
	c.first = c.pos
}

// breakLine goes over a line break, into the next line.
func (c *cursor) breakLine() {
	if c.src[c.pos] == '\r' && c.peek(1) == '\n' {
		c.pos++
	}
	c.pos++
	c.line++
	c.enterLine()
}

// blanks goes over spaces and tabs.
func (c *cursor) blanks() {
	for c.pos < len(c.src) && isBlank(c.src[c.pos]) {
		c.pos++
	}
}

// skip goes over blanks, line breaks and comments.
func (c *cursor) skip() {
	for c.pos < len(c.src) {
		switch c.src[c.pos] {
		case ' ', '\t':
			c.pos++
		case '\n', '\r':
			c.breakLine()
		case '#':
			if !c.comment() {
				return
			}
		default:
			return
		}
	}
}

// comment goes to the end of the line when a comment begins here, which a blank or the line must precede.
func (c *cursor) comment() bool {
	if c.pos != c.first && !isBlank(c.src[c.pos-1]) {
		return false
	}
	for c.pos < len(c.src) && !isBreak(c.src[c.pos]) {
		c.pos++
	}
	return true
}

// lineEnds tells whether nothing but a comment is left on the line.
func (c *cursor) lineEnds() bool {
	return c.eof() || isBreak(c.src[c.pos]) || c.src[c.pos] == '#' && c.pos > 0 && isBlank(c.src[c.pos-1])
}

// fresh tells whether the cursor is at the first character of its line.
func (c *cursor) fresh() bool { return c.pos == c.first }

// tabbed tells whether a tab indents the line.
func (c *cursor) tabbed() bool { return c.first-c.start > c.indent }

// marker tells whether a line begins here with the three characters, which are --- or ....
func (c *cursor) marker(three string) bool {
	return c.pos == c.start && bytes.HasPrefix(c.src[c.pos:], []byte(three)) && c.separate(3)
}

// ended tells whether the document ends here.
func (c *cursor) ended() bool {
	return c.eof() || c.pos == c.start && (c.marker("---") || c.marker("..."))
}

// separate tells whether a blank, a line break or the end is n further.
func (c *cursor) separate(n int) bool {
	return c.pos+n >= len(c.src) || isBlank(c.src[c.pos+n]) || isBreak(c.src[c.pos+n])
}

// is tells whether the cursor is at an indicator of block collections.
func (c *cursor) is(indicator byte) bool { return c.peek(0) == indicator && c.separate(1) }

func isBlank(b byte) bool { return b == ' ' || b == '\t' }
func isBreak(b byte) bool { return b == '\n' || b == '\r' }

// isFlow tells whether b is an indicator of flow collections.
func isFlow(b byte) bool { return b == ',' || b == '[' || b == ']' || b == '{' || b == '}' }
