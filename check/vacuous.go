package check

import (
	"slices"
	"strconv"
	"strings"

	"assay.rs/core/syntax"
)

// assertions are the calls of assert in a script, and what its names stand for.
type assertions struct {
	*syntax.Tree
	names *syntax.Bindings
	local map[syntax.NodeID]syntax.NodeID // what a name is declared as
	alone syntax.NodeID                   // the last call that is a statement: nothing takes what it gives
}

// firstVacuous finds an assertion that always holds.
func firstVacuous(tree *syntax.Tree) (line int, why string) {
	a := assertions{Tree: tree, names: syntax.Resolve(tree), local: map[syntax.NodeID]syntax.NodeID{}}
	tree.Walk(tree.Root, func(id syntax.NodeID) bool {
		if node := tree.Node(id); node.Kind == syntax.LocalStatement {
			kids := tree.Kids(id)
			names := slices.IndexFunc(kids, func(kid syntax.NodeID) bool { return tree.Node(kid).Kind != syntax.Declared })
			for i := 0; names > 0 && i < names && names+i < len(kids); i++ {
				a.local[kids[i]] = kids[names+i]
			}
		}
		return true
	})
	tree.Walk(tree.Root, func(id syntax.NodeID) bool {
		if tree.Node(id).Kind == syntax.CallStatement {
			a.alone = tree.Kids(id)[0]
		}
		if why == "" && tree.Node(id).Kind == syntax.Call {
			if why = a.vacuous(id); why != "" {
				line = tree.Line(id)
			}
		}
		return why == ""
	})
	return line, why
}

// orders are the assertions that an operator says as well.
//
//nolint:gochecknoglobals // a table
var orders = map[string]string{"assert.eq": "==", "assert.ne": "~=", "assert.gt": ">", "assert.ge": ">=", "assert.lt": "<", "assert.le": "<="}

// vacuous is why a call of assert always holds, or nothing.
func (a assertions) vacuous(call syntax.NodeID) string {
	parts := a.Kids(call)
	if len(parts) < 2 {
		return ""
	}
	function := written(a.Tree, parts[0])
	switch {
	case function == "assert" && a.constant(parts[1]) && a.Node(parts[1]).Kind != syntax.TrueLiteral: // assert(true) says: it came here
		return "what is asserted here is always true: write assert(condition, message)"
	case function == "assert" && a.alone != call && a.Node(parts[1]).Kind == syntax.Call:
		return "" // it gives on what the call gave
	case function == "assert" || function == "assert.is_true":
		return a.always(function, parts[1])
	case function == "assert.len" && len(parts) > 2 && written(a.Tree, parts[2]) == "#"+written(a.Tree, parts[1]):
		return "assert.len compares " + written(a.Tree, parts[2]) + " with itself"
	case function == "assert.not_nil":
		return a.there(function, parts[1])
	case function == "assert.type" && a.there(function, parts[1]) != "":
		return a.there(function, parts[1])
	case orders[function] != "" && len(parts) > 2:
		return a.compares(function, parts[1], orders[function], parts[2])
	}
	return ""
}

// always is why an expression is true in whatever way the requests of the script end.
func (a assertions) always(function string, id syntax.NodeID) string {
	switch a.Node(id).Kind {
	case syntax.Paren:
		return a.always(function, a.Kids(id)[0])
	case syntax.Index, syntax.NameExpression:
		if function == "assert" {
			return a.there(function, id)
		}
	case syntax.Unary:
		return a.negated(function, id)
	case syntax.Concatenation:
		return a.truthy(function, id)
	case syntax.Call, syntax.MethodCall:
		return a.called(function, id)
	case syntax.Binary:
		left, right := a.Kids(id)[0], a.Kids(id)[1]
		switch operator := a.Name(id); {
		case operator == "or" && a.constant(right) && (function == "assert" || a.Node(right).Kind == syntax.TrueLiteral):
			return "the right side of 'or' is always true: " + written(a.Tree, right)
		case operator == "or":
			if why := a.always(function, left); why != "" {
				return why
			}
			if why := a.always(function, right); why != "" {
				return why
			}
			return a.alternatives(id)
		case strings.Contains("+-*/%^//", operator):
			return a.truthy(function, id)
		case operator == "and": // one side may ask for something
			if why := a.always(function, left); why != "" && a.always(function, right) != "" {
				return why
			}
		default:
			return a.compares(function, left, operator, right)
		}
	}
	return ""
}

