package json

import (
	"context"
	"errors"
	"strings"
	"sync"
	"unicode/utf8"

	"assay.rs/core"

	"assay.rs/mod-data/jq"
)

// maxQueries is how many compiled expressions are kept: a check asks the same few again and again.
const maxQueries = 64

// queries keeps compiled expressions.
type queries struct {
	mu       sync.Mutex
	compiled map[string]*jq.Query
	compile  func(text string) (*jq.Query, error)
}

func (q *queries) get(text string) (*jq.Query, error) {
	q.mu.Lock()
	known := q.compiled[text]
	q.mu.Unlock()
	if known != nil {
		return known, nil
	}
	query, err := q.compile(text)
	if err != nil {
		return nil, queryError(text, err)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.compiled == nil || len(q.compiled) >= maxQueries {
		q.compiled = make(map[string]*jq.Query)
	}
	q.compiled[text] = query
	return query, nil
}

// compileFirst compiles an expression so that it stops at its first output.
func compileFirst(text string) (*jq.Query, error) {
	query, err := jq.Compile(text)
	if err != nil {
		return nil, err
	}
	// The newline ends a comment. An expression just within the bound on its length does without.
	if first, err := jq.Compile("first(" + text + "\n)"); err == nil {
		return first, nil
	}
	return query, nil
}

func queryParams() (core.Param[any], core.Param[string], core.Param[queryOptions]) {
	return core.Arg("v", dataType(), "The value to ask."), core.Arg("jq", core.String(), "Expression in the language of jq."),
		core.Opt("options", queryOptionsType(), queryOptions{null: "nil"}, "How to give the outputs.")
}

type queryOptions struct{ null string }

func queryOptionsType() core.Type[queryOptions] {
	return core.Record("json.QueryOptions", "How json.query and json.first give outputs.",
		core.NewKey("null", core.Enum("nil", "keep"), func(o *queryOptions) *string { return &o.null },
			"What a null in an output becomes: `nil`, so that an object does not have the key, or `json.null`.").Default(`"nil"`))
}

// give is data as the option says.
func (o queryOptions) give(data any) any {
	if o.null == "keep" {
		return kept{data}
	}
	return data
}

func queryCodes() []*core.Code {
	return []*core.Code{errQuery, core.ErrJSONValue, core.ErrJSONLimit}
}

// A query can take long, so it runs without the baton: both directions of conversion happen with it.

func queryFunc() core.Func {
	known := &queries{compile: func(text string) (*jq.Query, error) { return jq.Compile(text) }}
	v, expression, options := queryParams()
	return core.Fn3(core.Doc{
		Name: "query",
		Text: "Gives all outputs of a jq expression on `v`. Other tasks run meanwhile. Modules, input and the environment are not there, and the time and memory " +
			"that an expression takes are bounded.",
		Needs: core.Wait, Level: core.Check, Raises: queryCodes(),
		Examples: []string{
			`local names = json.query({items = {{name = "a"}, {name = "b"}}}, ".items[].name")  assert.eq(names, {"a", "b"})`,
			`local v = json.query({n = 1}, "{n, m: null}", {null = "keep"})  assert.eq(v[1].m, json.null)`,
			`local ok, e = pcall(json.query, {}, ".a |")  assert.eq(e.code, "json.query")`,
		},
	}, v, expression, options, core.Returns(dataType(), "An array of the outputs."), func(c core.Call, v any, text string, o queryOptions) (any, error) {
		query, err := known.get(text)
		if err != nil {
			return nil, err
		}
		outputs, err := run(c, query, v)
		if err != nil {
			return nil, err
		}
		return o.give(outputs), nil
	})
}

func firstFunc() core.Func {
	known := &queries{compile: compileFirst}
	v, expression, options := queryParams()
	return core.Fn3(core.Doc{
		Name: "first", Text: "Gives the first output of a jq expression on `v`, or `nil` when there is none.",
		Needs: core.Wait, Level: core.Check, Raises: queryCodes(),
		Examples: []string{`assert.eq(json.first({{n = 1}, {n = 5}}, "map(.n) | max"), 5)`},
	}, v, expression, options, core.Returns(dataType(), "The output."), func(c core.Call, v any, text string, o queryOptions) (any, error) {
		query, err := known.get(text)
		if err != nil {
			return nil, err
		}
		outputs, err := run(c, query, v)
		if err != nil || len(outputs) == 0 {
			return nil, err
		}
		return o.give(outputs[0]), nil
	})
}

func run(c core.Call, query *jq.Query, v any) ([]any, error) {
	outputs, err := query.Run(c.Context(), v)
	if err != nil {
		if cause := context.Cause(c.Context()); cause != nil {
			return nil, cause
		}
		return nil, queryError(query.String(), err)
	}
	if left := maxOutputValues; !fits(outputs, &left) {
		return nil, core.ErrJSONLimit.Errorf("the outputs hold more than %d values", maxOutputValues)
	}
	return outputs, nil
}

// queryError gives an error of jq its code, and a syntax error its place.
func queryError(text string, err error) error {
	if _, over := errors.AsType[*jq.LimitError](err); over {
		return core.ErrJSONLimit.With(err, "")
	}
	syntax, ok := errors.AsType[*jq.SyntaxError](err)
	if !ok {
		return errQuery.With(err, "")
	}
	before := text[:min(syntax.Offset, len(text))]
	line := 1 + strings.Count(before, "\n")
	column := 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	return errQuery.Errorf("jq expression %d:%d: %w", line, column, err)
}
