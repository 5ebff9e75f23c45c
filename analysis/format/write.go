package format

import (
	"strings"
	"unicode/utf8"

	"assay.rs/core/syntax"
)

const level = "  "

// writer puts the tokens and comments out by their plans.
type writer struct {
	planner
	out     strings.Builder
	indents []int // of the line that each token was written on

	line   int            // number of the line being written
	indent int            // of that line
	empty  bool           // nothing is on it yet
	only   bool           // nothing but comments is on it
	before syntax.TokenID // the last token written
	last   last
	breaks int // line breaks of the source since the last piece

	trailing []trailing
}

// last is what was written last.
type last uint8

const (
	nothing last = iota
	aToken
	aLineComment
	aLongComment
)

// trailing is a comment behind something else on its line.
type trailing struct {
	at             int // offset in what was written
	line, source   int // lines of the result and of the source
	column, wanted int // in characters: in the source, and of the result
}

func (w *writer) write() {
	w.before, w.empty, w.only = syntax.NoToken, true, true
	end := syntax.TokenID(len(w.tree.Tokens) - 1)
	w.at(end, syntax.NoToken, 0, mustBreak)
	next := syntax.TokenID(0)
	for piece := range w.tree.Pieces() {
		text := w.tree.Source[piece.Start:piece.End]
		switch {
		case piece.Token == syntax.NoToken && piece.Trivia == syntax.Space:
			w.breaks += strings.Count(text, "\n")
		case piece.Token == syntax.NoToken:
			w.comment(piece, text, next)
		default:
			next = piece.Token + 1
			if piece.Token != end && w.plans[piece.Token].flags&dropped == 0 {
				w.token(piece.Token)
			}
		}
	}
	if !w.empty {
		w.out.WriteByte('\n')
	}
}

// newline ends the line and begins one with the given indentation.
func (w *writer) newline(indent int, blank bool) {
	if w.last != nothing && !w.empty {
		w.out.WriteByte('\n')
		w.line++
		if blank {
			w.out.WriteByte('\n')
			w.line++
		}
	}
	w.indent, w.empty, w.only = indent, true, true
}

func (w *writer) put(text string) {
	if w.empty && text != "" {
		w.out.WriteString(strings.Repeat(level, w.indent))
		w.empty = false
	}
	w.out.WriteString(text)
	w.line += strings.Count(text, "\n")
}

// blank reports whether an empty line of the source is kept here.
func (w *writer) blank() bool {
	return w.breaks > 1 && (w.before == syntax.NoToken || w.last != aToken || !w.opener(w.before))
}

func (w *writer) opener(tok syntax.TokenID) bool {
	switch w.kind(tok) {
	case syntax.LeftParen, syntax.LeftBrace, syntax.LeftSquare:
		return true
	}
	return w.plans[tok].flags&opens != 0
}

func (w *writer) planned(tok syntax.TokenID) int {
	p := w.plans[tok]
	if p.anchor == syntax.NoToken {
		return int(p.delta)
	}
	return w.indents[p.anchor] + int(p.delta)
}

func (w *writer) token(tok syntax.TokenID) {
	f := w.plans[tok].flags
	broken := w.last == aLineComment || f&mustBreak != 0 || w.breaks > 0 && w.before != syntax.NoToken && w.breakable(w.before, tok)
	if w.last == aLongComment && w.only && w.breaks == 0 {
		broken = false // the comment stands before it
	}
	switch {
	case broken:
		w.newline(w.planned(tok), f&starts != 0 && f&closes == 0 && w.blank())
	case w.last == aToken && w.spaced(w.before, tok), w.last == aLongComment && w.spacedComment(tok):
		w.put(" ")
	}
	carried := w.breaks
	w.put(w.text(tok))
	w.indents[tok] = w.indent
	w.before, w.last, w.breaks, w.only = tok, aToken, 0, false
	if !broken && w.kind(tok) == syntax.Comma {
		w.breaks = carried // a break before a comma moves behind it
	}
}

func (w *writer) spacedComment(tok syntax.TokenID) bool {
	switch w.kind(tok) {
	case syntax.RightParen, syntax.RightSquare, syntax.Comma, syntax.Semicolon:
		return false
	}
	return true
}

func (w *writer) comment(piece syntax.Piece, text string, next syntax.TokenID) {
	kind := aLongComment
	if piece.Trivia != syntax.LongComment {
		kind = aLineComment
		text = strings.TrimRight(text, " \t\r\v\f")
	}
	switch {
	case piece.Trivia == syntax.ByteOrder:
		w.out.WriteString(text)
		return
	case w.last == nothing:
	case w.breaks > 0 || w.last == aLineComment:
		w.newline(w.commentIndent(next), w.blank())
	case kind == aLineComment:
		w.put(" ")
		column := w.tree.Position(piece.Start).Column
		text := w.tree.Source[piece.Start-(column-1) : piece.Start]
		w.trailing = append(w.trailing, trailing{at: w.out.Len(), line: w.line, source: w.tree.Position(piece.Start).Line, column: utf8.RuneCountInString(text)})
	case w.last == aLongComment || w.before != syntax.NoToken && w.kind(w.before) != syntax.LeftParen && w.kind(w.before) != syntax.LeftSquare:
		w.put(" ")
	}
	only := w.only
	w.put(text)
	w.last, w.breaks, w.only = kind, 0, only
}

// commentIndent is that of a comment on a line of its own before the token next: that of what it speaks of, and
// before the end of a block that of the block.
func (w *writer) commentIndent(next syntax.TokenID) int {
	for w.plans[next].flags&dropped != 0 {
		next++
	}
	indent := w.planned(next)
	if w.plans[next].flags&closes != 0 {
		indent++
	}
	return indent
}

// aligned is the result with the trailing comments of neighbouring lines below each other where the author had
// them so.
func (w *writer) aligned() string {
	out := w.out.String()
	for i := range w.trailing {
		start := strings.LastIndexByte(out[:w.trailing[i].at], '\n') + 1
		w.trailing[i].wanted = utf8.RuneCountInString(out[start:w.trailing[i].at])
	}
	var b strings.Builder
	done := 0
	for i := 0; i < len(w.trailing); {
		group, widest := i, 0
		for ; group < len(w.trailing); group++ {
			c := w.trailing[group]
			if group > i && (c.column != w.trailing[i].column || c.line != w.trailing[group-1].line+1 || c.source != w.trailing[group-1].source+1) {
				break
			}
			widest = max(widest, c.wanted)
		}
		for ; i < group; i++ {
			c := w.trailing[i]
			b.WriteString(out[done:c.at])
			b.WriteString(strings.Repeat(" ", widest-c.wanted))
			done = c.at
		}
	}
	b.WriteString(out[done:])
	return b.String()
}
