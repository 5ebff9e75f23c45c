package stability

import (
	"encoding/json"
	"fmt"
	"strings"
)

// checkFacts are the keys that check files may have: those of the JSON Schema, by their path.
func checkFacts(schema []byte) (facts, error) {
	var root node
	if err := json.Unmarshal(schema, &root); err != nil {
		return nil, fmt.Errorf("the schema of check files: %w", err)
	}
	f := facts{}
	f.object("", root)
	return f, nil
}

// node is what matters of a schema.
type node struct {
	Type       any             `json:"type"`
	Const      any             `json:"const"`
	Enum       []any           `json:"enum"`
	Properties map[string]node `json:"properties"`
	Additional json.RawMessage `json:"additionalProperties"`
	Required   []string        `json:"required"`
	Items      *node           `json:"items"`
	OneOf      []node          `json:"oneOf"`
	AnyOf      []node          `json:"anyOf"`
}

// object adds what the schema at the path takes.
func (f facts) object(path string, n node) {
	required := map[string]bool{}
	for _, key := range n.Required {
		required[key] = true
	}
	for key, property := range n.Properties {
		at := strings.TrimPrefix(path+"."+key, ".")
		f.add("key %s", at)
		if !required[key] {
			f.add("key %s may be left out", at)
		}
		f.object(at, property)
	}
	for _, value := range n.Enum {
		f.add("key %s takes %v", path, value)
	}
	if n.Const != nil {
		f.add("key %s takes %v", path, n.Const)
	}
	switch t := n.Type.(type) {
	case string:
		f.add("key %s takes a %s", path, t)
	case []any:
		for _, one := range t {
			f.add("key %s takes a %v", path, one)
		}
	}
	if n.Items != nil {
		f.object(path+"[]", *n.Items)
	}
	for _, alternative := range append(n.OneOf, n.AnyOf...) {
		f.object(path+kindOf(alternative), alternative)
	}
	var values node
	if json.Unmarshal(n.Additional, &values) == nil {
		f.object(path+".*", values)
	}
}

// kindOf is the type of check that an alternative is about, as a part of the path; empty for any other.
func kindOf(n node) string {
	if kind, ok := n.Properties["type"].Const.(string); ok {
		return "(" + kind + ")"
	}
	return ""
}
