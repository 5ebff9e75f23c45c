package compile

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/syntax"
)

func numbered(n int, format, sep string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(format, i+1)
	}
	return strings.Join(list, sep)
}

func TestLargeTexts(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a constructor of 60,000 items", "local t = {" + strings.Repeat("7,", 60_000) + "} print(#t, t[25551], t[60000])", "60000\t7\t7\n"},
		{"a constructor that ends with a call", "local function f() return 1, 2, 3 end local t = {" + strings.Repeat("7,", 30_000) + "f()} print(#t, t[30003])", "30003\t3\n"},
		{"20,000 different strings", "local t = {" + numbered(20_000, "'s%d'", ",") + "} print(#t, t[20000])", "20000\ts20000\n"},
		{"20,000 different fields", "local t = {} " + numbered(20_000, "t.f%d = %[1]d", " ") + " print(t.f1, t.f20000)", "1\t20000\n"},
		{"3,000 globals in one function", numbered(3000, "g%d = %[1]d", " ") + " print(g1, g1500, g3000)", "1\t1500\t3000\n"},
		{"methods beyond the first constants", "local t = {" + numbered(600, "m%d = function(self, x) return x + %[1]d end", ",") + "} print(t:m1(1), t:m600(1))", "2\t601\n"},
		{"numbers beyond the first constants", "local x = 0 " + numbered(600, "x = x + %d.5", " ") + " print(x)", "180600\n"},
		{"200 locals", "local " + numbered(200, "v%d", ",") + " = 1 v200 = 5 print(v1, v200)", "1\t5\n"},
		{"255 upvalues", numberedUpvalues(255), "255\n"},
		{"a long concatenation", "local a = 'x' local s = a" + strings.Repeat("..a", 5000) + " print(#s)", "5001\n"},
		{"a long sum", "local a = 1 print(a" + strings.Repeat("+a", 9000) + ")", "9001\n"},
		{"a long sum of constants", "print(1" + strings.Repeat("+1", 9000) + ")", "9001\n"},
		{"a long or", "local a print(a" + strings.Repeat(" or a", 5000) + " or 3)", "3\n"},
		{"a long or of bits", "print(1" + strings.Repeat("|2", 5000) + ")", "3\n"},
		{"a long chain of fields", "local a = {} a.a = a print(a" + strings.Repeat(".a", 5000) + " == a)", "true\n"},
		{"a long chain of calls", "local function a() return a end a = function() return 1 end local b b = function() return b end print(b" + strings.Repeat("()", 5000) + " == b)", "true\n"},
		{"many elseif", "local x = 2000 if x == 0 then " + numbered(2000, "elseif x == %d then print('at %[1]d')", " ") + " end", "at 2000\n"},
		{"many functions", "local t = {} " + numbered(5000, "t[%d] = function() return %[1]d end", " ") + " print(t[5000]())", "5000\n"},
		{"200 nested blocks", strings.Repeat("do ", 199) + "print(1)" + strings.Repeat(" end", 199), "1\n"},
		{"100 arguments", "print(select('#', " + numbered(100, "%d", ",") + "))", "100\n"},
		{"a wide assignment", numbered(60, "a%d", ",") + " = " + numbered(60, "%d", ",") + " print(a1, a60)", "1\t60\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, opts := range []Options{{}, {GuardConcat: true, GuardIntegers: true}} {
				got, err := run(t, c.text, opts)
				if err != nil || got != c.want {
					t.Errorf("%+v: printed %q (%v), want %q", opts, got, err, c.want)
				}
			}
		})
	}
}

// numberedUpvalues is a text whose inner function uses n variables of the outer ones.
func numberedUpvalues(n int) string {
	var b strings.Builder
	half := n / 2
	fmt.Fprintf(&b, "local %s = 1\n", numbered(half, "a%d", ","))
	fmt.Fprintf(&b, "local function outer() local %s = 1\nreturn function() ", numbered(n-half, "b%d", ","))
	for i := range half {
		fmt.Fprintf(&b, "a%d = 1 ", i+1)
	}
	for i := range n - half {
		fmt.Fprintf(&b, "b%d = 1 ", i+1)
	}
	fmt.Fprintf(&b, "return %d end end print(outer()())", n)
	return b.String()
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"syntax", "local x =\nlocal y = f(1", "t:1:10: expected an expression, got 'local'|t:2:14: expected ')' to close '(' at 2:12, got end of file"},
		{"meaning", "goto x\nbreak", "t:1:1: no visible label 'x' for goto|t:2:1: 'break' outside a loop"},
		{"grammar before meaning", "break x =", "t:1:10: expected an expression, got end of file"},
		{"ten at most", strings.Repeat("x = = 1\n", 30), strings.Join(strings.Split(strings.TrimSuffix(strings.Repeat("?|", 10), "|"), "|"), "|")},
		{"a constant", "local x <const> = 1\nx = 2", "t:2:1: cannot assign to 'x': it is a constant declared at 1:7"},
		{"201 locals", "local " + numbered(201, "v%d", ","), "t:1:899: too many local variables: a function can have 200 at a time"},
		{"256 upvalues", numberedUpvalues(256), "too many outer variables: a function can use 255"},
		{"too many arguments", "f(" + numbered(300, "%d", ",") + ")", "too much at once: the function needs more than 249 registers for variables and intermediate values"},
		{"nesting", strings.Repeat("do ", 300), "nesting deeper than 200 levels"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Source("t", []byte(c.text), Options{})
			var errs Errors
			if !errors.As(err, &errs) {
				t.Fatalf("Source(%.40q) = %v, want Errors", c.text, err)
			}
			var got []string
			for _, e := range errs {
				got = append(got, e.Error())
			}
			want := strings.Split(c.want, "|")
			for i := range want {
				if i >= len(got) || want[i] != "?" && !strings.Contains(got[i], want[i]) {
					t.Errorf("Source(%.40q) = %q, want %q", c.text, got, want)
					break
				}
			}
			if len(got) != len(want) {
				t.Errorf("Source(%.40q) = %d errors, want %d: %q", c.text, len(got), len(want), got)
			}
		})
	}
}

