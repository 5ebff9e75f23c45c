package yaml

import (
	"fmt"
	"slices"

	yamlv3 "go.yaml.in/yaml/v3"
)

// use is where an alias stands; nodes below it are reported there.
type use struct{ line, col int }

// budget counts what a text expands to.
type budget struct {
	left   int
	copied int            // bytes of scalars that aliases stand for
	open   []*yamlv3.Node // anchors being expanded, to find those that contain themselves
}

// maxCopied is how many bytes of scalars aliases may stand for: a writer would have to repeat them all.
const maxCopied = 4 * MaxBytes

func fault(n *yamlv3.Node, at *use, format string, args ...any) error {
	line, col := place(n, at)
	return &Error{line, col, fmt.Sprintf(format, args...)}
}

func place(n *yamlv3.Node, at *use) (line, col int) {
	if at != nil {
		return at.line, at.col
	}
	return n.Line, n.Column
}

func (b *budget) node(n *yamlv3.Node, at *use, depth int) (*Node, error) {
	if b.left--; b.left < 0 {
		return nil, fault(n, at, "more than %d values (aliases count each time they are used)", MaxNodes)
	}
	line, col := place(n, at)
	switch n.Kind {
	case yamlv3.ScalarNode:
		if at != nil {
			if b.copied += len(n.Value); b.copied > maxCopied {
				return nil, fault(n, at, "aliases stand for more than %d bytes of text", maxCopied)
			}
		}
		return scalar(n, at)
	case yamlv3.AliasNode:
		return b.alias(n, at, depth)
	case yamlv3.SequenceNode:
		if depth >= MaxDepth {
			return nil, fault(n, at, "nested deeper than %d", MaxDepth)
		}
		if n.Tag != "!!seq" {
			return nil, fault(n, at, "unknown tag %s", n.Tag)
		}
		list := &Node{Kind: List, Line: line, Col: col, Items: make([]*Node, 0, len(n.Content))}
		for _, c := range n.Content {
			item, err := b.node(c, at, depth+1)
			if err != nil {
				return nil, err
			}
			list.Items = append(list.Items, item)
		}
		return list, nil
	case yamlv3.MappingNode:
		return b.mapping(n, at, depth)
	}
	return nil, fault(n, at, "malformed YAML")
}

func (b *budget) alias(n *yamlv3.Node, at *use, depth int) (*Node, error) {
	if slices.Contains(b.open, n.Alias) {
		return nil, fault(n, at, "alias *%s contains itself", n.Value)
	}
	if at == nil {
		at = &use{n.Line, n.Column}
	}
	b.open = append(b.open, n.Alias)
	node, err := b.node(n.Alias, at, depth)
	b.open = b.open[:len(b.open)-1]
	return node, err
}

func scalar(n *yamlv3.Node, at *use) (*Node, error) {
	kind, value, err := meaning(n, at)
	if err != nil {
		return nil, err
	}
	line, col := place(n, at)
	return &Node{Kind: kind, Value: value, Text: n.Value, Line: line, Col: col, Plain: n.Style&(yamlv3.TaggedStyle|quoted) == 0}, nil
}

const quoted = yamlv3.DoubleQuotedStyle | yamlv3.SingleQuotedStyle | yamlv3.LiteralStyle | yamlv3.FoldedStyle

// meaning is the value of a scalar.
func meaning(n *yamlv3.Node, at *use) (Kind, any, error) {
	switch {
	case n.Style&yamlv3.TaggedStyle != 0:
		return tagged(n, at)
	case n.Style&quoted != 0:
		return String, n.Value, nil
	}
	kind, value := Resolve(n.Value)
	return kind, value, nil
}

func tagged(n *yamlv3.Node, at *use) (Kind, any, error) {
	kind, value, ok := resolveTagged(n.Tag, n.Value)
	if ok {
		return kind, value, nil
	}
	switch n.Tag {
	case "!!str", "!!null", "!!bool", "!!int", "!!float", "!!binary":
		return 0, nil, fault(n, at, "%q does not fit the tag %s", clip(n.Value), n.Tag)
	}
	return 0, nil, fault(n, at, "unknown tag %s", n.Tag)
}

func (b *budget) mapping(n *yamlv3.Node, at *use, depth int) (*Node, error) {
	if depth >= MaxDepth {
		return nil, fault(n, at, "nested deeper than %d", MaxDepth)
	}
	if n.Tag != "!!map" {
		return nil, fault(n, at, "unknown tag %s", n.Tag)
	}
	line, col := place(n, at)
	m := &Node{Kind: Map, Line: line, Col: col, Pairs: make([]Pair, 0, len(n.Content)/2)}
	seen := make(map[string]*yamlv3.Node, len(n.Content)/2)
	var merges []*yamlv3.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Kind == yamlv3.ScalarNode && k.Tag == "!!merge" {
			merges = append(merges, v)
			continue
		}
		key, err := b.key(k, at)
		if err != nil {
			return nil, err
		}
		if first, dup := seen[key]; dup {
			return nil, fault(k, at, "duplicate key %q, first at %d:%d", clip(key), first.Line, first.Column)
		}
		seen[key] = k
		value, err := b.node(v, at, depth+1)
		if err != nil {
			return nil, err
		}
		kl, kc := place(k, at)
		m.Pairs = append(m.Pairs, Pair{key, value, kl, kc})
	}
	if len(merges) > 1 {
		return nil, fault(merges[1], at, "duplicate key \"<<\"")
	}
	for _, v := range merges {
		if err := b.merge(m, v, at, depth); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// key returns the text of a key. Numbers, booleans and null are their canonical text: 0x10 and 16 are one key.
func (b *budget) key(k *yamlv3.Node, at *use) (string, error) {
	if k.Kind == yamlv3.AliasNode && k.Alias.Kind == yamlv3.ScalarNode {
		k = k.Alias
	}
	if k.Kind != yamlv3.ScalarNode {
		return "", fault(k, at, "a key must be a string, not a list or a map")
	}
	kind, value, err := meaning(k, at)
	switch {
	case err != nil:
		return "", err
	case kind == String:
		return value.(string), nil
	case kind == Null:
		return "null", nil
	default:
		return fmt.Sprint(value), nil
	}
}

// merge adds the pairs of the map or maps in v that m does not have: the first wins.
func (b *budget) merge(m *Node, v *yamlv3.Node, at *use, depth int) error {
	node, err := b.node(v, at, depth+1)
	if err != nil {
		return err
	}
	sources := []*Node{node}
	if node.Kind == List {
		sources = node.Items
	}
	have := make(map[string]bool, len(m.Pairs))
	for _, p := range m.Pairs {
		have[p.Key] = true
	}
	for _, s := range sources {
		if s.Kind != Map {
			return &Error{s.Line, s.Col, "<< wants a map or a list of maps, not " + s.Kind.String()}
		}
		for _, p := range s.Pairs {
			if !have[p.Key] {
				have[p.Key] = true
				m.Pairs = append(m.Pairs, p)
			}
		}
	}
	return nil
}

// clip keeps a message readable when the text at fault is long.
func clip(s string) string {
	const limit = 60
	if len([]rune(s)) <= limit {
		return s
	}
	return string([]rune(s)[:limit]) + "…"
}
