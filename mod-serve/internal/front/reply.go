package front

import (
	"cmp"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// wire is what a reply needs of a connection.
type wire interface {
	io.Writer
	SetReadDeadline(t time.Time) error
	SetWriteDeadline(t time.Time) error
}

// reply is the [http.ResponseWriter] of a request. It takes deadlines and can be flushed. A body that fits into its
// buffer is sent with its length; a longer one with that which the header says, or in chunks.
type reply struct {
	wire
	*buffers        // nil once the reply is finished: whoever still has it has nothing
	date     string // when it was asked for
	isHead   bool   // the request is HEAD: its answer has no body

	status  int
	length  int64 // of the body, as the header says; -1 when it says nothing
	typed   bool  // what the body is needs not be found out
	written int64
	framed  bool // the header is whole
	chunked bool
	last    bool // the header says that the connection ends
	broken  bool // the connection cannot go on
}

// buffers are what replies use one after another.
type buffers struct {
	header http.Header
	out    []byte // what is to be sent
	body   []byte // what is to be sent behind it
}

func newBuffers() *buffers { return &buffers{header: make(http.Header)} }

// How large buffers are at most that another reply uses.
const (
	maxKept   = 2 * bufferSize
	maxFields = 64
)

// clear tells whether another reply should use them.
func (b *buffers) clear() bool {
	keep := len(b.header) <= maxFields && cap(b.out) <= maxKept && cap(b.body) <= maxKept
	clear(b.header)
	b.out, b.body = b.out[:0], b.body[:0]
	return keep
}

// Header is what WriteHeader sends.
func (w *reply) Header() http.Header {
	if w.buffers == nil {
		return make(http.Header)
	}
	return w.header
}

// WriteHeader takes the header as it is then. Only the first status counts, and none of less than 200 is sent.
func (w *reply) WriteHeader(status int) {
	if w.buffers == nil || w.status != 0 || status < http.StatusOK {
		return
	}
	w.status = status
	w.out = append(w.out, "HTTP/1.1 "...)
	w.out = append(strconv.AppendInt(w.out, int64(status), 10), ' ')
	w.out = append(append(w.out, cmp.Or(http.StatusText(status), "unknown")...), "\r\n"...)
	var room [16]string
	names := room[:0]
	for name := range w.header {
		names = append(names, name)
	}
	slices.Sort(names)
	_, w.typed = w.header["Content-Type"]
	for _, name := range names {
		for _, value := range w.header[name] {
			if w.sends(name, value) {
				w.field(name, value)
			}
		}
	}
	if _, dated := w.header["Date"]; !dated {
		w.field("Date", w.date)
	}
}

// sends tells whether a field is to be sent, and notes what it says.
func (w *reply) sends(name, value string) bool {
	switch name {
	case "Content-Type":
		return w.status != http.StatusNotModified
	case "Content-Encoding":
		w.typed = true
	case "Content-Length":
		n, err := strconv.ParseUint(value, 10, 63)
		if err != nil || w.length >= 0 || w.hasNoBody() {
			return false
		}
		w.length = int64(n)
	case "Transfer-Encoding":
		return false // frame chooses it
	case "Connection":
		w.last = w.last || strings.EqualFold(value, "close")
	}
	return IsToken(name)
}

// field appends a field to the header. A line break in its value would begin another one.
func (w *reply) field(name, value string) {
	w.out = append(append(w.out, name...), ": "...)
	start := len(w.out)
	w.out = append(w.out, value...)
	for i, c := range w.out[start:] {
		if c == '\r' || c == '\n' {
			w.out[start+i] = ' '
		}
	}
	w.out = append(w.out, "\r\n"...)
}

// hasNoBody tells whether the status is that of an answer without a body (RFC 9110, 6.4.1).
func (w *reply) hasNoBody() bool {
	return w.status == http.StatusNoContent || w.status == http.StatusNotModified
}

// Write sends once the buffer is full.
func (w *reply) Write(p []byte) (int, error) {
	if w.buffers == nil {
		return 0, net.ErrClosed
	}
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if w.hasNoBody() {
		return 0, http.ErrBodyNotAllowed
	}
	w.written += int64(len(p))
	if w.length >= 0 && w.written > w.length {
		return 0, http.ErrContentLength
	}
	if len(w.body)+len(p) <= bufferSize {
		w.body = append(w.body, p...)
		return len(p), nil
	}
	w.frame(false, p)
	rest := p
	if w.isHead || w.chunked || len(p) <= bufferSize {
		w.queue(p)
		rest = nil
	} else {
		w.queue(nil)
	}
	if err := w.send(rest); err != nil {
		return 0, err
	}
	return len(p), nil
}

// frame completes the header: it says what the body is, and where it ends. p comes behind what is buffered; if the
// body is whole its length is known.
func (w *reply) frame(whole bool, p []byte) {
	if w.framed {
		return
	}
	w.framed = true
	if !w.typed && len(w.body)+len(p) > 0 {
		w.field("Content-Type", http.DetectContentType(append(w.body, p[:min(len(p), sniffed)]...)))
	}
	switch {
	case w.length >= 0 || w.hasNoBody():
	case whole && (!w.isHead || w.written > 0):
		w.field("Content-Length", strconv.FormatInt(w.written, 10))
	case !w.isHead:
		w.chunked = true
		w.field("Transfer-Encoding", "chunked")
	}
	w.out = append(w.out, "\r\n"...)
}

// sniffed is how much of a body tells what it is.
const sniffed = 512

// queue makes what is buffered, and p behind it, ready to be sent.
func (w *reply) queue(p []byte) {
	n := len(w.body) + len(p)
	if n == 0 || w.isHead {
		return
	}
	if w.chunked {
		w.out = append(strconv.AppendInt(w.out, int64(n), 16), "\r\n"...)
	}
	w.out = append(append(w.out, w.body...), p...)
	if w.chunked {
		w.out = append(w.out, "\r\n"...)
	}
	w.body = w.body[:0]
}

// send sends what is ready, and p behind it.
func (w *reply) send(p []byte) error {
	for _, b := range [][]byte{w.out, p} {
		if w.broken {
			return net.ErrClosed
		}
		if len(b) > 0 {
			if _, err := w.wire.Write(b); err != nil {
				w.broken = true
				return err
			}
		}
	}
	w.out = w.out[:0]
	return nil
}

// FlushError sends what was written.
func (w *reply) FlushError() error {
	if w.buffers == nil {
		return net.ErrClosed
	}
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	w.frame(false, nil)
	w.queue(nil)
	return w.send(nil)
}

// finish sends what is left, and tells whether the connection can go on.
func (w *reply) finish() bool {
	if w.broken {
		return false
	}
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	w.frame(true, nil)
	w.queue(nil)
	if w.chunked {
		w.out = append(w.out, "0\r\n\r\n"...)
	}
	lied := w.length >= 0 && w.length != w.written && !w.isHead
	return w.send(nil) == nil && !w.last && !lied
}
