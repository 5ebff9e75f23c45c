package check

import (
	_ "embed"
	"strings"

	"assay.rs/mod-data/yaml"
)

// keyTexts has the defaults and examples of keys.
//
//go:embed keys.yaml
var keyTexts []byte

// keyDocs are the defaults and examples of keys, for schemas.
type keyDocs struct{ defaults, examples *yaml.Node }

func readKeyDocs() (keyDocs, error) {
	root, err := yaml.Parse(keyTexts)
	if err != nil {
		return keyDocs{}, err
	}
	return keyDocs{root.Get("defaults"), root.Get("examples")}, nil
}

// find gives what is said of a key, by its type and path, by its path, or by its name alone.
func find(in *yaml.Node, typ, path string) *yaml.Node {
	name := path[strings.LastIndexByte(path, '.')+1:]
	for _, key := range []string{typ + " " + path, path, "*." + name} {
		if n := in.Get(key); n != nil {
			return n
		}
	}
	return nil
}

// annotate adds defaults and examples to the keys of a map, and to those inside.
func (d keyDocs) annotate(s schema, typ, path string) {
	properties, _ := s["properties"].(schema)
	for name, p := range properties {
		p, ok := p.(schema)
		if !ok {
			continue
		}
		full := strings.TrimPrefix(path+"."+name, ".")
		if n := find(d.defaults, typ, full); n != nil {
			p["default"] = n.Go()
		}
		if n := find(d.examples, typ, full); n != nil {
			p["examples"] = []any{n.Go()}
		}
		d.inside(p, typ, full)
	}
}

// inside annotates the maps that a value may be.
func (d keyDocs) inside(p schema, typ, path string) {
	d.annotate(p, typ, path)
	if list, ok := p["anyOf"].([]any); ok {
		for _, s := range list {
			if s, ok := s.(schema); ok {
				d.inside(s, typ, path)
			}
		}
	}
	if s, ok := p["additionalProperties"].(schema); ok {
		d.inside(s, typ, path+".NAME")
	}
	if s, ok := p["items"].(schema); ok {
		d.inside(s, typ, path+"[]")
	}
}
