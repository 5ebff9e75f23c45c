package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"assay.rs/core"
)

// database is what db.connect opens.
type database struct {
	engine engine
	pool   *pool
	url    string // for people: without the password
	limit  time.Duration
	anchor session // kept open, since an in-memory database ends with its last session; or nil
}

// Close ends all sessions.
func (d *database) Close() error {
	err := d.pool.Close()
	if d.anchor != nil {
		err = errors.Join(err, d.anchor.close())
	}
	return err
}

// Conn is a database, or a transaction in it.
type Conn struct {
	db    *database
	tx    *transaction // nil outside of one
	ended *bool        // set when the function that a transaction's Conn was made for has returned
}

// use runs f with a session; when a broken session has sent nothing, with another one.
func (c *Conn) use(ctx context.Context, writing bool, f func(s session) error) error {
	if c.tx != nil {
		return c.useTx(f)
	}
	for {
		again, err := c.db.attempt(ctx, writing, f)
		if !again {
			return err
		}
	}
}

// attempt tells whether f may be tried with another session.
func (d *database) attempt(ctx context.Context, writing bool, f func(s session) error) (again bool, err error) {
	l, err := d.pool.get(ctx, writing)
	if err != nil {
		return false, err
	}
	broken := true // should f panic
	defer func() { l.release(broken) }()
	err = f(l)
	var what failure
	if err != nil {
		what = d.failureOf(err)
	}
	broken = what.lost || what.stale
	if broken {
		d.pool.flush()
	}
	return what.unsent && !l.fresh && !l.begun, err
}

// failureOf is the failure of err when a driver made it.
func (d *database) failureOf(err error) failure {
	if _, ours := errors.AsType[*core.Error](err); ours {
		return failure{}
	}
	if _, script := errors.AsType[*core.ScriptError](err); script {
		return failure{}
	}
	if _, stopped := errors.AsType[*core.Interrupted](err); stopped {
		return failure{}
	}
	return d.engine.failure(err)
}

// errSeveral keeps text that was put into a statement from becoming a second one.
var errSeveral = errSyntax.With(errors.New("several statements in one call"), "db.exec_script runs several; values belong into params")

var errByHand = core.WithHint(errors.New("a transaction is not begun or ended by a statement"),
	"use db.tx(conn, function(tx) ... end), or db.exec_script: each statement may run on another connection")

// statement reads the placeholders of a statement.
func (c *Conn) statement(sql string, p params) (statement, error) {
	style := c.db.engine.style()
	if style.control(sql) != controlNone {
		return statement{}, errByHand
	}
	if strings.Contains(sql, ";") && len(style.split(sql)) > 1 {
		return statement{}, errSeveral
	}
	return style.prepare(sql, p)
}

// query gives all rows, at most max.
func (c *Conn) query(call core.Call, sql string, p params, most int) (*resultSet, error) {
	s, err := c.statement(sql, p)
	if err != nil {
		return nil, err
	}
	ctx, cancel := limited(call.Context(), c.db.limit)
	defer cancel()
	var rows *resultSet
	err = c.use(ctx, c.db.engine.writes(sql), func(on session) error {
		cur, err := on.query(ctx, s)
		if err != nil {
			return err
		}
		rows, err = readAll(call, cur, most)
		return errors.Join(err, cur.close())
	})
	if err != nil {
		return nil, c.db.raise(ctx, err)
	}
	return rows, nil
}

func readAll(call core.Call, cur cursor, most int) (*resultSet, error) {
	rows := newResultSet(call, cur.columns())
	for len(rows.rows) < most {
		err := cur.next(rows.row())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if err := rows.keep(call); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func (c *Conn) execute(call core.Call, sql string, p params) (outcome, error) {
	s, err := c.statement(sql, p)
	if err != nil {
		return outcome{}, err
	}
	ctx, cancel := limited(call.Context(), c.db.limit)
	defer cancel()
	var done outcome
	err = c.use(ctx, c.db.engine.writes(sql), func(on session) error {
		done, err = on.execute(ctx, s)
		return err
	})
	if err != nil {
		return outcome{}, c.db.raise(ctx, err)
	}
	return done, nil
}

// each calls fn with every row until it gives false. The time limit holds until the first row.
func (c *Conn) each(call core.Call, sql string, p params, fn core.Callback) error {
	s, err := c.statement(sql, p)
	if err != nil {
		return err
	}
	ctx, started, cancel := limitedStart(call.Context(), c.db.limit)
	defer cancel()
	err = c.use(ctx, c.db.engine.writes(sql), func(on session) error {
		cur, err := on.query(ctx, s)
		if err != nil {
			return err
		}
		return errors.Join(c.stream(call, cur, fn, started), cur.close())
	})
	if _, script := errors.AsType[*core.ScriptError](err); script && ctx.Err() == nil {
		return scriptError(err)
	}
	if err != nil {
		return c.db.raise(ctx, err)
	}
	return nil
}

// scriptError is what the script raised, without what came after it.
func scriptError(err error) error {
	raised, _ := errors.AsType[*core.ScriptError](err)
	return raised
}

func (c *Conn) stream(call core.Call, cur cursor, fn core.Callback, started func()) error {
	rows := newResultSet(call, cur.columns())
	for {
		err := cur.next(rows.row())
		started()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		table, more := rows.table(), true
		c.pause(func() {
			call.Hold(func() {
				if err = rows.finish(call); err != nil {
					return
				}
				var results []core.Value
				results, err = fn.Call(call, table.Value())
				more = len(results) == 0 || results[0].IsNil() || results[0].Truthy()
			})
		})
		if err != nil || !more {
			return err
		}
	}
}

func (c *Conn) close(call core.Call) error {
	if c.tx != nil {
		return core.WithHint(errors.New("a transaction is not closed"), "it ends when its function returns")
	}
	call.Disown(c.db)
	if err := c.db.Close(); err != nil {
		return fmt.Errorf("close %s: %w", c.db.url, err)
	}
	return nil
}
