package fs

import (
	"errors"
	iofs "io/fs"
	"syscall"

	"assay.rs/core"
)

// The codes of errors.
var (
	errNotFound   = core.NewCode("fs.not_found", "There is no such file or folder.")
	errExists     = core.NewCode("fs.exists", "The file or folder exists already, or the folder is not empty.")
	errPermission = core.NewCode("fs.permission", "The system does not let this user do that.")
	errKind       = core.NewCode("fs.kind", "A folder was given where a file is needed, or the other way round.")
	errFull       = core.NewCode("fs.full", "The disk is full, or the quota is used up. A file that was to be replaced is as it was.")
	errPattern    = core.NewCode("fs.pattern", "The pattern is malformed.")
)

// codes are those of all that touches files.
func codes(more ...*core.Code) []*core.Code {
	return append([]*core.Code{errNotFound, errExists, errPermission, errKind, errFull, core.ErrDenied}, more...)
}

// coded is an error of the system with its code.
func coded(err error) error {
	var known *core.Error
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.Is(err, syscall.EISDIR) || errors.Is(err, syscall.ENOTDIR):
		return errKind.With(err, "")
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		return errFull.With(err, "")
	case errors.Is(err, iofs.ErrNotExist):
		return errNotFound.With(err, "")
	case errors.Is(err, iofs.ErrExist):
		return errExists.With(err, "")
	case errors.Is(err, iofs.ErrPermission):
		return errPermission.With(err, "")
	}
	return err
}
