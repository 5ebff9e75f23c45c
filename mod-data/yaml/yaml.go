// Package yaml reads YAML 1.2 into values whose positions are known.
//
// [Parse] reads exactly one document and [ParseAll] any number of them. Both give [Node] values: aliases and
// merge keys are already resolved, scalars have their Go value, and each node knows its line and column.
// [Node.Go] turns a tree into plain Go values.
//
// A parser walks over the text once, by the productions of YAML 1.2.2, and makes the nodes: document.go has
// what stands between documents, block.go and flow.go the two styles of collections, plain.go, quoted.go and
// literal.go scalars, anchor.go and tag.go what may stand before a value. A plain scalar means what the core
// schema of chapter 10.3 says: 010 is 10, 0o10 is 8, 1_000 and 2024-01-01 are strings, 1e3 is a float, yes is
// a string.
//
// Input is bounded: see [MaxBytes], [MaxDepth] and [MaxNodes]. Every error is an [*Error].
package yaml

import (
	"fmt"
	"math/big"
)

// What a document may cost before it is refused.
const (
	MaxBytes = 10 << 20 // of input
	MaxDepth = 200      // of nested lists and maps, with aliases counted where they are used
	MaxNodes = 1 << 20  // of values, with aliases counted each time they are used
)

// Kind says what a Node is.
type Kind uint8

// The kinds of a Node.
const (
	Null Kind = iota
	Bool
	Int
	Float
	String
	List
	Map
)

// String returns what a person calls the kind: "a string", "a list".
func (k Kind) String() string {
	return [...]string{"null", "a boolean", "an integer", "a number", "a string", "a list", "a map"}[k]
}

// Node is one value of a document.
type Node struct {
	Kind      Kind
	Value     any     // nil, bool, int or *big.Int, float64, string; nil for lists and maps
	Text      string  // of a scalar: as it is written, without quotes
	Items     []*Node // of a List
	Pairs     []Pair  // of a Map, in the order of the file, keys unique
	Line, Col int     // where it begins, from 1; an alias points at its use, not at its anchor
	Plain     bool    // a scalar without quotes or tag
}

// Pair is one entry of a map.
type Pair struct {
	Key       string
	Value     *Node
	Line, Col int // of the key
}

// Get returns the value of key, or nil when the node is no map or has no such key.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for _, p := range n.Pairs {
		if p.Key == key {
			return p.Value
		}
	}
	return nil
}

// Go returns the node as nil, bool, int, *big.Int (past 64 bits), float64, string, []any or map[string]any.
func (n *Node) Go() any {
	switch n.Kind {
	case List:
		list := make([]any, len(n.Items))
		for i, item := range n.Items {
			list[i] = item.Go()
		}
		return list
	case Map:
		m := make(map[string]any, len(n.Pairs))
		for _, p := range n.Pairs {
			m[p.Key] = p.Value.Go()
		}
		return m
	default:
		if i, ok := n.Value.(*big.Int); ok {
			return new(big.Int).Set(i)
		}
		return n.Value
	}
}

// Error says what is wrong with a text, and where.
type Error struct {
	Line, Col int // from 1; 0 when the error has no place, as for a text that is too big
	Message   string
}

// Error returns "line:col: message".
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("%d:%d: %s", e.Line, e.Col, e.Message)
}
