// Package kit runs scripts and bodies of builtins for the tests of this module.
package kit

import (
	"context"
	"strings"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/core/coretest"
)

// Eval runs a script that has the builtins of m, and gives what it printed. Its function out prints its
// arguments with blanks between them.
func Eval(tb testing.TB, m core.Module, timeout time.Duration, script string) (string, error) {
	tb.Helper()
	kit := coretest.Kit{Modules: []core.Module{m}, Policy: core.CheckPolicy(), Timeout: timeout}
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

// Body runs f as the body of a builtin. The error is its own, or why it was stopped.
func Body(tb testing.TB, ctx context.Context, f func(c core.Call) error) error {
	tb.Helper()
	body := core.Fn0(core.Doc{Name: "body", Text: "Runs the test.", Needs: core.Pure, Level: core.Check}, core.ReturnsNothing(),
		func(c core.Call) (core.None, error) { return core.None{}, f(c) })
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
	return vm.Run(ctx, chunk)
}

// WithCall runs f as the body of a builtin that succeeds.
func WithCall(tb testing.TB, f func(c core.Call)) {
	tb.Helper()
	err := Body(tb, context.Background(), func(c core.Call) error {
		f(c)
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
}
