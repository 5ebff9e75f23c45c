package syntax

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func readFile(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// functions are the ranges of the functions of a tree: the offset of the keyword
// and that behind the end.
func functions(tree *Tree) map[[2]int]bool {
	found := map[[2]int]bool{}
	for id := range tree.Nodes {
		n := tree.Node(NodeID(id))
		if n.Kind == FunctionBody {
			_, end := tree.Span(NodeID(id))
			found[[2]int{int(tree.Tokens[n.Token].Start), end}] = true
		}
	}
	return found
}

func TestUntouchedFunctionsAreFoundWhenOneTokenIsDeleted(t *testing.T) {
	files, err := filepath.Glob("testdata/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	for _, file := range files {
		text := readFile(t, file)
		tree := Parse(text)
		if len(tree.Errors) > 0 {
			t.Fatalf("%s: %v", file, tree.Errors)
		}
		before := functions(tree)
		for i, tok := range tree.Tokens {
			if tok.Kind == EOF {
				continue
			}
			blank := strings.Repeat(" ", int(tok.End-tok.Start))
			broken := Parse(text[:tok.Start] + blank + text[tok.End:])
			after := functions(broken)
			for f := range before {
				if touched := f[0] < int(tok.End) && f[1] > int(tok.Start); touched {
					continue
				}
				if !after[f] {
					t.Errorf("%s without token %d (%q at %s): function at %s is lost\n%v", file, i, tree.Text(TokenID(i)),
						tree.Position(int(tok.Start)), tree.Position(f[0]), broken.Errors)
				}
			}
		}
	}
}

// show is a tree as an S-expression of kinds and names, to compare with.
func show(t *Tree, id NodeID) string {
	n := t.Node(id)
	var b strings.Builder
	fmt.Fprintf(&b, "(%s", kindNames[n.Kind])
	switch n.Kind {
	case Declared, NameExpression, Field, NumberLiteral, StringLiteral, Unary, Binary, LabelStatement, GotoStatement, VarargParameter:
		b.WriteString(" " + t.Name(id))
	}
	for _, kid := range t.Kids(id) {
		b.WriteString(" " + show(t, kid))
	}
	b.WriteString(")")
	return b.String()
}

var kindNames = map[NodeKind]string{
	Block: "block", LocalStatement: "local", GlobalStatement: "global", GlobalAll: "global-all", LocalFunction: "local-function",
	GlobalFunction: "global-function", FunctionStatement: "function", AssignStatement: "assign", CallStatement: "call-statement",
	DoStatement: "do", WhileStatement: "while", RepeatStatement: "repeat", IfStatement: "if", NumericFor: "for", GenericFor: "for-in",
	ReturnStatement: "return", BreakStatement: "break", GotoStatement: "goto", LabelStatement: "label", BadStatement: "bad",
	Declared: "declared", VarargParameter: "vararg", FunctionBody: "body", NilLiteral: "nil", TrueLiteral: "true",
	FalseLiteral: "false", NumberLiteral: "number", StringLiteral: "string", VarargExpression: "...", NameExpression: "name",
	Index: "index", Subscript: "subscript", Method: "method", Field: "field", Call: "call", MethodCall: "method-call",
	Paren: "paren", Table: "table", NamedItem: "named", KeyedItem: "keyed", Unary: "unary", Binary: "binary",
	Concatenation: "concat", Missing: "missing",
}

func TestRecovery(t *testing.T) {
	for _, c := range []struct{ name, text, tree, errors string }{
		{
			"a dot at the end of a line", "local x = a.\nlocal y = 1", "(block (local (declared x) (index (name a) (field ))) (local (declared y) (number 1)))",
			"1:13-1:13 expected a name after '.', got 'local'",
		},
		{
			"a colon at the end of the file", "a:", "(block (call-statement (method-call (name a) (field ))))",
			"1:3-1:3 expected a name after ':', got end of file",
		},
		{
			"a keyword as a field", "x.end = 1", "(block (assign (index (name x) (field end)) (number 1)))",
			"1:3-1:6 expected a name after '.', got the keyword 'end': write [\"end\"]",
		},
		{
			"an unfinished string ends with its line", "local a = 'b\nlocal c = 1", "(block (local (declared a) (string 'b)) (local (declared c) (number 1)))",
			"1:11-1:13 unfinished string: expected ' before the end of the line",
		},
		{
			"an unfinished long string", "x = 1\ny = [==[ abc\n]=]", "(block (assign (name x) (number 1)) (assign (name y) (string [==[ abc\n]=])))",
			"2:5-2:9 unfinished long string: expected ']==]'",
		},
		{
			"an unfinished comment", "x = 1 --[[ abc", "(block (assign (name x) (number 1)))",
			"1:7-1:11 unfinished comment: expected ']]'",
		},
		{
			"a missing then", "if a\n  b()\nend", "(block (if (name a) (block (call-statement (call (name b))))))",
			"1:5-1:5 expected 'then' after the condition of 'if', got name 'b'",
		},
		{
			"a missing end at the end of the file", "function f()\n  g()\n", "(block (function (name f) (body (block (call-statement (call (name g)))))))",
			"2:6-2:6 expected 'end' to close 'function' at 1:1, got end of file",
		},
		{
			"indentation closes a function", "function f()\n  if a then\n    b()\nfunction g()\nend\n",
			"(block (function (name f) (body (block (if (name a) (block (call-statement (call (name b)))))))) (function (name g) (body (block))))",
			"3:8-3:8 expected 'end' to close 'if' at 2:3, before line 4",
		},
		{
			"indentation closes an if", "function f()\n  if a then\n    b()\nend\nfunction g()\nend\n",
			"(block (function (name f) (body (block (if (name a) (block (call-statement (call (name b)))))))) (function (name g) (body (block))))",
			"3:8-3:8 expected 'end' to close 'if' at 2:3, before line 4",
		},
		{
			"an end too many", "f()\nend\ng()", "(block (call-statement (call (name f))) (bad) (call-statement (call (name g))))",
			"2:1-2:4 unexpected 'end': no block is open",
		},
		{
			"an operator with assignment", "x.y += 1 z = 2", "(block (bad (index (name x) (field y)) (number 1)) (assign (name z) (number 2)))",
			"1:5-1:6 unexpected '+=': write 'x.y = x.y + ...'",
		},
		{
			"not equal as elsewhere", "return a != b", "(block (return (binary != (name a) (name b))))",
			"1:10-1:12 unexpected '!=': Lua writes '~='",
		},
		{
			"an expression as a statement", "x == 1\ny = 2", "(block (bad (binary == (name x) (number 1))) (assign (name y) (number 2)))",
			"1:3-1:5 expected '=' or a call, got '=='",
		},
		{
			"a condition without if", "x then y() end z()", "(block (if (name x) (block (call-statement (call (name y))))) (call-statement (call (name z))))",
			"1:1-1:1 expected 'if' before this condition",
		},
		{
			"a comma missing in a table", "t = {\n  a = 1\n  b = 2,\n}", "(block (assign (name t) (table (named (field a) (number 1)) (named (field b) (number 2)))))",
			"2:8-2:8 expected ',' or '}', got name 'b'",
		},
		{
			"a brace missing", "t = {\n  a = 1,\nlocal b = 2", "(block (assign (name t) (table (named (field a) (number 1)))) (local (declared b) (number 2)))",
			"2:9-2:9 expected '}' to close '{' at 1:5, got 'local'",
		},
		{
			"a statement after return", "return 1\nf()", "(block (return (number 1)) (call-statement (call (name f))))",
			"2:1-2:2 unexpected name 'f': 'return' must be the last statement of its block",
		},
		{
			"no value", "local x =\nlocal y = 1", "(block (local (declared x) (missing)) (local (declared y) (number 1)))",
			"1:10-1:10 expected an expression, got 'local'",
		},
		{
			"an unknown attribute", "local x <constant> = 1", "(block (local (declared x) (number 1)))",
			"1:10-1:18 unknown attribute 'constant': there are 'const' and 'close'",
		},
		{
			"no space between > and =", "local x <const>= 1", "(block (local (declared x) (number 1)))",
			"1:15-1:17 unexpected '>=': write '> =', with a space",
		},
		{"a stray character", "x = @y", "(block (assign (name x) (name y)))", "1:5-1:6 unexpected character '@'"},
		{
			"letters beyond ASCII", "größe = 1", "(block (bad (name gr)) (assign (name e) (number 1)))",
			"1:3-1:7 unexpected character \"öß\": names are made of ASCII letters, digits and '_'\n1:3-1:3 expected '=' or a call, got name 'e'",
		},
		{"a call as a target", "f() = 1", "(block (assign (call (name f)) (number 1)))", "1:1-1:4 cannot assign to the result of a call"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tree := Parse(c.text)
			if diff := cmp.Diff(c.tree, show(tree, tree.Root)); diff != "" {
				t.Errorf("Parse(%q) tree (-want +got):\n%s", c.text, diff)
			}
			var got []string
			for _, e := range tree.Errors {
				got = append(got, fmt.Sprintf("%s-%s %s", tree.Position(e.Start), tree.Position(e.End), e.Message))
			}
			if diff := cmp.Diff(c.errors, strings.Join(got, "\n")); diff != "" {
				t.Errorf("Parse(%q) errors (-want +got):\n%s", c.text, diff)
			}
		})
	}
}
