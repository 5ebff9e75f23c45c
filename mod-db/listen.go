package db

import (
	"context"
	"errors"
	"strings"
	"time"

	"assay.rs/core"
)

const (
	listenBackoff    = 200 * time.Millisecond // before the first attempt to connect again; it doubles
	maxListenBackoff = 10 * time.Second
)

// errStopped is a callback that has had enough.
var errStopped = errors.New("stopped by the script")

// listen calls fn with notifications until it gives false, or the task ends.
func (c *Conn) listen(call core.Call, channel string, fn, onListen core.Callback) error {
	if !c.postgres() {
		return c.errOnlyPostgres("notifications")
	}
	ctx := call.Context()
	wait, ever := listenBackoff, false
	for {
		began, err := c.db.listenOnce(call, channel, fn, onListen)
		if began {
			wait, ever = listenBackoff, true
		}
		if _, script := errors.AsType[*core.ScriptError](err); script && ctx.Err() == nil {
			return scriptError(err)
		}
		switch {
		case errors.Is(err, errStopped):
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case !ever || !c.db.failureOf(err).lost && !isConnect(err):
			return c.db.raise(ctx, err)
		}
		call.Log().Warn("db.listen: connecting again", "database", c.db.url, "error", err)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		wait = min(2*wait, maxListenBackoff)
	}
}

func isConnect(err error) bool {
	known, ok := errors.AsType[*core.Error](err)
	return ok && known.Code == errConnect
}

// listenOnce listens on one session until it breaks, and tells whether it had begun to.
func (d *database) listenOnce(call core.Call, channel string, fn, onListen core.Callback) (began bool, err error) {
	ctx := call.Context()
	opened, err := d.pool.open(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = opened.close() }() // it has served, or is broken
	s, err := postgresOf(opened)
	if err != nil {
		return false, err
	}
	name := `"` + strings.ReplaceAll(channel, `"`, `""`) + `"`
	if _, err := s.execute(ctx, statement{text: "LISTEN " + name}); err != nil {
		return false, err
	}
	if !onListen.IsZero() {
		call.Hold(func() { _, err = onListen.Call(call) })
	}
	for err == nil {
		err = s.notify(call, fn)
		if err == nil {
			err = s.await(ctx)
		}
	}
	return true, err
}

// await returns when notifications may have come in. A server that has said nothing for a while is asked whether it
// is there: a network that falls silent would otherwise look like a channel on which nothing happens.
func (s *postgresSession) await(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, silenceLimit)
	defer cancel()
	s.waiting = true
	err := s.conn.WaitForNotification(within)
	s.waiting = false
	if err == nil || within.Err() == nil || ctx.Err() != nil {
		return err
	}
	answer, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	if err := s.conn.Ping(answer); err != nil {
		if ctx.Err() == nil && answer.Err() != nil {
			return errConnect.Errorf("no answer within %s", answerLimit)
		}
		return err
	}
	return nil
}

// notify hands the notifications that have come in to the script.
func (s *postgresSession) notify(call core.Call, fn core.Callback) error {
	notes := s.notes
	s.notes = nil
	for _, note := range notes {
		var results []core.Value
		var err error
		call.Hold(func() {
			results, err = fn.Call(call, core.TextValue(note.Payload), core.TextValue(note.Channel))
		})
		if err != nil {
			return err
		}
		if len(results) > 0 && !results[0].IsNil() && !results[0].Truthy() {
			return errStopped
		}
	}
	return nil
}
