package compile

import (
	"fmt"
	"strings"

	"assay.rs/core/syntax"
)

// maxErrors is how many errors of one text are told at once.
const maxErrors = 10

// Error is one thing wrong with a source text.
type Error struct {
	Name         string // of the chunk
	Line, Column int    // from 1; the column in bytes
	Message      string
	Excerpt      string // the line of the source and carets below it, each with a margin
}

// Error is name:line:column: message.
func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.Name, e.Line, e.Column, e.Message)
}

// Errors is everything wrong with a source text, by place; at least one.
type Errors []*Error

// Error is one line for each error, with the source line and carets below it.
func (e Errors) Error() string {
	var b strings.Builder
	for i, one := range e {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(one.Error())
		if one.Excerpt != "" {
			b.WriteByte('\n')
			b.WriteString(one.Excerpt)
		}
	}
	return b.String()
}

// Unwrap gives errors.As each error.
func (e Errors) Unwrap() []error {
	errs := make([]error, len(e))
	for i, one := range e {
		errs[i] = one
	}
	return errs
}

// located gives errors of a tree their places.
func located(name string, tree *syntax.Tree, found []syntax.Error) Errors {
	errs := make(Errors, 0, min(len(found), maxErrors))
	for _, e := range found {
		if len(errs) == maxErrors {
			break
		}
		pos := tree.Position(e.Start)
		_, excerpt, _ := strings.Cut(tree.Render("", e), "\n")
		errs = append(errs, &Error{Name: name, Line: pos.Line, Column: pos.Column, Message: e.Message, Excerpt: excerpt})
	}
	return errs
}

// limit is the panic of a text that the machine cannot run; Source recovers it.
type limit struct{ err syntax.Error }
