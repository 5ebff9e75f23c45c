package core

import (
	"errors"
	"io/fs"
	"syscall"
)

// The codes of errors of files, whichever builtin touches them.
var (
	ErrNotFound    = NewCode("fs.not_found", "There is no such file or folder.")
	ErrExists      = NewCode("fs.exists", "The file or folder exists already, or the folder is not empty.")
	ErrPermission  = NewCode("fs.permission", "The system does not let this user do that.")
	ErrFileKind    = NewCode("fs.kind", "A folder was given where a file is needed, or the other way round.")
	ErrFull        = NewCode("fs.full", "The disk is full, or the quota is used up. A file that was to be replaced is as it was.")
	ErrReadOnly    = NewCode("fs.read_only", "The file system is mounted to be read only.")
	ErrDescriptors = NewCode("fs.descriptors", "The process, or the system, has as many files and connections open as it may.")
)

// FileCodes are the codes that [FileError] gives.
func FileCodes() []*Code {
	return []*Code{ErrNotFound, ErrExists, ErrPermission, ErrFileKind, ErrFull, ErrReadOnly, ErrDescriptors, ErrDenied}
}

// FileError is an error of the system with its code. One that has a code already, or that has none here, is
// as it was.
func FileError(err error) error {
	if _, known := errors.AsType[*Error](err); err == nil || known {
		return err
	}
	for _, kind := range []struct {
		code *Code
		hint string
		errs []error
	}{
		{ErrFileKind, "", []error{syscall.EISDIR, syscall.ENOTDIR}},
		{ErrFull, "", []error{syscall.ENOSPC, syscall.EDQUOT}},
		{ErrReadOnly, "in a pod, mount an emptyDir where files are to be written", []error{syscall.EROFS}},
		{ErrDescriptors, "close what is open, or raise the limit (ulimit -n)", []error{syscall.EMFILE, syscall.ENFILE}},
		{ErrNotFound, "", []error{fs.ErrNotExist}},
		{ErrExists, "", []error{fs.ErrExist}},
		{ErrPermission, "", []error{fs.ErrPermission}},
	} {
		for _, is := range kind.errs {
			if errors.Is(err, is) {
				return kind.code.With(err, kind.hint)
			}
		}
	}
	return err
}
