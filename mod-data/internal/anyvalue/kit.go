package anyvalue

import (
	"context"
	"testing"

	"assay.rs/core"
)

// Seeds are bytes that make values of each kind.
func Seeds() [][]byte {
	var seeds [][]byte
	for kind := range byte(9) {
		seeds = append(seeds,
			[]byte{1, 3, 'k', 'e', 'y', kind, 4, 1, 5, 2, 1, 1, 7, 2, 'a', 'b'},
			[]byte{2, 1, 0x80, kind, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xef, 0x7f, 2, 0x81, 0x87, kind, 1, 2, 3},
			[]byte{3, 0, 5, 4, 1, kind, 2, 6, 1, 2, 0x8f, 0xc1, kind, 9, 8, 7, 1, 1, 1})
	}
	return seeds
}

// WithCall runs f as the body of a builtin.
func WithCall(tb testing.TB, f func(c core.Call)) {
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