// there is about what a response has whatever its status. The name status says that much alone.
func (a assertions) there(function string, id syntax.NodeID) string {
	part := a.response(id)
	if part == "" && a.Node(id).Kind == syntax.Index && a.Name(a.Kids(id)[1]) == "status" {
		part = "status"
	}
	switch part {
	case "", "response": // assert(http.get(url)) gives it on; that it is no assertion is seen as it runs
		return ""
	case "status":
		return function + "(" + written(a.Tree, id) + ") holds for every status: " + a.instead(id)
	}
	return function + "(" + written(a.Tree, id) + ") holds for every response: " + a.instead(id)
}

// instead is what to write about a response or its part.
func (a assertions) instead(id syntax.NodeID) string {
	of := written(a.Tree, id)
	if a.Node(id).Kind == syntax.Index && a.response(a.Kids(id)[0]) == "response" {
		of = written(a.Tree, a.Kids(id)[0])
	} else {
		of = strings.TrimSuffix(of, ".status")
	}
	return "write assert.eq(" + of + ".status, 200)"
}

// compares is why a comparison always holds.
func (a assertions) compares(function string, left syntax.NodeID, operator string, right syntax.NodeID) string {
	l, r := written(a.Tree, left), written(a.Tree, right)
	if l == r && a.pure(left) && slices.Contains([]string{"==", ">=", "<="}, operator) {
		return function + " compares " + l + " with itself"
	}
	if (r == "math.huge" && (operator == "<" || operator == "<=")) || (l == "math.huge" && (operator == ">" || operator == ">=")) {
		return "each number is less than math.huge"
	}
	if a.Node(right).Kind != syntax.NumberLiteral && a.Node(right).Kind != syntax.StringLiteral && a.Node(right).Kind != syntax.NilLiteral {
		turned := map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "~=": "~="}[operator]
		if turned == "" || a.Node(left).Kind != syntax.NumberLiteral && a.Node(left).Kind != syntax.StringLiteral && a.Node(left).Kind != syntax.NilLiteral {
			return ""
		}
		left, operator, right = right, turned, left
		l, r = r, l
	}
	part, n := a.response(left), a.number(right)
	nothing := a.Node(right).Kind == syntax.NilLiteral
	switch {
	case a.Node(left).Kind == syntax.Unary && a.Name(left) == "#" && operator == ">=" && r == "0":
		return "a length is never less than 0"
	case part == "response" && operator == "~=":
		return "a response is never " + r + ": " + a.instead(left)
	case operator == "~=" && nothing:
		return a.there(function, left)
	case part == "status" && operator == "~=" && a.Node(right).Kind == syntax.StringLiteral:
		return l + " is a number and " + r + " a text: they are never equal"
	case part == "status" && !nothing && n >= 0 && holdsForAll(operator, n):
		return l + " " + operator + " " + r + " holds for every status: " + a.instead(left)
	}
	return ""
}

// truthy is why an expression that is a number or a text holds.
func (a assertions) truthy(function string, id syntax.NodeID) string {
	if function != "assert" {
		return "" // assert.is_true fails
	}
	return "assert(" + written(a.Tree, id) + ") always holds: in Lua each number and each text is true"
}

// negated is about -x, #x, ~x and not not x.
func (a assertions) negated(function string, id syntax.NodeID) string {
	operand := a.Kids(id)[0]
	switch {
	case a.Name(id) != "not":
		return a.truthy(function, id)
	case a.Node(operand).Kind == syntax.Unary && a.Name(operand) == "not":
		return a.always("assert", a.Kids(operand)[0])
	}
	return ""
}

// called is about functions that always give something.
func (a assertions) called(function string, id syntax.NodeID) string {
	parts, pattern := a.Kids(id), syntax.NodeID(0)
	name := written(a.Tree, parts[0])
	switch {
	case a.Node(id).Kind == syntax.MethodCall:
		if name = a.Name(parts[1]); (name == "find" || name == "match") && len(parts) > 2 {
			pattern = parts[2]
		}
	case slices.Contains([]string{"tostring", "type", "string.upper", "string.lower", "string.format", "json.encode", "math.floor"}, name):
		return a.truthy(function, id)
	case name == "pcall" && len(parts) > 1 && (strings.HasPrefix(written(a.Tree, parts[1]), "http.") || written(a.Tree, parts[1]) == "http"):
		return function + "(" + written(a.Tree, id) + ") holds for every status: write assert.eq(http.get(...).status, 200)"
	case (name == "string.find" || name == "string.match") && len(parts) > 2:
		pattern = parts[2]
	}
	if function == "assert" && pattern != 0 && slices.Contains([]string{"", ".*", ".-", "^", "$", ".?", "^.*$", "^.*", ".*$"}, strings.Trim(written(a.Tree, pattern), `"'`)) {
		return "the pattern " + written(a.Tree, pattern) + " is found in any text"
	}
	return ""
}

