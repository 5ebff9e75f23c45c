package db

import (
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"assay.rs/core"
)

// sqliteFiles is the way of one connection to files. The policy is asked where SQLite opens or deletes one,
// about the very name that the system gets: SQLite has resolved URIs, expressions, links and the names that
// stand in its own journals by then.
//
// Files without a name, which are temporary, need no permission. A database that may be read and not changed
// is opened to read. Reading one in WAL mode makes its -wal and -shm, as always.
type sqliteFiles struct {
	root   core.Root
	tls    *libc.TLS
	vfs    uintptr // an sqlite3_vfs: a copy of the usual one, with our functions in it
	usual  uintptr
	name   uintptr // of vfs, as C text
	denied error   // what the policy said last
}

// sqliteFilesByVFS are the open ones, since SQLite gives the number of its own structure to functions.
var sqliteFilesByVFS sync.Map //nolint:gochecknoglobals // SQLite has one list of them in the process, too

// pointer is what is at an address that SQLite gave.
func pointer[T any](at uintptr) *T {
	return *(**T)(unsafe.Pointer(&at)) //nolint:gosec // memory that is not Go's
}

// function is a Go function as SQLite calls it, and inverse of [called].
func function[F any](f F) uintptr {
	return *(*uintptr)(unsafe.Pointer(&f)) //nolint:gosec // a func is a pointer
}

// called is the Go function behind a number of SQLite's.
func called[F any](f uintptr) F {
	return *(*F)(unsafe.Pointer(&struct{ f uintptr }{f})) //nolint:gosec // as above
}

type (
	sqliteOpen   = func(tls *libc.TLS, vfs, name, file uintptr, flags int32, opened uintptr) int32
	sqliteDelete = func(tls *libc.TLS, vfs, name uintptr, sync int32) int32
)

// newSQLiteFiles makes a way to the files that root permits. It must be closed after its connection.
func newSQLiteFiles(root core.Root) (*sqliteFiles, error) {
	f := &sqliteFiles{root: root, tls: libc.NewTLS()}
	if f.usual = sqlite3.Xsqlite3_vfs_find(f.tls, 0); f.usual == 0 {
		f.tls.Close()
		return nil, errors.New("SQLite knows no way to files")
	}
	f.vfs = libc.Xmalloc(f.tls, libc.Tsize_t(unsafe.Sizeof(sqlite3.Tsqlite3_vfs{})))
	name, err := libc.CString("assay-" + rand.Text())
	if f.vfs == 0 || err != nil {
		libc.Xfree(f.tls, f.vfs)
		f.tls.Close()
		return nil, errors.New("out of memory")
	}
	f.name = name
	own := pointer[sqlite3.Tsqlite3_vfs](f.vfs)
	*own = *pointer[sqlite3.Tsqlite3_vfs](f.usual)
	own.FpNext, own.FzName = 0, f.name
	own.FxOpen, own.FxDelete = function(sqliteOpen(openForSQLite)), function(sqliteDelete(deleteForSQLite))
	sqliteFilesByVFS.Store(f.vfs, f)
	sqlite3.Xsqlite3_vfs_register(f.tls, f.vfs, 0)
	return f, nil
}

// option is what makes SQLite use f for a database.
func (f *sqliteFiles) option() string { return "&vfs=" + libc.GoString(f.name) }

func (f *sqliteFiles) close() {
	sqlite3.Xsqlite3_vfs_unregister(f.tls, f.vfs)
	sqliteFilesByVFS.Delete(f.vfs)
	libc.Xfree(f.tls, f.vfs)
	libc.Xfree(f.tls, f.name)
	f.tls.Close()
}

func filesOf(vfs uintptr) *sqliteFiles {
	known, _ := sqliteFilesByVFS.Load(vfs)
	f, _ := known.(*sqliteFiles)
	return f
}

// openForSQLite is xOpen of an sqlite3_vfs.
func openForSQLite(tls *libc.TLS, vfs, name, file uintptr, flags int32, opened uintptr) int32 {
	*pointer[uintptr](file) = 0 // which says that there is nothing to close
	f := filesOf(vfs)
	if f == nil {
		return sqlite3.SQLITE_CANTOPEN
	}
	if name != 0 {
		var err error
		if flags, err = f.permitted(libc.GoString(name), flags); err != nil {
			f.denied = err
			return sqlite3.SQLITE_CANTOPEN
		}
	}
	open := called[sqliteOpen](pointer[sqlite3.Tsqlite3_vfs](f.usual).FxOpen)
	return open(tls, f.usual, name, file, flags, opened)
}

// deleteForSQLite is xDelete of an sqlite3_vfs.
func deleteForSQLite(tls *libc.TLS, vfs, name uintptr, sync int32) int32 {
	f := filesOf(vfs)
	if f == nil {
		return sqlite3.SQLITE_IOERR_DELETE
	}
	if _, err := f.root.Path(databaseOf(libc.GoString(name)), true); err != nil {
		f.denied = err
		return sqlite3.SQLITE_IOERR_DELETE
	}
	remove := called[sqliteDelete](pointer[sqlite3.Tsqlite3_vfs](f.usual).FxDelete)
	return remove(tls, f.usual, name, sync)
}

// permitted are the flags to open a file with, or what the policy says against it.
func (f *sqliteFiles) permitted(name string, flags int32) (int32, error) {
	changes := flags&sqlite3.SQLITE_OPEN_READWRITE != 0
	switch {
	case flags&sqlite3.SQLITE_OPEN_WAL != 0:
		name, changes = databaseOf(name), false // who only reads has one as well
	case flags&sqlite3.SQLITE_OPEN_MAIN_JOURNAL != 0:
		name = databaseOf(name)
	}
	_, err := f.root.Path(name, changes)
	if err != nil && changes && flags&(sqlite3.SQLITE_OPEN_MAIN_DB|sqlite3.SQLITE_OPEN_MAIN_JOURNAL) != 0 {
		_, hidden := f.root.Path(name, false)
		if _, missing := f.root.Stat(name); hidden == nil && missing == nil {
			return flags&^(sqlite3.SQLITE_OPEN_READWRITE|sqlite3.SQLITE_OPEN_CREATE|sqlite3.SQLITE_OPEN_EXCLUSIVE) | sqlite3.SQLITE_OPEN_READONLY, nil
		}
	}
	return flags, err
}

// databaseOf is the database that a journal belongs to, which is beside it.
func databaseOf(name string) string {
	for _, suffix := range []string{"-wal", "-journal"} {
		if database, ok := strings.CutSuffix(name, suffix); ok {
			return database
		}
	}
	return name
}
