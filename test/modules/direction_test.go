package modules

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"assay.rs/test/internal/workspace"
)

// rule says what the packages of one module, or of a part of it, may need.
type rule struct {
	of       string   // pattern of package paths; the first rule that matches holds
	part     bool     // it names a part of a module, and the rest of the module is no given
	siblings []string // patterns of the packages of the workspace that it may need
	pure     bool     // it needs no libraries but the one below
	library  string
	vm       bool // may import gopher-lua directly
}

const vm = "github.com/yuin/gopher-lua"

// directions are the rules of CONTRIBUTING.md. A module that matches none fails the
// test: a new one gets its rule first.
var directions = []rule{
	{of: "core/nearest", part: true, pure: true, siblings: []string{"core/nearest"}},
	{of: "core/spec", part: true, pure: true, siblings: []string{"core/spec", "core/nearest"}},
	{of: "core/syntax", part: true, pure: true, siblings: []string{"core/syntax"}},
	{of: "core/version", part: true, pure: true},
	{of: "core", pure: true, library: vm, vm: true},
	{of: "mod-*", siblings: []string{"core"}},
	{of: "check", siblings: []string{"core", "mod-data", "mod-http"}},
	{of: "tool/cli", part: true, siblings: []string{"core", "mod-data", "mod-http", "check", "analysis", "tool"}},
	{of: "tool/playground", part: true, siblings: []string{"core", "mod-data", "mod-crypto"}},
	{of: "tool", siblings: []string{"core"}},
	{of: "stdlib", siblings: []string{"core/spec", "core/nearest"}},
	{of: "analysis", pure: true, siblings: []string{"core/spec", "core/syntax", "core/nearest"}},
	{of: "cmd/assay", siblings: []string{"core", "mod-*", "check", "stdlib", "analysis", "tool"}, vm: true},
	{of: "cmd/assay-check", siblings: []string{"core", "mod-data", "mod-http", "check"}, vm: true},
	{of: "cmd/assay-lsp", pure: true, siblings: []string{"core/spec", "core/syntax", "core/nearest", "core/retry", "core/version", "analysis", "stdlib"}},
	{of: "test/stability", part: true, siblings: []string{"core/spec", "core/nearest", "test", "deploy"}},
	{of: "test/bench/tenants", part: true, siblings: []string{"core", "mod-data", "test", "deploy"}},
	{of: "deploy"},
	{of: "test", siblings: []string{"deploy"}},
}

func TestDirections(t *testing.T) {
	w := open(t)
	for _, m := range w.Modules {
		t.Run(m.Path, func(t *testing.T) {
			for _, p := range listPackages(t, w, m) {
				r, ok := ruleOf(p.ImportPath)
				if !ok {
					t.Fatalf("no rule for %s: add one to directions", p.ImportPath)
				}
				for _, v := range r.violations(p, m.Path, w.Provider) {
					t.Error(v)
				}
			}
		})
	}
}

func TestRulesRefuse(t *testing.T) {
	provider := func(pkg string) string {
		for _, m := range []string{"core", "mod-http", "mod-data", "check", "test"} {
			if within(pkg, "assay.rs/"+m) {
				return "assay.rs/" + m
			}
		}
		return ""
	}
	for _, tt := range []struct {
		name string
		pkg  listedPackage
		want int
	}{
		{"core/spec on core", listedPackage{ImportPath: "assay.rs/core/spec", Deps: []string{"fmt", "assay.rs/core"}}, 1},
		{"core/spec on the VM", listedPackage{ImportPath: "assay.rs/core/spec", Deps: []string{vm}}, 1},
		{"core on the VM", listedPackage{ImportPath: "assay.rs/core", Imports: []string{vm}, Deps: []string{"net/http", vm + "/ast"}}, 0},
		{"core on a library", listedPackage{ImportPath: "assay.rs/core", Deps: []string{"github.com/x/y"}}, 1},
		{"a module on another", listedPackage{ImportPath: "assay.rs/mod-http", Deps: []string{"assay.rs/core", "assay.rs/mod-data/json"}}, 1},
		{"a module on the VM", listedPackage{ImportPath: "assay.rs/mod-http", Imports: []string{vm}, Deps: []string{vm}}, 1},
		{"a module on the VM through core", listedPackage{ImportPath: "assay.rs/mod-http", Imports: []string{"assay.rs/core"}, Deps: []string{vm, "assay.rs/core"}}, 0},
		{"a module on a library", listedPackage{ImportPath: "assay.rs/mod-http/ws", Deps: []string{"github.com/x/y"}}, 0},
		{"check on test", listedPackage{ImportPath: "assay.rs/check", Deps: []string{"assay.rs/test/servers"}}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, ok := ruleOf(tt.pkg.ImportPath)
			if !ok {
				t.Fatalf("ruleOf(%q) found none", tt.pkg.ImportPath)
			}
			if got := r.violations(tt.pkg, provider(tt.pkg.ImportPath), provider); len(got) != tt.want {
				t.Errorf("violations = %q, want %d", got, tt.want)
			}
		})
	}
}

// listedPackage is what go list says of a package.
type listedPackage struct {
	ImportPath    string
	Imports, Deps []string
}

func ruleOf(pkg string) (rule, bool) {
	i := slices.IndexFunc(directions, func(r rule) bool { return matches(pkg, r.of) })
	if i < 0 {
		return rule{}, false
	}
	return directions[i], true
}

// violations lists the needs of p that the rule does not allow; own is the module of p.
func (r rule) violations(p listedPackage, own string, provider func(pkg string) string) []string {
	var out []string
	refuse := func(dep, why string) { out = append(out, fmt.Sprintf("%s needs %s: %s", p.ImportPath, dep, why)) }
	for _, dep := range p.Deps {
		switch sibling := provider(dep); {
		case sibling != "" && (sibling != own || r.part):
			if !slices.ContainsFunc(r.siblings, func(s string) bool { return matches(dep, s) }) {
				refuse(dep, "not among the modules it may need")
			}
		case sibling == "" && r.pure && !isStandard(dep) && !within(dep, r.library):
			refuse(dep, "not the standard library")
		}
	}
	for _, dep := range p.Imports {
		if within(dep, vm) && !r.vm {
			refuse(dep, "only core touches the VM")
		}
	}
	return out
}

// matches says whether pkg lies in the part of the workspace that the pattern names.
func matches(pkg, pattern string) bool {
	elems := strings.Split(pkg, "/")
	n := strings.Count(pattern, "/") + 2
	if len(elems) < n {
		return false
	}
	ok, err := path.Match(workspace.Prefix+"/"+pattern, strings.Join(elems[:n], "/"))
	return ok && err == nil
}

// within says whether pkg is the given one or lies below it.
func within(pkg, parent string) bool { return pkg == parent || strings.HasPrefix(pkg, parent+"/") }

// isStandard tells by the dot that every module path outside of the standard library has.
func isStandard(pkg string) bool {
	first, _, _ := strings.Cut(pkg, "/")
	return !strings.Contains(first, ".")
}

func open(t *testing.T) *workspace.Workspace {
	t.Helper()
	w, err := workspace.Open(".")
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func listPackages(t *testing.T, w *workspace.Workspace, m *workspace.Module) []listedPackage {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Deps", "./...")
	cmd.Dir, cmd.Stderr = w.Abs(m, "."), &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list in %s: %v\n%s", m.Dir, err, stderr.Bytes())
	}
	var pkgs []listedPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listedPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}
