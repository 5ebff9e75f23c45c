package http

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"slices"
)

// maxGuess is how much memory the word of a server is trusted with.
const maxGuess = 1 << 20

// use is what becomes of a body that is not kept: head is the answer without it. Only the bodies of answers
// with a status of 2xx are used; of others they are read.
type use func(head *Response, body io.Reader) error

// receive gives the whole answer: with its body, or with what use made of it.
func (a *attempt) receive(answer *nethttp.Response, h *hop, o Options, with use) (*Response, error) {
	defer answer.Body.Close()
	a.is("reading the body")
	r := &Response{Status: answer.StatusCode, Header: answer.Header, URL: h.url.String(), TLS: answer.TLS}
	var err error
	if with != nil && r.OK() {
		err = a.use(answer.Body, r, with)
	} else {
		r.Body, err = a.read(answer, h, cmp.Or(o.MaxBody, DefaultMaxBody))
	}
	if err != nil {
		return nil, err
	}
	r.Timings = a.timings()
	return r, nil
}

// read gives a body, or an error when it is larger than limit or cut short.
func (a *attempt) read(answer *nethttp.Response, h *hop, limit int64) ([]byte, error) {
	guess := int64(bytes.MinRead)
	if n := answer.ContentLength; n >= 0 && h.method != nethttp.MethodHead {
		if n > limit {
			return nil, bodyTooLarge(limit)
		}
		guess = min(n, maxGuess)
	}
	from := &charged{from: io.LimitReader(answer.Body, limit+1), charge: a.charge}
	body := make([]byte, 0, guess+1) // so that the end shows without more room
	for {
		n, err := from.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case int64(len(body)) > limit:
			return nil, bodyTooLarge(limit)
		case errors.Is(err, io.EOF):
			return body, nil
		case err != nil:
			return body, err
		case len(body) == cap(body):
			body = slices.Grow(body, len(body))
		}
	}
}

// charged is a body that is held in memory as it is read.
type charged struct {
	from   io.Reader
	n      int
	charge func(n int) error // may be nil
}

func (c *charged) Read(b []byte) (int, error) {
	n, err := c.from.Read(b)
	c.n += n
	if c.charge != nil {
		err = cmp.Or(c.charge(c.n), err)
	}
	return n, err
}

// use hands a body over as it arrives.
func (a *attempt) use(from io.Reader, head *Response, with use) error {
	head.Timings = a.timings()
	a.is(arrivingBody)
	a.patience()
	body := &arriving{from: from, attempt: a}
	err := with(head, body)
	switch {
	case body.err != nil:
		return body.err
	case err != nil:
		return useError{err}
	}
	return nil
}

// useError is one of who uses a body, rather than of the transport.
type useError struct{ error }

func (e useError) Unwrap() error { return e.error }

// arriving is a body that is read as it arrives. Its error outlives whoever reads it.
type arriving struct {
	from    io.Reader
	attempt *attempt
	err     error
}

func (b *arriving) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.from.Read(p)
	b.attempt.patience()
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = err
	}
	return n, err
}

func bodyTooLarge(limit int64) error {
	return errBodyTooLarge.With(fmt.Errorf("the body is larger than %d bytes", limit), "raise options.max_body")
}
