package core

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Folder opens a folder to read what is in it, and nothing else: neither .. nor a symbolic link leads out
// of it. It must lie within the permitted folders.
func (r Root) Folder(path string) (*os.Root, error) {
	return in(r, "open", path, false, os.OpenRoot, (*os.Root).OpenRoot)
}

// Limited tells whether the policy keeps any file from being read or changed.
func (r Root) Limited() bool { return !r.policy.Files || !r.policy.Changes }

// files is what p permits: the whole file system, or what is in the folders.
func (p Policy) files(changes bool) (all bool, roots []string) {
	if changes {
		return p.Changes, p.ChangeRoots
	}
	return p.Files, p.Roots
}

// openFolder is a permitted folder, and what is to be done with it afterwards.
func (p Policy) openFolder(folder string) (dir *os.Root, done func(), err error) {
	if p.opened == nil {
		dir, err := os.OpenRoot(folder)
		if err != nil {
			return nil, nil, err
		}
		return dir, func() { _ = dir.Close() }, nil
	}
	if dir = p.opened[folder]; dir == nil {
		return nil, nil, ErrDenied.With(fmt.Errorf("open %s: the folder was not there when the program started", folder), "")
	}
	return dir, func() {}, nil
}

// isFolder tells whether what has the name of a permitted folder now is that folder still.
func (p Policy) isFolder(folder string) bool {
	if p.opened == nil {
		return true
	}
	dir := p.opened[folder]
	if dir == nil {
		return false
	}
	was, err := dir.Stat(".")
	if err != nil {
		return false
	}
	is, err := os.Stat(folder)
	return err == nil && os.SameFile(was, is)
}

// refuse is the error for a file that is in none of the permitted folders.
func (p Policy) refuse(op, path string, changes bool) error {
	_, roots := p.files(changes)
	refused := fmt.Errorf("%s %s: not permitted here: denied by the policy", op, path)
	option := "--allow-read"
	switch {
	case len(roots) > 0:
		return ErrDenied.With(refused, "files can be opened below: "+strings.Join(slices.Compact(slices.Sorted(slices.Values(roots))), ", "))
	case changes && p.Needs&Write == 0 && p.Level >= Script:
		return ErrDenied.With(refused, "leave out --readonly")
	case changes && p.Level < Script:
		return ErrDenied.With(refused, "only a script that is run by itself changes files: assay script.lua")
	case changes:
		option = "--allow-write"
	}
	return ErrDenied.With(refused, "permit it with "+option+" "+filepath.Dir(path))
}

// physical is the absolute path that the system finds at path, without any "..": those lead out of where a
// symbolic link leads to, not back to where the link is.
func physical(path string) (string, error) {
	if !strings.Contains(path, "..") {
		return filepath.Abs(path)
	}
	if !filepath.IsAbs(path) {
		here, err := os.Getwd()
		if err != nil {
			return "", err
		}
		path = here + string(filepath.Separator) + path
	}
	volume := filepath.VolumeName(path)
	at := volume + string(filepath.Separator)
	for element := range strings.SplitSeq(filepath.ToSlash(path[len(volume):]), "/") {
		if element != ".." {
			at = filepath.Join(at, element)
			continue
		}
		if info, err := os.Lstat(at); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			if at, err = filepath.EvalSymlinks(at); err != nil {
				return "", err
			}
		}
		at = filepath.Dir(at)
	}
	return at, nil
}
