package modules

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"assay.rs/test/internal/workspace"
)

// TestAlone builds each module without go.work: where it stands, with nothing but
// its own go.mod and go.sum, and from outside, as a third party that requires it.
func TestAlone(t *testing.T) {
	w := open(t)
	env := published(t, w)
	for _, m := range w.Modules {
		t.Run(m.Path+"/in its folder", func(t *testing.T) {
			goCommand(t, w.Abs(m, "."), env, "vet", "-mod=readonly", "./...")
		})
		t.Run(m.Path+"/required by another", func(t *testing.T) {
			dir := t.TempDir()
			if strings.HasPrefix(m.Dir, "cmd/") {
				goCommand(t, dir, append(env, "GOBIN="+dir), "install", m.Path+"@"+w.Next)
				return
			}
			goCommand(t, dir, env, "mod", "init", "example.com/app")
			goCommand(t, dir, env, "get", m.Path+"@"+w.Next)
			goCommand(t, dir, append(env, "GOFLAGS=-mod=mod -modcacherw -trimpath -buildvcs=false"), "build", m.Path+"/...")
		})
	}
}

// published is the environment of a go command that finds the modules of w where others are published.
func published(t *testing.T, w *workspace.Workspace) []string {
	t.Helper()
	scratch := t.TempDir()
	proxy := workspace.Proxy{Dir: filepath.Join(scratch, "proxy"), Version: w.Next}
	for _, m := range w.Modules {
		if err := proxy.Add(w, m, nil); err != nil {
			t.Fatal(err)
		}
	}
	env, err := proxy.Env(filepath.Join(scratch, "modcache"))
	if err != nil {
		t.Fatal(err)
	}
	// What was compiled is found again only when it does not depend on the place of the module cache.
	return append(env, "GOFLAGS=-modcacherw -trimpath -buildvcs=false", "CGO_ENABLED=0")
}

func goCommand(t *testing.T, dir string, env []string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir, cmd.Env = dir, env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go %s in %s: %v\n%s", strings.Join(args, " "), dir, err, out)
	}
}

// The zip of a module is what go.sum holds the hash of: the files of the tree that
// git knows or would add, and nothing of the modules inside.
func TestModuleFiles(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.work":           "go 1.26.0\nuse ./a\nreplace assay.rs/a v0.7.0 => ./a\n",
		".gitignore":        "*.out\n",
		"a/go.mod":          "module assay.rs/a\n",
		"a/a.go":            "package a\n\nimport _ \"assay.rs/a/b/sub\"\n",
		"a/cpu.out":         "a trace of a build",
		"a/new_test.go":     "package a\n",
		"a/testdata/go.mod": "module example.com/x\n",
		"a/b/go.mod":        "module assay.rs/a/b\n",
		"a/b/sub/sub.go":    "package sub\n",
	} {
		write(t, filepath.Join(root, name), text)
	}
	if out, err := exec.CommandContext(t.Context(), "git", "init", "-q", root).CombinedOutput(); err != nil {
		t.Fatalf("git init: %v\n%s", err, out)
	}
	w, err := workspace.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range w.Modules {
		got = append(got, m.Path+": "+strings.Join(m.Files, " "))
	}
	want := []string{
		"assay.rs/a/b: go.mod sub/sub.go",
		"assay.rs/a: a.go go.mod new_test.go testdata/go.mod",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("modules =\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if w.Next != "v0.7.0" {
		t.Errorf("Next = %s, want v0.7.0", w.Next)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
