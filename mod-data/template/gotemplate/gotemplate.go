// Package gotemplate renders templates of package text/template with the functions of sprig and those
// that Helm adds.
//
// A [set] holds the templates of one rendering. Before they run, hidden actions are put into them
// (instrument.go) that count iterations and calls, and every function that makes text or lists asks for the
// memory first (guard.go), so that no template can take more than its task may have.
package gotemplate

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"text/template"
	"text/template/parse"
)

// Config says how templates are rendered.
type Config struct {
	// Load gives the text of a template that is named and not defined. nil refuses it.
	Load func(name string) (string, error)

	// Spend is asked for steps of work and bytes of memory before either is spent. Its error ends the rendering. nil grants all.
	Spend func(steps, bytes int) error

	// Slow is asked before the generation of a key, which can take about as many seconds and not be stopped. nil grants all.
	Slow func(seconds float64) error

	Env    func(name string) string            // what env and expandenv give; nil is nothing
	Lookup func(host string) ([]string, error) // what getHostByName asks; nil refuses it

	Strict bool // a key that is not there is an error, not empty
	Escape bool // what is printed is escaped for HTML
}

// Error is a template that is wrong, or went wrong.
type Error struct {
	Syntax  bool   // found before anything was rendered
	Message string // begins with the name of the template and the line
	cause   error
}

func (e *Error) Error() string { return e.Message }

// Unwrap is what a function of Config gave.
func (e *Error) Unwrap() error { return e.cause }

// Bounds of templates.
const (
	maxDepth  = 500    // of calls of templates
	maxBlocks = 10_000 // of if, range, with, define and block in a text, which the parser follows by recursion
)

// Render renders the template text, which errors call name, with data as the dot. What a template is wrong
// about is an [*Error].
func Render(c Config, name, text string, data any) (string, error) {
	s := &set{config: c, root: template.New(name), hidden: "x" + strings.ToLower(rand.Text())}
	s.functions = s.newFunctions()
	if c.Strict {
		s.root.Option("missingkey=error")
	}
	if err := s.parse(name, text); err != nil {
		return "", err
	}
	out, err := s.execute(name, data)
	if err != nil {
		return "", s.failed(err, false)
	}
	return out, nil
}

// set is the templates of one rendering.
type set struct {
	config Config
	root   *template.Template
	functions
	hidden string // what the names of the hidden functions begin with
	depth  int    // of calls
	tpls   int    // texts that tpl was given
}

func (s *set) spend(steps, bytes int) error {
	if s.config.Spend == nil {
		return nil
	}
	return s.config.Spend(steps, bytes)
}

// parse adds the template text to the set, with those that it names.
func (s *set) parse(name, text string) error {
	if err := s.spend(1, 20*len(text)); err != nil {
		return err
	}
	if n := blocks(text); n > maxBlocks {
		return &Error{Syntax: true, Message: fmt.Sprintf("%s: %d blocks: at most %d are read", name, n, maxBlocks)}
	}
	trees, err := parse.Parse(name, text, "", "", s.names, builtins())
	if err != nil {
		return s.failed(err, true)
	}
	var called []string
	for _, tree := range trees {
		called = append(called, s.instrument(tree)...)
		if _, err := s.root.AddParseTree(tree.Name, tree); err != nil {
			return s.failed(err, true)
		}
	}
	for _, other := range called {
		if s.defined(other) {
			continue
		}
		if err := s.load(other); err != nil {
			return &Error{Syntax: true, Message: fmt.Sprintf("%s: template %q is not defined: %v", name, other, err), cause: err}
		}
	}
	return nil
}

// builtins are the names of the functions that package text/template has by itself.
func builtins() map[string]any {
	names := make(map[string]any)
	for _, name := range [...]string{"and", "call", "eq", "ge", "gt", "index", "le", "len", "lt", "ne", "not", "or", "slice"} {
		names[name] = true
	}
	return names
}

// blocks counts the actions that have an end. It may count too many, in comments.
func blocks(text string) int {
	n := 0
	for part := range strings.SplitSeq(text, "{{") {
		word := strings.TrimLeft(strings.TrimPrefix(part, "-"), " \t\r\n")
		word = strings.TrimLeft(strings.TrimPrefix(word, "else"), " \t\r\n")
		for _, opening := range [...]string{"if", "range", "with", "define", "block"} {
			if strings.HasPrefix(word, opening) {
				n++
			}
		}
	}
	return n
}

func (s *set) defined(name string) bool {
	t := s.root.Lookup(name)
	return t != nil && t.Tree != nil
}

// load adds the template that a file has.
func (s *set) load(name string) error {
	if s.config.Load == nil {
		return errors.New("templates cannot be loaded here")
	}
	text, err := s.config.Load(name)
	if err != nil {
		return err
	}
	return s.parse(name, text)
}

// execute runs a template of the set.
func (s *set) execute(name string, data any) (string, error) {
	var out output
	out.spend = s.spend
	err := s.root.ExecuteTemplate(&out, name, data)
	return out.String(), err
}

// output asks for what is written to it.
type output struct {
	bytes.Buffer
	spend func(steps, bytes int) error
}

func (o *output) Write(p []byte) (int, error) {
	if err := o.spend(1, len(p)); err != nil {
		return 0, err
	}
	return o.Buffer.Write(p)
}

// failed is an error of package text/template as a person reads it.
func (s *set) failed(err error, syntax bool) error {
	if known, ok := errors.AsType[*Error](err); ok && !strings.HasPrefix(err.Error(), "template: ") {
		return known
	}
	message := strings.TrimPrefix(err.Error(), "template: ")
	if i := strings.Index(message, s.hidden); i >= 0 {
		message = s.plain(message)
	}
	return &Error{Syntax: syntax, Message: message, cause: err}
}

// plain takes the hidden functions out of a message.
func (s *set) plain(message string) string {
	for _, name := range [...]string{printName, escapeName, stepName, enterName, leaveName} {
		message = strings.ReplaceAll(message, " | "+s.hidden+name, "")
		message = strings.ReplaceAll(message, s.hidden+name, name)
	}
	return message
}

// include gives what a template prints; one that is not defined is loaded.
func (s *set) include(name string, data any) (string, error) {
	if !s.defined(name) {
		if err := s.load(name); err != nil {
			if errors.Is(err, fs.ErrNotExist) || s.config.Load == nil {
				return "", fmt.Errorf("template %q is neither defined nor a file", name)
			}
			return "", err
		}
	}
	return s.execute(name, data)
}

// tpl renders a text as a template.
func (s *set) tpl(text string, data any) (string, error) {
	s.tpls++
	name := fmt.Sprintf("%s (tpl %d)", s.root.Name(), s.tpls)
	if err := s.parse(name, text); err != nil {
		return "", err
	}
	return s.execute(name, data)
}
