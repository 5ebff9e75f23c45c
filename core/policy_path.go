package core

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Path is the path of a file for a library that opens files by itself, such as a database engine. Symbolic
// links are resolved, and the policy is asked about what they lead to; the file itself need not exist.
func (r Root) Path(path string, changes bool) (string, error) {
	absolute, err := physical(path)
	if err != nil {
		return "", err
	}
	if r.used != nil {
		r.used(Use{Kind: UseFile, Name: path, Write: changes})
	}
	all, roots := r.policy.files(changes)
	if all {
		return absolute, nil
	}
	resolved, err := resolve(absolute)
	if err != nil {
		return "", err
	}
	for _, folder := range roots {
		real, err := filepath.EvalSymlinks(folder)
		if err != nil {
			continue // a folder that is not there permits nothing
		}
		relative, err := filepath.Rel(real, resolved)
		if err == nil && filepath.IsLocal(relative) && r.policy.isFolder(folder) {
			return resolved, nil
		}
	}
	return "", r.policy.refuse("open", path, changes)
}

// resolve follows the symbolic links in a path whose last element may be missing.
func resolve(path string) (string, error) {
	resolved, err := filepath.EvalSymlinks(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return resolved, err
	}
	if _, err := os.Lstat(path); err == nil {
		return "", fmt.Errorf("open %s: a symbolic link that leads nowhere", path)
	}
	folder, err := filepath.EvalSymlinks(filepath.Dir(path))
	return filepath.Join(folder, filepath.Base(path)), err
}