// alternatives is why one of the sides of 'or' holds: x ~= 1 or x ~= 2, x == 1 or x ~= 1.
func (a assertions) alternatives(id syntax.NodeID) string {
	type test struct{ left, operator, right string }
	var seen []test
	var collect func(id syntax.NodeID)
	collect = func(id syntax.NodeID) {
		switch kids := a.Kids(id); {
		case a.Node(id).Kind == syntax.Paren:
			collect(kids[0])
		case a.Node(id).Kind != syntax.Binary:
		case a.Name(id) == "or":
			collect(kids[0])
			collect(kids[1])
		case a.pure(kids[0]) && (a.constant(kids[1]) || a.Node(kids[1]).Kind == syntax.NilLiteral):
			seen = append(seen, test{written(a.Tree, kids[0]), a.Name(id), written(a.Tree, kids[1])})
		}
	}
	collect(id)
	for i, x := range seen {
		for _, y := range seen[i+1:] {
			switch {
			case x.left != y.left:
			case x.operator == "~=" && y.operator == "~=" && x.right != y.right:
				return written(a.Tree, id) + " always holds: did you mean 'and'?"
			case x.right == y.right && (x.operator == "~=" && y.operator == "==" || x.operator == "==" && y.operator == "~="):
				return written(a.Tree, id) + " always holds"
			}
		}
	}
	return ""
}

// pure tells whether an expression is the same each time, as far as one can see: it calls nothing.
func (a assertions) pure(id syntax.NodeID) bool {
	switch a.Node(id).Kind {
	case syntax.Paren, syntax.Unary:
		return a.pure(a.Kids(id)[0])
	}
	return isPath(a.Tree, id)
}

// holdsForAll tells whether each status of an answer, from 200 to 599, compares so with n; 101 may be asked for by ~=.
func holdsForAll(operator string, n float64) bool {
	switch operator {
	case ">":
		return n < 200
	case ">=":
		return n <= 200
	case "<":
		return n > 599
	case "<=":
		return n >= 599
	case "~=":
		return n < 100
	}
	return false
}

// number is that of a literal, or -1.
func (a assertions) number(id syntax.NodeID) float64 {
	if n, err := strconv.ParseFloat(written(a.Tree, id), 64); err == nil && a.Node(id).Kind == syntax.NumberLiteral {
		return n
	}
	return -1
}

// response tells which part of a response an expression is that is there in each one: "response", "status", "body", "headers", "json" (a method), or "".
func (a assertions) response(id syntax.NodeID) string {
	switch a.Node(id).Kind {
	case syntax.Paren:
		return a.response(a.Kids(id)[0])
	case syntax.Call:
		if name, ok := strings.CutPrefix(written(a.Tree, a.Kids(id)[0]), "http."); ok && slices.Contains([]string{"get", "post", "put", "patch", "delete", "head", "options", "request"}, name) {
			return "response"
		}
	case syntax.NameExpression:
		v := a.names.Variables[a.names.Of(id)]
		if value, known := a.local[v.Node]; known && v.Kind == syntax.LocalVariable && !v.Assigned && a.Node(value).Kind == syntax.Call {
			return a.response(value)
		}
	case syntax.Index:
		part := a.Name(a.Kids(id)[1])
		if slices.Contains([]string{"status", "body", "headers", "json"}, part) && a.response(a.Kids(id)[0]) == "response" {
			return part
		}
	}
	return ""
}

// constant tells whether an expression is one that Lua takes for true.
func (a assertions) constant(id syntax.NodeID) bool {
	switch a.Node(id).Kind {
	case syntax.StringLiteral, syntax.NumberLiteral, syntax.TrueLiteral, syntax.Table, syntax.FunctionBody:
		return true
	}
	return false
}
