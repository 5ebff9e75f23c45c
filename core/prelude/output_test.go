package prelude_test

import (
	"errors"
	"io"
	"log/slog"
	"testing"

	"assay.rs/core"
	"assay.rs/core/prelude"
)

func TestOutputLimit(t *testing.T) {
	rt, err := core.New(core.Config{Modules: prelude.Modules(), Policy: core.CheckPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{
		`while true do pcall(print, ("x"):rep(1000)) end`,
		`while true do pcall(log.info, "", {field = ("x"):rep(1000)}) end`,
		`while true do pcall(log.info, "") end`,
	} {
		for name, host := range map[string]core.Host{
			"to standard output": {Stdout: io.Discard, Log: slog.New(slog.NewTextHandler(io.Discard, nil))},
			"to the log":         {Log: slog.New(slog.NewTextHandler(io.Discard, nil))},
		} {
			t.Run(name, func(t *testing.T) {
				chunk, err := core.Compile("test.lua", []byte(source))
				if err != nil {
					t.Fatal(err)
				}
				host.Limits = core.Limits{Output: 1 << 20}
				vm := rt.Open(host)
				defer vm.Close()
				err = vm.Run(t.Context(), chunk)
				limit, ok := errors.AsType[*core.LimitError](err)
				if !ok || limit.Message != "output limit of 1 MB exceeded" {
					t.Errorf("%s: error = %v, want the output limit", source, err)
				}
			})
		}
	}
}
