// Package gotemplate renders templates in the language of package text/template with the functions of sprig
// and those that Helm adds.
//
// A [set] holds the templates of one rendering, as package parse reads them. A [run] walks through one (run.go,
// iterate.go), evaluates its pipelines (pipe.go, field.go) and calls functions (call.go). Iterations and calls are
// counted, and every function that makes text or lists asks for the memory first (guard.go), so that no template
// can take more than its task may have.
package gotemplate

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"strings"
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
	calls   int // of templates that the message tells
}

func (e *Error) Error() string { return e.Message }

// Unwrap is what a function of Config gave.
func (e *Error) Unwrap() error { return e.cause }

// Bounds of templates.
const (
	maxDepth  = 500    // of calls of templates
	maxTold   = 5      // of those, in the message of an error: the innermost ones
	maxBlocks = 10_000 // of if, range, with, define and block in a text, which the parser follows by recursion
)

// Render renders the template text, which errors call name, with data as the dot. What a template is wrong
// about is an [*Error].
func Render(c Config, name, text string, data any) (string, error) {
	s := &set{config: c, name: name, trees: make(map[string]*parse.Tree)}
	s.functions = s.newFunctions()
	if err := s.parse(name, text); err != nil {
		return "", err
	}
	return s.execute(name, data)
}

// set is the templates of one rendering.
type set struct {
	config Config
	name   string                 // of the template that is rendered
	trees  map[string]*parse.Tree // the templates, by name
	functions
	depth int // of calls
	tpls  int // texts that tpl was given
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
		return &Error{Syntax: true, Message: strings.TrimPrefix(err.Error(), "template: "), cause: err}
	}
	var called []string
	for _, tree := range trees {
		called = appendCalled(called, tree.Root)
		s.trees[tree.Name] = tree
	}
	for _, other := range called {
		if s.trees[other] != nil {
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

// appendCalled adds the names of the templates that a node calls.
func appendCalled(names []string, n parse.Node) []string {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return names
		}
		for _, n := range n.Nodes {
			names = appendCalled(names, n)
		}
	case *parse.IfNode:
		return appendCalled(appendCalled(names, n.List), n.ElseList)
	case *parse.WithNode:
		return appendCalled(appendCalled(names, n.List), n.ElseList)
	case *parse.RangeNode:
		return appendCalled(appendCalled(names, n.List), n.ElseList)
	case *parse.TemplateNode:
		return append(names, n.Name)
	}
	return names
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

// execute renders a template of the set.
func (s *set) execute(name string, data any) (string, error) {
	out := output{spend: s.spend}
	defer s.leave()
	if err := s.enter(); err != nil {
		return "", &Error{Message: name + ": " + err.Error(), cause: err}
	}
	err := s.render(&out, s.trees[name], reflect.ValueOf(data))
	return out.String(), err
}

// include gives what a template prints; one that is not defined is loaded.
func (s *set) include(name string, data any) (string, error) {
	if s.trees[name] == nil {
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
	name := fmt.Sprintf("%s (tpl %d)", s.name, s.tpls)
	if err := s.parse(name, text); err != nil {
		return "", err
	}
	return s.execute(name, data)
}
