// Package reference tells what the keys of check files mean, from the JSON Schema of [check.JSONSchema]: as a page, and
// key by key for a terminal.
package reference

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"assay.rs/core/nearest"
	"assay.rs/mod-data/yaml"
)

// Key is one key that a check file may have.
type Key struct {
	Path     string // from the section: "retry.attempts"
	Section  string // "" is the file, "check" every check, else the type of the check
	Type     string // what it takes: "duration", "string or list"
	Text     string
	Default  string // as YAML; empty is none
	Example  string // as YAML; empty is none
	Required bool
}

// Name is how the key is asked for: "checks.retry", "checks.http.expect".
func (k Key) Name() string {
	if k.Section == "" || k.Section == everyCheck {
		return "checks." + k.Path
	}
	return "checks." + k.Section + "." + k.Path
}

const everyCheck = "check"

// Reference is every key, the file's first, then those of every check, then the types'.
type Reference struct {
	Keys  []Key
	types map[string]string // what each type does
}

// node is a piece of a schema.
type node = map[string]any

// Read reads a schema of check files.
func Read(schema []byte) (*Reference, error) {
	var root node
	if err := json.Unmarshal(schema, &root); err != nil {
		return nil, err
	}
	r := &Reference{types: map[string]string{}}
	r.add("", "", root, func(path string) bool { return path == "checks" || path == "defaults" })
	checks, _ := child(root, "properties", "checks", "items")["oneOf"].([]any)
	byType := map[string]node{}
	for _, c := range checks {
		s, _ := c.(node)
		kind := child(s, "properties", "type")
		name, _ := kind["const"].(string)
		byType[name] = s
		r.types[name], _ = kind["description"].(string)
	}
	shared := map[string]bool{}
	for name := range child(byType[first(byType)], "properties") {
		shared[name] = true
		for _, s := range byType {
			if _, has := child(s, "properties")[name]; !has || text(child(s, "properties", name), "description") != text(child(byType[first(byType)], "properties", name), "description") {
				delete(shared, name)
			}
		}
	}
	shared["type"] = true
	r.add(everyCheck, "", byType[first(byType)], func(path string) bool { return !shared[path] })
	for _, name := range slices.Sorted(maps.Keys(byType)) {
		r.add(name, "", byType[name], func(path string) bool { return shared[path] })
	}
	return r, nil
}

func first(m map[string]node) string { return slices.Min(slices.Collect(maps.Keys(m))) }

// child is what stands at a path; nil if nothing does.
func child(n node, path ...string) node {
	for _, key := range path {
		n, _ = n[key].(node)
	}
	return n
}

func text(n node, key string) string {
	s, _ := n[key].(string)
	return s
}

// add lists the keys of a map and those inside them.
func (r *Reference) add(section, path string, s node, without func(path string) bool) {
	required, _ := s["required"].([]any)
	properties := child(s, "properties")
	names := slices.SortedFunc(maps.Keys(properties), func(a, b string) int {
		x, y := slices.Contains(required, any(a)), slices.Contains(required, any(b))
		if x != y {
			return map[bool]int{true: -1, false: 1}[x]
		}
		return strings.Compare(a, b)
	})
	for _, name := range names {
		p, _ := properties[name].(node)
		full := strings.TrimPrefix(path+"."+name, ".")
		if path == "" && without(full) {
			continue
		}
		k := Key{Path: full, Section: section, Type: typeOf(p), Text: text(p, "description"), Required: slices.Contains(required, any(name))}
		if section == everyCheck && full == "type" {
			k.Type, k.Text = "one of "+strings.Join(slices.Sorted(maps.Keys(r.types)), ", "), "What is checked."
		}
		if d, has := p["default"]; has {
			k.Default = literal(d)
		}
		if examples, _ := p["examples"].([]any); len(examples) > 0 {
			k.Example = literal(examples[0])
		}
		r.Keys = append(r.Keys, k)
		for _, inside := range nested(p) {
			r.add(section, full+inside.path, inside.schema, without)
		}
	}
}

type inside struct {
	path   string
	schema node
}

