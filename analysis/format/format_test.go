package format

import (
	"strings"
	"testing"

	"assay.rs/core/syntax"
)

func TestLayout(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", ""},
		{"only a comment", "\n\n-- a", "-- a\n"},
		{"spaces", "local x=1+2*-3  y = -  -x..'a'\n", "local x = 1 + 2 * -3\ny = - -x .. \"a\"\n"},
		{"not and length", "x=not a and#b", "x = not a and #b\n"},
		{"statements of one line", "a=1; b=2;", "a = 1\nb = 2\n"},
		{"a semicolon that parts a call", "local a = f;\n(g or h)()", "local a = f;\n(g or h)()\n"},
		{"blocks", "if a then\nb()\n  elseif c then d() else e() end", "if a then\n  b()\nelseif c then\n  d()\nelse\n  e()\nend\n"},
		{"a function on one line", "local f=function(x)return x end", "local f = function(x) return x end\n"},
		{"two statements are no line", "function f() a() b() end", "function f()\n  a()\n  b()\nend\n"},
		{"an if on one line", "if not x then return end", "if not x then return end\n"},
		{"loops", "for i=1,3 do\nf(i) end while x do\ny() end repeat\nz() until w", "for i = 1, 3 do\n  f(i)\nend\nwhile x do\n  y()\nend\nrepeat\n  z()\nuntil w\n"},
		{"tables", "t={a=1,[2]=3;'x'}", "t = { a = 1, [2] = 3, \"x\" }\n"},
		{"empty table", "t = { }", "t = {}\n"},
		{"a table on lines", "t={\na=1,\n  b=2}\nu={\n1,\n2\n}", "t = {\n  a = 1,\n  b = 2 }\nu = {\n  1,\n  2,\n}\n"},
		{"a comma before a comment", "t = {\n  1 -- one\n}", "t = {\n  1, -- one\n}\n"},
		{"a comma too many", "t = { 1, }", "t = { 1 }\n"},
		{"nested brackets share a level", "f({\na=function()\nb()\nend})", "f({\n  a = function()\n    b()\n  end })\n"},
		{"calls without parentheses", "f'x' g{1} h[[y]] a.b:c'd'", "f(\"x\")\ng({ 1 })\nh([[y]])\na.b:c(\"d\")\n"},
		{"continued lines", "local x = a\n..b\n..c", "local x = a\n  .. b\n  .. c\n"},
		{"a chain of methods", "x\n:a()\n:b(function()\nc()\nd()\nend)", "x\n  :a()\n  :b(function()\n    c()\n    d()\n  end)\n"},
		{"commas at line starts", "f(a\n, b\n, c)", "f(a,\n  b,\n  c)\n"},
		{"then below its condition", "if a\nand b\nthen c() end", "if a\n  and b\nthen\n  c()\nend\n"},
		{"then joins a condition of one line", "if a\nthen c() d() end", "if a then\n  c()\n  d()\nend\n"},
		{"blank lines", "a()\n\n\n\nb()\nif x then\n\nc()\n\nend", "a()\n\nb()\nif x then\n  c()\nend\n"},
		{"comments", "a() -- one\n  -- two\nif x then -- three\n-- four\nend\n--[[ five ]] b()", "a() -- one\n-- two\nif x then -- three\n  -- four\nend\n--[[ five ]] b()\n"},
		{"aligned comments stay aligned", "local a=1     -- one\nlocal bcd=2   -- two\nx=3 -- three", "local a = 1   -- one\nlocal bcd = 2 -- two\nx = 3 -- three\n"},
		{"quotes", `f('a', 'b"c', 'd\'e', "g", 'h\n')`, `f("a", 'b"c', "d'e", "g", "h\n")` + "\n"},
		{"long brackets keep their distance", "x = a[ [[k]] ] y = {[ [[k]] ]=1}", "x = a[ [[k]] ]\ny = { [ [[k]] ] = 1 }\n"},
		{"long strings are left alone", "x = [[\n  a\n\n\n b]]", "x = [[\n  a\n\n\n b]]\n"},
		{"newer syntax", "local x<const>, y <close> =1,f() global function g(... args)end x=1//2&~3", "local x <const>, y <close> = 1, f()\nglobal function g(...args) end\nx = 1 // 2 & ~3\n"},
		{"labels", ":: a :: goto a", "::a::\ngoto a\n"},
		{"shebang", "#!/usr/bin/env assay\n\n\nx()", "#!/usr/bin/env assay\n\nx()\n"},
		{"line ends are the source's", "if a then\r\nb()\r\nc() end\r\n", "if a then\r\n  b()\r\n  c()\r\nend\r\n"},
		{"broken text is left alone", "x = = 1", "x = = 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Tree(syntax.Parse(tt.text))
			if got != tt.want {
				t.Errorf("Tree(%q) =\n%s\nwant\n%s", tt.text, got, tt.want)
			}
			if again := Tree(syntax.Parse(got)); again != got {
				t.Errorf("a second run gives\n%s\nafter\n%s", again, got)
			}
		})
	}
}

func TestDiff(t *testing.T) {
	before := "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n"
	after := strings.Replace(strings.Replace(before, "2\n", "two\n", 1), "11\n", "", 1)
	want := `--- x.lua
+++ x.lua (formatted)
@@ -1,5 +1,5 @@
 1
-2
+two
 3
 4
 5
@@ -8,5 +8,4 @@
 8
 9
 10
-11
 12
`
	if got := Diff("x.lua", before, after); got != want {
		t.Errorf("Diff =\n%s\nwant\n%s", got, want)
	}
	if got := Diff("x.lua", before, before); got != "" {
		t.Errorf("Diff of equal texts = %q, want none", got)
	}
}

func FuzzTree(f *testing.F) {
	f.Add("local x = {1, 2} -- c\nif x then f'a' end")
	f.Fuzz(func(t *testing.T, text string) {
		got := Tree(syntax.Parse(text))
		if again := Tree(syntax.Parse(got)); again != got {
			t.Errorf("Tree(%q) = %q, and again %q", text, got, again)
		}
	})
}
