package db

import (
	"context"

	"assay.rs/core"
)

// session is one connection to a database. It runs one statement at a time, except that a database may
// run others while a cursor is open. Errors are those of the driver.
type session interface {
	// query starts a statement that gives rows; they are read until ctx ends.
	query(ctx context.Context, s statement) (cursor, error)
	execute(ctx context.Context, s statement) (outcome, error)
	ping(ctx context.Context) error
	// listen waits until the server says something or ends the connection, or ctx ends. No statement may run.
	listen(ctx context.Context)
	// ended tells whether err, of a statement in a transaction, has ended that transaction: it is rolled back, and what
	// came next would be in none.
	ended(err error) bool
	// alive tells whether the connection still stands.
	alive() bool
	// reusable tells whether the session is also as it was at first.
	reusable() bool
	close() error
}

// cursor reads the rows of a statement once.
type cursor interface {
	columns() []string
	// next fills one row, as long as the columns. After the last one it is io.EOF.
	next(row []cell) error
	close() error
}

// outcome is what a statement that gives no rows did.
type outcome struct {
	affected int64
	inserted *int64 // the id that the database gave the row that was inserted last
}

// cell is a value of a row.
type cell struct {
	value core.Value
	late  any // instead, what only the VM can make a value of: an int64 beyond 2^53, a list
}

// maxSafe is the largest whole number up to which every one is a float64.
const maxSafe = 1 << 53

func integerCell(n int64) cell {
	if n < -maxSafe || n > maxSafe {
		return cell{late: n}
	}
	return numberCell(float64(n))
}

func numberCell(n float64) cell { return cell{value: core.NumberValue(n)} }
func textCell(s string) cell    { return cell{value: core.TextValue(s)} }
func boolCell(b bool) cell      { return cell{value: core.BoolValue(b)} }

// size is about what the cell takes in Lua.
func (c cell) size() int {
	if items, isArray := c.late.([]any); isArray {
		return cellSize + itemsSize(items)
	}
	if c.value.Kind() == core.KindString {
		s, _ := c.value.Text()
		return cellSize + len(s)
	}
	return cellSize
}

func itemsSize(items []any) int {
	size := rowSize
	for _, item := range items {
		switch v := item.(type) {
		case []any:
			size += itemsSize(v)
		case core.Value:
			size += cell{value: v}.size()
		default:
			size += cellSize
		}
	}
	return size
}

const cellSize = 64

// engine is one kind of database.
type engine interface {
	open(ctx context.Context) (session, error)
	style() style
	// failure tells what went wrong on the server, or the connection.
	failure(err error) failure
	// begin is how a transaction starts.
	begin(o txOptions) []string
	// noTransaction tells that err says that there was none to end.
	noTransaction(err error) bool
	// oneWriter tells that statements which write should not overlap.
	oneWriter() bool
	// writes tells whether a statement may write.
	writes(sql string) bool
}
