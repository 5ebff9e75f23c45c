package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"assay.rs/core"
)

// source is the data of copy_in: text, or a function that gives it piece by piece.
type source struct {
	text string
	next core.Callback
}

func sourceType() core.Type[source] {
	return core.Custom(core.AnyOf("string", "function"), func(_ core.Call, v core.Value) (source, error) {
		if f, ok := v.Function(); ok {
			return source{next: f}, nil
		}
		text, ok := v.Text()
		if !ok {
			return source{}, fmt.Errorf("string or function expected, got %s", v.TypeName())
		}
		return source{text: text}, nil
	}, nil)
}

func (c *Conn) copyIn(call core.Call, sql string, from source) (rows int64, err error) {
	if !c.postgres() {
		return 0, c.errOnlyPostgres("copy")
	}
	ctx, cancel := context.WithCancel(call.Context())
	defer cancel()
	err = c.use(ctx, true, func(s session) error {
		own, err := postgresOf(s)
		if err != nil {
			return err
		}
		if from.next.IsZero() {
			tag, err := own.conn.CopyFrom(ctx, strings.NewReader(from.text), sql)
			rows = tag.RowsAffected()
			return err
		}
		rows, err = c.copyPieces(ctx, call, own, sql, from.next)
		return err
	})
	return rows, c.copied(call, err)
}

// errCopy is a copy that a panic ended.
var errCopy = errors.New("the copy has crashed")

// copyPieces sends what the script gives. The driver reads on a goroutine of its own; the script runs here.
func (c *Conn) copyPieces(ctx context.Context, call core.Call, s *postgresSession, sql string, next core.Callback) (int64, error) {
	read, write := io.Pipe()
	var rows int64
	done := make(chan error, 1)
	go func() {
		err := errCopy
		defer func() {
			if value := recover(); value != nil {
				err = fmt.Errorf("%w: %v", errCopy, value)
			}
			_ = read.CloseWithError(errors.Join(io.ErrClosedPipe, err)) // it always succeeds
			done <- err
		}()
		var tag pgconn.CommandTag
		tag, err = s.conn.CopyFrom(ctx, read, sql)
		rows = tag.RowsAffected()
	}()
	raised := errCopy
	var finished error
	func() {
		defer func() {
			_ = write.CloseWithError(raised) // it always succeeds
			finished = <-done
		}()
		raised = c.givePieces(call, write, next)
	}()
	if raised != nil && !errors.Is(raised, io.ErrClosedPipe) {
		return 0, raised
	}
	return rows, finished
}

func (c *Conn) givePieces(call core.Call, to io.Writer, next core.Callback) error {
	for {
		piece, more := "", false
		var err error
		c.pause(func() {
			call.Hold(func() {
				var results []core.Value
				results, err = next.Call(call)
				if err == nil && len(results) > 0 && !results[0].IsNil() {
					if piece, more = results[0].Text(); !more {
						err = fmt.Errorf("the function gave a %s instead of a string", results[0].TypeName())
					}
				}
			})
		})
		if err != nil || !more {
			return err
		}
		if _, err := io.WriteString(to, piece); err != nil {
			return err
		}
	}
}

func (c *Conn) copyOut(call core.Call, sql string, fn core.Callback) (*string, error) {
	if !c.postgres() {
		return nil, c.errOnlyPostgres("copy")
	}
	ctx := call.Context()
	to := &pieces{conn: c, call: call, fn: fn}
	err := c.use(ctx, true, func(s session) error {
		own, err := postgresOf(s)
		if err != nil {
			return err
		}
		_, err = own.conn.CopyTo(ctx, to, sql)
		return err
	})
	if err := c.copied(call, err); err != nil {
		return nil, err
	}
	if !fn.IsZero() {
		return nil, nil //nolint:nilnil // the function has had the data
	}
	text := to.all.String()
	return &text, nil
}

func (c *Conn) copied(call core.Call, err error) error {
	ctx := call.Context()
	if _, script := errors.AsType[*core.ScriptError](err); script && ctx.Err() == nil {
		return scriptError(err)
	}
	if err != nil {
		return c.db.raise(ctx, err)
	}
	return nil
}

func postgresOf(s session) (*postgresSession, error) {
	if l, ok := s.(*lease); ok {
		l.begun = true // the script's data is read once
		s = l.session
	}
	own, ok := s.(*postgresSession)
	if !ok {
		return nil, errors.New("not a session of PostgreSQL")
	}
	return own, nil
}

// pieces is where the server's data goes: to the script, or together.
type pieces struct {
	conn *Conn
	call core.Call
	fn   core.Callback
	all  strings.Builder
}

func (p *pieces) Write(data []byte) (n int, err error) {
	if p.fn.IsZero() {
		p.all.Write(data)
		return len(data), p.call.Charge(p.all.Len())
	}
	p.conn.pause(func() {
		p.call.Hold(func() { _, err = p.fn.Call(p.call, core.TextValue(string(data))) })
	})
	return len(data), err
}
