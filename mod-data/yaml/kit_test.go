package yaml

import (
	"context"
	"strings"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/core/coretest"
)

func TestExamples(t *testing.T) { coretest.Examples(t, []core.Module{New()}, nil) }

// eval runs a script and gives what it printed. out prints its arguments with blanks between them.
func eval(tb testing.TB, timeout time.Duration, script string) (string, error) {
	tb.Helper()
	kit := coretest.Kit{Modules: []core.Module{New()}, Policy: core.CheckPolicy(), Timeout: timeout}
	got := kit.Exec(tb, "test.lua", `local function out(...)
		local texts = {}
		for i = 1, select("#", ...) do texts[i] = tostring((select(i, ...))) end
		print(table.concat(texts, " "))
	end `+script)
	for _, problem := range got.Undeclared {
		tb.Errorf("%s: %s", script, problem)
	}
	return strings.TrimSuffix(got.Stdout, "\n"), got.Err
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
