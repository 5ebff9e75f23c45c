package check

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"assay.rs/check/internal/source"
	"assay.rs/mod-data/jq"
	"assay.rs/mod-data/yaml"
)

// expression is a jq expression of a check file. $vars and $captures are what they say.
type expression struct {
	text  string
	query *jq.Query
}

// expressionValue reads a jq expression. A text that is not jq is a problem at its place.
func expressionValue(into **expression) Value {
	return Value{func() schema { return schema{"type": "string", "minLength": 1} }, func(r *Reader, n *yaml.Node) {
		s, ok := stringOf(n)
		if !ok || s == "" {
			r.Fail(n, "must be a jq expression, not %s", describe(n))
			return
		}
		text, ok := r.static(n, s)
		if !ok {
			return
		}
		q := r.queries[text] // many checks ask the same
		if q == nil {
			var err error
			if q, err = jq.Compile(text, "$vars", "$captures"); err != nil {
				r.jqProblem(n, text == s, err)
				return
			}
			r.queries[text] = q
		}
		r.jqCaptures(n, text)
		*into = &expression{text, q}
	}}
}

// jqProblem points into the expression where the parser does, if the text stands in the file as it is.
func (r *Reader) jqProblem(n *yaml.Node, verbatim bool, err error) {
	at := r.place(n)
	if se, ok := errors.AsType[*jq.SyntaxError](err); ok && verbatim && n.Plain {
		at = source.Place{File: r.file, Line: n.Line, Col: n.Col + se.Offset, Width: 1}
	}
	r.problems.Add(at, "invalid jq: %s", err)
}

const (
	captureName = `\$captures\s*(?:\.\s*([A-Za-z_][A-Za-z0-9_]*)|\[\s*"([^"\\]+)"\s*\])`
	captureAny  = `\$captures\b`
)

// jqCaptures notes which captures an expression uses: the check then waits for them, and a name that nobody
// captures is found before it can be a null.
func (r *Reader) jqCaptures(n *yaml.Node, text string) {
	if !strings.Contains(text, "$captures") {
		return
	}
	found := regexp.MustCompile(captureName).FindAllStringSubmatch(text, -1)
	if len(regexp.MustCompile(captureAny).FindAllString(text, -1)) > len(found) {
		r.Fail(n, "write $captures.name: which captures are meant must be seen before the run")
		return
	}
	for _, m := range found {
		r.scope.use(m[1]+m[2], n)
	}
}

// eval gives the last output on input; none is an error, as it proves nothing.
func (e *expression) eval(ctx context.Context, input any, a Attempt) (any, error) {
	last, ok, err := e.query.Last(ctx, input, orEmpty(a.Vars), orEmpty(a.Captures))
	if err == nil && !ok {
		err = errors.New("no output")
	}
	return last, err
}

func orEmpty(m map[string]any) any {
	if m == nil {
		return map[string]any{}
	}
	return m
}
