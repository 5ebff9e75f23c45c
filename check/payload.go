package check

import (
	"encoding/json"
	"fmt"
	"math"

	"assay.rs/mod-data/yaml"
)

// payload is the body of a request: a text, or a value sent as JSON. Its zero value is no body.
type payload struct {
	set  bool
	text Template
	tree any // with a Template for each string; nil for a text
}

func (b *payload) value() Value {
	return Value{func() schema { return schema{"type": []any{"string", "object", "array"}} }, func(r *Reader, n *yaml.Node) {
		switch n.Kind {
		case yaml.String:
			t, ok := r.template(n, n.Value.(string))
			if ok {
				*b = payload{set: true, text: t}
			}
		case yaml.Map, yaml.List:
			tree, ok := r.tree(n)
			if ok {
				*b = payload{set: true, tree: tree}
			}
		default:
			r.Fail(n, "must be a string, or a map or list to be sent as JSON, not %s", describe(n))
		}
	}}
}

// tree is the Go value of a node with a Template in the place of each string.
func (r *Reader) tree(n *yaml.Node) (any, bool) {
	return mapped(n, func(leaf *yaml.Node) (any, bool) {
		if leaf.Kind == yaml.String {
			return r.template(leaf, leaf.Value.(string))
		}
		if f, isFloat := leaf.Value.(float64); isFloat && (math.IsNaN(f) || math.IsInf(f, 0)) {
			r.Fail(leaf, "JSON has no %v", f)
			return nil, false
		}
		return leaf.Go(), true
	})
}

// mapped is the Go value of a node whose strings, numbers and the like are what leaf makes of them. All of them are
// tried, so that every problem is noted.
func mapped(n *yaml.Node, leaf func(n *yaml.Node) (any, bool)) (any, bool) {
	switch n.Kind {
	case yaml.List:
		list, ok := make([]any, len(n.Items)), true
		for i, item := range n.Items {
			v, good := mapped(item, leaf)
			list[i], ok = v, ok && good
		}
		return list, ok
	case yaml.Map:
		m, ok := make(map[string]any, len(n.Pairs)), true
		for _, p := range n.Pairs {
			v, good := mapped(p.Value, leaf)
			m[p.Key], ok = v, ok && good
		}
		return m, ok
	default:
		return leaf(n)
	}
}

// fill puts the body into a request.
func (b *payload) fill(req *request, a Attempt) error {
	if !b.set {
		return nil
	}
	if b.tree == nil {
		text, err := b.text.Expand(a.Captures)
		if err != nil {
			return fmt.Errorf("body: %w", err)
		}
		req.body = []byte(text)
		return nil
	}
	v, err := expandTree(b.tree, a.Captures)
	if err != nil {
		return fmt.Errorf("body: %w", err)
	}
	if req.body, err = json.Marshal(v); err != nil {
		return fmt.Errorf("body: %w", err)
	}
	if !req.hasHeader("Content-Type") {
		req.headers = append(req.headers, header{"Content-Type", "application/json"})
	}
	return nil
}

// fillForm puts fields into a request.
func fillForm(req *request, form []manyNamed, a Attempt) error {
	fields, err := values(form, a)
	if err != nil {
		return fmt.Errorf("form: %w", err)
	}
	req.body = []byte(fields.Encode())
	if !req.hasHeader("Content-Type") {
		req.headers = append(req.headers, header{"Content-Type", "application/x-www-form-urlencoded"})
	}
	return nil
}

func expandTree(v any, captures map[string]any) (any, error) {
	switch v := v.(type) {
	case Template:
		return v.Expand(captures)
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			x, err := expandTree(e, captures)
			if err != nil {
				return nil, err
			}
			out[i] = x
		}
		return out, nil
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			x, err := expandTree(e, captures)
			if err != nil {
				return nil, err
			}
			out[k] = x
		}
		return out, nil
	}
	return v, nil
}
