package http

import (
	"cmp"
	"context"
	"errors"
	"io"
	"mime"
	nethttp "net/http"
	"path/filepath"

	"assay.rs/core"
)

// deliver makes a request whose body is used as it arrives. Once it has begun, no further attempt is made.
func (m *module) deliver(c core.Call, own *client, r call, with use) (*Response, error) {
	answer, err := m.send(c, own, r, func(ctx context.Context, client *Client, request Request) (*Response, error) {
		begun := false
		answer, err := client.Stream(ctx, request, func(head *Response, body io.Reader) error {
			begun = true
			return with(head, body)
		})
		if err != nil && begun {
			return nil, finalError{err}
		}
		return answer, err
	})
	if final, ok := errors.AsType[finalError](err); ok {
		return nil, final.error
	}
	return answer, err
}

// pieceBytes is how much of a body is read at once.
const pieceBytes = 32 << 10

// stream calls fn for each piece of the body, or for each line.
func (m *module) stream(c core.Call, own *client, r call, fn core.Callback) (*Response, error) {
	limit := r.limit(own)
	return m.deliver(c, own, r, func(_ *Response, body io.Reader) error {
		body = &limited{from: body, limit: limit}
		if r.lines {
			return eachLine(c, body, cmp.Or(limit, DefaultMaxBody), fn)
		}
		buffer := make([]byte, pieceBytes)
		for {
			n, err := body.Read(buffer)
			if n > 0 {
				if more, err := goesOn(fn.Call(c, core.TextValue(string(buffer[:n])))); err != nil || !more {
					return err
				}
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
		}
	})
}

// goesOn tells whether a callback wants more: it does unless it returns false.
func goesOn(results []core.Value, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	return len(results) == 0 || results[0].Kind() != core.KindBool || results[0].Bool(), nil
}

// download writes the body to a file. Each attempt begins anew.
func (m *module) download(c core.Call, own *client, path string, r call) (*Response, error) {
	if path == "" {
		return nil, errNoPath
	}
	root, limit := c.Root(), r.limit(own)
	r.prefer(own, "Accept-Encoding", "identity")
	return m.send(c, own, r, func(ctx context.Context, client *Client, request Request) (*Response, error) {
		request.Idle = DefaultTimeout
		return client.Stream(ctx, request, func(_ *Response, body io.Reader) error {
			if err := root.MkdirAll(filepath.Dir(path)); err != nil {
				return core.FileError(err)
			}
			return core.FileError(root.WriteFile(path, func(w io.Writer) error {
				_, err := io.Copy(w, &limited{from: body, limit: limit})
				return err
			}))
		})
	})
}

// sse calls fn for each event.
func (m *module) sse(c core.Call, own *client, r call, fn core.Callback) (*Response, error) {
	limit := cmp.Or(r.limit(own), DefaultMaxBody)
	r.prefer(own, "Accept", "text/event-stream")
	r.prefer(own, "Cache-Control", "no-store")
	return m.deliver(c, own, r, func(head *Response, body io.Reader) error {
		if head.Status == nethttp.StatusNoContent {
			return nil
		}
		given := head.Header.Get("Content-Type")
		if kind, _, err := mime.ParseMediaType(given); err != nil || kind != "text/event-stream" {
			return errProtocol.Errorf("the answer is of the type %q, not text/event-stream", clip(given))
		}
		return newEvents(body, limit).each(func(e event) (bool, error) {
			return goesOn(fn.Call(c, e.value(c)))
		})
	})
}

// value is the event as a table.
func (e event) value(c core.Call) core.Value {
	table := c.NewTable(4)
	table.Set("event", core.TextValue(e.kind))
	table.Set("data", core.TextValue(e.data))
	if e.id != "" {
		table.Set("id", core.TextValue(e.id))
	}
	if e.wait != nil {
		table.Set("retry", core.NumberValue(e.wait.Seconds()))
	}
	return table.Value()
}

// limit is max_body of the request or its client; 0 is none.
func (r *call) limit(own *client) int64 {
	if own == nil {
		return r.MaxBody
	}
	return cmp.Or(r.MaxBody, own.defaults.MaxBody)
}

// prefer sets a header that neither the request nor its client has.
func (r *call) prefer(own *client, name, value string) {
	if own != nil && mergeHeaders(own.defaults.Headers, nil).Get(name) != "" {
		return
	}
	r.Headers = mergeHeaders(nethttp.Header{name: {value}}, r.Headers)
}

// limited is a body that may not become larger than limit, if there is one.
type limited struct {
	from     io.Reader
	limit, n int64
}

func (l *limited) Read(b []byte) (int, error) {
	n, err := l.from.Read(b)
	l.n += int64(n)
	if l.limit > 0 && l.n > l.limit {
		return 0, bodyTooLarge(l.limit)
	}
	return n, err
}
