package check

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"assay.rs/core/spec"
)

// schema is a piece of a JSON Schema (draft 7, which editors know best).
type schema map[string]any

// tableSchema is the schema of a map with the keys of a table.
func tableSchema(table []Key) schema {
	properties := schema{}
	var required []string
	for _, k := range table {
		s := schema{}
		maps.Copy(s, k.Value.schema())
		if k.Text != "" {
			s["description"] = k.Text
		}
		if spec.Deprecated(k.Text) != "" {
			s["deprecated"] = true
		}
		properties[k.Name] = s
		if k.Required {
			required = append(required, k.Name)
		}
	}
	out := schema{"type": "object", "properties": properties, "additionalProperties": false}
	if required != nil {
		out["required"] = required
	}
	return out
}

// JSONSchema returns the JSON Schema of check files with the given types, indented. It is made from the
// tables that read the files.
func JSONSchema(types ...Type) ([]byte, error) {
	s, sc := &suite{base: initialSettings()}, newScope(&Options{}, nil, newNeeded(), nil)
	root := tableSchema(topKeys(s, sc, nil, nil, nil))
	properties, ok := root["properties"].(schema)
	if !ok {
		return nil, fmt.Errorf("check schema: no properties")
	}
	docs, err := readKeyDocs()
	if err != nil {
		return nil, err
	}
	docs.annotate(root, "", "")
	var each []any
	defaults := initialSettings()
	defaultKeys := tableSchema(slices.Concat(defaults.pacing(), defaults.each()))
	docs.annotate(defaultKeys, "", "")
	for _, t := range types {
		one := typeSchema(t)
		docs.annotate(one, t.Name, "")
		each = append(each, one)
		body := tableSchema(t.New().Keys())
		delete(body, "required")
		docs.annotate(body, t.Name, "")
		defaultKeys["properties"].(schema)[t.Name] = body
	}
	properties["checks"] = schema{
		"type": "array", "minItems": 1, "description": "The checks.", "examples": []any{docs.examples.Get("checks").Go()}, "items": schema{"oneOf": each},
	}
	defaultKeys["examples"] = []any{docs.examples.Get("defaults").Go()}
	defaultKeys["description"] = "What holds for each check that does not say otherwise."
	properties["defaults"] = defaultKeys
	root["$schema"] = "http://json-schema.org/draft-07/schema#"
	root["title"] = "assay checks"
	return json.MarshalIndent(root, "", "  ")
}

// typeSchema is the schema of a check of one type.
func typeSchema(t Type) schema {
	var typ string
	table := slices.Concat(append(commonKeys(&check{settings: initialSettings()}, &typ), t.New().Keys())...)
	s := tableSchema(table)
	s["description"] = t.Text
	properties, _ := s["properties"].(schema)
	properties["type"] = schema{"const": t.Name, "description": t.Text}
	return s
}