func TestErrorShowsTheLine(t *testing.T) {
	_, err := Source("a.lua", []byte("local a = 1\n\tlocal b = a +* 2\n"), Options{})
	want := "a.lua:2:15: expected an expression, got '*'\n  \tlocal b = a +* 2\n  \t             ^"
	if err == nil || err.Error() != want {
		t.Errorf("error = %q, want %q", err, want)
	}
	if _, err := Source("big", make([]byte, syntax.MaxSource+1), Options{}); err == nil || !strings.Contains(err.Error(), "larger than 1048576 bytes") {
		t.Errorf("a source of 1 MB and a byte: %v", err)
	}
}

// TestChunkIsShared runs one chunk in several machines and finds it unchanged.
func TestChunkIsShared(t *testing.T) {
	chunk, err := Source("t", []byte("count = (count or 0) + 1 local s = 'a' .. count return function() return s // 1 end, s"), Options{GuardConcat: true})
	if err != nil {
		t.Fatal(err)
	}
	before := fmt.Sprint(*chunk.Proto)
	for range 3 {
		L := lua.NewState()
		L.Push(chunk.Function(L, Standard(L)))
		if err := L.PCall(0, 2, nil); err != nil {
			t.Fatal(err)
		}
		if got := L.Get(-1).String(); got != "a1" {
			t.Errorf("result = %q, want a1", got)
		}
		L.Close()
	}
	if after := fmt.Sprint(*chunk.Proto); after != before {
		t.Error("running a chunk changed it")
	}
	var helpers, globals []string
	for _, h := range chunk.Helpers {
		helpers = append(helpers, h.String())
	}
	for _, g := range chunk.Globals {
		globals = append(globals, fmt.Sprintf("%s:%v:%v", g.Name, g.Read, g.Write))
	}
	if got, want := fmt.Sprint(helpers, globals), "[(concat) (//)] [count:true:true]"; got != want {
		t.Errorf("helpers and globals = %s, want %s", got, want)
	}
}

// TestHostileTexts compiles texts of the largest size that once took minutes, or
// may in a compiler that is quadratic in something.
func TestHostileTexts(t *testing.T) {
	fill := func(piece string) string { return strings.Repeat(piece, syntax.MaxSource/len(piece)-4) }
	count := func(format string) string {
		var b strings.Builder
		for i := 0; b.Len() < syntax.MaxSource-200; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for name, text := range map[string]string{
		"labels": count("::a%d:: "), "gotos": count("goto a%d ::a%[1]d:: "), "gotos to one label": "do " + fill("goto a ")[:900_000] + " ::a:: end",
		"strings": "x = {" + count("'%d',") + "}", "numbers": "x = {" + count("%d.5,") + "}", "globals": count("g%d = 1 "), "fields": count("x.f%d = 1 "),
		"locals": count("do local a%d end "), "functions": fill("function f()end "), "functions of globals": count("function f%d() return g%[1]d end "),
		"upvalues": "local a function f() " + fill("a=1 ")[:1_000_000] + " end", "close": fill("do local x <close> = y end "), "elseif": "if x then " + fill("elseif x then ") + " end",
		"calls": fill("f()"), "and": "x = 1" + fill(" and x"), "errors": fill(") "), "quotes": fill("'"), "blocks": fill("do "), "open functions": fill("function f()\nx()\n"),
		"open conditions": fill("if x then\n"), "brackets": fill("[["), "tables": strings.Repeat("x={", 199) + fill("a,")[:1_000_000] + strings.Repeat("}", 199),
	} {
		t.Run(name, func(t *testing.T) {
			chunk, err := Source("t", []byte(text), Options{GuardConcat: true, GuardIntegers: true})
			if err == nil {
				verify(t, chunk.Proto, len(chunk.Helpers))
			} else if errs := Errors(nil); !errors.As(err, &errs) || len(err.Error()) > 10_000 {
				t.Errorf("error of %d bytes: %.200v", len(err.Error()), err)
			}
		})
	}
}
