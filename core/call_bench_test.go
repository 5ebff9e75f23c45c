package core

import (
	"context"
	"fmt"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

type benchOptions struct {
	Timeout float64
	Name    string
}

// benchModule has one builtin for each shape of a call whose cost is bounded.
func benchModule() Module {
	options := Record("bench.Options", "Options.",
		NewKey("timeout", Number(), func(o *benchOptions) *float64 { return &o.Timeout }, "Seconds."),
		NewKey("name", String(), func(o *benchOptions) *string { return &o.Name }, "Name."))
	return Module{Name: "bench", Funcs: []Func{
		Fn2(Doc{Name: "add", Text: "Adds.", Needs: Pure, Level: Check},
			Arg("a", Number(), "One."), Arg("b", Number(), "Other."), Returns(Number(), "Sum."),
			func(_ Call, a, b float64) (float64, error) { return a + b, nil }),
		Fn2(Doc{Name: "waits", Text: "Adds, without the baton.", Needs: Net, Level: Check},
			Arg("a", Number(), "One."), Arg("b", Number(), "Other."), Returns(Number(), "Sum."),
			func(_ Call, a, b float64) (float64, error) { return a + b, nil }),
		Fn2(Doc{Name: "opts", Text: "Takes options.", Needs: Pure, Level: Check},
			Arg("a", Number(), "One."), Opt("options", options, benchOptions{Timeout: 1}, "How."), Returns(Number(), "Sum."),
			func(_ Call, a float64, o benchOptions) (float64, error) { return a + o.Timeout, nil }),
	}}
}

func rawAdd(L *lua.LState) int {
	L.Push(L.CheckNumber(1) + L.CheckNumber(2))
	return 1
}

// loop runs body n times in a VM with the bench module and the raw function.
func loop(tb testing.TB, body string, n int) {
	tb.Helper()
	rt, err := New(Config{Modules: []Module{benchModule()}, Policy: FullPolicy()})
	if err != nil {
		tb.Fatal(err)
	}
	vm := rt.Open(Host{})
	defer vm.Close()
	vm.set("raw", vm.L.NewFunction(rawAdd))
	chunk, err := Compile("bench.lua", []byte(fmt.Sprintf("local o = {timeout=3} for i = 1, %d do %s end", n, body)))
	if err != nil {
		tb.Fatal(err)
	}
	if err := vm.Run(context.Background(), chunk); err != nil {
		tb.Fatal(err)
	}
}

// callShapes are loop bodies; the empty one is what the others are counted net of.
func callShapes() map[string]string {
	return map[string]string{
		"empty":   "",
		"raw":     "local _ = raw(i, 2.5)",
		"scalar":  "local _ = bench.add(i, 2.5)",
		"waits":   "local _ = bench.waits(i, 2.5)",
		"options": "local _ = bench.opts(i, o)",
	}
}

func BenchmarkCall(b *testing.B) {
	for name, body := range callShapes() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			loop(b, body, b.N)
		})
	}
}

// A call allocates its result and, with options, their struct: nothing else.
func TestCallAllocations(t *testing.T) {
	allocations := func(shape string) float64 {
		few := testing.AllocsPerRun(5, func() { loop(t, callShapes()[shape], 1000) })
		many := testing.AllocsPerRun(5, func() { loop(t, callShapes()[shape], 11000) })
		return (many - few) / 10000
	}
	loopOnly := allocations("empty")
	for shape, want := range map[string]float64{"raw": 1, "scalar": 1, "waits": 1, "options": 2} {
		if got := allocations(shape) - loopOnly; got > want+0.01 {
			t.Errorf("a call of shape %s allocates %.2f times, want at most %v", shape, got, want)
		}
	}
}
