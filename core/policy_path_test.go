package core_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"assay.rs/core"
)

// paths is a module whose one function asks for a path.
func paths() core.Module {
	return core.Module{Name: "paths", Doc: "Asks.", Funcs: []core.Func{core.Fn2(core.Doc{
		Name: "ask", Text: "Asks for a path.", Needs: core.Read, Level: core.Script,
	}, core.Arg("path", core.String(), "It."), core.Arg("changes", core.Bool(), "To change it."),
		core.Returns(core.String(), "The resolved path."),
		func(c core.Call, path string, changes bool) (string, error) { return c.Root().Path(path, changes) })}}
}

func TestPathAsksThePolicyAboutWhatLinksLeadTo(t *testing.T) {
	outside, inside := t.TempDir(), t.TempDir()
	inside, err := filepath.EvalSymlinks(inside)
	if err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"out": outside, "gone": filepath.Join(outside, "none"), "in": inside} {
		if err := os.Symlink(target, filepath.Join(inside, name)); err != nil {
			t.Fatal(err)
		}
	}
	policy := core.FullPolicy()
	policy.Files, policy.Roots = false, []string{inside}
	policy.Changes = false
	rt, err := core.New(core.Config{Modules: []core.Module{paths()}, Policy: policy})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, path string
		changes    bool
		want       string // empty: refused
	}{
		{"a file that is not there yet", filepath.Join(inside, "new.db"), false, filepath.Join(inside, "new.db")},
		{"through a link that stays inside", filepath.Join(inside, "in", "new.db"), false, filepath.Join(inside, "new.db")},
		{"through a link that leads out", filepath.Join(inside, "out", "new.db"), false, ""},
		{"a link to a file outside that is not there", filepath.Join(inside, "gone"), false, ""},
		{"beside the folder", filepath.Join(inside, "..", "x"), false, ""},
		{"to change it", filepath.Join(inside, "new.db"), true, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			vm := rt.Open(core.Host{})
			defer vm.Close()
			if err := errors.Join(vm.SetGlobal("PATH", tt.path), vm.SetGlobal("CHANGES", tt.changes), vm.SetGlobal("WANT", tt.want)); err != nil {
				t.Fatal(err)
			}
			chunk, err := core.Compile("t.lua", []byte(`
				local ok, got = pcall(paths.ask, PATH, CHANGES)
				if WANT == "" then if ok then error("permitted: " .. got) end
				elseif got ~= WANT then error("got " .. tostring(got) .. ", want " .. WANT) end`))
			if err != nil {
				t.Fatal(err)
			}
			if err := vm.Run(t.Context(), chunk); err != nil {
				t.Error(err)
			}
		})
	}
}
