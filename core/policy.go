package core

import (
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Policy says what a script may touch. It does not change once a Runtime has it. The zero value
// permits nothing; start from [FullPolicy] or [CheckPolicy].
type Policy struct {
	Level       Level    // builtins of a higher level do not exist
	Needs       Needs    // builtins that need more do not exist
	Permissions []string // tables ("crypto") and functions ("fs.read") that exist all the same

	// Address refuses, with an error, an address that a connection would really be made to. It is asked
	// after name resolution, for every hop. nil permits all.
	Address func(addr netip.AddrPort) error

	// Files permits Call.Root to reach the whole file system, Roots only what is in these folders.
	Files bool
	Roots []string
}

// FullPolicy is for scripts that somebody runs: everything exists.
func FullPolicy() Policy { return Policy{Level: Script, Needs: AllNeeds, Files: true} }

// CheckPolicy is for YAML script checks; files are read from the given folders alone.
func CheckPolicy(roots ...string) Policy {
	return Policy{Level: Check, Needs: Pure | Net | Env | Clock | Log | Wait, Roots: roots}
}

// permits tells whether the builtin table.name exists.
func (p Policy) permits(table string, d Doc) bool {
	if d.Level <= p.Level && d.Needs&^p.Needs == 0 {
		return true
	}
	return slices.Contains(p.Permissions, table) || slices.Contains(p.Permissions, table+"."+d.Name)
}

// permitsMethod tells whether the method of a class such as "fs.File" exists: where the class's table, or
// any function of it, is permitted by name, its objects work whole.
func (p Policy) permitsMethod(class string, d Doc) bool {
	table, _, _ := strings.Cut(class, ".")
	return p.permits(table, d) || slices.ContainsFunc(p.Permissions, func(name string) bool {
		return strings.HasPrefix(name, table+".")
	})
}

// Root reads the files that the policy lets a script read.
type Root struct {
	files bool
	roots []string
}

// Root is how a body reaches files.
func (c Call) Root() Root { return Root{c.t.vm.rt.policy.Files, c.t.vm.rt.policy.Roots} }

// Open opens a file to read. A path outside the permitted folders, also by a symbolic link, is an error.
func (r Root) Open(path string) (*os.File, error) {
	if r.files {
		return os.Open(path)
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	for _, folder := range r.roots {
		relative, err := filepath.Rel(folder, absolute)
		if err != nil || relative == ".." || strings.HasPrefix(relative, ".."+string(filepath.Separator)) {
			continue
		}
		root, err := os.OpenRoot(folder)
		if err != nil {
			return nil, err
		}
		defer root.Close()
		return root.Open(relative)
	}
	return nil, WithHint(fmt.Errorf("open %s: not permitted here", path), "files can be read below: "+strings.Join(r.roots, ", "))
}

// ReadFile reads a whole file of at most limit bytes.
func (r Root) ReadFile(path string, limit int64) ([]byte, error) {
	f, err := r.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("read %s: larger than %d bytes", path, limit)
	}
	return data, err
}
