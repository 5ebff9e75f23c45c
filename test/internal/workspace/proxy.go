package workspace

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// Proxy is a folder that the go command reads as a module proxy.
type Proxy struct {
	Dir     string
	Version string // the version under which each module is served
}

// Replaced holds file contents that stand in for those on disk; the key is a name
// as in Module.Files.
type Replaced map[string][]byte

// Add serves a module of w. The same files give the same bytes.
func (p Proxy) Add(w *Workspace, m *Module, with Replaced) error {
	escaped, err := module.EscapePath(m.Path)
	if err != nil {
		return err
	}
	files, mod, err := zipFiles(w, m, with)
	if err != nil {
		return fmt.Errorf("serve %s: %w", m.Path, err)
	}
	var archive bytes.Buffer
	if err := zip.Create(&archive, module.Version{Path: m.Path, Version: p.Version}, files); err != nil {
		return fmt.Errorf("serve %s: %w", m.Path, err)
	}
	at := filepath.Join(p.Dir, filepath.FromSlash(escaped), "@v")
	if err := os.MkdirAll(at, 0o700); err != nil {
		return err
	}
	for name, data := range map[string][]byte{
		"list":              []byte(p.Version + "\n"),
		p.Version + ".info": fmt.Appendf(nil, "{%q:%q}", "Version", p.Version),
		p.Version + ".mod":  mod,
		p.Version + ".zip":  archive.Bytes(),
	} {
		if err := os.WriteFile(filepath.Join(at, name), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func zipFiles(w *Workspace, m *Module, with Replaced) (files []zip.File, mod []byte, err error) {
	seen := map[string]bool{}
	add := func(name string) error {
		data, ok := with[name]
		if !ok {
			if data, err = os.ReadFile(w.Abs(m, name)); err != nil {
				return err
			}
		}
		if name == "go.mod" {
			mod = data
		}
		seen[name] = true
		files = append(files, zipFile{name, data})
		return nil
	}
	for _, name := range m.Files {
		if err := add(name); err != nil {
			return nil, nil, err
		}
	}
	for name := range with {
		if !seen[name] { // a go.sum that the tree does not have yet
			if err := add(name); err != nil {
				return nil, nil, err
			}
		}
	}
	slices.SortFunc(files, func(a, b zip.File) int { return cmp.Compare(a.Path(), b.Path()) })
	return files, mod, nil
}

// zipFile is a file in memory; it makes a [zip.File].
type zipFile struct {
	name string
	data []byte
}

func (f zipFile) Path() string                 { return f.name }
func (f zipFile) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f.data)), nil }
func (f zipFile) Lstat() (fs.FileInfo, error)  { return zipInfo{f}, nil }

type zipInfo struct{ zipFile }

func (i zipInfo) Name() string     { return filepath.Base(i.name) }
func (i zipInfo) Size() int64      { return int64(len(i.data)) }
func (zipInfo) Mode() fs.FileMode  { return 0o600 }
func (zipInfo) ModTime() time.Time { return time.Time{} }
func (zipInfo) IsDir() bool        { return false }
func (zipInfo) Sys() any           { return nil }

// Env is the environment of a go command that takes the modules of the workspace
// from p and all others from the module cache in use before it asks the network.
// It writes to modcache, since the go command never reads a version of a module
// twice: a cache that outlives the tree would hold stale ones.
func (p Proxy) Env(modcache string) ([]string, error) {
	out, err := exec.Command("go", "env", "GOMODCACHE", "GOPROXY", "GOFLAGS").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	vars := strings.Split(string(out), "\n")
	cache, proxy, flags := vars[0], vars[1], vars[2]
	return append(os.Environ(),
		"GOWORK=off",
		"GOPROXY=file://"+p.Dir+",file://"+filepath.ToSlash(cache)+"/cache/download,"+proxy,
		"GOMODCACHE="+modcache,
		"GOFLAGS="+strings.TrimSpace(flags+" -modcacherw"), // so that it can be removed
		// No checksum database knows unpublished versions. Not GOPRIVATE: that would bypass the proxy.
		"GONOSUMDB="+Prefix, "GOPRIVATE=", "GONOPROXY=",
	), nil
}
