package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"reflect"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteHandle is the sqlite3* of a connection.
type sqliteHandle uintptr

var errHandle = errors.New("the SQLite driver keeps its connection elsewhere, so that statements could not be ended")

// handleOf reads the handle where the driver keeps it. The driver ends a statement when its context does
// only until the first row, and lends its connection to nobody who would go on.
func handleOf(conn driver.Conn) (sqliteHandle, error) {
	held := reflect.Indirect(reflect.ValueOf(conn))
	if held.Kind() != reflect.Struct {
		return 0, errHandle
	}
	field := held.FieldByName("db")
	if field.Kind() != reflect.Uintptr {
		return 0, errHandle
	}
	return sqliteHandle(field.Uint()), nil
}

// takeNames makes ATTACH take each text as the path of a file, and none as a URI, which could ask for
// another way to files.
func (h sqliteHandle) takeNames() {
	pointer[sqlite3.Tsqlite3](uintptr(h)).FopenFlags &^= sqlite3.SQLITE_OPEN_URI
}

// inTransaction tells whether a transaction is open.
func (h sqliteHandle) inTransaction() bool {
	tls := libc.NewTLS()
	defer tls.Close()
	return sqlite3.Xsqlite3_get_autocommit(tls, uintptr(h)) == 0
}

// interruptWith ends what the connection runs when ctx ends. It no longer does once stop has returned, which
// must be called once, before the connection is closed.
func (h sqliteHandle) interruptWith(ctx context.Context) (stop func()) {
	done := make(chan struct{})
	cancel := context.AfterFunc(ctx, func() {
		defer close(done)
		// One of its own: that of the connection is not safe for concurrent use.
		tls := libc.NewTLS()
		defer tls.Close()
		sqlite3.Xsqlite3_interrupt(tls, uintptr(h))
	})
	return func() {
		if !cancel() {
			<-done
		}
	}
}
