package repl

import (
	"strings"

	"assay.rs/core/syntax"
)

// lasting is source with the locals of its outermost level as globals, so that the next texts see them. Lines and, but
// for a local without a value, columns stay as they are. What is to be closed at the end of the text stays local.
func lasting(source string) string {
	tree := syntax.Parse(source)
	if len(tree.Errors) > 0 {
		return source
	}
	var b strings.Builder
	at := 0
	for _, id := range tree.Kids(tree.Root) {
		node := tree.Node(id)
		if node.Kind != syntax.LocalStatement && node.Kind != syntax.LocalFunction || closes(tree, id) {
			continue
		}
		keyword := tree.Tokens[node.First]
		b.WriteString(source[at:keyword.Start] + strings.Repeat(" ", int(keyword.End-keyword.Start)))
		at = int(keyword.End)
		if node.Kind == syntax.LocalFunction {
			continue
		}
		kids := tree.Kids(id)
		for i, name := range kids[:node.Split] {
			if i > 0 {
				b.WriteByte(',')
			}
			start := int(tree.Tokens[tree.Node(name).Token].Start)
			b.WriteString(strings.Repeat(" ", max(0, start-at)) + tree.Name(name))
			at = start + len(tree.Name(name))
		}
		_, at = tree.Span(kids[node.Split-1])
		if int(node.Split) == len(kids) {
			b.WriteString(" = nil;")
		}
	}
	return b.String() + source[at:]
}

func closes(tree *syntax.Tree, id syntax.NodeID) bool {
	for _, kid := range tree.Kids(id) {
		if node := tree.Node(kid); node.Kind == syntax.Declared && node.Flags&syntax.AttributeClose != 0 {
			return true
		}
	}
	return false
}
