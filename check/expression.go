package check

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"assay.rs/check/internal/source"
	"assay.rs/core/nearest"
	"assay.rs/core/retry"
	"assay.rs/mod-data/jq"
	"assay.rs/mod-data/yaml"
)

// expression is a jq expression of a check file. $vars and $captures are what they say.
type expression struct {
	text  string // as the file has it
	query *jq.Query
	bound []binding // the ${} in it

	captures []string // that it reads
}

// purpose is what the outputs of an expression are for.
type purpose int

const (
	asVerdict   purpose = iota // each must be true
	asCondition                // over .vars and .captures
	asValue                    // one is kept
)

// compiled is an expression and the captures that it reads.
type compiled struct {
	query    *jq.Query
	captures []string
}

// noInput is what a condition is given: vars and captures are variables, and whoever reads the input gets an error.
const noInput = "write $vars.x, $captures.x"

// expressionValue reads a jq expression. A text that is not jq, and a name that nothing has, are problems at its place.
func expressionValue(into **expression, p purpose) Value {
	return Value{func() schema { return schema{"type": "string", "minLength": 1, "contentMediaType": "application/jq"} }, func(r *Reader, n *yaml.Node) {
		s, ok := stringOf(n)
		if !ok || s == "" {
			r.Fail(n, "must be a jq expression, not %s", describe(n))
			return
		}
		program, bound, ok := r.bind(n, s)
		if !ok {
			return
		}
		e := &expression{text: s, bound: bound}
		key := fmt.Sprint(p, program)
		c, known := r.queries[key] // many checks ask the same
		if !known {
			var err error
			if c, err = r.compile(program, len(bound), p); err != nil {
				r.jqProblem(n, program == s, errors.New(e.said(err.Error())), err)
				return
			}
			r.queries[key] = c
		}
		for _, name := range c.captures {
			r.scope.use(name, n)
		}
		e.query, e.captures = c.query, c.captures
		*into = e
	}}
}

func (r *Reader) compile(program string, bound int, p purpose) (compiled, error) {
	var c compiled
	variables := []string{"$vars", "$captures"}
	for n := range bound {
		variables = append(variables, bindingName(n+1))
	}
	var err error
	c.query, err = jq.CompileStrict(program, jq.Strict{
		Roots: []string{"vars", "captures"}, Fixed: []string{"vars"}, RootsAreInput: p == asCondition, Verdict: p == asVerdict, Env: r.scope.env,
		Names: func(root, name string, below ...any) error {
			if root == "captures" {
				c.captures = append(c.captures, name)
				return nil
			}
			return r.scope.knownVar(name, below)
		},
		Mistaken: func(root, name string) error {
			if _, known := r.scope.vars[name]; root == "captures" || known {
				return fmt.Errorf(".%s.%s is a part of the body here: write $%s.%s", root, name, root, name)
			}
			return nil
		},
	}, variables...)
	return c, err
}

// knownVar is an error when the path leads to no part of a var.
func (s *scope) knownVar(name string, below []any) error {
	value, known := s.vars[name]
	if !known {
		err := unknownName("$vars."+name, name, s.vars)
		if _, set := s.env(name); set && nearest.Hint(name, slices.Collect(maps.Keys(s.vars))) == "" {
			return fmt.Errorf("%w; for the environment variable write env.%s", err, name)
		}
		return err
	}
	s.used[name] = true
	return knownPart("$vars."+name, value, below)
}

// knownPart is an error when value, which is called what, has no part there. What jq fails on is left to it.
func knownPart(what string, value any, path []any) error {
	if len(path) == 0 {
		return nil
	}
	switch v := value.(type) {
	case map[string]any:
		switch step := path[0].(type) {
		case string:
			next, known := v[step]
			if !known {
				return unknownName(what+"."+step, step, v)
			}
			return knownPart(what+"."+step, next, path[1:])
		case nil:
			items := make([]any, 0, len(v))
			for _, key := range slices.Sorted(maps.Keys(v)) {
				items = append(items, v[key])
			}
			return knownInAny(what, items, path[1:])
		}
	case []any:
		switch step := path[0].(type) {
		case int:
			at := step
			if at < 0 {
				at += len(v)
			}
			if at < 0 || at >= len(v) {
				return fmt.Errorf("%s[%d]: the list has %s", what, step, plural(len(v), "item"))
			}
			return knownPart(fmt.Sprintf("%s[%d]", what, step), v[at], path[1:])
		case nil:
			return knownInAny(what, v, path[1:])
		}
	}
	return nil
}

