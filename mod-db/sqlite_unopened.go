package db

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
)

// sqliteUnopened is why a file cannot be opened, where SQLite says that it cannot.
type sqliteUnopened struct {
	message, hint string
	cause         error
}

func (e *sqliteUnopened) Error() string { return e.message }
func (e *sqliteUnopened) Unwrap() error { return e.cause }

// unopened says why the database could not be opened with err, if the file or its folder is the reason.
func (e *sqliteEngine) unopened(err error) error {
	reported, ok := errors.AsType[*sqlite.Error](err)
	if !ok || e.memory {
		return err
	}
	if info, statErr := e.root.Stat(e.path); statErr == nil && info.IsDir() {
		return &sqliteUnopened{"is a folder, not a file", "", err}
	}
	if reported.Code()&0xff != sqliteCantOpen {
		return err
	}
	folder := filepath.Dir(e.path)
	_, missing := e.root.Stat(folder)
	f, fileErr := e.root.OpenFile(e.path, os.O_RDONLY, 0)
	if fileErr == nil {
		_ = f.Close() // nothing was read
	}
	switch {
	case errors.Is(missing, fs.ErrNotExist):
		return &sqliteUnopened{"the folder of the file does not exist", "create " + folder + ", or correct the path", err}
	case errors.Is(missing, fs.ErrPermission), errors.Is(fileErr, fs.ErrPermission):
		return &sqliteUnopened{"permission denied", "the user that runs this must be able to read the file and its folder", err}
	case errors.Is(fileErr, fs.ErrNotExist) && e.mode != sqliteCreates:
		return &sqliteUnopened{"the file does not exist", "", err}
	case fileErr == nil:
		return &sqliteUnopened{"the file cannot be opened to write", "mode=ro opens it to read", err}
	}
	return &sqliteUnopened{"the file does not exist and cannot be created", "the user that runs this must be able to write to " + folder, err}
}
