package core

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
)

// Root reaches the files that the policy lets a script touch. A path outside the permitted folders, also
// by a symbolic link, is an error in all its methods; errors name the operation and the path as it was
// given, and are [fs.ErrNotExist] and the like where the system says so.
type Root struct {
	policy *Policy
	used   func(Use)
	ctx    context.Context //nolint:containedctx // of the task that the Root was made for: its pipes end with it
}

// Root is how a body reaches files.
func (c Call) Root() Root { return Root{&c.t.vm.rt.policy, c.t.vm.host.Used, c.Context()} }

// changing are the flags that open a file for more than reading.
const changing = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREATE | os.O_TRUNC

// Open opens a file to read.
func (r Root) Open(path string) (*os.File, error) { return r.OpenFile(path, os.O_RDONLY, 0) }

// OpenFile opens a file as [os.OpenFile] does. To open it for anything but reading needs the permission
// to change files. A named pipe is opened when somebody opens its other end; a task that is stopped waits
// neither for that nor for what goes through the pipe.
func (r Root) OpenFile(path string, flag int, perm os.FileMode) (*os.File, error) {
	if flag&os.O_EXCL == 0 && r.isPipe(path) {
		return r.openPipe(path, flag)
	}
	return r.openFile(path, flag, perm)
}

func (r Root) openFile(path string, flag int, perm os.FileMode) (*os.File, error) {
	return in(r, "open", path, flag&changing != 0,
		func(name string) (*os.File, error) { return os.OpenFile(name, flag, perm) },
		func(dir *os.Root, name string) (*os.File, error) { return dir.OpenFile(name, flag, perm) })
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

// Stat describes the file that path leads to.
func (r Root) Stat(path string) (fs.FileInfo, error) {
	return in(r, "stat", path, false, os.Stat, (*os.Root).Stat)
}

// Lstat describes what is at path itself, be it a symbolic link.
func (r Root) Lstat(path string) (fs.FileInfo, error) {
	return in(r, "stat", path, false, os.Lstat, (*os.Root).Lstat)
}

// ReadDir lists a folder, sorted by name.
func (r Root) ReadDir(path string) ([]fs.DirEntry, error) {
	f, err := r.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name() < entries[j].Name() })
	return entries, atPath(err, "list", path)
}

// Readlink is where the symbolic link at path leads.
func (r Root) Readlink(path string) (string, error) {
	return in(r, "read link", path, false, os.Readlink, (*os.Root).Readlink)
}

// MkdirAll makes a folder and those above it. One that exists already is no error.
func (r Root) MkdirAll(path string) error {
	if r.used != nil {
		r.used(Use{Kind: UseFile, Name: r.firstMissing(path), Write: true})
		r.used = nil
	}
	return change(r, "make folder", path,
		func(name string) error { return os.MkdirAll(name, 0o777) }, //nolint:gosec // the process's umask says who may
		func(dir *os.Root, name string) error { return dir.MkdirAll(name, 0o777) })
}

// firstMissing is the topmost of the folders that lead to path which does not exist, or path.
func (r Root) firstMissing(path string) string {
	r.used = nil
	for {
		above := filepath.Dir(path)
		if _, err := r.Stat(above); above == path || !errors.Is(err, fs.ErrNotExist) {
			return path
		}
		path = above
	}
}

// Mkdir makes one folder, which must not exist.
func (r Root) Mkdir(path string, perm os.FileMode) error {
	return change(r, "make folder", path,
		func(name string) error { return os.Mkdir(name, perm) },
		func(dir *os.Root, name string) error { return dir.Mkdir(name, perm) })
}

// Remove removes a file, a symbolic link or an empty folder.
func (r Root) Remove(path string) error {
	return change(r, "remove", path, os.Remove, (*os.Root).Remove)
}

// RemoveAll removes what is at path with all below it; links are not followed. That there is nothing is
// no error.
func (r Root) RemoveAll(path string) error {
	return change(r, "remove", path, os.RemoveAll, (*os.Root).RemoveAll)
}

