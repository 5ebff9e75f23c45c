package ws

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"

	"nhooyr.io/websocket"
)

// wire is one connection of the library.
type wire struct {
	*websocket.Conn
	frames *frames
}

// closed is how the other end has closed the connection.
type closed struct {
	code   int
	reason string
}

// wireAccept answers the handshake; a request that is none is answered with the reason.
func wireAccept(w http.ResponseWriter, r *http.Request, o AcceptOptions) (*wire, error) {
	taken := &hijacker{ResponseWriter: w, limit: o.MaxMessage}
	conn, err := websocket.Accept(taken, r, &websocket.AcceptOptions{Subprotocols: o.Subprotocols, OriginPatterns: o.Origins})
	if err != nil {
		return nil, cause(err)
	}
	conn.SetReadLimit(-1) // frames knows the limit
	return &wire{conn, taken.frames}, nil
}

// hijacker gives the library the connection of a request with frames on the way.
type hijacker struct {
	http.ResponseWriter

	limit  int64
	frames *frames
}

func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	early, _ := rw.Reader.Peek(rw.Reader.Buffered()) // it gives what is buffered
	raw := &stream{Reader: io.MultiReader(bytes.NewReader(bytes.Clone(early)), conn), Conn: conn}
	h.frames = newFrames(raw, conn, false, h.limit)
	through := &stream{Reader: h.frames, Conn: conn, out: h.frames}
	return through, bufio.NewReadWriter(bufio.NewReader(through), bufio.NewWriter(through)), nil
}

// stream is a connection whose bytes go another way.
type stream struct {
	io.Reader
	net.Conn

	out io.Writer // nil is the connection
}

func (s *stream) Read(p []byte) (int, error) { return s.Reader.Read(p) }

func (s *stream) Write(p []byte) (int, error) {
	if s.out == nil {
		return s.Conn.Write(p)
	}
	return s.out.Write(p)
}

// handshaker is a transport whose new connections have frames on the way.
type handshaker struct {
	http.RoundTripper

	limit  int64
	frames *frames
}

func (h *handshaker) RoundTrip(r *http.Request) (*http.Response, error) {
	var conn net.Conn
	trace := &httptrace.ClientTrace{GotConn: func(got httptrace.GotConnInfo) { conn = got.Conn }}
	answer, err := h.RoundTripper.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
	if err != nil || answer.StatusCode != http.StatusSwitchingProtocols {
		return answer, err
	}
	if rwc, ok := answer.Body.(io.ReadWriteCloser); ok && conn != nil {
		h.frames = newFrames(rwc, conn, true, h.limit)
		answer.Body = h.frames
	}
	return answer, nil
}

// wireDial makes the handshake. status is that of the answer, or 0 without one.
func wireDial(ctx context.Context, target string, client *http.Client, header http.Header, subprotocols []string, limit int64) (w *wire, status int, err error) {
	through := *client
	way := &handshaker{RoundTripper: client.Transport, limit: limit}
	through.Transport = way
	//nolint:bodyclose // the library closes it, or makes it the connection
	conn, answer, err := websocket.Dial(ctx, target, &websocket.DialOptions{HTTPClient: &through, HTTPHeader: header, Subprotocols: subprotocols})
	if answer != nil {
		status = answer.StatusCode
	}
	if err != nil {
		if way.frames != nil {
			way.frames.drop()
		}
		return nil, status, cause(err)
	}
	conn.SetReadLimit(-1) // frames knows the limit
	return &wire{conn, way.frames}, status, nil
}

// cause takes off what the library, and net/http, wrap around it: the builtin says as much.
func cause(err error) error {
	if request, ok := errors.AsType[*url.Error](err); ok {
		return request.Err
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err
}

// next waits for a message to begin.
func (w *wire) next(ctx context.Context) (message io.Reader, binary bool, err error) {
	kind, message, err := w.Reader(ctx)
	return message, kind == websocket.MessageBinary, err
}

func (w *wire) write(ctx context.Context, data []byte, binary bool) error {
	kind := websocket.MessageText
	if binary {
		kind = websocket.MessageBinary
	}
	return w.Write(ctx, kind, data)
}

func (w *wire) close(code int, reason string) error {
	return w.Close(websocket.StatusCode(code), reason)
}

// closeOf is how the other end has closed the connection, if err says that it has.
func closeOf(err error) (closed, bool) {
	var frame websocket.CloseError
	if !errors.As(err, &frame) {
		return closed{}, false
	}
	return closed{int(frame.Code), frame.Reason}, true
}
