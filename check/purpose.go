package check

import (
	"strings"

	"assay.rs/core/syntax"
)

// pointless says why a script that is Lua can find nothing wrong, and on which line; empty when it may.
func pointless(source []byte) (line int, why string) {
	tree := syntax.Parse(string(source))
	if len(tree.Errors) > 0 || tree.Root == 0 {
		return 0, "" // compiling says what is wrong
	}
	statements := tree.Kids(tree.Root)
	if len(statements) == 0 {
		return 0, "has no statement: it would always pass"
	}
	acts, returned := false, syntax.NodeID(0)
	tree.Walk(tree.Root, func(id syntax.NodeID) bool {
		switch tree.Node(id).Kind {
		case syntax.FunctionBody:
			return false // it runs when something calls it
		case syntax.Call, syntax.MethodCall, syntax.WhileStatement, syntax.RepeatStatement, syntax.GotoStatement, syntax.GenericFor, syntax.NumericFor:
			acts = true
		case syntax.ReturnStatement:
			if values := tree.Kids(id); returned == 0 && len(values) > 0 && decides(tree, values[0]) {
				returned = id
			}
		}
		return true
	})
	switch {
	case returned != 0:
		return tree.Line(returned), "what a script returns is not looked at: write assert(...)"
	case !acts:
		return tree.Line(statements[0]), "the script calls nothing: it would always pass"
	}
	return firstVacuous(tree)
}

// decides tells whether somebody who returns the expression wants it to be judged.
func decides(tree *syntax.Tree, id syntax.NodeID) bool {
	switch tree.Node(id).Kind {
	case syntax.NilLiteral, syntax.FalseLiteral, syntax.Unary, syntax.Binary, syntax.NameExpression, syntax.Index, syntax.Subscript:
		return true
	case syntax.Paren:
		return decides(tree, tree.Kids(id)[0])
	}
	return false
}

func written(tree *syntax.Tree, id syntax.NodeID) string {
	start, end := tree.Span(id)
	return tree.Source[start:end]
}

// isPath tells whether an expression is a name or a part of what a name stands for.
func isPath(tree *syntax.Tree, id syntax.NodeID) bool {
	switch tree.Node(id).Kind {
	case syntax.NameExpression:
		return true
	case syntax.Index:
		return isPath(tree, tree.Kids(id)[0])
	}
	return false
}

// judges tells whether a script may say by other means than assertions that something is wrong: by error, by a module
// of its own, by a function of stdlib that waits for something.
func judges(source []byte) bool {
	tree, found := syntax.Parse(string(source)), false
	if tree.Root == 0 {
		return false
	}
	tree.Walk(tree.Root, func(id syntax.NodeID) bool {
		switch tree.Node(id).Kind {
		case syntax.NameExpression:
			found = found || tree.Name(id) == "error"
		case syntax.Field:
			found = found || strings.HasPrefix(tree.Name(id), "wait")
		case syntax.Call:
			parts := tree.Kids(id)
			found = found || len(parts) > 1 && written(tree, parts[0]) == "require" && !strings.HasPrefix(strings.Trim(written(tree, parts[1]), `"'[`), "assay.")
		}
		return !found
	})
	return found
}
