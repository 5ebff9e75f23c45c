package check

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"assay.rs/mod-data/yaml"
)

// capture is a value that an answer gives to later checks.
type capture struct {
	name   string
	json   *expression
	header string
	secret bool
}

func captureValue(into *[]capture) Value {
	var c capture
	table := func() []Key {
		return []Key{
			{Name: "json", Text: "jq on the body.", Value: expressionValue(&c.json, asValue)},
			{Name: "header", Text: "A header of the answer.", Value: Word(&c.header)},
			{Name: "secret", Text: "Show *** in its place everywhere.", Value: Flag(&c.secret)},
		}
	}
	return Value{func() schema {
		each := schema{"anyOf": []any{schema{"type": "string", "contentMediaType": "application/jq"}, tableSchema(table())}}
		return schema{"type": "object", "additionalProperties": each}
	}, func(r *Reader, n *yaml.Node) {
		if n.Kind != yaml.Map {
			r.Fail(n, "'capture' must be a map of names to jq expressions, not %s", describe(n))
			return
		}
		for _, p := range n.Pairs {
			c = capture{}
			if !nameLike(p.Key) || strings.ContainsAny(p.Key, ".") {
				r.Fail(&yaml.Node{Line: p.Line, Col: p.Col}, "'%s' cannot name a capture: use letters, digits and _", clip(p.Key))
				continue
			}
			before := r.problems.Len()
			if p.Value.Kind == yaml.Map {
				r.keys(p.Value, "capture '"+p.Key+"'", table())
			} else {
				expressionValue(&c.json, asValue).read(r, p.Value)
			}
			if r.problems.Len() > before {
				continue
			}
			if (c.json == nil) == (c.header == "") {
				r.Fail(p.Value, "capture '%s' needs one of json and header", p.Key)
				continue
			}
			c.name = p.Key
			*into = append(*into, c)
		}
	}}
}

// captures is what was found of what was asked for.
type captures struct {
	found   map[string]Captured
	missing string // what to say of the first that was not found
}

// captured takes the values before anything of the answer is shown: secret ones are hidden from then on, whatever
// becomes of the check.
func (h *httpCheck) captured(ctx context.Context, resp *response, a Attempt) captures {
	out := captures{found: map[string]Captured{}}
	for _, c := range h.capture {
		v, err := c.take(ctx, resp, a)
		if err != nil {
			if out.missing == "" {
				out.missing = fmt.Sprintf("capture %s: %s", c.name, a.Redact(err.Error()))
			}
			continue
		}
		if c.secret {
			hideAll(a, v)
		}
		out.found[c.name] = Captured{Value: v, Secret: c.secret}
	}
	return out
}

func (c capture) take(ctx context.Context, resp *response, a Attempt) (any, error) {
	if c.header != "" {
		values := resp.header.Values(c.header)
		if len(values) == 0 {
			return nil, fmt.Errorf("header %s is missing", c.header)
		}
		return strings.Join(values, ", "), nil
	}
	if resp.unreadable != nil {
		return nil, resp.unreadable
	}
	v, err := resp.decoded(ctx)
	if large, ok := errors.AsType[tooLargeError](err); ok {
		return nil, large
	}
	if err != nil {
		return nil, fmt.Errorf("the body is not JSON: %w", err)
	}
	out, err := c.json.run(ctx, v, a)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.json.text, err)
	}
	if len(out) > 1 {
		return nil, fmt.Errorf("%s gives %d values: to keep them all, write [%s]", c.json.text, len(out), c.json.text)
	}
	got := out[0]
	if got == nil {
		return nil, fmt.Errorf("%s gives null", c.json.text)
	}
	return got, nil
}

// hideAll makes each text and number in a value a secret.
func hideAll(a Attempt, v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			hideAll(a, e)
		}
	case map[string]any:
		for _, e := range v {
			hideAll(a, e)
		}
	case bool:
	default:
		if text, ok := plainText(v); ok {
			a.Hide(text)
		}
	}
}

// settle gives the values to an outcome that passed; one that is missing is a failed assertion.
func (c captures) settle(o *Outcome) {
	if c.missing != "" {
		o.assess(Assertion{Expr: strings.SplitN(c.missing, ":", 2)[0], Expected: "a value"}, c.missing)
	}
	if o.Err == nil {
		o.Captures = c.found
	}
}
