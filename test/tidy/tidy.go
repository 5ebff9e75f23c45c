package main

import (
	"bytes"
	"fmt"
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"assay.rs/test/internal/workspace"
	"golang.org/x/mod/modfile"
)

type tidier struct {
	workspace *workspace.Workspace
	proxy     workspace.Proxy
	scratch   string
	check     bool
	goVersion string // the newest that a module asks for
	stale     int    // files that were out of date
}

// module tidies m on a copy of its go.mod and go.sum, takes the result over, and
// serves m for those that need it. When the go command refuses, m is served as it
// is: the others may be fine.
func (t *tidier) module(m *workspace.Module) error {
	mod, sum, err := t.tidied(m)
	if err != nil {
		if err := t.proxy.Add(t.workspace, m, nil); err != nil {
			return err
		}
		return fmt.Errorf("%s: %w", m.Path, err)
	}
	f, err := modfile.ParseLax(m.Path, mod, nil)
	if err != nil {
		return err
	}
	if f.Go != nil && version.Compare("go"+f.Go.Version, "go"+t.goVersion) > 0 {
		t.goVersion = f.Go.Version
	}
	if err := t.write(t.workspace.Abs(m, "go.mod"), mod); err != nil {
		return err
	}
	with := workspace.Replaced{"go.mod": mod}
	if len(sum) > 0 {
		with["go.sum"] = sum
		if err := t.write(t.workspace.Abs(m, "go.sum"), sum); err != nil {
			return err
		}
	}
	return t.proxy.Add(t.workspace, m, with)
}

func (t *tidier) tidied(m *workspace.Module) (mod, sum []byte, err error) {
	dir := filepath.Join(t.scratch, "modules", filepath.FromSlash(m.Dir))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, err
	}
	modFile, sumFile := filepath.Join(dir, "go.mod"), filepath.Join(dir, "go.sum")
	if mod, err = t.requireNext(m); err != nil {
		return nil, nil, err
	}
	if err := os.WriteFile(modFile, mod, 0o600); err != nil {
		return nil, nil, err
	}
	if sum, err = os.ReadFile(t.workspace.Abs(m, "go.sum")); err != nil && !os.IsNotExist(err) {
		return nil, nil, err
	}
	if err := os.WriteFile(sumFile, withoutSiblings(sum), 0o600); err != nil {
		return nil, nil, err
	}
	env, err := t.proxy.Env(filepath.Join(t.scratch, "modcache"))
	if err != nil {
		return nil, nil, err
	}
	if err := goCommand(t.workspace.Abs(m, "."), env, "mod", "tidy", "-modfile="+modFile); err != nil {
		return nil, nil, err
	}
	if mod, err = os.ReadFile(modFile); err != nil {
		return nil, nil, err
	}
	sum, err = os.ReadFile(sumFile)
	if os.IsNotExist(err) {
		err = nil // nothing but the standard library is needed
	}
	return mod, sum, err
}

// requireNext is go.mod of m with each sibling required at the next version.
func (t *tidier) requireNext(m *workspace.Module) ([]byte, error) {
	name := t.workspace.Abs(m, "go.mod")
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	f, err := modfile.Parse(name, data, nil)
	if err != nil {
		return nil, err
	}
	for _, r := range f.Require {
		if t.workspace.Module(r.Mod.Path) == nil {
			continue
		}
		if err := f.AddRequire(r.Mod.Path, t.proxy.Version); err != nil {
			return nil, err
		}
	}
	return f.Format()
}

// withoutSiblings drops the hashes of unpublished modules: they change with each edit.
func withoutSiblings(sum []byte) []byte {
	var out bytes.Buffer
	for line := range bytes.Lines(sum) {
		if !bytes.HasPrefix(line, []byte(workspace.Prefix+"/")) {
			out.Write(line)
		}
	}
	return out.Bytes()
}

// write replaces the file if that changes it, and says so.
func (t *tidier) write(name string, data []byte) error {
	old, err := os.ReadFile(name)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	if err == nil && bytes.Equal(old, data) {
		return nil
	}
	t.stale++
	shown, err := filepath.Rel(t.workspace.Root, name)
	if err != nil {
		return err
	}
	if t.check {
		fmt.Printf("out of date: %s\n%s", shown, changes(old, data))
		return nil
	}
	fmt.Printf("updated: %s\n", shown)
	return os.WriteFile(name, data, 0o644)
}

// changes lists the lines that only one of the two texts has.
func changes(old, now []byte) string {
	var out strings.Builder
	diff := func(sign string, from, other []byte) {
		known := map[string]bool{}
		for line := range bytes.Lines(other) {
			known[string(bytes.TrimSpace(line))] = true
		}
		for line := range bytes.Lines(from) {
			if s := string(bytes.TrimSpace(line)); !known[s] {
				fmt.Fprintf(&out, "  %s %s\n", sign, s)
			}
		}
	}
	diff("-", old, now)
	diff("+", now, old)
	return out.String()
}

func goCommand(dir string, env []string, args ...string) error {
	var out bytes.Buffer
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, env, &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, bytes.TrimSpace(out.Bytes()))
	}
	return nil
}
