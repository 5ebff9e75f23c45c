package serve

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// bodyRoom is how many bytes the bodies of all requests may have together: more are answered with 503, so
// that clients who send much at once cannot take the memory of the host.
func bodyRoom(maxBody int64) int64 { return max(64<<20, 4*maxBody) }

// readBody reads the body, or gives the answer that refuses it. release gives its room back.
func (s *server) readBody(req *request) (release func(), refused *answer) {
	release = func() {}
	size := req.ContentLength
	switch {
	case size == 0:
		return release, nil
	case size > s.options.maxBody:
		return release, tooLarge(req)
	case size < 0:
		size = s.options.maxBody
	}
	if s.room.Add(-size) < 0 {
		s.room.Add(size)
		a := plain(http.StatusServiceUnavailable, "too many large requests")
		a.header = http.Header{"Retry-After": {"1"}, "Connection": {"close"}}
		return release, &a
	}
	s.reserved.Add(size)
	release = func() {
		s.room.Add(size)
		s.reserved.Add(-size)
	}
	refused = s.readWithin(req)
	return release, refused
}

// boundBody gives the body of a request as long to come in as the handler may take. Where nobody reads it, net/http does
// before it answers, and waits no longer either.
func (s *server) boundBody(req *request) { req.readUntil(req.began.Add(s.options.handlerTimeout)) }

func (req *request) readUntil(t time.Time) {
	_ = http.NewResponseController(req.out.ResponseWriter).SetReadDeadline(t) // without one it waits longer
}

// maxTrusted is how much memory the word of a client is trusted with.
const maxTrusted = 64 << 10

func (s *server) readWithin(req *request) *answer {
	var body []byte
	var err error
	if n := req.ContentLength; n > 0 && n <= maxTrusted {
		body = make([]byte, n)
		_, err = io.ReadFull(req.Body, body)
	} else {
		body, err = io.ReadAll(io.LimitReader(req.Body, s.options.maxBody+1))
	}
	req.body, req.timed = body, time.Now()
	switch {
	case int64(len(body)) > s.options.maxBody:
		return tooLarge(req)
	case errors.Is(err, os.ErrDeadlineExceeded):
		a := plain(http.StatusRequestTimeout, "the body took too long")
		a.header = http.Header{"Connection": {"close"}}
		return &a
	case err != nil:
		a := plain(http.StatusBadRequest, "the body is cut short")
		a.header = http.Header{"Connection": {"close"}}
		return &a
	}
	req.readUntil(time.Time{})
	return nil
}

func tooLarge(req *request) *answer {
	req.Body = http.NoBody // unread: the connection is closed behind the answer
	a := plain(http.StatusRequestEntityTooLarge, "body too large")
	a.header = http.Header{"Connection": {"close"}}
	return &a
}
