package core

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Root opens the files that the policy lets a script touch.
type Root struct {
	policy *Policy
	used   func(Use)
}

// Root is how a body reaches files.
func (c Call) Root() Root { return Root{&c.t.vm.rt.policy, c.t.vm.host.Used} }

// Open opens a file to read. A path outside the permitted folders, also by a symbolic link, is an error.
func (r Root) Open(path string) (*os.File, error) { return r.OpenFile(path, os.O_RDONLY, 0) }

// OpenFile opens a file as [os.OpenFile] does. To open it for anything but reading needs the permission
// to change files; a path outside the permitted folders, also by a symbolic link, is an error.
func (r Root) OpenFile(path string, flag int, perm os.FileMode) (*os.File, error) {
	all, roots, option := r.policy.Files, r.policy.Roots, "--allow-read"
	changes := flag&(os.O_WRONLY|os.O_RDWR|os.O_APPEND|os.O_CREATE|os.O_TRUNC) != 0
	if changes {
		all, roots, option = r.policy.Changes, r.policy.ChangeRoots, "--allow-write"
	}
	if r.used != nil {
		r.used(Use{Kind: UseFile, Name: path, Write: changes})
	}
	if all {
		return os.OpenFile(path, flag, perm)
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	// The longest folder first: a link out of it may lead into a wider one only by its own name.
	for _, folder := range slices.SortedFunc(slices.Values(roots), func(a, b string) int { return len(b) - len(a) }) {
		relative, err := filepath.Rel(folder, absolute)
		if err != nil || !filepath.IsLocal(relative) {
			continue
		}
		return openIn(folder, relative, flag, perm)
	}
	refused := fmt.Errorf("open %s: not permitted here: denied by the policy", path)
	if len(roots) == 0 {
		return nil, ErrDenied.With(refused, "permit it with "+option+" "+filepath.Dir(path))
	}
	return nil, ErrDenied.With(refused, "files can be opened below: "+strings.Join(roots, ", "))
}

func openIn(folder, relative string, flag int, perm os.FileMode) (*os.File, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.OpenFile(relative, flag, perm)
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

// Folder opens a folder to read what is in it, and nothing else: neither .. nor a symbolic link leads out
// of it. It must lie within the permitted folders.
func (r Root) Folder(path string) (*os.Root, error) {
	if !r.policy.Files {
		f, err := r.Open(path) // asks the policy
		if err != nil {
			return nil, err
		}
		if err := f.Close(); err != nil {
			return nil, err
		}
	} else if r.used != nil {
		r.used(Use{Kind: UseFile, Name: path})
	}
	return os.OpenRoot(path)
}
