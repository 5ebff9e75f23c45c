// Package source points at places in a text: file:line:col, the line itself and a caret below it.
//
// A [File] is a text with a name, a [Problem] something wrong at a place of it, and [Problems] gathers
// them so that a person sees all at once, in the order of the text.
package source

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"assay.rs/core/syntax"
)

// File is a text that problems point into. A File without Text gives problems without a source line.
type File struct {
	Name string // as the person named it
	Text string
}

// Place is a position in a file; Line 0 means the file as a whole.
type Place struct {
	File      *File
	Line, Col int // from 1, Col in runes
	Width     int // runes to underline; 0 underlines the word that begins there
}

// String returns file:line:col, or the name of the file alone.
func (p Place) String() string {
	switch {
	case p.File == nil:
		return ""
	case p.Line == 0:
		return p.File.Name
	}
	return fmt.Sprintf("%s:%d:%d", p.File.Name, p.Line, p.Col)
}

// Problem is one thing wrong.
type Problem struct {
	Place
	Message string
}

// Problems gathers what is wrong. The zero value is ready to use.
type Problems struct {
	list  []Problem
	added int
}

// Add notes a problem, once.
func (ps *Problems) Add(at Place, format string, args ...any) {
	ps.added++
	p := Problem{at, fmt.Sprintf(format, args...)}
	for _, have := range ps.list {
		if have.Message == p.Message && have.String() == p.String() {
			return
		}
	}
	ps.list = append(ps.list, p)
}

// Empty reports whether nothing was added.
func (ps *Problems) Empty() bool { return len(ps.list) == 0 }

// Len is how many were added, those that were there before too: it grows with each.
func (ps *Problems) Len() int { return ps.added }

// Sorted returns the problems in the order of their places.
func (ps *Problems) Sorted() []Problem {
	out := append([]Problem(nil), ps.list...)
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if a.File != b.File && a.File != nil && b.File != nil {
			return a.File.Name < b.File.Name
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Col < b.Col
	})
	return out
}

// Render returns what a terminal shows: location and message, the line, and a caret line under the fault.
// Each line of the source goes through clean first.
func (p Problem) Render(clean func(string) string) string {
	head := p.Message
	if loc := p.String(); loc != "" {
		head = loc + ": " + p.Message
	}
	if p.File == nil || p.Line == 0 {
		return head
	}
	lines := strings.Split(p.File.Text, "\n")
	if p.Line > len(lines) {
		return head
	}
	line := strings.TrimRight(lines[p.Line-1], "\r")
	if line == "" {
		return head
	}
	before, width := p.caret(line)
	runes := []rune(line)
	shown := clean(line)
	if shown != line {
		// The columns moved. The caret is at what is shown in place of the fault, as far as that can be told.
		before, width = moved(line, shown, string(runes[:before]), clean)
		line, runes = shown, []rune(shown)
	}
	from, to := window(line, before)
	shown = printable(string(runes[from:to]))
	return fmt.Sprintf("%s\n%4d | %s\n     | %s%s", head, p.Line, shown,
		strings.Repeat(" ", before-from), strings.Repeat("^", max(1, min(width, to-before))))
}

// caret gives how many runes stand before the fault and how many it is wide.
func (p Problem) caret(line string) (before, width int) {
	runes := []rune(line)
	before = min(max(0, p.Col-1), len(runes))
	if p.Width > 0 {
		return before, min(p.Width, len(runes)-before)
	}
	rest := runes[before:]
	if len(rest) > 0 && (rest[0] == '"' || rest[0] == '\'') {
		for i := 1; i < len(rest); i++ {
			if rest[i] == rest[0] {
				return before, i + 1
			}
		}
	}
	for width < len(rest) && !strings.ContainsRune(" \t,]}", rest[width]) {
		// A colon ends a key, not an address.
		if rest[width] == ':' && (width+1 == len(rest) || rest[width+1] == ' ') {
			break
		}
		width++
	}
	return before, width
}

// moved is the caret for a line that was cleaned: at the text behind what is the same in both, or below the
// text that took its place.
func moved(line, shown, before string, clean func(string) string) (int, int) {
	at := 0
	if cleaned := clean(before); strings.HasPrefix(shown, cleaned) && len(cleaned) < len(shown) {
		at = len(cleaned)
	} else {
		for at < len(shown) && at < len(before) && shown[at] == line[at] {
			at++
		}
		for at > 0 && at < len(shown) && !utf8.RuneStart(shown[at]) {
			at--
		}
	}
	rest := strings.TrimRight(shown[at:], " \t")
	return utf8.RuneCountInString(shown[:at]), max(1, utf8.RuneCountInString(rest))
}

// window picks the part of a long line to show.
func window(line string, at int) (from, to int) {
	const wide = 160
	n := utf8.RuneCountInString(line)
	if n <= wide {
		return 0, n
	}
	from = max(0, at-wide/2)
	return from, min(n, from+wide)
}

// printable keeps one rune a column and lets no control character reach a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !syntax.Plain(r) {
			return ' '
		}
		return r
	}, s)
}
