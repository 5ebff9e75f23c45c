package syntax

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"
)

// Error is something wrong with the bytes [Start, End) of a source. A missing
// token has an empty range at the end of the token before it.
type Error struct {
	Start, End int
	Message    string
}

// Position is a place in a source as people count: line and column from 1, the
// column in bytes.
type Position struct {
	Line, Column int
}

// String is "line:column".
func (p Position) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }

// Position is the line and column of offset. Offsets outside the source mean
// its nearest end.
func (t *Tree) Position(offset int) Position {
	offset = max(0, min(offset, len(t.Source)))
	line := sort.Search(len(t.lines), func(i int) bool { return int(t.lines[i]) > offset })
	return Position{Line: line, Column: offset - int(t.lines[line-1]) + 1}
}

// Offset is the offset of a position. One outside the source means the nearest
// place inside it.
func (t *Tree) Offset(p Position) int {
	switch {
	case p.Line < 1:
		return 0
	case p.Line > len(t.lines):
		return len(t.Source)
	}
	start := int(t.lines[p.Line-1])
	return start + max(0, min(p.Column-1, len(t.LineText(p.Line))))
}

// Lines is the number of lines.
func (t *Tree) Lines() int { return len(t.lines) }

// LineText is the text of a line, from 1, without its end.
func (t *Tree) LineText(line int) string {
	if line < 1 || line > len(t.lines) {
		return ""
	}
	start, end := int(t.lines[line-1]), len(t.Source)
	if line < len(t.lines) {
		end = int(t.lines[line])
	}
	return strings.TrimRight(t.Source[start:end], "\r\n")
}

// Render draws an error as a compiler does: where and what, the line, and
// carets below the range. Lines are cut around the range when they are long.
func (t *Tree) Render(name string, e Error) string {
	const most, before = 120, 60
	pos := t.Position(e.Start)
	text := t.LineText(pos.Line)
	at := min(pos.Column-1, len(text))
	width := max(1, min(e.End-e.Start, len(text)-at))
	if at > before && len(text) > most {
		text, at = text[at-before:], before
	}
	if len(text) > most {
		text = text[:most]
		width = max(1, min(width, most-at))
	}
	carets := utf8.RuneCountInString(text[at:min(at+width, len(text))])
	return fmt.Sprintf("%s:%s: %s\n  %s\n  %s%s", name, pos, e.Message,
		printable(text), margin(text[:at]), strings.Repeat("^", max(1, carets)))
}

// printable keeps tabs and replaces what a terminal could act on.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && !Plain(r) || r == '\uFFFD' {
			return '?'
		}
		return r
	}, s)
}

// margin is white space as wide as s is shown.
func margin(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, s)
}

// maxErrors bounds what is kept of a text that is no Lua at all.
const maxErrors = 100

func (t *Tree) addError(start, end int, message string) {
	if len(t.Errors) < maxErrors {
		t.Errors = append(t.Errors, Error{start, max(start, end), message})
	}
}

// sortErrors puts errors in the order of the source. The stable sorts of package slices would be compiled for
// this type alone.
func sortErrors(errors []Error) {
	sort.SliceStable(errors, func(i, j int) bool { return errors[i].Start < errors[j].Start })
}