// Chmod sets the permissions of the file that path leads to.
func (r Root) Chmod(path string, mode os.FileMode) error {
	return change(r, "change mode", path,
		func(name string) error { return os.Chmod(name, mode) },
		func(dir *os.Root, name string) error { return dir.Chmod(name, mode) })
}

// Symlink makes a symbolic link at path that leads to target.
func (r Root) Symlink(target, path string) error {
	return change(r, "make link", path,
		func(name string) error { return os.Symlink(target, name) },
		func(dir *os.Root, name string) error { return dir.Symlink(target, name) })
}

// errFolders is a file that would go from one permitted folder to another.
var errFolders = errors.New("not within one permitted folder")

// Rename gives the file or folder at path a new name, in place of a file that has it. Where the policy
// names folders, both names must be in the same one.
func (r Root) Rename(path, to string) error {
	folder, name, err := r.locate("rename", to, true)
	if err != nil {
		return err
	}
	return change(r, "rename", path,
		func(from string) error { return os.Rename(from, to) },
		func(dir *os.Root, from string) error {
			if dir.Name() != folder {
				return fmt.Errorf("rename %s to %s: %w", path, to, errFolders)
			}
			return dir.Rename(from, name)
		})
}

// TempFolder is where the policy lets a script make temporary files.
func (r Root) TempFolder() string {
	temp := os.TempDir()
	if r.policy.Changes || len(r.policy.ChangeRoots) == 0 || r.folderOf(temp, r.policy.ChangeRoots) != "" {
		return temp
	}
	return r.policy.ChangeRoots[0]
}

// change is [in] for what changes files.
func change(r Root, op, path string, all func(name string) error, inside func(dir *os.Root, name string) error) error {
	_, err := in(r, op, path, true,
		func(name string) (None, error) { return None{}, all(name) },
		func(dir *os.Root, name string) (None, error) { return None{}, inside(dir, name) })
	return err
}

// in does an operation on a path: all where the policy permits the whole file system, else inside in the
// permitted folder.
func in[T any](r Root, op, path string, changes bool, all func(name string) (T, error), inside func(dir *os.Root, name string) (T, error)) (T, error) {
	var none T
	folder, name, err := r.locate(op, path, changes)
	if err != nil {
		return none, err
	}
	if folder == "" {
		v, err := all(name)
		return v, atPath(err, op, path)
	}
	dir, done, err := r.policy.openFolder(folder)
	if err != nil {
		return none, atPath(err, op, path)
	}
	defer done()
	v, err := inside(dir, name)
	return v, atPath(err, op, path)
}

// locate finds the permitted folder that holds a path, and the path in it. No folder stands for the whole
// file system.
func (r Root) locate(op, path string, changes bool) (folder, name string, err error) {
	all, roots := r.policy.files(changes)
	if r.used != nil {
		r.used(Use{Kind: UseFile, Name: path, Write: changes})
	}
	if all {
		return "", path, nil
	}
	absolute, err := physical(path)
	if err != nil {
		return "", "", atPath(err, op, path)
	}
	if folder = r.folderOf(absolute, roots); folder != "" {
		name, err = filepath.Rel(folder, absolute)
		return folder, name, err
	}
	return "", "", r.policy.refuse(op, path, changes)
}

// folderOf is the permitted folder that holds the path, or empty. The longest one counts: a link out of
// it may lead into a wider one only by its own name.
func (r Root) folderOf(absolute string, roots []string) string {
	longest := ""
	for _, folder := range roots {
		relative, err := filepath.Rel(folder, absolute)
		if err == nil && filepath.IsLocal(relative) && len(folder) > len(longest) {
			longest = folder
		}
	}
	return longest
}

// atPath is an error of the system with the operation and the path that the script asked for.
func atPath(err error, op, path string) error {
	var cause error
	if inner, ok := errors.AsType[*fs.PathError](err); ok {
		cause = inner.Err
	} else if inner, ok := errors.AsType[*os.LinkError](err); ok {
		cause = inner.Err
	} else {
		return err
	}
	if call, ok := errors.AsType[*os.SyscallError](cause); ok {
		cause = call.Err
	}
	return &fs.PathError{Op: op, Path: path, Err: cause}
}
