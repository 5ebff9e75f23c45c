// Package jq runs jq expressions of strangers on data of strangers, within bounds.
//
// [Compile] turns a text into a [*Query], and [Query.Run] gives its outputs. [CompileStrict] is for expressions that
// decide something: they never succeed by accident, and [Query.Explain] tells why one gave false.
// The language is that of github.com/itchyny/gojq, without modules, environment and further input.
//
// Time is bounded by the context, which is looked at before every instruction. Memory is bounded in two ways.
// Each run watches what it adds to the heap and stops at [MaxMemory]. What a single instruction could do in
// one go (repeat a string, assign far past the end of an array, print a value that contains itself a
// thousand times over) is checked before it is done: guard.go rewrites the expression so that a check runs
// in front of each such operation. Every breach is a [*LimitError], which try and ? in the expression cannot hide.
package jq

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/itchyny/gojq"
)

// What a run may cost.
const (
	MaxText    = 64 << 10  // bytes of an expression
	MaxString  = 16 << 20  // bytes of a string that an expression makes
	MaxIndex   = 1 << 20   // array index that an assignment may reach
	MaxValues  = 4 << 20   // values in an array, or in a value that is printed, compared or sorted
	MaxDepth   = 200       // nesting of a result; 1,000 inside the expression
	MaxMemory  = 128 << 20 // growth of the heap while a run goes on
	MaxResults = 1 << 20   // outputs of a run
)

// Query is a compiled expression. It may be used by several goroutines at once.
type Query struct {
	text      string
	parsed    *gojq.Query
	variables []string
	strict    *Strict // nil of one that is not strict

	mu   sync.Mutex
	idle []*machine
}

// machine is compiled code and the watch that its checks report to: one run at a time.
type machine struct {
	code  *gojq.Code
	watch *watch
}

// machine takes an idle machine, or makes one.
func (q *Query) machine() (*machine, error) {
	q.mu.Lock()
	if n := len(q.idle); n > 0 {
		m := q.idle[n-1]
		q.idle = q.idle[:n-1]
		q.mu.Unlock()
		return m, nil
	}
	q.mu.Unlock()
	w := newWatch()
	code, err := q.compile(w)
	if err != nil {
		return nil, err
	}
	return &machine{code, w}, nil
}

// maxIdle is how many machines a query keeps for the next runs.
const maxIdle = 4

func (q *Query) release(m *machine) {
	m.watch.parent = nil
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.idle) < maxIdle {
		q.idle = append(q.idle, m)
	}
}

// SyntaxError says where an expression cannot be read.
type SyntaxError struct {
	Offset  int // in bytes, from 0; the length of the text when it ends too early
	Message string
}

func (e *SyntaxError) Error() string { return e.Message }

// LimitError says which bound a run has reached.
type LimitError struct{ Message string }

func (e *LimitError) Error() string { return e.Message }

// Compile reads an expression in which the variables, named with their dollar ("$vars"), may occur.
// A text that is not jq is a *SyntaxError; an unknown function or variable is an error as well.
func Compile(text string, variables ...string) (*Query, error) {
	parsed, err := parse(text)
	if err != nil {
		return nil, err
	}
	return compile(text, parsed, variables)
}

func parse(text string) (*gojq.Query, error) {
	if len(text) > MaxText {
		return nil, &SyntaxError{MaxText, fmt.Sprintf("%d bytes: at most %d", len(text), MaxText)}
	}
	parsed, err := gojq.Parse(text)
	if err != nil {
		return nil, syntaxError(text, err)
	}
	if len(parsed.Imports) > 0 || parsed.Meta != nil {
		return nil, &SyntaxError{0, "modules cannot be imported here"}
	}
	return parsed, nil
}

func compile(text string, parsed *gojq.Query, variables []string) (*Query, error) {
	guardQuery(parsed)
	q := &Query{text: text, parsed: parsed, variables: variables}
	m, err := q.machine()
	if err != nil {
		return nil, err
	}
	q.release(m)
	return q, nil
}

func syntaxError(text string, err error) error {
	pe, ok := errors.AsType[*gojq.ParseError](err)
	if !ok {
		return &SyntaxError{0, err.Error()}
	}
	if pe.Token == "" {
		return &SyntaxError{len(text), "the expression ends too early"}
	}
	return &SyntaxError{max(0, pe.Offset-len(pe.Token)), fmt.Sprintf("unexpected %q", pe.Token)}
}

// String returns the text that was compiled.
func (q *Query) String() string { return q.text }

// Run returns the outputs of the query on v, made of nil, bool, int, float64, *big.Int, json.Number, string, []any and
// map[string]any, and of nothing else. v is not changed; outputs may share parts with it.
// Values are for the variables, in their order.
//
// Errors: what the expression raises, halt in the expression, a *LimitError, or the cause of a cancelled context.
func (q *Query) Run(ctx context.Context, v any, values ...any) ([]any, error) {
	if err := fits(v); err != nil {
		return nil, err
	}
	m, err := q.machine()
	if err != nil {
		return nil, err
	}
	defer q.release(m)
	w := m.watch
	w.begin(ctx)
	iter := m.code.RunWithContext(w, v, values...)
	var out []any
	for {
		v, ok := iter.Next()
		// A breach stands even when try swallowed the error that reported it.
		if w.breach != nil {
			return nil, w.breach
		}
		if !ok {
			return out, nil
		}
		if err, isErr := v.(error); isErr {
			return nil, runError(ctx, err)
		}
		if err := fits(v); err != nil {
			return nil, err
		}
		if out = append(out, v); len(out) > MaxResults {
			return nil, &LimitError{fmt.Sprintf("more than %d outputs", MaxResults)}
		}
	}
}

func runError(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return context.Cause(ctx)
	}
	if halt, ok := errors.AsType[*gojq.HaltError](err); ok {
		return fmt.Errorf("the expression halted: %s", strings.TrimSpace(halt.Error()))
	}
	return err
}

// fits refuses a value that others could not print: they recurse.
func fits(v any) error {
	s := scale{values: MaxValues, bytes: 8 * MaxString}
	if !s.add(v, MaxDepth) {
		return &LimitError{fmt.Sprintf("a value is nested deeper than %d or holds more than %d values", MaxDepth, MaxValues)}
	}
	return nil
}
