package check

import (
	"encoding/json"
	"fmt"
	"regexp"
	"testing"

	"assay.rs/mod-data/yaml"

	"assay.rs/core/prelude"
)

func TestSchemaAgreesWithTheReader(t *testing.T) {
	types := Standard(prelude.Modules()...)
	raw, err := JSONSchema(types...)
	if err != nil {
		t.Fatal(err)
	}
	var s map[string]any
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	read := func(text string) any {
		n, err := yaml.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(n.Go())
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	if why := conforms(s, read(everyKey), ""); why != "" {
		t.Errorf("the schema refuses a file that is valid: %s", why)
	}
	for _, bad := range []string{
		"checks: []", "chekcs: []", "checks: [{name: a, type: http}]", "checks: [{name: a, type: http, url: x, expct: {}}]",
		"checks: [{name: a, type: http, url: x, expect: {status: '200'}}]", "retries: -1\nchecks: [{name: a, type: http, url: x}]",
		"timeout: 120\nchecks: [{name: a, type: http, url: x}]", "checks: [{name: a, type: prometheus, url: x, query: y, expect: {status: 200}}]",
	} {
		if conforms(s, read(bad), "") == "" {
			t.Errorf("the schema accepts %s", bad)
		}
	}
}

// conforms is as much of a JSON Schema validator as the schema of this package needs.
func conforms(s map[string]any, v any, at string) string {
	if c, ok := s["const"]; ok && c != v {
		return fmt.Sprintf("%s: %v is not %v", at, v, c)
	}
	if enum, ok := s["enum"].([]any); ok {
		found := false
		for _, e := range enum {
			found = found || e == v
		}
		if !found {
			return fmt.Sprintf("%s: %v is none of %v", at, v, enum)
		}
	}
	for _, key := range []string{"anyOf", "oneOf"} {
		list, ok := s[key].([]any)
		if !ok {
			continue
		}
		n, why := 0, ""
		for _, e := range list {
			if w := conforms(e.(map[string]any), v, at); w == "" {
				n++
			} else {
				why += "; " + w
			}
		}
		if n == 0 || key == "oneOf" && n > 1 {
			return fmt.Sprintf("%s: %d of %s fit%s", at, n, key, why)
		}
	}
	if want, ok := s["type"]; ok && !hasType(want, v) {
		return fmt.Sprintf("%s: %v is no %v", at, v, want)
	}
	if p, ok := s["pattern"].(string); ok {
		if text, isText := v.(string); isText && !regexp.MustCompile(p).MatchString(text) {
			return fmt.Sprintf("%s: %q does not match %s", at, text, p)
		}
	}
	if n, ok := v.(float64); ok {
		if least, has := s["minimum"].(float64); has && n < least {
			return fmt.Sprintf("%s: %v is less than %v", at, n, least)
		}
	}
	return conformsInside(s, v, at)
}

func conformsInside(s map[string]any, v any, at string) string {
	switch v := v.(type) {
	case []any:
		if least, ok := s["minItems"].(float64); ok && float64(len(v)) < least {
			return at + ": too few items"
		}
		if each, ok := s["items"].(map[string]any); ok {
			for i, e := range v {
				if why := conforms(each, e, fmt.Sprintf("%s[%d]", at, i)); why != "" {
					return why
				}
			}
		}
	case map[string]any:
		properties, _ := s["properties"].(map[string]any)
		required, _ := s["required"].([]any)
		for _, k := range required {
			if _, ok := v[k.(string)]; !ok {
				return fmt.Sprintf("%s: %v is missing", at, k)
			}
		}
		for k, e := range v {
			each, known := properties[k].(map[string]any)
			if !known {
				if s["additionalProperties"] == false {
					return fmt.Sprintf("%s: %s is unknown", at, k)
				}
				each, known = s["additionalProperties"].(map[string]any)
			}
			if known {
				if why := conforms(each, e, at+"."+k); why != "" {
					return why
				}
			}
		}
	}
	return ""
}

func hasType(want, v any) bool {
	if list, ok := want.([]any); ok {
		for _, w := range list {
			if hasType(w, v) {
				return true
			}
		}
		return false
	}
	switch v := v.(type) {
	case nil:
		return want == "null"
	case bool:
		return want == "boolean"
	case string:
		return want == "string"
	case float64:
		return want == "number" || want == "integer" && v == float64(int64(v))
	case []any:
		return want == "array"
	case map[string]any:
		return want == "object"
	}
	return false
}
