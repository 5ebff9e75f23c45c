package check

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"assay.rs/core/prelude"
	"assay.rs/core/retry"
	"assay.rs/mod-data/jsonschema"
)

// ownSchema is the schema of check files, as JSON and compiled.
func ownSchema(t *testing.T) (map[string]any, *jsonschema.Schema) {
	t.Helper()
	raw, err := JSONSchema(Standard(prelude.Modules()...)...)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var s map[string]any
	if err := d.Decode(&s); err != nil {
		t.Fatal(err)
	}
	delete(s, "$schema") // draft 7 for editors; nothing in it is another thing in 2020-12
	compiled, err := jsonschema.Compile(s, &url.URL{Scheme: "file", Path: "/checks.schema.json"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s, compiled
}

// files makes random check files out of the schema: right values, wrong ones, and keys that do not exist.
type files struct{ *rand.Rand }

func (f files) of(list []any) any { return list[f.IntN(len(list))] }

func (f files) junk() any {
	return f.of([]any{
		true, 3, -1, 1.5, "x", "", "5s", "${V:-x}", "2xx", ">=1", []any{}, []any{"a"}, []any{1, "b"}, map[string]any{}, map[string]any{"a": "b"}, nil, 0,
	})
}

// value is one for a key with the schema s.
func (f files) value(s map[string]any) any {
	if f.IntN(12) == 0 {
		return f.junk()
	}
	if properties, ok := s["properties"].(map[string]any); ok && f.IntN(3) > 0 {
		return f.keys(s, properties)
	}
	if list, ok := s["anyOf"].([]any); ok && f.IntN(2) == 0 {
		return f.value(f.of(list).(map[string]any))
	}
	if list, ok := s["enum"].([]any); ok {
		return f.of(list)
	}
	if c, ok := s["const"]; ok {
		return c
	}
	if list, ok := s["examples"].([]any); ok {
		return f.of(list)
	}
	return f.junk()
}

func (f files) keys(s, properties map[string]any) map[string]any {
	m := map[string]any{}
	required, _ := s["required"].([]any)
	names := make([]string, 0, len(properties))
	for name := range properties {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if slices.Contains(required, any(name)) && f.IntN(50) > 0 || f.IntN(len(names)) < 2 {
			m[name] = f.value(properties[name].(map[string]any))
		}
	}
	if f.IntN(20) == 0 {
		m["no-such-key"] = f.junk()
	}
	return m
}

func (f files) file(s map[string]any) map[string]any {
	top := s["properties"].(map[string]any)
	file := f.keys(s, top)
	types := top["checks"].(map[string]any)["items"].(map[string]any)["oneOf"].([]any)
	var checks []any
	for range 1 + f.IntN(2) {
		one := f.of(types).(map[string]any)
		checks = append(checks, f.keys(one, one["properties"].(map[string]any)))
	}
	file["checks"] = checks
	if f.IntN(2) == 0 {
		delete(file, "defaults")
	}
	return file
}

// What the reader accepts, the schema accepts; and what the schema accepts has no key that the reader does not know.
func TestSchemaAgreesWithTheReaderOnRandomFiles(t *testing.T) {
	s, compiled := ownSchema(t)
	f := files{rand.New(rand.NewPCG(14, 9))}
	b := newBench(t)
	b.write("verify.lua", "assert(1 == tonumber(env.get('N')))")
	accepted, refused := 0, 0
	for range 2000 {
		raw, err := json.Marshal(f.file(s))
		if err != nil {
			t.Fatal(err)
		}
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		bad, err := compiled.Validate(t.Context(), v)
		if err != nil {
			t.Fatal(err)
		}
		_, err = LoadText(b.dir+"/checks.yaml", string(raw), b.options)
		switch {
		case err == nil && len(bad) > 0:
			t.Errorf("the reader accepts, the schema does not: %+v\n%s", bad[0], raw)
		case err != nil && len(bad) == 0 && strings.Contains(err.Error(), "unknown key"):
			t.Errorf("the schema accepts, the reader knows no such key: %v\n%s", err, raw)
		case err == nil:
			accepted++
		case len(bad) > 0:
			refused++
		}
	}
	if accepted < 40 || refused < 400 {
		t.Errorf("%d files are accepted by both and %d refused: the files are too much alike", accepted, refused)
	}
}

// Examples and defaults fit the schema of their key, and the defaults of retry are those of the engine.
func TestExamplesAndDefaultsOfTheSchemaFitIt(t *testing.T) {
	s, _ := ownSchema(t)
	seen := 0
	var walk func(s map[string]any, at string)
	walk = func(s map[string]any, at string) {
		for name, p := range propertiesOf(s) {
			p := p.(map[string]any)
			values, _ := p["examples"].([]any)
			if d, has := p["default"]; has {
				values = append(slices.Clone(values), d)
			}
			bare := map[string]any{}
			for k, v := range p {
				if k != "examples" && k != "default" {
					bare[k] = v
				}
			}
			one, err := jsonschema.Compile(bare, &url.URL{Scheme: "file", Path: "/k"}, nil)
			if err != nil {
				t.Fatalf("%s.%s: %v", at, name, err)
			}
			for _, v := range values {
				seen++
				if bad, err := one.Validate(t.Context(), v); err != nil || len(bad) > 0 {
					t.Errorf("%s.%s: %v does not fit: %v", at, name, v, bad)
				}
			}
			walk(p, at+"."+name)
			for _, inside := range p {
				if list, ok := inside.([]any); ok {
					for _, e := range list {
						if e, ok := e.(map[string]any); ok {
							walk(e, at+"."+name)
						}
					}
				}
			}
		}
	}
	walk(s, "")
	if seen < 100 {
		t.Errorf("%d examples and defaults, want 100", seen)
	}
	docs, err := readKeyDocs()
	if err != nil {
		t.Fatal(err)
	}
	d := retry.Default()
	for key, want := range map[string]any{
		"retry.attempts": d.Attempts, "retry.factor": int(d.Factor), "retry.initial": d.Initial.String(), "retry.max": d.Max.String(),
		"retry.jitter": d.Jitter, "retry.strategy": string(d.Strategy), "attempt_timeout": defaultAttemptTimeout.String(),
	} {
		if got := docs.defaults.Get(key).Go(); got != want {
			t.Errorf("the default of %s is told as %v, and is %v", key, got, want)
		}
	}
}

func propertiesOf(s map[string]any) map[string]any {
	p, _ := s["properties"].(map[string]any)
	return p
}