// nested are the schemas of maps with known keys that a key takes, itself or in a list or by names.
func nested(p node) []inside {
	var all []inside
	if child(p, "properties") != nil {
		all = append(all, inside{"", p})
	}
	for _, of := range []string{"anyOf", "oneOf"} {
		list, _ := p[of].([]any)
		for _, s := range list {
			if s, ok := s.(node); ok && s["type"] == "object" {
				all = append(all, nested(s)...)
			}
		}
	}
	if each := child(p, "additionalProperties"); each != nil {
		for _, s := range nested(each) {
			all = append(all, inside{".NAME" + s.path, s.schema})
		}
	}
	if each := child(p, "items"); each != nil && len(all) == 0 {
		for _, s := range nested(each) {
			all = append(all, inside{"[]" + s.path, s.schema})
		}
	}
	return all
}

// literal is a value as YAML in one line.
func literal(v any) string {
	switch v := v.(type) {
	case map[string]any:
		var parts []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, literal(k)+": "+literal(v[k]))
		}
		return "{ " + strings.Join(parts, ", ") + " }"
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = literal(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case string:
		return word(v)
	}
	var b strings.Builder
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		return fmt.Sprint(v)
	}
	return strings.TrimSpace(b.String())
}

// word is a text, in quotes where it would be read as something else.
func word(s string) string {
	kind, _ := yaml.Resolve(s)
	plain := kind == yaml.String && s != "" && !strings.ContainsAny(s, "{}[],#&*!|>'\"%@`\\\r\n") && !strings.Contains(s, ": ") && !strings.HasSuffix(s, ":") &&
		!strings.ContainsAny(s[:1], "-?:.<= ")
	switch {
	case plain:
		return s
	case strings.ContainsAny(s, "\r\n\t\\"):
		return strconv.Quote(s)
	case strings.Contains(s, `"`):
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return `"` + s + `"`
}

// typeOf says what a key takes, for a person.
func typeOf(p node) string {
	if c, has := p["const"]; has {
		return literal(c)
	}
	if values, ok := p["enum"].([]any); ok {
		words := make([]string, len(values))
		for i, v := range values {
			words[i] = literal(v)
		}
		return strings.Join(words, ", ")
	}
	var kinds []string
	for _, of := range []string{"anyOf", "oneOf"} {
		list, _ := p[of].([]any)
		for _, s := range list {
			s, _ := s.(node)
			if s["pattern"] == `\$\{` {
				continue // any value may come from a variable
			}
			if kind := typeOf(s); kind != "" && !slices.Contains(kinds, kind) {
				kinds = append(kinds, kind)
			}
		}
	}
	if len(kinds) > 0 {
		if kinds[0] == "duration" {
			return "duration"
		}
		return strings.Join(kinds, " or ")
	}
	switch t := p["type"].(type) {
	case []any:
		words := make([]string, len(t))
		for i, w := range t {
			words[i] = plain(fmt.Sprint(w))
		}
		return strings.Join(words, " or ")
	case string:
		if t == "string" && strings.Contains(text(p, "pattern"), "(ns|us") && !strings.ContainsAny(text(p, "pattern")[:2], "<>") {
			return "duration"
		}
		if t == "array" {
			if each := typeOf(child(p, "items")); each != "" && each != "map" {
				return "list of " + each
			}
		}
		return plain(t)
	}
	return "any value"
}

func plain(kind string) string {
	switch kind {
	case "object":
		return "map"
	case "array":
		return "list"
	case "integer":
		return "whole number"
	}
	return kind
}

// Lookup finds the keys of a name such as "checks.retry" or "checks.http.expect", with those inside them.
func (r *Reference) Lookup(name string) ([]Key, error) {
	path := strings.TrimPrefix(strings.TrimPrefix(name, "checks"), ".")
	var found []Key
	var names []string
	for _, k := range r.Keys {
		own := strings.TrimPrefix(k.Name(), "checks.")
		names = append(names, "checks."+k.Path, k.Name())
		for _, p := range []string{own, k.Path} {
			if p == path || path == k.Section && path != "" || path == "" && !strings.ContainsAny(k.Path, ".[") || strings.HasPrefix(p, path+".") || strings.HasPrefix(p, path+"[") {
				found = append(found, k)
				break
			}
		}
	}
	if len(found) > 0 {
		return found, nil
	}
	err := fmt.Errorf("check files have no key '%s'", name)
	if hint := nearest.Hint(name, names); hint != "" {
		err = fmt.Errorf("%w: %s", err, hint)
	}
	return nil, err
}