// knownInAny is an error when none of the items has such a part.
func knownInAny(what string, items []any, path []any) error {
	var first error
	for _, item := range items {
		err := knownPart(what+"[]", item, path)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return first
}

func unknownName(what, name string, in map[string]any) error {
	if hint := nearest.Hint(name, slices.Collect(maps.Keys(in))); hint != "" {
		return fmt.Errorf("%s: no var has this name: %s", what, hint)
	}
	return fmt.Errorf("%s: no var has this name", what)
}

// jqProblem points into the expression where the parser does, if the text stands in the file as it is.
func (r *Reader) jqProblem(n *yaml.Node, verbatim bool, said, err error) {
	at := r.place(n)
	if se, ok := errors.AsType[*jq.SyntaxError](err); ok && verbatim && n.Plain {
		at = source.Place{File: r.file, Line: n.Line, Col: n.Col + se.Offset, Width: 1}
	}
	r.problems.Add(at, "invalid jq: %s", r.scope.redactor.Text(said.Error()))
}

// said writes the ${} of the expression in a message as they stand in the file.
func (e *expression) said(message string) string {
	for i := len(e.bound); i > 0; i-- {
		name, source := bindingName(i), e.bound[i-1].source
		message = strings.NewReplacer(`\(`+name+`)`, source, name, source).Replace(message)
	}
	return message
}

// values are those of the variables.
func (e *expression) values(a Attempt) ([]any, error) {
	for _, name := range e.captures {
		if _, ok := a.Captures[name]; !ok {
			return nil, fmt.Errorf("${captures.%s} has no value", name)
		}
	}
	values := []any{orEmpty(a.Vars), orEmpty(a.Captures)}
	for _, b := range e.bound {
		v, err := b.of(a.Captures)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return values, nil
}

// run gives the outputs on input; none is an error, as it proves nothing.
func (e *expression) run(ctx context.Context, input any, a Attempt) ([]any, error) {
	values, err := e.values(a)
	if err != nil {
		return nil, err
	}
	out, err := e.query.Run(ctx, input, values...)
	switch {
	case err == nil && len(out) == 0:
		return nil, errors.New("no output")
	case err == nil || ctx.Err() != nil:
		return out, err
	}
	if _, limit := errors.AsType[*jq.LimitError](err); limit {
		return nil, err
	}
	return nil, errors.New(e.said(err.Error()))
}

// failed is the error of a check whose fail_if this is: for good when one of its outputs is true.
func (e *expression) failed(ctx context.Context, input any, a Attempt) error {
	out, err := e.run(ctx, input, a)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return Broken(retry.Error, fmt.Errorf("fail_if %s: %s", e.text, a.Redact(err.Error())))
	case slices.Contains(out, any(true)):
		return final(Failed("fail_if " + e.text + " holds"))
	}
	return nil
}

// explained says why the expression gave got on input, in words that follow its text.
func (e *expression) explained(ctx context.Context, input any, out []any, wrong int, a Attempt) string {
	if len(out) > 1 {
		return fmt.Sprintf("got %s, output %d of %d", shown(out[wrong], a), wrong+1, len(out))
	}
	if values, err := e.values(a); err == nil && out[0] == false {
		if text := e.query.Explain(ctx, input, func(v any) string { return shown(v, a) }, values...); text != "" {
			return a.Redact(e.said(text))
		}
	}
	return "got " + shown(out[wrong], a)
}

func orEmpty(m map[string]any) any {
	if m == nil {
		return map[string]any{}
	}
	return m
}
