package serve

import (
	"bufio"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// recorder is the way to the client. It knows what was sent, and waits for a client that takes no bytes
// only as long as its patience lasts.
type recorder struct {
	http.ResponseWriter
	patience time.Duration
	draining *atomic.Bool // the server is: the connection ends with the answer
	status   int
	bytes    int64
}

// statusGone is what the access log has for a client that left before there was an answer.
const statusGone = 499

func (w *recorder) wrote() bool { return w.status != 0 }

func (w *recorder) WriteHeader(status int) {
	if status >= http.StatusOK && w.status == 0 {
		w.status = status
		if w.draining != nil && w.draining.Load() {
			w.Header()["Connection"] = []string{"close"}
		}
		w.wait()
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if w.bytes > 0 {
		w.wait() // the first one is the header's
	}
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// wait sets the time until which the client must take what is sent next.
func (w *recorder) wait() {
	_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Now().Add(w.patience)) // without one it waits longer
}

// flush sends what was written.
func (w *recorder) flush() error { return http.NewResponseController(w.ResponseWriter).Flush() }

// Hijack takes the connection over, for a WebSocket.
func (w *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil {
		w.status = http.StatusSwitchingProtocols
		if m, ok := meterUnder(conn); ok {
			m.free.Store(true)
		}
	}
	return conn, rw, err
}

func (w *recorder) gone() {
	if w.status == 0 {
		w.status = statusGone
	}
}
