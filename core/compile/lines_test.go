package compile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"
)

// trace runs a text and gives its error with the traceback.
func trace(t *testing.T, proto func(L *lua.LState) *lua.LFunction) string {
	t.Helper()
	L := lua.NewState()
	defer L.Close()
	L.Push(proto(L))
	err := L.PCall(0, 0, nil)
	if err == nil {
		t.Fatal("no error")
	}
	return err.Error()
}

func TestTracebacksAreThoseOfGopherLua(t *testing.T) {
	for _, text := range []string{
		"local x\nlocal y = x.a", "local t = {}\nt\n.a\n.b = 1", "\n\nerror('a')", "local function f()\n  error('x')\nend\n\nf()",
		"local t = {}\nfunction t.f(a)\n  return a +\n    nil\nend\nlocal r = t.f(\n  1)", "local t = {}\nfunction t:m()\n  self.x.y = 1\nend\nt\n  :m()",
		"local a = 'x'\nlocal b = a\n  .. {}\n", "if 1 <\n  {} then end", "for i = 1,\n  'x' do\nend", "for k in\n  nil do end",
		"local function f() error('x') end\nlocal ok = f()\n", "local f = function()\n  local g = function() nope() end\n  g()\nend\nf()\n",
		"while true do\n  if x == nil then\n    x.y = 1\n  end\nend", "local t = {\n  a = 1,\n  b = nil + 1,\n}", "return (function()\n  return #nil\nend)()",
		"repeat\n  local x = 1\nuntil x < nil", "local s = -{}\n", "x = 1\ny = x()\n", "('x'):nope()", "local function f(...)\n  return select(-1, ...)\nend\nf()\n",
	} {
		stmts, err := parse.Parse(strings.NewReader(text), "t")
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		proto, err := lua.Compile(stmts, "t")
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		want := trace(t, func(L *lua.LState) *lua.LFunction { return L.NewFunctionFromProto(proto) })
		chunk, err := Source("t", []byte(text), Options{})
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		got := trace(t, func(L *lua.LState) *lua.LFunction { return chunk.Function(L, Standard(L)) })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-gopher-lua +ours):\n%s", text, diff)
		}
	}
}

// outline are the lines of a function and of those inside it.
func outline(b *strings.Builder, p *lua.FunctionProto, depth int) {
	first := p.LineDefined
	if depth == 0 {
		first = 0
	}
	fmt.Fprintf(b, "%s%d-%d params %d vararg %v\n", strings.Repeat(" ", depth), first, p.LastLineDefined, p.NumParameters, p.IsVarArg&lua.VarArgIsVarArg != 0)
	for _, inner := range p.FunctionPrototypes {
		outline(b, inner, depth+1)
	}
}

func TestFunctionsHaveTheLinesOfGopherLua(t *testing.T) {
	root := suites(t)
	for dir, files := range suiteFiles() {
		for _, file := range files {
			text, err := os.ReadFile(filepath.Join(root, dir, file))
			if err != nil {
				t.Fatal(err)
			}
			stmts, err := parse.Parse(strings.NewReader(string(text)), file)
			if err != nil {
				t.Fatal(err)
			}
			proto, err := lua.Compile(stmts, file)
			if err != nil {
				t.Fatal(err)
			}
			chunk, err := Source(file, text, Options{})
			if err != nil {
				t.Fatal(err)
			}
			var want, got strings.Builder
			proto.LastLineDefined, chunk.Proto.LastLineDefined = 0, 0
			outline(&want, proto, 0)
			outline(&got, chunk.Proto, 0)
			if diff := cmp.Diff(want.String(), got.String()); diff != "" {
				t.Errorf("%s/%s (-gopher-lua +ours):\n%s", dir, file, diff)
			}
		}
	}
}
