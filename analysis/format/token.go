package format

import (
	"strings"

	"assay.rs/core/syntax"
)

// text is how a token is written.
func (w *writer) text(tok syntax.TokenID) string {
	text := w.tree.Text(tok)
	switch p := w.plans[tok]; {
	case w.kind(tok) == syntax.String:
		text = quoted(text)
	case w.kind(tok) == syntax.Semicolon && p.flags&listed != 0:
		text = ","
	}
	return w.plans[tok].prefix + text + w.plans[tok].suffix
}

// quoted writes a short string with double quotes, if that asks for no new escapes.
func quoted(text string) string {
	if !strings.HasPrefix(text, "'") || strings.Contains(text, `"`) {
		return text
	}
	var b strings.Builder
	b.WriteByte('"')
	for i := 1; i < len(text)-1; i++ {
		if text[i] == '\\' {
			if text[i+1] != '\'' {
				b.WriteByte('\\')
			}
			i++
		}
		b.WriteByte(text[i])
	}
	b.WriteByte('"')
	return b.String()
}

// spaced reports whether a space stands between two tokens of one line.
func (w *writer) spaced(before, tok syntax.TokenID) bool {
	if w.plans[before].flags&glueAfter != 0 || w.plans[tok].flags&glueBefore != 0 {
		return false
	}
	switch w.kind(before) {
	case syntax.LeftSquare:
		return w.kind(tok) == syntax.LongString // [[[ would be another bracket
	case syntax.LeftParen, syntax.Dot, syntax.Colon:
		return false
	case syntax.LeftBrace:
		return w.kind(tok) != syntax.RightBrace
	}
	switch w.kind(tok) {
	case syntax.RightSquare:
		return w.kind(before) == syntax.LongString
	case syntax.RightParen, syntax.Comma, syntax.Semicolon, syntax.Dot, syntax.Colon:
		return false
	}
	return true
}

// breakable reports whether the author's line break between two tokens is kept.
func (w *writer) breakable(before, tok syntax.TokenID) bool {
	switch w.kind(tok) {
	case syntax.Comma, syntax.Semicolon:
		return false
	case syntax.Then, syntax.Do:
		// Only below a condition that takes several lines itself.
		return w.tree.Tokens[w.plans[tok].anchor].Line != w.tree.Tokens[before].Line
	case syntax.RightParen, syntax.RightBrace, syntax.RightSquare, syntax.Dot, syntax.Colon:
		return w.kind(before) != syntax.LeftParen && w.kind(before) != syntax.LeftBrace && w.kind(before) != syntax.LeftSquare
	}
	if operator(w.kind(tok)) && w.plans[tok].flags&glueAfter == 0 {
		return true
	}
	switch k := w.kind(before); k {
	case syntax.Comma, syntax.Semicolon, syntax.LeftParen, syntax.LeftBrace, syntax.LeftSquare, syntax.Assign, syntax.In, syntax.If, syntax.Elseif, syntax.While, syntax.Until:
		return true
	default:
		return operator(k) && w.plans[before].flags&glueAfter == 0 && k != syntax.Not
	}
}

func operator(k syntax.TokenKind) bool {
	switch k {
	case syntax.And, syntax.Or, syntax.Concat:
		return true
	}
	return k >= syntax.Plus && k <= syntax.More && k != syntax.Hash
}
