// Package workspace reads the tree of modules that go.work joins, and serves it
// as a module proxy, so that a module can be tidied, built and installed as a
// third party would do it, before anything is published.
//
//   - [Open] finds the modules and sorts them: what is needed comes first.
//   - [Module] is one of them: its path, its folder, the files that belong to it.
//   - [Proxy] is a folder in the layout of the module proxy protocol
//     (https://go.dev/ref/mod#goproxy-protocol).
package workspace

import (
	"bytes"
	"cmp"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
)

// Prefix is the first element of the path of each module of the workspace.
const Prefix = "assay.rs"

// Workspace is the tree of modules.
type Workspace struct {
	Root    string    // absolute folder of go.work
	Modules []*Module // a module comes after those that it needs
	Next    string    // the version at which siblings require each other
}

// Module is one folder that has a go.mod.
type Module struct {
	Path  string   // such as assay.rs/core
	Dir   string   // relative to the root, with slashes
	Files []string // relative to Dir, with slashes, sorted: what git has or would add
	Needs []string // paths of the modules of this workspace that its Go files import
}

// Open reads the workspace around dir. Files that git ignores are no part of it:
// a build leaves no trace in the hash of a module.
func Open(dir string) (*Workspace, error) {
	root, err := findRoot(dir)
	if err != nil {
		return nil, err
	}
	files, err := listFiles(root)
	if err != nil {
		return nil, err
	}
	w := &Workspace{Root: root}
	if w.Next, err = nextVersion(root); err != nil {
		return nil, err
	}
	for _, f := range files {
		if path.Base(f) != "go.mod" || slices.Contains(strings.Split(f, "/"), "testdata") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(f)))
		if err != nil {
			return nil, err
		}
		w.Modules = append(w.Modules, &Module{Path: modfile.ModulePath(data), Dir: path.Dir(f)})
	}
	for _, f := range files {
		if m := w.owner(f); m != nil {
			m.Files = append(m.Files, strings.TrimPrefix(f, m.Dir+"/"))
		}
	}
	for _, m := range w.Modules {
		if m.Needs, err = w.needs(m); err != nil {
			return nil, err
		}
	}
	w.Modules, err = sortByNeed(w.Modules)
	return w, err
}

// Abs is the absolute name of a file of m.
func (w *Workspace) Abs(m *Module, name string) string {
	return filepath.Join(w.Root, filepath.FromSlash(m.Dir), filepath.FromSlash(name))
}

// Module is the one of the given path, or nil.
func (w *Workspace) Module(modulePath string) *Module {
	for _, m := range w.Modules {
		if m.Path == modulePath {
			return m
		}
	}
	return nil
}

// owner is the module in whose folder the file lies; nested modules win.
func (w *Workspace) owner(file string) *Module {
	var best *Module
	for _, m := range w.Modules {
		if strings.HasPrefix(file, m.Dir+"/") && (best == nil || len(m.Dir) > len(best.Dir)) {
			best = m
		}
	}
	return best
}

// Provider is the path of the module of this workspace that has the package, or "".
func (w *Workspace) Provider(pkg string) string {
	best := ""
	for _, m := range w.Modules {
		if (pkg == m.Path || strings.HasPrefix(pkg, m.Path+"/")) && len(m.Path) > len(best) {
			best = m.Path
		}
	}
	return best
}

// needs reads the imports. They say more than the requirements of go.mod, which
// may be missing before the first tidy and stale before the next.
func (w *Workspace) needs(m *Module) ([]string, error) {
	var out []string
	for _, f := range m.Files {
		if !isPackageFile(f) {
			continue
		}
		// What is above a mistake counts; whoever compiles the file tells of the mistake.
		src, _ := parser.ParseFile(token.NewFileSet(), w.Abs(m, f), nil, parser.ImportsOnly)
		if src == nil {
			return nil, fmt.Errorf("read imports of %s: %s cannot be read", m.Path, f)
		}
		for _, spec := range src.Imports {
			pkg, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return nil, fmt.Errorf("read imports of %s: %w", m.Path, err)
			}
			if p := w.Provider(pkg); p != "" && p != m.Path && !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	slices.Sort(out)
	return out, nil
}

// isPackageFile says whether the go command would look at the file at all.
func isPackageFile(name string) bool {
	if !strings.HasSuffix(name, ".go") {
		return false
	}
	for elem := range strings.SplitSeq(name, "/") {
		if elem == "testdata" || strings.HasPrefix(elem, "_") || strings.HasPrefix(elem, ".") {
			return false
		}
	}
	return true
}

func sortByNeed(modules []*Module) ([]*Module, error) {
	slices.SortFunc(modules, func(a, b *Module) int { return cmp.Compare(a.Path, b.Path) })
	var sorted []*Module
	done := map[string]bool{}
	ready := func(m *Module) bool {
		return !done[m.Path] && !slices.ContainsFunc(m.Needs, func(p string) bool { return !done[p] })
	}
	for len(sorted) < len(modules) {
		i := slices.IndexFunc(modules, ready)
		if i < 0 {
			return nil, fmt.Errorf("modules need each other in a circle: %s", strings.Join(undone(modules, done), "; "))
		}
		done[modules[i].Path] = true
		sorted = append(sorted, modules[i])
	}
	return sorted, nil
}

func undone(modules []*Module, done map[string]bool) []string {
	var out []string
	for _, m := range modules {
		if !done[m.Path] {
			out = append(out, m.Path+" needs "+strings.Join(m.Needs, ", "))
		}
	}
	return out
}

const firstVersion = "v0.1.0"

// nextVersion is the one that the replaces of go.work name.
func nextVersion(root string) (string, error) {
	name := filepath.Join(root, "go.work")
	data, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	work, err := modfile.ParseWork(name, data, nil)
	if err != nil {
		return "", err
	}
	for _, r := range work.Replace {
		if r.Old.Version != "" {
			return r.Old.Version, nil
		}
	}
	return firstVersion, nil
}

func findRoot(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.work")); err == nil {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("no go.work in %s or above it", dir)
		}
	}
}

// listFiles names what the next commit of the whole tree would hold.
func listFiles(root string) ([]string, error) {
	var stderr bytes.Buffer
	cmd := exec.Command("git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list files of %s: %w: %s", root, err, bytes.TrimSpace(stderr.Bytes()))
	}
	var files []string
	for f := range strings.SplitSeq(string(out), "\x00") {
		// git still lists a file that was deleted and not yet committed.
		if info, err := os.Lstat(filepath.Join(root, filepath.FromSlash(f))); f != "" && err == nil && info.Mode().IsRegular() {
			files = append(files, f)
		}
	}
	slices.Sort(files)
	return files, nil
}
