package core

import (
	"cmp"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// WriteFile makes what write writes the content of the file at path, wholly or, after an error or a
// crash, not at all: it is written to a new file beside it, which takes its place once it is on the disk.
// A file that exists keeps its mode and, as far as the system lets us, its owner; a symbolic link is
// followed. The folder must exist.
//
// What cannot be replaced is written in place: devices and pipes, a file that is mounted by itself, and a
// file in a folder that takes no new ones.
func (r Root) WriteFile(path string, write func(w io.Writer) error) error {
	return r.replace(path, write, Root.Rename)
}

// replace is [Root.WriteFile] with the step that puts the new file in place.
func (r Root) replace(path string, write func(w io.Writer) error, rename func(r Root, from, to string) error) error {
	if _, _, err := r.locate("write", path, true); err != nil {
		return err
	}
	r.used = nil // what it takes is not what the script asked for
	old, err := r.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case old.IsDir():
		return &fs.PathError{Op: "write", Path: path, Err: syscall.EISDIR}
	case !old.Mode().IsRegular():
		return r.writeInPlace(path, write)
	}
	target, err := r.followLinks(path)
	if err != nil {
		return err
	}
	if strings.HasPrefix(target, "/proc/") { // such as /dev/stdout, when that is a file
		return r.writeInPlace(path, write)
	}
	beside := folderAbove(target) + ".assay-" + rand.Text()
	f, err := r.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, newMode(old))
	if err != nil {
		if old != nil && isAny(err, syscall.EACCES, syscall.EPERM, syscall.EROFS) {
			return r.writeInPlace(path, write)
		}
		return atPath(err, "write", path)
	}
	err = finish(f, path, old, write)
	if err != nil {
		_ = r.Remove(beside)
		return err
	}
	if err = rename(r, beside, target); err == nil {
		return r.syncFolder(folderAbove(target))
	}
	defer func() { _ = r.Remove(beside) }()
	if old != nil && isAny(err, syscall.EBUSY) {
		// write has given its content away; it is read back from where it is.
		return r.writeInPlace(path, func(w io.Writer) error { return r.copyTo(w, beside) })
	}
	return atPath(err, "write", path)
}

// copyTo writes the content of the file at path to w.
func (r Root) copyTo(w io.Writer, path string) error {
	f, err := r.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}

// folderAbove is what comes before the last element of a path, with the separator. Nothing is cleaned: the
// folder may be a link, and .. leads out of where that leads to.
func folderAbove(path string) string { return path[:strings.LastIndexByte(path, filepath.Separator)+1] }

// newMode is what a new file is made with: who may not read the old one does not read the beginning of
// its successor either.
func newMode(old fs.FileInfo) os.FileMode {
	if old != nil {
		return 0o600
	}
	return 0o666
}

// finish writes what is to be the file at path to the disk, and closes f.
func finish(f *os.File, path string, old fs.FileInfo, write func(w io.Writer) error) error {
	err := write(f)
	if err == nil && old != nil {
		keepOwner(f, old)
		err = f.Chmod(old.Mode().Perm() | old.Mode()&(os.ModeSetuid|os.ModeSetgid|os.ModeSticky))
	}
	if err == nil {
		err = f.Sync()
	}
	return ofFile(f, path, err, f.Close())
}

// ofFile is the first error, as one of the file at path where it is one of f.
func ofFile(f *os.File, path string, errs ...error) error {
	err := cmp.Or(errs...)
	if inner, ok := errors.AsType[*fs.PathError](err); ok && inner.Path == f.Name() {
		return atPath(err, "write", path)
	}
	return err
}

func (r Root) writeInPlace(path string, write func(w io.Writer) error) error {
	f, err := r.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		// Pipes and devices have nothing to sync.
		if sync := f.Sync(); !isAny(sync, syscall.EINVAL, syscall.ENOTSUP, syscall.EROFS) {
			err = sync
		}
	}
	return ofFile(f, path, err, f.Close())
}

// maxLinks is how many links in a row are followed, as Linux does.
const maxLinks = 40

// followLinks is the path of the file that a symbolic link at path leads to, or path when there is none.
func (r Root) followLinks(path string) (string, error) {
	at := path
	for range maxLinks {
		info, err := r.Lstat(at)
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode()&fs.ModeSymlink == 0 {
			return at, nil
		}
		if err != nil {
			return "", err
		}
		to, err := r.Readlink(at)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(to) {
			// Not cleaned: the folder may be a link itself, and .. leads out of where that leads to.
			to = folderAbove(at) + to
		}
		at = to
	}
	return "", &fs.PathError{Op: "write", Path: path, Err: syscall.ELOOP}
}

// syncFolder makes the names in a folder last. A file system that cannot is not an error.
func (r Root) syncFolder(path string) error {
	dir, err := r.Open(cmp.Or(path, "."))
	if err != nil {
		return nil // a folder that may be written to but not read
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil && !isAny(err, syscall.EINVAL, syscall.ENOTSUP, syscall.EPERM, syscall.EBADF) {
		return atPath(err, "write", path)
	}
	return nil
}

// isAny tells whether err is one of these errors of the system.
func isAny(err error, codes ...syscall.Errno) bool {
	for _, code := range codes {
		if errors.Is(err, code) {
			return true
		}
	}
	return false
}
