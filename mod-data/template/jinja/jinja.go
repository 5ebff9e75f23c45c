// Package jinja renders Jinja templates: the syntax and the filters of Jinja2 3.1, without Python.
//
// A template is read by a [lexer] and a [parser] into nodes, which a [run] executes. All values are of
// the kinds in value.go, all memory is asked for before it is taken ([Config.Spend]), and nesting is
// bounded, so that no template can take more than its task may have.
package jinja

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Config says how templates are rendered.
type Config struct {
	// Load gives the text of another template, for include, import and extends. nil refuses them.
	Load func(name string) (string, error)

	// Spend is asked for steps of work and bytes of memory before either is spent. Its error ends the rendering. nil grants all.
	Spend func(steps, bytes int) error

	Strict     bool // what is undefined is an error, not empty
	Autoescape bool // what is printed is escaped for HTML, but for what is marked safe

	TrimBlocks   bool // the newline behind a block tag is removed
	LstripBlocks bool // blanks before a block tag are removed, from the beginning of its line
	KeepNewline  bool // one newline at the end of a template stays
}

// Error is a template that is wrong, or went wrong, and where.
type Error struct {
	Name      string
	Line, Col int  // from 1; columns are characters
	Syntax    bool // found before anything was rendered
	Message   string
	cause     error
}

// Error reads "page.html:3:14: 'user' is undefined".
func (e *Error) Error() string { return fmt.Sprintf("%s:%d:%d: %s", e.Name, e.Line, e.Col, e.Message) }

// Unwrap is what Load or Spend gave.
func (e *Error) Unwrap() error { return e.cause }

// maxDepth is how deep blocks, expressions, calls and included templates may nest, and values that are
// printed.
const maxDepth = 200

// Render renders the template text, which errors call name, with vars: nil, bool, numbers, strings, []any
// and map[string]any, nested. What a template is wrong about is an [*Error].
func Render(c Config, name, text string, vars map[string]any) (string, error) {
	r := &run{config: &c, library: newLibrary(), loaded: make(map[string]*template), escape: c.Autoescape}
	if err := r.spend(0, len(text)); err != nil {
		return "", err
	}
	t, err := parse(&c, r.library, name, text)
	if err != nil {
		return "", err
	}
	root := &scope{vars: make(map[string]value, len(vars))}
	for key, v := range vars {
		if root.vars[key], err = r.fromGo(v, 0); err != nil {
			return "", err
		}
	}
	var out strings.Builder
	if err := r.template(t, root, &out); err != nil {
		return "", err
	}
	return out.String(), nil
}

// source is a text with its name, to tell places in it.
type source struct{ name, text string }

func (s *source) fail(at int, syntax bool, cause error, format string, args ...any) *Error {
	before := s.text[:min(at, len(s.text))]
	return &Error{
		Name:    s.name,
		Line:    1 + strings.Count(before, "\n"),
		Col:     1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]),
		Syntax:  syntax,
		Message: fmt.Sprintf(format, args...),
		cause:   cause,
	}
}
