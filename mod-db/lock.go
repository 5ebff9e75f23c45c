package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"assay.rs/core"
)

// lock runs fn with the lock, which belongs to a session. When that is lost, another gets the lock: fn is stopped.
func (c *Conn) lock(call core.Call, name string, fn core.Callback, wait *time.Duration) (results []core.Value, err error) {
	switch {
	case c.sqlite():
		return nil, only("SQLite has no such locks", "a transaction is alone with the database as it is")
	case c.tx != nil:
		return nil, errInTx
	}
	ctx := call.Context()
	err = c.use(ctx, false, func(s session) error {
		if err := c.takeLock(ctx, s, name, wait); err != nil {
			return err
		}
		over := watchOver(ctx, s)
		results, err = call.Within(over.ctx, fn)
		lost := over.end()
		if lost == nil {
			lost = c.freeLock(ctx, s, name)
		}
		_, stopped := errors.AsType[*core.Interrupted](err)
		if lost != nil && (err == nil || stopped) && ctx.Err() == nil {
			return errors.Join(c.lockLost(name, lost), s.close())
		}
		return err
	})
	if _, script := errors.AsType[*core.ScriptError](err); script && ctx.Err() == nil {
		return nil, scriptError(err)
	}
	if err != nil {
		return nil, c.db.raise(ctx, err)
	}
	return results, nil
}

// lockLost is what becomes of a lock whose session has ended, for the reason lost.
func (c *Conn) lockLost(name string, lost error) error {
	c.db.pool.flush()
	return errConnect.With(&driverError{fmt.Sprintf("the lock %q was lost: %s", name, c.db.engine.failure(lost).message), lost},
		"another may have had the lock before fn ended: make what fn does safe to do twice and at the same time")
}

// maxLockWait is how long MySQL is asked to wait: it takes negative numbers for ever, MariaDB does not.
const maxLockWait = 365 * 24 * 60 * 60

func (c *Conn) takeLock(ctx context.Context, s session, name string, wait *time.Duration) error {
	held := func() error {
		return errTimeout.With(fmt.Errorf("the lock %q is held by another", name), "raise options.wait")
	}
	if !c.postgres() {
		seconds := float64(maxLockWait)
		if wait != nil {
			seconds = math.Min(wait.Seconds(), seconds)
		}
		got, err := scalar(ctx, s, statement{"SELECT GET_LOCK(?, ?)", []any{name, seconds}})
		if n, _ := got.value.Number(); err == nil && n != 1 {
			err = held()
		}
		return err
	}
	const key = "(hashtextextended($1, 0))"
	got, err := scalar(ctx, s, statement{"SELECT pg_try_advisory_lock" + key, []any{name}})
	if err != nil || got.value.Truthy() {
		return err
	}
	within, cancel := ctx, context.CancelFunc(func() {})
	if wait != nil {
		within, cancel = context.WithTimeout(ctx, *wait)
	}
	defer cancel()
	_, err = scalar(within, s, statement{"SELECT pg_advisory_lock" + key, []any{name}})
	if err != nil && within.Err() != nil && ctx.Err() == nil {
		err = held()
	}
	return err
}

var errNotHeld = errors.New("the session did not hold it at the end")

// freeLock is an error when the session no longer had the lock. It ends a session that cannot free its lock.
func (c *Conn) freeLock(ctx context.Context, s session, name string) error {
	text := "SELECT RELEASE_LOCK(?)"
	if c.postgres() {
		text = "SELECT pg_advisory_unlock(hashtextextended($1, 0))"
	}
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), endLimit)
	defer cancel()
	freed, err := scalar(within, s, statement{text, []any{name}})
	if err != nil {
		return errors.Join(err, s.close()) // which frees it
	}
	if n, _ := freed.value.Number(); n != 1 && !freed.value.Bool() { // MySQL says 1, PostgreSQL true
		return errNotHeld
	}
	return nil
}

// scalar is the first column of the first row.
func scalar(ctx context.Context, s session, st statement) (cell, error) {
	cur, err := s.query(ctx, st)
	if err != nil {
		return cell{}, err
	}
	row := make([]cell, len(cur.columns()))
	err = cur.next(row)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if err = errors.Join(err, cur.close()); err != nil || len(row) == 0 {
		return cell{}, err
	}
	return row[0], nil
}
