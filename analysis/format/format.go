// Package format lays Lua source out anew without changing what it says.
//
// [Tree] is the whole of it: two spaces a level, one statement a line, one space around operators, double
// quotes, at most one blank line in a row. Line breaks inside expressions stay where the author put them, as do
// functions and ifs that were written on one line. Every comment is kept, and the compiled code is the same.
//
// Files: plan.go reads off the tree what the layout of each token depends on; write.go puts the tokens and
// comments out by that plan; token.go is the text and the spacing of single tokens.
package format

import (
	"strings"

	"assay.rs/core/syntax"
)

// Tree is the source of t, formatted. It ends with a line break unless it is empty, and has the line ends of the
// source. A tree with errors gives its source as it is.
func Tree(t *syntax.Tree) string {
	if len(t.Errors) > 0 {
		return t.Source
	}
	w := writer{planner: planner{tree: t, plans: make([]plan, len(t.Tokens))}, indents: make([]int, len(t.Tokens))}
	w.block(t.Root, syntax.NoToken, 0, true)
	w.semicolons()
	w.write()
	out := w.aligned()
	if strings.Contains(t.Source, "\r\n") {
		out = strings.ReplaceAll(strings.ReplaceAll(out, "\r\n", "\n"), "\n", "\r\n")
	}
	return out
}
