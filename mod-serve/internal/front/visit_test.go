package front

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// waiting is a handler that tells when it is there, and waits for its context or a permission to end.
type waiting struct {
	arrived chan *http.Request
	permit  chan struct{}
}

func newWaiting() *waiting {
	return &waiting{arrived: make(chan *http.Request, 1), permit: make(chan struct{})}
}

func (h *waiting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.arrived <- r
	select {
	case <-r.Context().Done():
		_, _ = io.WriteString(w, "ended")
	case <-h.permit:
		_, _ = io.WriteString(w, "permitted")
	}
}

func TestContext(t *testing.T) {
	t.Run("ends when the client leaves", func(t *testing.T) {
		h := newWaiting()
		c := dial(t, start(t, New(&http.Server{Handler: h})))
		send(t, c, request("GET", "/"))
		r := <-h.arrived
		if err := r.Context().Err(); err != nil {
			t.Errorf("before: %v", err)
		}
		_ = c.Close()
		select {
		case <-r.Context().Done():
		case <-time.After(patience):
			t.Fatal("nobody notices")
		}
	})
	t.Run("a handler that only computes hears of it too", func(t *testing.T) {
		arrived, heard := make(chan struct{}), make(chan struct{})
		c := dial(t, start(t, New(&http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			close(arrived)
			for r.Context().Err() == nil {
			}
			close(heard)
		})})))
		send(t, c, request("GET", "/"))
		<-arrived
		_ = c.Close()
		select {
		case <-heard:
		case <-time.After(patience):
			t.Fatal("nobody notices")
		}
	})
	t.Run("requests that come meanwhile are answered", func(t *testing.T) {
		h := newWaiting()
		c := dial(t, start(t, New(&http.Server{Handler: h})))
		in := bufio.NewReader(c)
		send(t, c, request("GET", "/1"))
		first := <-h.arrived
		send(t, c, request("GET", "/2"))
		h.permit <- struct{}{}
		if got := receive(t, in, "GET"); !strings.Contains(got, "permitted") {
			t.Errorf("the first answer is %s", got)
		}
		if err := first.Context().Err(); !errors.Is(err, context.Canceled) {
			t.Errorf("behind it: %v, want that the context has ended", err)
		}
		<-h.arrived
		h.permit <- struct{}{}
		if got := receive(t, in, "GET"); !strings.Contains(got, "permitted") {
			t.Errorf("the second answer is %s", got)
		}
	})
	t.Run("one that is asked for too late has ended", func(t *testing.T) {
		var kept atomic.Pointer[context.Context]
		c := dial(t, start(t, New(&http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			ctx := r.Context()
			kept.Store(&ctx)
		})})))
		send(t, c, request("GET", "/"))
		receive(t, bufio.NewReader(c), "GET")
		ctx, cancel := context.WithCancel(*kept.Load())
		defer cancel()
		<-ctx.Done()
		if err := (*kept.Load()).Err(); !errors.Is(err, context.Canceled) {
			t.Errorf("it says %v", err)
		}
	})
	t.Run("ends with the base context, for its cause", func(t *testing.T) {
		reason := errors.New("enough")
		base, cancel := context.WithCancelCause(t.Context())
		h := newWaiting()
		c := dial(t, start(t, New(&http.Server{Handler: h, BaseContext: func(net.Listener) context.Context { return base }})))
		send(t, c, request("GET", "/"))
		r := <-h.arrived
		within, stop := context.WithCancel(r.Context())
		defer stop()
		cancel(reason)
		<-within.Done()
		if got := context.Cause(within); !errors.Is(got, reason) {
			t.Errorf("cause: %v, want %v", got, reason)
		}
		if got := receive(t, bufio.NewReader(c), "GET"); !strings.Contains(got, "ended") {
			t.Errorf("got %s", got)
		}
	})
}
