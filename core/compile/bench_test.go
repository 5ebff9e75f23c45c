package compile

import (
	"fmt"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"
)

// hundred is a chunk of about 10 KB with 100 functions.
func hundred() string {
	var b strings.Builder
	for i := range 100 {
		fmt.Fprintf(&b, "function check%d(client, limit)\n  local r = client:get(\"/v%d\")\n"+
			"  if r.status > limit then return nil, \"bad: \" .. r.status end\n  return r\nend\n", i, i)
	}
	return b.String()
}

func BenchmarkHundredFunctions(b *testing.B) {
	for name, text := range map[string]string{"10KB": hundred(), "tiny": "print('hello')", "one": "local t = {} for i = 1, 10 do t[i] = i * 2 end return t"} {
		b.Run(name+"/ours", func(b *testing.B) {
			src := []byte(text)
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Source("x", src, Options{GuardConcat: true}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/gopher-lua", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				chunk, err := parse.Parse(strings.NewReader(text), "x")
				if err != nil {
					b.Fatal(err)
				}
				if _, err := lua.Compile(chunk, "x"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// workloads are texts to compare the code that is generated.
func workloads() map[string]string {
	return map[string]string{
		"fib":    "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end return fib(20)",
		"loop":   "local s = 0 for i = 1, 100000 do if i % 3 == 0 or i % 5 == 0 then s = s + i end end return s",
		"table":  "local t = {} for i = 1, 20000 do t[i] = { x = i, y = i * 2 } end local s = 0 for _, p in ipairs(t) do s = s + p.x * p.y end return s",
		"method": "local C = {} C.__index = C function C:add(n) self.n = self.n + n return self end local o = setmetatable({ n = 0 }, C) for i = 1, 20000 do o:add(i):add(1) end return o.n",
		"concat": "local t = {} for i = 1, 10000 do t[i % 10 + 1] = 'item ' .. i .. ' of ' .. 10000 .. ', ' end return #table.concat(t)",
		"sort":   "local t = {} for i = 1, 3000 do t[i] = (i * 7919) % 3001 end table.sort(t, function(a, b) return a > b end) return t[1]",
		"while":  "local i, n = 0, 100000 while i < n do i = i + 1 end return i",
	}
}

func BenchmarkRun(b *testing.B) {
	for name, text := range workloads() {
		bench := func(kind string, function func(L *lua.LState) *lua.LFunction) {
			b.Run(name+"/"+kind, func(b *testing.B) {
				L := lua.NewState()
				defer L.Close()
				fn := function(L)
				for b.Loop() {
					L.Push(fn)
					L.Call(0, 1)
					L.Pop(1)
				}
			})
		}
		for kind, opts := range map[string]Options{"ours": {}, "ours+concat": {GuardConcat: true}, "ours+integers": {GuardIntegers: true}} {
			chunk, err := Source("x", []byte(text), opts)
			if err != nil {
				b.Fatal(err)
			}
			bench(kind, func(L *lua.LState) *lua.LFunction { return chunk.Function(L, Standard(L)) })
		}
		stmts, err := parse.Parse(strings.NewReader(text), "x")
		if err != nil {
			b.Fatal(err)
		}
		proto, err := lua.Compile(stmts, "x")
		if err != nil {
			b.Fatal(err)
		}
		bench("gopher-lua", func(L *lua.LState) *lua.LFunction { return L.NewFunctionFromProto(proto) })
	}
}
