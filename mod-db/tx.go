package db

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"assay.rs/core"
)

// txOptions say how a transaction runs.
type txOptions struct {
	isolation string // empty is the database's own default
	readOnly  bool
	retry     *core.Retry
}

// transaction is a session between begin and commit. Tasks that use it take turns.
type transaction struct {
	mu       sync.Mutex
	session  session
	reading  int // how many cursors are open while the script runs
	depth    int // of savepoints
	nestable bool
	gone     bool // the database has rolled it back by itself
}

// endLimit is how long the end of a transaction may take when its task has been stopped.
const endLimit = 5 * time.Second

var (
	errTxEnded    = errClosed.With(errors.New("the transaction has ended"), "use the connection of a transaction only inside its function")
	errRolledBack = core.WithHint(errors.New("the transaction was rolled back, since a statement in it had failed"),
		"let the error of that statement end the transaction; what went before it is undone as well")
	errReading = errBusy.With(errors.New("the transaction is reading rows with each"), "read them with query first, or use the connection outside of the transaction")
)

func (c *Conn) useTx(f func(s session) error) error {
	c.tx.mu.Lock()
	defer c.tx.mu.Unlock()
	switch {
	case *c.ended:
		return errTxEnded
	case c.tx.gone:
		return errRolledBack
	case c.tx.reading > 0 && !c.tx.nestable:
		return errReading
	}
	err := f(c.tx.session)
	if err != nil && c.tx.session.alive() && c.tx.session.ended(err) {
		c.tx.gone = true
	}
	return err
}

// pause lets others use the session of a transaction while the script looks at a row.
func (c *Conn) pause(f func()) {
	if c.tx == nil {
		f()
		return
	}
	c.tx.reading++
	c.tx.mu.Unlock()
	defer func() {
		c.tx.mu.Lock()
		c.tx.reading--
	}()
	f()
}

// transact runs fn in a transaction, or in a savepoint of the one that there is.
func (c *Conn) transact(call core.Call, class core.Type[*Conn], fn core.Callback, o txOptions) ([]core.Value, error) {
	once := func() ([]core.Value, error) { return c.transactOnce(call, class, fn, o) }
	if c.tx != nil {
		once = func() ([]core.Value, error) { return c.savepoint(call, class, fn) }
	}
	if o.retry == nil || c.tx != nil {
		return once()
	}
	again := *o.retry
	if again.Decide.IsZero() && again.Policy.On == nil {
		again.Policy.When = func(err error) bool {
			known, ok := errors.AsType[*core.Error](err)
			return ok && known.Code == errSerialization
		}
	}
	var results []core.Value
	_, err := again.Do(call, func(context.Context, int) (err error) {
		results, err = once()
		return err
	})
	if _, script := errors.AsType[*core.ScriptError](err); script && call.Context().Err() == nil {
		return nil, scriptError(err)
	}
	return results, err
}

func (c *Conn) transactOnce(call core.Call, class core.Type[*Conn], fn core.Callback, o txOptions) (results []core.Value, err error) {
	ctx := call.Context()
	err = c.use(ctx, !o.readOnly, func(s session) error {
		if err := c.db.run(ctx, s, c.db.engine.begin(o)...); err != nil {
			return err
		}
		on := c.inside(s)
		done := false
		defer func() { // should fn panic
			if !done {
				_ = c.db.rollback(ctx, s)
			}
		}()
		results, err = on.call(call, class, fn)
		done = true
		if err != nil {
			if rollback := c.db.rollback(ctx, s); rollback != nil {
				return errors.Join(err, rollback)
			}
			return err
		}
		if on.tx.gone {
			return errRolledBack
		}
		return c.db.commit(ctx, s)
	})
	if _, script := errors.AsType[*core.ScriptError](err); script && ctx.Err() == nil {
		return nil, scriptError(err)
	}
	if err != nil {
		return nil, c.db.raise(ctx, err)
	}
	return results, nil
}

// inside is the connection that the function of a transaction gets.
func (c *Conn) inside(s session) *Conn {
	return &Conn{db: c.db, tx: &transaction{session: s, nestable: c.db.engine.oneWriter()}, ended: new(bool)}
}

// call calls the function with the connection, which ends with it.
func (c *Conn) call(call core.Call, class core.Type[*Conn], fn core.Callback) (results []core.Value, err error) {
	defer func() {
		c.tx.mu.Lock()
		defer c.tx.mu.Unlock()
		*c.ended = true
	}()
	call.Hold(func() { results, err = fn.Call(call, core.ValueOf(call, class, c)) })
	return results, err
}

func (d *database) run(ctx context.Context, s session, statements ...string) error {
	within, cancel := limited(ctx, d.limit)
	defer cancel()
	for _, text := range statements {
		if _, err := s.execute(within, statement{text: text}); err != nil {
			if ended := d.ended(within); ended != nil {
				return ended
			}
			return err
		}
	}
	return nil
}

// commit is an error when the server has rolled back instead.
func (d *database) commit(ctx context.Context, s session) error {
	err := d.run(ctx, s, "COMMIT")
	if err == nil {
		return nil
	}
	if f := d.failureOf(err); f.lost && !f.unsent {
		return errConnect.With(&driverError{"connection lost at the commit, whose result is not known: " + f.message, err},
			"look whether the changes are there before you make them again")
	}
	if s.alive() {
		return errors.Join(err, d.rollback(ctx, s))
	}
	return err
}

// rollback works although ctx has ended. A session that cannot do it is of no more use.
func (d *database) rollback(ctx context.Context, s session) error {
	if !s.alive() {
		return nil
	}
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), endLimit)
	defer cancel()
	_, err := s.execute(within, statement{text: "ROLLBACK"})
	if err != nil && !d.engine.noTransaction(err) {
		return errors.Join(err, s.close())
	}
	return nil
}

// savepoint runs fn so that only what it did is undone when it raises.
func (c *Conn) savepoint(call core.Call, class core.Type[*Conn], fn core.Callback) ([]core.Value, error) {
	ctx := call.Context()
	name := ""
	err := c.useTx(func(s session) error {
		c.tx.depth++
		name = "assay_" + strconv.Itoa(c.tx.depth)
		return c.db.run(ctx, s, "SAVEPOINT "+name)
	})
	if err != nil {
		return nil, c.db.raise(ctx, err)
	}
	inner := &Conn{db: c.db, tx: c.tx, ended: new(bool)}
	results, raised := inner.call(call, class, fn)
	end := []string{"RELEASE SAVEPOINT " + name}
	if raised != nil {
		end = []string{"ROLLBACK TO SAVEPOINT " + name, end[0]}
	}
	err = c.useTx(func(s session) error { return c.db.run(context.WithoutCancel(ctx), s, end...) })
	switch {
	case raised != nil:
		return nil, raised
	case err != nil:
		return nil, fmt.Errorf("end savepoint: %w", c.db.raise(ctx, err))
	}
	return results, nil
}
