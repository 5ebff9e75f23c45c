package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"assay.rs/test/internal/workspace"
	"golang.org/x/mod/modfile"
)

const workHeader = `// Written by task tidy.
//
// The replaces are for a fresh clone: the go command would else ask a proxy for the
// go.mod of the required version of a sibling, and nobody has published that yet.
`

// work writes go.work: every module, and a replace for each that another one needs.
func (t *tidier) work() error {
	name := filepath.Join(t.workspace.Root, "go.work")
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	old, err := modfile.ParseWork(name, data, nil)
	if err != nil {
		return err
	}
	if len(old.Godebug) > 0 || old.Toolchain != nil {
		return fmt.Errorf("%s: toolchain and godebug lines would be lost", name)
	}
	return t.write(name, t.renderWork("."))
}

// renderWork makes a go.work for a folder from which root leads to the workspace.
func (t *tidier) renderWork(root string) []byte {
	modules := slices.SortedFunc(slices.Values(t.workspace.Modules), func(a, b *workspace.Module) int {
		return cmp.Compare(a.Dir, b.Dir)
	})
	var out strings.Builder
	fmt.Fprintf(&out, "%s\ngo %s\n\nuse (\n", workHeader, t.goVersion)
	for _, m := range modules {
		fmt.Fprintf(&out, "\t%s/%s\n", root, m.Dir)
	}
	out.WriteString(")\n\nreplace (\n")
	for _, m := range modules {
		if t.isNeeded(m) {
			fmt.Fprintf(&out, "\t%s %s => %s/%s\n", m.Path, t.proxy.Version, root, m.Dir)
		}
	}
	out.WriteString(")\n")
	return []byte(out.String())
}

func (t *tidier) isNeeded(m *workspace.Module) bool {
	return slices.ContainsFunc(t.workspace.Modules, func(o *workspace.Module) bool {
		return slices.Contains(o.Needs, m.Path)
	})
}

// workSum writes go.work.sum: the hashes that building and testing in the
// workspace needs beyond those in the go.sum files. It starts from nothing, so that
// what is there depends on the tree alone and not on the commands run before.
func (t *tidier) workSum() error {
	dir := filepath.Join(t.scratch, "work")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	work := filepath.Join(dir, "go.work")
	if err := os.WriteFile(work, t.renderWork(t.workspace.Root), 0o600); err != nil {
		return err
	}
	env, err := t.proxy.Env(filepath.Join(t.scratch, "modcache"))
	if err != nil {
		return err
	}
	args := []string{"list", "-e", "-deps", "-test"}
	for _, m := range t.workspace.Modules {
		args = append(args, t.workspace.Abs(m, "...")) // each package below
	}
	if err := goCommand(t.workspace.Root, append(env, "GOWORK="+work), args...); err != nil {
		return err
	}
	sum, err := os.ReadFile(filepath.Join(dir, "go.work.sum"))
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	return t.write(filepath.Join(t.workspace.Root, "go.work.sum"), sum)
}
