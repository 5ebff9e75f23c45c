package syntax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestResolveErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"fine", "local a <const> = 1 local function f(...) return a, ... end for i = 1, 2 do i = i + 1 end x = f", ""},
		{"assigning to a constant", "local a <const> = 1\na = 2", "2:1 cannot assign to 'a': it is a constant declared at 1:7"},
		{"assigning to a constant from inside", "local a <close> = nil\nfunction f() a = 2 end", "2:14 cannot assign to 'a': it is a constant declared at 1:7"},
		{"a function over a constant", "local a <const> = 1 function a() end", "1:30 cannot assign to 'a': it is a constant declared at 1:7"},
		{"shadowing a constant", "local a <const> = 1 do local a = 2 a = 3 end", ""},
		{"named varargs are constant", "function f(...a) a = 1 end", "1:18 cannot assign to 'a': it is a constant declared at 1:12"},
		{"one close for each declaration", "local a <close>, b <close> = 1, 2", "1:18 only one name of a declaration can have the attribute 'close'"},
		{"a global cannot close", "global a <close>", "1:8 a global cannot have the attribute 'close'"},
		{
			"an undeclared global", "x = 1 global y\ny = 2 x = 3 local z = z",
			"2:7 global 'x' is not declared: add 'global x', or 'global *' for all\n2:23 global 'z' is not declared: add 'global z', or 'global *' for all",
		},
		{"the scope of a global declaration", "do global y y = x1 end x = 1", "1:17 global 'x1' is not declared: add 'global x1', or 'global *' for all"},
		{"global * opens again", "global y global * x = 1", ""},
		{"global * outside counts", "global * global y x = 1", ""},
		{"global * ends with its block", "global y do global * x = 1 end x = 2", "1:32 global 'x' is not declared: add 'global x', or 'global *' for all"},
		{"a constant global", "global <const> print print = 1", "1:22 cannot assign to 'print': it is a constant declared at 1:16"},
		{"all globals constant", "global <const> * local p = print print = 1", "1:34 cannot assign to 'print': 'global <const> *' makes it constant"},
		{"a global function", "global function f() return f() end f() g()", "1:40 global 'g' is not declared: add 'global g', or 'global *' for all"},
		{"break outside a loop", "break while 1 do local f = function() break end break end", "1:1 'break' outside a loop\n1:39 'break' outside a loop"},
		{"varargs outside", "return ..., function() return ... end", "1:31 cannot use '...' outside a vararg function"},
		{"no label", "goto a do ::a:: end", "1:1 no visible label 'a' for goto"},
		{"no label across functions", "::a:: local f = function() goto a end", "1:28 no visible label 'a' for goto"},
		{"label twice", "::a:: ::a::", "1:7 label 'a' is already defined at 1:1"},
		{"into a scope", "goto a local x ::a:: x = 1", "1:1 goto 'a' jumps into the scope of local 'x'"},
		{"into a scope from inside", "do goto a end local x ::a:: x = 1", "1:4 goto 'a' jumps into the scope of local 'x'"},
		{"to the end of a block", "while 1 do if x then goto a end local y ::a:: end", ""},
		{"to the end of a repeat", "repeat if x then goto a end local y ::a:: until y", "1:18 goto 'a' jumps into the scope of local 'y'"},
		{"backwards", "::a:: local x = 1 do local y goto a end", ""},
		{"self and arg", "local t = {} function t:f() return self end function g(...) return arg end global y t.x = self", "1:91 global 'self' is not declared: add 'global self', or 'global *' for all"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tree := Parse(c.text)
			if len(tree.Errors) > 0 {
				t.Fatalf("Parse(%q): %v", c.text, tree.Errors)
			}
			var got []string
			for _, e := range Resolve(tree).Errors {
				got = append(got, fmt.Sprintf("%s %s", tree.Position(e.Start), e.Message))
			}
			if diff := cmp.Diff(c.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("Resolve(%q) (-want +got):\n%s", c.text, diff)
			}
		})
	}
}

func TestResolveNames(t *testing.T) {
	text := "local a, b = a, 1 function f(c, ...d) a = b + c return function() return a, d, e end end do global b = 2 b = a end b = 3"
	tree := Parse(text)
	b := Resolve(tree)
	var got []string
	for id := range tree.Nodes {
		if tree.Nodes[id].Kind != NameExpression {
			continue
		}
		start, _ := tree.Span(NodeID(id))
		what := "global"
		if v := b.Of(NodeID(id)); v != 0 {
			at, _ := tree.Span(b.Variables[v].Node)
			what = fmt.Sprintf("%d", at)
		}
		got = append(got, fmt.Sprintf("%s@%d=%s", tree.Name(NodeID(id)), start, what))
	}
	want := "a@13=global f@27=global a@38=6 b@42=9 c@46=29 a@73=6 d@76=32 e@79=global b@105=99 a@109=6 b@115=9"
	if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	wantGlobals := []Global{{Name: "a", Read: true}, {Name: "f", Write: true}, {Name: "e", Read: true}, {Name: "b", Write: true}}
	for i := range b.Globals {
		b.Globals[i].First = 0
	}
	if diff := cmp.Diff(wantGlobals, b.Globals); diff != "" {
		t.Errorf("globals (-want +got):\n%s", diff)
	}
	for _, v := range b.Variables[1:] {
		if want := strings.Contains("abd", v.Name) && v.Kind != DeclaredGlobal; v.Captured != want {
			t.Errorf("variable %s: captured = %v, want %v", v.Name, v.Captured, want)
		}
	}
}

func BenchmarkResolve5000Lines(b *testing.B) {
	tree := Parse(script(5000))
	b.ReportAllocs()
	for b.Loop() {
		Resolve(tree)
	}
}
