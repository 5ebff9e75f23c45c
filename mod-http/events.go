package http

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// event is a server-sent event (HTML, 9.2: https://html.spec.whatwg.org/multipage/server-sent-events.html).
type event struct {
	kind string // "message" unless the server names one
	data string
	id   string         // the last one that the server gave, for this event or before it
	wait *time.Duration // how long to wait before a new connection, as far as the server said
}

// events reads a stream of events.
type events struct {
	from  *bufio.Reader
	limit int64 // of the bytes of one event

	begun bool // the first line was read
	cr    bool // the last line ended with a carriage return: a line feed still belongs to it
	line  []byte
	event event
	data  []byte
	any   bool // there was a data field
}

func newEvents(from io.Reader, limit int64) *events {
	return &events{from: bufio.NewReader(from), limit: limit}
}

// next gives the next event. The end of the stream is io.EOF; what is then not complete is dropped.
func (e *events) next() (event, error) {
	for {
		if err := e.readLine(); err != nil {
			return event{}, err
		}
		if len(e.line) > 0 {
			e.field()
			continue
		}
		got, complete := e.event, e.any
		got.data = string(bytes.TrimSuffix(e.data, []byte("\n")))
		if got.kind == "" {
			got.kind = "message"
		}
		e.event.kind, e.data, e.any = "", e.data[:0], false
		if complete {
			return got, nil
		}
	}
}

// readLine reads up to a line feed, a carriage return, or both.
func (e *events) readLine() error {
	e.line = e.line[:0]
	for {
		c, err := e.from.ReadByte()
		if err != nil {
			return err
		}
		after := e.cr
		e.cr = c == '\r'
		switch {
		case c == '\n' && after:
			continue
		case c == '\n' || c == '\r':
			if !e.begun {
				e.line = bytes.TrimPrefix(e.line, []byte("\xef\xbb\xbf"))
			}
			e.begun = true
			return nil
		}
		if e.line = append(e.line, c); int64(len(e.line)+len(e.data)) > e.limit {
			return errBodyTooLarge.With(fmt.Errorf("an event is larger than %d bytes", e.limit), "raise options.max_body")
		}
	}
}

// field takes a line of an event; comments and unknown fields are ignored.
func (e *events) field() {
	name, value, _ := strings.Cut(string(e.line), ":")
	value = strings.TrimPrefix(value, " ")
	switch name {
	case "event":
		e.event.kind = value
	case "data":
		e.data, e.any = append(append(e.data, value...), '\n'), true
	case "id":
		if !strings.Contains(value, "\x00") {
			e.event.id = value
		}
	case "retry":
		if ms, err := strconv.ParseUint(value, 10, 31); err == nil && !strings.HasPrefix(value, "+") {
			wait := time.Duration(ms) * time.Millisecond
			e.event.wait = &wait
		}
	}
}

// each calls f for every event until the stream ends or f wants no more.
func (e *events) each(f func(event) (more bool, err error)) error {
	for {
		got, err := e.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if more, err := f(got); err != nil || !more {
			return err
		}
	}
}
