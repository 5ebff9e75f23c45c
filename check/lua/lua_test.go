package lua

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay.rs/check"
	"assay.rs/core"
	"assay.rs/core/coretest"
	"assay.rs/core/prelude"
)

func module() core.Module {
	return New(Config{Types: func() []check.Type { return check.Standard(prelude.Modules()...) }})
}

func TestScripts(t *testing.T) { coretest.Run(t, "testdata", module()) }

func TestExamples(t *testing.T) { coretest.Examples(t, []core.Module{module()}, nil) }

// What a run reads is asked for, from wherever it comes.
func TestReadingIsLimited(t *testing.T) {
	large := filepath.Join(t.TempDir(), "large.yaml")
	if err := os.WriteFile(large, []byte("vars:\n  list: ["+strings.Repeat("1, ", 900_000)+"1]\nchecks: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	rt, err := core.New(core.Config{Modules: append(prelude.Modules(), module()), Policy: core.FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	for name, source := range map[string]string{
		"a file":       `check.run(...)`,
		"an inclusion": `check.run({include = {...}, checks = {}})`,
		"vars":         `check.run({vars_file = ..., checks = {}})`,
		"a table":      `local v = {} for i = 1, 100000 do v[i] = i end check.run({vars = {v = v}, checks = {}})`,
	} {
		t.Run(name, func(t *testing.T) {
			chunk, err := core.Compile("test.lua", []byte(source))
			if err != nil {
				t.Fatal(err)
			}
			vm := rt.Open(core.Host{Limits: core.Limits{Memory: 8 << 20}})
			defer vm.Close()
			if err := vm.Run(t.Context(), chunk, large); err == nil || !strings.Contains(err.Error(), "memory limit of 8 MB exceeded") {
				t.Errorf("error = %v, want the limit of memory", err)
			}
		})
	}
}
