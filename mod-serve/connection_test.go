package serve

import (
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// piped runs body with a connection and its other end, on a clock of their own.
func piped(t *testing.T, body func(t *testing.T, c *connection, far net.Conn)) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		c := newConnection(near, new(atomic.Bool), func() {})
		defer far.Close()
		defer c.Close()
		body(t, c, far)
	})
}

// took is how long f takes and that it ends with a deadline.
func took(t *testing.T, f func() error) time.Duration {
	t.Helper()
	began := time.Now()
	if err := f(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("error = %v, want %v", err, os.ErrDeadlineExceeded)
	}
	return time.Since(began)
}

func after(d time.Duration) time.Time { return time.Now().Add(d) }

func TestReadEndsAtTheDeadlineSetLast(t *testing.T) {
	tests := map[string]struct {
		set  []time.Duration // before the call
		move time.Duration   // what is set 2 s after it has begun; 0 is nothing
		want time.Duration
	}{
		"one":                {set: []time.Duration{10 * time.Second}, want: 10 * time.Second},
		"later":              {set: []time.Duration{10 * time.Second, time.Minute}, want: time.Minute},
		"earlier":            {set: []time.Duration{time.Minute, 10 * time.Second}, want: 10 * time.Second},
		"over":               {set: []time.Duration{time.Minute, 0}, want: 0},
		"long over":          {set: []time.Duration{-time.Hour}, want: 0},
		"later, waiting":     {set: []time.Duration{10 * time.Second}, move: time.Minute, want: 62 * time.Second},
		"earlier, waiting":   {set: []time.Duration{time.Minute}, move: 5 * time.Second, want: 7 * time.Second},
		"long over, waiting": {set: []time.Duration{time.Minute}, move: -time.Hour, want: 2 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			piped(t, func(t *testing.T, c *connection, _ net.Conn) {
				for _, d := range test.set {
					_ = c.SetReadDeadline(after(d)) // it does not fail
				}
				if test.move != 0 {
					time.AfterFunc(2*time.Second, func() { _ = c.SetReadDeadline(after(test.move)) })
				}
				if got := took(t, func() error { _, err := c.Read(make([]byte, 1)); return err }); got != test.want {
					t.Errorf("it ended after %s, want %s", got, test.want)
				}
			})
		})
	}
}

func TestReadGoesOnAfterADeadline(t *testing.T) {
	piped(t, func(t *testing.T, c *connection, far net.Conn) {
		for _, over := range []time.Time{after(-time.Hour), after(time.Second)} {
			_ = c.SetDeadline(over)
			took(t, func() error { _, err := c.Read(make([]byte, 1)); return err })
			_ = c.SetDeadline(time.Time{})
			time.AfterFunc(time.Hour, func() { _, _ = far.Write([]byte("x")) })
			if n, err := c.Read(make([]byte, 1)); n != 1 || err != nil {
				t.Errorf("without a deadline Read = %d, %v, want 1, nil", n, err)
			}
		}
	})
}

func TestWriteGoesOnWhereADeadlineThatWasMovedCutIt(t *testing.T) {
	piped(t, func(t *testing.T, c *connection, far net.Conn) {
		const text = "all of it, once"
		_ = c.SetWriteDeadline(after(time.Second))
		read := make(chan string, 1)
		go func() {
			first := make([]byte, 5)
			_, _ = io.ReadFull(far, first)
			_ = c.SetWriteDeadline(after(time.Minute))
			time.Sleep(10 * time.Second)
			rest, _ := io.ReadAll(far)
			read <- string(first) + string(rest)
		}()
		n, err := io.WriteString(c, text)
		if n != len(text) || err != nil {
			t.Errorf("Write = %d, %v, want %d, nil", n, err, len(text))
		}
		_ = c.Close()
		if got := <-read; got != text {
			t.Errorf("the other end got %q, want %q", got, text)
		}
	})
}

// A request as net/http reads and answers it must not move a timer: that is what the deadlines are for.
func TestRequestsMoveNoTimer(t *testing.T) {
	piped(t, func(t *testing.T, c *connection, far net.Conn) {
		moved := 0
		for _, d := range []*deadline{&c.read, &c.write} {
			move := d.move
			d.move = func(t time.Time) error {
				moved++
				return move(t)
			}
		}
		const requests, pause = 100, 10 * time.Millisecond
		for range requests {
			_ = c.SetReadDeadline(after(time.Minute)) // idle_timeout
			go func() {
				time.Sleep(pause)
				_, _ = far.Write([]byte("GET"))
				_, _ = io.ReadFull(far, make([]byte, 2))
			}()
			_, _ = c.Read(make([]byte, 1))
			_ = c.SetReadDeadline(after(10 * time.Second)) // read_header_timeout
			_, _ = io.ReadFull(c, make([]byte, 2))
			_ = c.SetReadDeadline(time.Time{})
			_ = c.SetReadDeadline(after(-time.Hour)) // ends the read in the background, which has not begun
			took(t, func() error { _, err := c.Read(make([]byte, 1)); return err })
			_ = c.SetReadDeadline(time.Time{})
			_ = c.SetWriteDeadline(after(time.Minute))
			_, _ = io.WriteString(c, "OK")
			_ = c.SetWriteDeadline(time.Time{})
		}
		if moved > 3 {
			t.Errorf("%d requests within %s moved timers %d times, want 3", requests, requests*pause, moved)
		}
	})
}
