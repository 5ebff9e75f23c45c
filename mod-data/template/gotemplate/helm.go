package gotemplate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"assay.rs/mod-data/yaml"
)

// helm are the functions that Helm adds. Its from... functions give what went wrong under the key Error.
func (s *set) helm() map[string]any {
	return map[string]any{
		"include": s.include,
		"tpl":     s.tpl,
		"required": func(message string, v any) (any, error) {
			if v == nil || v == "" {
				return nil, errors.New(message)
			}
			return v, nil
		},
		"toYaml": func(v any) (string, error) {
			if err := s.measure(v, true); err != nil {
				return "", err
			}
			text, err := yaml.Encode(v)
			return strings.TrimSuffix(string(text), "\n"), err
		},
		"fromYaml":      func(text string) (map[string]any, error) { return table(s.fromYAML(text)) },
		"fromYamlArray": func(text string) ([]any, error) { return array(s.fromYAML(text)) },
		"fromJson":      func(text string) (map[string]any, error) { return table(s.fromJSON(text)) },
		"fromJsonArray": func(text string) ([]any, error) { return array(s.fromJSON(text)) },
	}
}

// read is what a text was read as: spent is an error that ends the rendering, wrong one of the text.
type read struct {
	v            any
	wrong, spent error
}

func table(r read) (map[string]any, error) {
	m, ok := r.v.(map[string]any)
	switch {
	case r.spent != nil:
		return nil, r.spent
	case r.wrong == nil && r.v != nil && !ok:
		r.wrong = fmt.Errorf("a map expected, got %T", r.v)
	}
	if r.wrong != nil {
		return map[string]any{"Error": r.wrong.Error()}, nil //nolint:nilerr // a template looks for the key
	}
	if m == nil {
		m = make(map[string]any)
	}
	return m, nil
}

func array(r read) ([]any, error) {
	a, ok := r.v.([]any)
	switch {
	case r.spent != nil:
		return nil, r.spent
	case r.wrong == nil && r.v != nil && !ok:
		r.wrong = fmt.Errorf("a list expected, got %T", r.v)
	}
	if r.wrong != nil {
		return []any{r.wrong.Error()}, nil //nolint:nilerr // a template looks at the item
	}
	return a, nil
}

// parsedSize is about how much more a text takes when it was read.
const parsedSize = 10

func (s *set) fromYAML(text string) read {
	if err := s.spend(len(text), parsedSize*len(text)); err != nil {
		return read{spent: err}
	}
	docs, err := yaml.ParseAll([]byte(text))
	if err == nil && len(docs) > 1 {
		err = errors.New("several documents")
	}
	if err != nil || len(docs) == 0 {
		return read{wrong: err}
	}
	v := docs[0].Go()
	return read{v: v, spent: s.measure(v, true)}
}

func (s *set) fromJSON(text string) read {
	if err := s.spend(len(text), parsedSize*len(text)); err != nil {
		return read{spent: err}
	}
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return read{wrong: err}
	}
	if d.More() {
		return read{wrong: errors.New("something follows the value")}
	}
	return read{v: numbers(v)}
}

// numbers makes int and float64 of the numbers in v.
func numbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return int(n)
		}
		f, _ := v.Float64() // out of range is infinite
		return f
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = numbers(v[key])
		}
	}
	return v
}
