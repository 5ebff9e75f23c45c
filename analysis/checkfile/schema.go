package checkfile

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Schema is a JSON Schema, as far as that of check files needs it.
type Schema struct {
	Description string             `json:"description"`
	Properties  map[string]*Schema `json:"properties"`
	Required    []string           `json:"required"`
	Items       *Schema            `json:"items"`
	OneOf       []*Schema          `json:"oneOf"`
	AnyOf       []*Schema          `json:"anyOf"`
	Const       any                `json:"const"`
	Enum        []any              `json:"enum"`
	Examples    []any              `json:"examples"`
	Default     any                `json:"default"`
	Type        any                `json:"type"`
	Pattern     string             `json:"pattern"`
	Language    string             `json:"contentMediaType"` // application/jq and application/promql
	Additional  json.RawMessage    `json:"additionalProperties"`

	others *Schema // of properties that are not named
	closed bool    // there are none
}

// ReadSchema reads the schema of check files.
func ReadSchema(text []byte) (*Schema, error) {
	var s Schema
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("read the schema of check files: %w", err)
	}
	if err := s.link(); err != nil {
		return nil, fmt.Errorf("read the schema of check files: %w", err)
	}
	return &s, nil
}

// link reads what other properties may be, here and below.
func (s *Schema) link() error {
	switch text := string(s.Additional); text {
	case "", "true":
	case "false":
		s.closed = true
	default:
		s.others = &Schema{}
		if err := json.Unmarshal(s.Additional, s.others); err != nil {
			return err
		}
	}
	below := append(slices.Clone(s.OneOf), s.AnyOf...)
	for _, p := range s.Properties {
		below = append(below, p)
	}
	for _, b := range append(below, s.Items, s.others) {
		if b != nil {
			if err := b.link(); err != nil {
				return err
			}
		}
	}
	return nil
}

// Variants are the schema itself and all that it offers to be instead.
func (s *Schema) Variants() []*Schema {
	if s == nil {
		return nil
	}
	all := []*Schema{s}
	for _, other := range append(slices.Clone(s.OneOf), s.AnyOf...) {
		all = append(all, other.Variants()...)
	}
	return all
}

// Types are the names of the types that the schema allows by itself; none means any.
func (s *Schema) Types() []string {
	switch t := s.Type.(type) {
	case string:
		return []string{t}
	case []any:
		var names []string
		for _, name := range t {
			names = append(names, fmt.Sprint(name))
		}
		return names
	}
	return nil
}

// choice reports whether a schema is nothing but others to choose from.
func (s *Schema) choice() bool { return (len(s.OneOf) > 0 || len(s.AnyOf) > 0) && s.Type == nil }

// isMap reports whether a schema describes a map.
func (s *Schema) isMap() bool {
	return s.Properties != nil || s.others != nil || s.closed || slices.Contains(s.Types(), "object")
}

// anything reports whether a schema holds for every value.
func (s *Schema) anything() bool {
	return !s.choice() && s.Type == nil && s.Const == nil && s.Enum == nil && s.Pattern == "" && !s.isMap()
}

// Knows reports whether a file may be a check file: it has no key at the top that those do not have. Manifests and
// pipelines are YAML too, and none of our business.
func (s *Schema) Knows(f *File) bool {
	return !slices.ContainsFunc(f.Entries, func(e Entry) bool { return e.Parent == -1 && s.Properties[e.Key] == nil })
}

// Judges reports whether a file is a check file for sure, so that what is unknown in it is a mistake: one of its checks
// has a type that checks have. What stands in several documents, or uses anchors, is left alone.
func (s *Schema) Judges(f *File) bool {
	if strings.Contains(f.Source, "\n---") {
		return false
	}
	types := s.checkTypes()
	found := false
	for _, e := range f.Entries {
		if e.Parent == -1 && (e.Key == "apiVersion" || e.Key == "kind") || e.Key == "<<" {
			return false
		}
		if e.Key == "type" && f.isOfCheck(e) && slices.Contains(types, unquoted(e.Value)) {
			found = true
		}
	}
	return found
}

// isOfCheck reports whether an entry is a key of a check.
func (f *File) isOfCheck(e Entry) bool {
	return e.Item > 0 && e.Parent >= 0 && f.Entries[e.Parent].Key == "checks" && f.Entries[e.Parent].Parent == -1
}

// checkTypes are the types that a check can have.
func (s *Schema) checkTypes() []string {
	var types []string
	if checks := s.Properties["checks"]; checks != nil {
		for _, v := range checks.Items.Variants() {
			if t := v.Properties["type"]; t != nil {
				types = append(types, fmt.Sprint(t.Const))
			}
		}
	}
	return types
}

func unquoted(value string) string { return strings.Trim(value, `"'`) }

// Place is a map of a file: the value of an entry, or an item of it, counted from 1.
type Place struct{ Parent, Item int }

// Shape tells which schemas hold where in a file.
type Shape struct {
	root  *Schema
	file  *File
	types map[Place]string // what the key type says
	of    map[int][]*Schema
	maps  map[Place][]*Schema
}

// Shape is the file's, as far as the schema has it.
func (s *Schema) Shape(f *File) *Shape {
	sh := &Shape{root: s, file: f, types: make(map[Place]string), of: make(map[int][]*Schema), maps: make(map[Place][]*Schema)}
	for _, e := range f.Entries {
		if e.Key == "type" {
			sh.types[Place{e.Parent, e.Item}] = unquoted(e.Value)
		}
	}
	return sh
}

// Of are the schemas of the value of an entry; of -1, those of the file.
func (sh *Shape) Of(entry int) []*Schema {
	if entry < 0 {
		return sh.root.Variants()
	}
	if found, ok := sh.of[entry]; ok {
		return found
	}
	var found []*Schema
	e := sh.file.Entries[entry]
	for _, m := range sh.Map(Place{e.Parent, e.Item}) {
		if p := m.Properties[e.Key]; p != nil {
			found = append(found, p.Variants()...)
		} else {
			found = append(found, m.others.Variants()...)
		}
	}
	sh.of[entry] = found
	return found
}

// Map are the schemas of a map. Of several, those stay that the type of the map names.
func (sh *Shape) Map(at Place) []*Schema {
	if found, ok := sh.maps[at]; ok {
		return found
	}
	var found []*Schema
	for _, v := range sh.Of(at.Parent) {
		if at.Item == 0 {
			found = append(found, v)
		} else {
			found = append(found, v.Items.Variants()...)
		}
	}
	if name, ok := sh.types[at]; ok {
		named := slices.DeleteFunc(slices.Clone(found), func(v *Schema) bool {
			t := v.Properties["type"]
			return t == nil || t.Const != name
		})
		if len(named) > 0 {
			found = named
		}
	}
	sh.maps[at] = found
	return found
}
