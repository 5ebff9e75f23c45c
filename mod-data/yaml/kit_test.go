package yaml

import (
	"context"
	"strings"
	"testing"

	"assay.rs/core"
)

// eval runs a script with the module and gives what it passed to out, one line for each call.
func eval(tb testing.TB, ctx context.Context, script string) (string, error) { //nolint:revive // tb first
	tb.Helper()
	var lines []string
	out := core.FnRest(core.Doc{Name: "out", Text: "Notes values.", Needs: core.Pure, Level: core.Check},
		core.NoArg(), core.Rest("values", core.Any(), "Values."), core.ReturnsNothing(),
		func(c core.Call, _ core.None, values []core.Value) (core.None, error) {
			texts := make([]string, len(values))
			for i, v := range values {
				texts[i] = c.ToString(v)
			}
			lines = append(lines, strings.Join(texts, " "))
			return core.None{}, nil
		})
	rt, err := core.New(core.Config{Modules: []core.Module{New(), {Funcs: []core.Func{out}}}, Policy: core.CheckPolicy()})
	if err != nil {
		tb.Fatal(err)
	}
	chunk, err := core.Compile("test.lua", []byte(script))
	if err != nil {
		tb.Fatal(err)
	}
	vm := rt.Open(core.Host{})
	defer vm.Close()
	err = vm.Run(ctx, chunk)
	return strings.Join(lines, "\n"), err
}

// withCall runs f as the body of a builtin.
func withCall(tb testing.TB, f func(c core.Call)) {
	tb.Helper()
	body := core.Fn0(core.Doc{Name: "body", Text: "Runs the test.", Needs: core.Pure, Level: core.Check}, core.ReturnsNothing(),
		func(c core.Call) (core.None, error) {
			f(c)
			return core.None{}, nil
		})
	rt, err := core.New(core.Config{Modules: []core.Module{{Funcs: []core.Func{body}}}, Policy: core.CheckPolicy()})
	if err != nil {
		tb.Fatal(err)
	}
	chunk, err := core.Compile("test.lua", []byte("body()"))
	if err != nil {
		tb.Fatal(err)
	}
	vm := rt.Open(core.Host{})
	defer vm.Close()
	if err := vm.Run(context.Background(), chunk); err != nil {
		tb.Fatal(err)
	}
}
