package db

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	// silenceLimit is how long a server may say nothing to a session that waits, before it is asked whether it is there.
	silenceLimit = 5 * time.Second
	// answerLimit is how long it may then take to answer.
	answerLimit = 5 * time.Second
)

// watch looks after a session that runs no statement, but must not be lost: its lock would be another's.
type watch struct {
	ctx  context.Context //nolint:containedctx // it ends with the session
	stop context.CancelFunc
	done sync.WaitGroup
	lost error // after done
}

// watchOver begins to look after s. Its ctx ends with the given one, and as soon as the session is known to be lost.
// Nobody may use the session until end has returned.
func watchOver(ctx context.Context, s session) *watch {
	within, lose := context.WithCancelCause(ctx)
	until, stop := context.WithCancel(ctx)
	w := &watch{ctx: within, stop: stop}
	w.done.Go(func() {
		defer func() {
			if value := recover(); value != nil {
				w.lost = fmt.Errorf("internal error: %v", value)
			}
			lose(w.lost)
		}()
		w.lost = look(until, s)
	})
	return w
}

// end stops looking. The error is why the session is lost, if it is.
func (w *watch) end() error {
	w.stop()
	w.done.Wait()
	return w.lost
}

// look is an error as soon as the session is lost, and nil when until ends before.
func look(until context.Context, s session) error {
	for {
		within, cancel := context.WithTimeout(until, silenceLimit)
		s.listen(within)
		cancel()
		select {
		case <-until.Done():
			return nil
		default:
		}
		answer, cancel := context.WithTimeout(context.WithoutCancel(until), answerLimit)
		err := s.ping(answer)
		cancel()
		if err != nil {
			return err
		}
	}
}
