package stability

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay.rs/core/spec"
	"assay.rs/test/internal/workspace"
)

var update = flag.Bool("update", false, "write what is promised instead of comparing it; for a release")

// What the last tag promised still holds. Before the first tag, that is what the tree itself promises.
func TestNothingPromisedIsBroken(t *testing.T) {
	w, err := workspace.Open(".")
	if err != nil {
		t.Fatal(err)
	}
	allowed, err := os.ReadFile("allowed.txt")
	if err != nil {
		t.Fatal(err)
	}
	for name, now := range current(t, w) {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join("promised", name+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(now.text()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			promised := promisedBy(t, w.Root, file)
			if len(promised) < 100 {
				t.Fatalf("%s promises %d facts: something is wrong", file, len(promised))
			}
			for _, line := range broken(promised, now, parse(string(allowed))) {
				t.Errorf("promised, and no more: %s\nmend it, or follow docs/explain/stability.md", line)
			}
		})
	}
}

// current is what the tree offers.
func current(t *testing.T, w *workspace.Workspace) map[string]facts {
	t.Helper()
	catalog, err := os.Open(filepath.Join(w.Root, "stdlib", "catalog", "catalog.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer catalog.Close()
	modules, err := spec.Read(catalog)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := os.ReadFile(filepath.Join(w.Root, "stdlib", "catalog", "checks.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	checks, err := checkFacts(schema)
	if err != nil {
		t.Fatal(err)
	}
	golang := facts{}
	for _, m := range w.Modules {
		if strings.HasPrefix(m.Dir, "cmd") || slices.Contains([]string{"analysis", "test", "deploy"}, m.Dir) {
			continue
		}
		if err := goFacts(golang, m.Path, w.Abs(m, ".")); err != nil {
			t.Fatal(err)
		}
	}
	return map[string]facts{"lua": luaFacts(modules), "checks": checks, "go": golang}
}

// promisedBy reads the file as the last tag has it, or, without a tag, as it is.
func promisedBy(t *testing.T, root, file string) facts {
	t.Helper()
	tag, err := exec.CommandContext(t.Context(), "git", "-C", root, "describe", "--tags", "--abbrev=0", "--match=v*", "HEAD").Output()
	if name := strings.TrimSpace(string(tag)); err == nil && name != "" {
		if text, err := exec.CommandContext(t.Context(), "git", "-C", root, "show", name+":test/stability/"+filepath.ToSlash(file)).Output(); err == nil {
			return parse(string(text))
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return parse(string(text))
}

func TestWhatBreaks(t *testing.T) {
	fn := func(params ...spec.Param) []spec.Module {
		return []spec.Module{{Name: "m", Funcs: []spec.Func{{Name: "f", Params: params}}}}
	}
	text, number := spec.Type{Kind: spec.Scalar, Name: "string"}, spec.Type{Kind: spec.Scalar, Name: "number"}
	before := luaFacts(fn(spec.Param{Name: "a", Type: text}))
	for name, tt := range map[string]struct {
		now  []spec.Module
		want int
	}{
		"a further optional argument": {fn(spec.Param{Name: "a", Type: text}, spec.Param{Name: "b", Type: number, Optional: true}), 0},
		"another name":                {fn(spec.Param{Name: "x", Type: text}), 0},
		"one that must be given":      {fn(spec.Param{Name: "a", Type: text}, spec.Param{Name: "b", Type: number}), 1},
		"another type":                {fn(spec.Param{Name: "a", Type: number}), 1},
		"gone":                        {nil, 3},
	} {
		if got := broken(before, luaFacts(tt.now), nil); len(got) != tt.want {
			t.Errorf("%s breaks %q, want %d", name, got, tt.want)
		}
	}
	schema := func(text string) facts {
		f, err := checkFacts([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	promised := schema(`{"properties": {"a": {"type": "string"}, "b": {"enum": [1, 2]}}}`)
	for text, want := range map[string]int{
		`{"properties": {"a": {"type": ["string", "integer"]}, "b": {"enum": [1, 2, 3]}, "c": {}}}`:   0,
		`{"properties": {"a": {"type": "string"}, "b": {"enum": [1]}}, "required": ["a"]}`:            2,
		`{"properties": {"a": {"anyOf": [{"type": "string"}, {"const": 0}]}, "b": {"enum": [1, 2]}}}`: 0,
	} {
		if got := broken(promised, schema(text), nil); len(got) != want {
			t.Errorf("%s breaks %q, want %d", text, got, want)
		}
	}
}
