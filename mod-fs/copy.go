package fs

import (
	"context"
	"errors"
	"io"
	iofs "io/fs"
	"os"
	"path/filepath"
	"syscall"

	"assay.rs/core"
)

// errSelf is a copy that would never end, or leave nothing.
var errSelf = errors.New("is a part of what is copied")

// errSpecial is a device, a socket or a pipe, which has no content to copy, or no end of it.
var errSpecial = errors.New("is neither a file, a folder nor a link")

func copyTree(c core.Call, from, to string) (core.None, error) {
	root := c.Root()
	info, err := root.Stat(from)
	if err != nil {
		return core.None{}, coded(err)
	}
	if !info.IsDir() {
		if !info.Mode().IsRegular() {
			return core.None{}, &iofs.PathError{Op: "copy", Path: from, Err: errSpecial}
		}
		return core.None{}, inFolder(root, to, func() error { return copyFile(c, from, to, info) })
	}
	inside, err := within(root, info, to)
	switch {
	case err != nil:
	case inside:
		err = &iofs.PathError{Op: "copy", Path: to, Err: errSelf}
	default:
		err = copyFolder(c, from, to)
	}
	return core.None{}, coded(err)
}

// within tells whether path is the folder or would lie in it.
func within(root core.Root, folder iofs.FileInfo, path string) (bool, error) {
	at, err := filepath.Abs(path)
	for ; err == nil; at = filepath.Dir(at) {
		if info, err := root.Stat(at); err == nil && os.SameFile(info, folder) {
			return true, nil
		}
		if at == filepath.Dir(at) {
			break
		}
	}
	return false, err
}

func copyFolder(c core.Call, from, to string) error {
	root := c.Root()
	if err := root.MkdirAll(to); err != nil {
		return err
	}
	entries, err := root.ReadDir(from)
	if err != nil {
		return err
	}
	for _, d := range entries {
		if ctx := c.Context(); ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := copyEntry(c, d, join(from, d.Name()), join(to, d.Name())); err != nil {
			return err
		}
	}
	info, err := root.Stat(from)
	if err != nil {
		return err
	}
	return root.Chmod(to, info.Mode().Perm())
}

func copyEntry(c core.Call, d iofs.DirEntry, from, to string) error {
	switch {
	case d.IsDir():
		return copyFolder(c, from, to)
	case d.Type()&iofs.ModeSymlink != 0:
		target, err := c.Root().Readlink(from)
		if err != nil {
			return err
		}
		if err := c.Root().Remove(to); err != nil && !errors.Is(err, iofs.ErrNotExist) {
			return err
		}
		return c.Root().Symlink(target, to)
	case !d.Type().IsRegular():
		return &iofs.PathError{Op: "copy", Path: from, Err: errSpecial}
	}
	info, err := d.Info()
	if err != nil {
		return err
	}
	return copyFile(c, from, to, info)
}

func copyFile(c core.Call, from, to string, info iofs.FileInfo) error {
	root := c.Root()
	if there, err := root.Stat(to); err == nil {
		if os.SameFile(info, there) {
			return &iofs.PathError{Op: "copy", Path: to, Err: errSelf}
		}
		if there.IsDir() {
			return &iofs.PathError{Op: "copy", Path: to, Err: syscall.EISDIR}
		}
		if there.Mode()&(iofs.ModeNamedPipe|iofs.ModeSocket) != 0 {
			return &iofs.PathError{Op: "copy", Path: to, Err: errSpecial}
		}
	}
	f, err := root.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	err = root.WriteFile(to, func(w io.Writer) error {
		_, err := io.Copy(w, f)
		return err
	})
	if err != nil {
		return err
	}
	return root.Chmod(to, info.Mode().Perm())
}
