package db

import "assay.rs/core"

// The codes of what a script can act on.
var (
	errConnect       = core.NewCode("db.connect", "The database cannot be reached, refuses the login, or the connection broke.")
	errSyntax        = core.NewCode("db.syntax", "The statement is wrong, or names something that does not exist.")
	errConstraint    = core.NewCode("db.constraint", "A constraint forbids the change.")
	errTimeout       = core.NewCode("db.timeout", "No answer in time, or a lock that was not free in time.")
	errSerialization = core.NewCode("db.serialization", "Another transaction got in the way: try the whole transaction again.")
	errFull          = core.NewCode("db.full", "The disk is full, or the table, the memory or another room of the database.")
	errReadOnly      = core.NewCode("db.readonly", "The database, its file or the transaction may only be read.")
	errIO            = core.NewCode("db.io", "The disk fails, or what is on it is damaged.")
	errBusy          = core.NewCode("db.busy", "All connections are in use, or the one of a transaction is.")
	errClosed        = core.NewCode("db.closed", "The connection is closed, or the transaction has ended.")
)

// codes are those that any statement may raise.
func codes() []*core.Code {
	return []*core.Code{
		errConnect, errSyntax, errConstraint, errTimeout, errSerialization, errFull, errReadOnly, errIO, errBusy, errClosed, core.ErrDenied,
	}
}
