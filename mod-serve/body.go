package serve

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// errRoom is why a body is not read to its end.
var errRoom = errors.New("the bodies of all requests are too large together")

// inflow is a body that comes in. Its bytes take room when they are there: who only says that there are many
// takes none from others.
type inflow struct {
	io.Reader
	server *server
	meter  *meter // of the connection, or nil
	took   int64
}

func (i *inflow) Read(p []byte) (int, error) {
	n, err := i.Reader.Read(p)
	if n == 0 {
		return 0, err
	}
	if m := i.meter; m != nil {
		m.allow(2 * int64(n)) // it came encrypted, and in frames
	}
	if !i.server.bodies.take(int64(n)) {
		return n, errRoom
	}
	i.took += int64(n)
	return n, err
}

func (i *inflow) giveBack() { i.server.bodies.giveBack(i.took) }

// readBody reads the body, or gives the answer that refuses it. release gives its room back.
func (s *server) readBody(req *request) (release func(), refused *answer) {
	switch {
	case req.ContentLength == 0:
		return func() {}, nil
	case req.ContentLength > s.options.maxBody:
		return func() {}, tooLarge()
	}
	in := &inflow{Reader: req.Body, server: s, meter: req.meter}
	return in.giveBack, s.readWithin(req, in)
}

// boundBody gives the body of a request as long to come in as the handler may take. Where nobody reads it, net/http does
// before it answers, and waits no longer either.
func (s *server) boundBody(req *request) { req.readUntil(req.began.Add(s.options.handlerTimeout)) }

func (req *request) readUntil(t time.Time) {
	_ = http.NewResponseController(req.out.ResponseWriter).SetReadDeadline(t) // without one it waits longer
}

// maxTrusted is how much memory the word of a client is trusted with: what its connection takes anyway.
const maxTrusted = 4 << 10

func (s *server) readWithin(req *request, in *inflow) *answer {
	var body bytes.Buffer
	body.Grow(int(min(max(req.ContentLength, 0), maxTrusted)) + bytes.MinRead)
	n, err := body.ReadFrom(io.LimitReader(in, s.options.maxBody+1))
	req.body, req.timed = body.Bytes(), time.Now()
	switch {
	case n > s.options.maxBody:
		return tooLarge()
	case errors.Is(err, errRoom):
		a := refusal(http.StatusServiceUnavailable, "too many large requests")
		a.header.Set("Retry-After", "1")
		return a
	case errors.Is(err, os.ErrDeadlineExceeded):
		return refusal(http.StatusRequestTimeout, "the body took too long")
	case err != nil:
		return refusal(http.StatusBadRequest, "the body is cut short")
	}
	req.readUntil(time.Time{})
	return nil
}

func tooLarge() *answer { return refusal(http.StatusRequestEntityTooLarge, "body too large") }

// refusal is the answer to a body that is not read to its end, behind which the connection is closed.
func refusal(status int, text string) *answer {
	a := plain(status, text)
	a.header = http.Header{"Connection": {"close"}}
	return &a
}

// What is read, and dropped, of a body that is refused, and for how long.
const (
	maxDropped = 64 << 20
	dropTime   = 5 * time.Second
)

// sendRefusal sends the answer to a body that is not read to its end, and drops what still comes of that: to close a
// connection on a client that sends is to reset it, and many clients read no answer before they have sent all.
func (s *server) sendRefusal(req *request, a answer) {
	body, waits := req.Body, req.Header["Expect"] != nil
	req.Body = http.NoBody // net/http is to read none of it
	s.send(req, a)
	if waits || req.ProtoMajor > 1 || (a.status != http.StatusRequestEntityTooLarge && a.status != http.StatusServiceUnavailable) {
		return
	}
	if http.NewResponseController(req.out.ResponseWriter).Flush() != nil {
		return
	}
	end := time.Now().Add(dropTime)
	if handler := req.began.Add(s.options.handlerTimeout); handler.Before(end) {
		end = handler
	}
	req.readUntil(end)
	stop := context.AfterFunc(req.Context(), func() { req.readUntil(time.Now()) })
	defer stop()
	_, _ = io.Copy(io.Discard, io.LimitReader(&dropped{body, req.meter}, maxDropped)) // the answer is given
}

// dropped is a body whose bytes take no room.
type dropped struct {
	io.Reader
	meter *meter // of the connection, or nil
}

func (d *dropped) Read(p []byte) (int, error) {
	n, err := d.Reader.Read(p)
	if d.meter != nil {
		d.meter.allow(2 * int64(n))
	}
	return n, err
}
