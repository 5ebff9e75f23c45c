package analysis

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay.rs/analysis/document"
	"assay.rs/analysis/rules"
	"assay.rs/analysis/types"
	"assay.rs/core/spec"
	"assay.rs/stdlib/catalog"
	"assay.rs/test/internal/workspace"
)

// withoutParameter is a copy of the catalog in which a parameter of a function is gone.
func withoutParameter(t *testing.T, table, function, parameter string) []spec.Module {
	t.Helper()
	modules, err := catalog.Modules()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range modules {
		for i := range m.Funcs {
			if f := &m.Funcs[i]; m.Name == table && f.Name == function {
				before := len(f.Params)
				f.Params = slices.DeleteFunc(f.Params, func(p spec.Param) bool { return p.Name == parameter })
				if len(f.Params) == before-1 {
					return modules
				}
			}
		}
	}
	t.Fatalf("%s.%s has no parameter %s", table, function, parameter)
	return nil
}

// What a builtin takes is said once. A parameter that is deleted there is missed by all that read it: diagnostics of
// the repository's own files, the server's hover, the stubs for other servers, and the reference.
func TestADeletedParameterIsMissedEverywhere(t *testing.T) {
	whole, err := catalog.Modules()
	if err != nil {
		t.Fatal(err)
	}
	broken := withoutParameter(t, "http", "get", "options")
	t.Run("diagnostics", func(t *testing.T) {
		const text = "http.get('http://x', {timeout = 1})"
		look := func(modules []spec.Module) []rules.Finding {
			return rules.Check(document.Open("x.lua", text), types.NewLibrary(modules), nil)
		}
		if found := look(whole); len(found) > 0 {
			t.Errorf("findings with the whole catalog: %v", found)
		}
		if found := look(broken); len(found) != 1 || found[0].Code != "redundant-parameter" {
			t.Errorf("findings without the parameter: %v, want redundant-parameter", found)
		}
	})
	t.Run("stubs", func(t *testing.T) {
		stub := func(modules []spec.Module) string {
			var b bytes.Buffer
			for _, m := range spec.Owned(modules) {
				if m.Name == "http" {
					if err := spec.LuaLS(&b, m); err != nil {
						t.Fatal(err)
					}
				}
			}
			return b.String()
		}
		const line = "function http.get(url, options) end"
		if !strings.Contains(stub(whole), line) || strings.Contains(stub(broken), line) {
			t.Errorf("the stubs do not tell the catalogs apart by %q", line)
		}
	})
	t.Run("reference", func(t *testing.T) {
		page, err := os.ReadFile("../../docs/reference/http.md")
		if err != nil {
			t.Fatal(err)
		}
		signature := func(modules []spec.Module) string {
			for _, e := range spec.Entries(modules) {
				if e.Name == "http.get" {
					var names []string
					for _, p := range e.Func.Params {
						names = append(names, p.Name)
					}
					return strings.Join(names, ", ")
				}
			}
			return ""
		}
		section := string(page[bytes.Index(page, []byte("http.get")):])
		if !strings.Contains(section, "options") || signature(whole) == signature(broken) {
			t.Errorf("the reference does not have the parameters %q", signature(whole))
		}
	})
	t.Run("server", func(t *testing.T) {
		w, err := workspace.Open(".")
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		server := filepath.Join(dir, "assay-lsp")
		build := exec.CommandContext(t.Context(), "go", "build", "-o", server, "./cmd/assay-lsp")
		build.Dir = w.Root
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		script := filepath.Join(dir, "x.lua")
		if err := os.WriteFile(script, []byte("http.get('http://x', {timeout = 1})\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		hover := func(modules []spec.Module) string {
			text, err := json.Marshal(map[string]any{"version": spec.Version, "modules": modules})
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, "catalog.json")
			if err := os.WriteFile(file, text, 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.CommandContext(t.Context(), server, "--catalog", file, "hover", script+":1:6").CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			return string(out)
		}
		const label = "http.get(url: string, options?: http.Options)"
		if text := hover(whole); !strings.Contains(text, label) {
			t.Errorf("hover = %s, want %s", text, label)
		}
		if text := hover(broken); strings.Contains(text, label) {
			t.Errorf("hover without the parameter = %s", text)
		}
	})
}
