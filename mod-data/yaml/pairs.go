package yaml

import "fmt"

// A merge key takes the pairs of other maps into its own.
const (
	mergeKey = "<<"
	mergeTag = "!!merge"
)

// pairs adds entries to a map.
type pairs struct {
	m      *Node
	index  map[string]int // of a large map: where each key is
	merges []*Node
}

// indexed is how many keys a map has before they are found by an index.
const indexed = 12

// find returns the position of a key in the map, or -1.
func (ps *pairs) find(key string) int {
	if len(ps.m.Pairs) < indexed {
		for i := range ps.m.Pairs {
			if ps.m.Pairs[i].Key == key {
				return i
			}
		}
		return -1
	}
	if ps.index == nil {
		ps.index = make(map[string]int, 4*indexed)
	}
	for i := len(ps.index); i < len(ps.m.Pairs); i++ {
		ps.index[ps.m.Pairs[i].Key] = i
	}
	if i, ok := ps.index[key]; ok {
		return i
	}
	return -1
}

// add appends an entry. Two equal keys are an error.
func (ps *pairs) add(key, value *Node) error {
	at := place{key.Line, key.Col}
	if key.Plain && key.Text == mergeKey {
		if ps.merges = append(ps.merges, value); len(ps.merges) > 1 {
			return at.fail("duplicate key %q: give one << a list of maps", mergeKey)
		}
		return nil
	}
	text, err := keyText(key)
	if err != nil {
		return err
	}
	if i := ps.find(text); i >= 0 {
		first := ps.m.Pairs[i]
		return at.fail("duplicate key %q, first at %d:%d", clip(text), first.Line, first.Col)
	}
	ps.m.Pairs = append(ps.m.Pairs, Pair{text, value, key.Line, key.Col})
	return nil
}

// keyText returns the text of a key. Booleans, null and hexadecimal and octal numbers have one text each:
// 0x10 and 16 are one key. Other numbers are as they are written: 1.10 is a version, 0100 an area code.
func keyText(key *Node) (string, error) {
	switch key.Kind {
	case List, Map:
		return "", place{key.Line, key.Col}.fail("a key must be a string, not a list or a map")
	case Null:
		return "null", nil
	case Bool:
		return fmt.Sprint(key.Value), nil
	case Int:
		if len(key.Text) > 1 && (key.Text[1] == 'x' || key.Text[1] == 'o') {
			return fmt.Sprint(key.Value), nil
		}
		return key.Text, nil
	case Float:
		return key.Text, nil
	default:
		s, _ := key.Value.(string)
		return s, nil
	}
}

// merge adds the pairs of maps behind << that the map does not have: the first wins.
func (ps *pairs) merge() error {
	for _, node := range ps.merges {
		sources := []*Node{node}
		if node.Kind == List {
			sources = node.Items
		}
		for _, s := range sources {
			if s.Kind != Map {
				return place{s.Line, s.Col}.fail("<< wants a map or a list of maps, not %s", s.Kind)
			}
			for _, pair := range s.Pairs {
				if ps.find(pair.Key) < 0 {
					ps.m.Pairs = append(ps.m.Pairs, pair)
				}
			}
		}
	}
	return nil
}

// node makes a node, of which there is a limit.
func (p *parser) node(k Kind, at place) (*Node, error) {
	if p.left--; p.left < 0 {
		return nil, at.fail("more than %d values (aliases count each time they are used)", MaxNodes)
	}
	if len(p.pool) == 0 {
		if p.Memory != nil {
			if err := p.Memory(pooled * nodeSize); err != nil {
				return nil, err
			}
		}
		p.pool = make([]Node, pooled)
	}
	n := &p.pool[0]
	p.pool = p.pool[1:]
	n.Kind, n.Line, n.Col = k, at.line, at.col
	return n, nil
}

// pooled is how many nodes are made at once.
const pooled = 32

// nodeSize is about what a node takes, in its list or map, and then the Lua value that is made of it.
const nodeSize = 400

func (p *parser) textNode(text string, at place) (*Node, error) {
	n, err := p.node(String, at)
	if err == nil {
		n.Text = text
	}
	return n, err
}

// empty makes the node of a value that is not there.
func (p *parser) empty(own props, at place) (*Node, error) {
	n, err := p.textNode("", at)
	if err != nil {
		return nil, err
	}
	return n, p.finish(n, plainStyle, own)
}

// open makes a collection, which counts as open until depth is lowered.
func (p *parser) open(k Kind, at place) (*Node, error) {
	if p.depth >= MaxDepth {
		return nil, at.fail("nested deeper than %d", MaxDepth)
	}
	p.depth++
	return p.node(k, at)
}
