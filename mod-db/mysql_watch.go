package db

import (
	"context"
	"sync"
	"time"
)

// mysqlWatch ends a statement on the server when its context ends. The driver would only close the
// connection, and the server would work on for nobody.
type mysqlWatch struct {
	session *mysqlSession
	inner   context.Context //nolint:containedctx // it lives as long as the statement
	cancel  context.CancelFunc
	over    chan struct{} // closed when the statement has ended
	done    sync.WaitGroup
	killed  bool // after done
}

// watch begins to watch; stop ends it.
func (s *mysqlSession) watch(ctx context.Context) *mysqlWatch {
	w := &mysqlWatch{session: s, over: make(chan struct{})}
	w.inner, w.cancel = context.WithCancel(context.WithoutCancel(ctx))
	w.done.Go(func() {
		defer func() {
			if recover() != nil {
				w.cancel() // the process goes on; the connection does not
			}
		}()
		select {
		case <-w.over:
			return
		case <-ctx.Done():
		}
		w.kill()
		w.killed = true
		select {
		case <-w.over:
		case <-time.After(cancelLimit): // the server does not listen
			w.cancel()
		}
	})
	return w
}

// kill ends the statement by a connection of its own.
func (w *mysqlWatch) kill() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.inner), cancelLimit)
	defer cancel()
	other, err := w.session.engine.connect(ctx)
	if err != nil {
		w.cancel()
		return
	}
	if _, err := other.ExecContext(ctx, "KILL QUERY "+w.session.id, nil); err != nil {
		w.cancel()
	}
	_ = other.Close() // it has done what it was for
}

// stop is called when the statement has ended, and at most once.
func (w *mysqlWatch) stop() {
	close(w.over)
	w.done.Wait()
	if w.killed && w.session.alive() {
		// The kill may have come too late: it then hits the next statement, which this is.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(w.inner), cancelLimit)
		_, _ = w.session.conn.ExecContext(ctx, "DO 0", nil)
		cancel()
	}
	w.cancel()
}
