// Package licenses finds the licences of the modules that a binary is linked from.
package licenses

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// Module is a module with its licence.
type Module struct {
	Path, Version string
	ID            string // SPDX expression, such as MIT or "Apache-2.0 AND MIT"
	Texts         []Text
}

// Text is a file of the module that says under which terms it may be used.
type Text struct{ Name, Body string }

// Finder knows where the modules of the workspace are.
type Finder struct{ folders map[string]string }

// NewFinder asks the go command, which downloads nothing: what is linked is there.
func NewFinder(ctx context.Context, root string) (*Finder, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{with .Replace}}{{.Path}}@{{.Version}}{{else}}{{.Path}}@{{.Version}}{{end}} {{.Dir}}", "all")
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list -m all: %w\n%s", err, stderr.Bytes())
	}
	f := &Finder{folders: map[string]string{}}
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		if name, dir, ok := strings.Cut(lines.Text(), " "); ok && dir != "" {
			f.folders[name] = dir
		}
	}
	return f, lines.Err()
}

// Linked are the modules of others that the build is linked from, in order, and Go's own library.
func (f *Finder) Linked(info *debug.BuildInfo) ([]Module, error) {
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w", err)
	}
	std, err := read("stdlib", strings.TrimPrefix(info.GoVersion, "go"), strings.TrimSpace(string(goroot)))
	if err != nil {
		return nil, err
	}
	found := []Module{std}
	for _, dep := range info.Deps {
		if dep.Replace != nil {
			dep = dep.Replace
		}
		if strings.HasPrefix(dep.Path, "assay.rs/") {
			continue
		}
		dir, ok := f.folders[dep.Path+"@"+dep.Version]
		if !ok {
			return nil, fmt.Errorf("%s@%s is not among the modules of the workspace: was the binary built from another commit?", dep.Path, dep.Version)
		}
		m, err := read(dep.Path, dep.Version, dir)
		if err != nil {
			return nil, err
		}
		found = append(found, m)
	}
	return found, nil
}

// isTerms reports whether files of that name hold terms of use.
func isTerms(name string) bool {
	name, _, _ = strings.Cut(strings.ToUpper(name), ".")
	name, _, _ = strings.Cut(name, "-")
	return slices.Contains([]string{"LICENSE", "LICENCE", "COPYING", "NOTICE", "PATENTS"}, name)
}

// read reads the licence of the module in the folder. One that cannot be told is an error: somebody has to look.
func read(path, version, dir string) (Module, error) {
	m := Module{Path: path, Version: version}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return m, err
	}
	var ids []string
	for _, e := range entries {
		if e.IsDir() || !isTerms(e.Name()) {
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return m, err
		}
		m.Texts = append(m.Texts, Text{e.Name(), string(body)})
		for _, match := range licensecheck.Scan(body).Match {
			if !match.IsURL && match.ID != "GooglePatentsFile" && !slices.Contains(ids, match.ID) {
				ids = append(ids, match.ID)
			}
		}
	}
	if len(ids) == 0 {
		return m, errors.New(path + "@" + version + ": no licence is recognized")
	}
	for _, id := range ids {
		if !slices.Contains(allowed(), id) {
			return m, fmt.Errorf("%s@%s: %s is none of the licences that assay may be linked under (%s)", path, version, id, strings.Join(allowed(), ", "))
		}
	}
	slices.Sort(ids)
	m.ID = strings.Join(ids, " AND ")
	return m, nil
}

// allowed are the licences that ask of a program under the Apache License no more than to name them.
func allowed() []string {
	return []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0"}
}
