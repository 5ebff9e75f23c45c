package ws

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"nhooyr.io/websocket"
)

// wire is one connection of the library.
type wire struct {
	*websocket.Conn
	limit int64
}

// closed is how the other end has closed the connection.
type closed struct {
	code   int
	reason string
}

// wireAccept answers the handshake; a request that is none is answered with the reason.
func wireAccept(w http.ResponseWriter, r *http.Request, o AcceptOptions) (*wire, error) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: o.Subprotocols, OriginPatterns: o.Origins})
	if err != nil {
		return nil, cause(err)
	}
	return &wire{conn, o.MaxMessage}, nil
}

// wireDial makes the handshake. status is that of an answer which is no handshake, or 0.
func wireDial(ctx context.Context, target string, client *http.Client, header http.Header, subprotocols []string, limit int64) (w *wire, status int, err error) {
	//nolint:bodyclose // the library closes it, or makes it the connection
	conn, answer, err := websocket.Dial(ctx, target, &websocket.DialOptions{HTTPClient: client, HTTPHeader: header, Subprotocols: subprotocols})
	if err != nil {
		if answer != nil && answer.StatusCode != http.StatusSwitchingProtocols {
			status = answer.StatusCode
		}
		return nil, status, cause(err)
	}
	return &wire{conn, limit}, 0, nil
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

func (w *wire) read(ctx context.Context) (data []byte, binary bool, err error) {
	w.SetReadLimit(w.limit)
	kind, data, err := w.Read(ctx)
	return data, kind == websocket.MessageBinary, err
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
