package serve

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"assay.rs/core"
	"assay.rs/core/spec"
	"assay.rs/mod-serve/internal/front"
)

// errGone is a client that takes no more.
var errGone = errors.New("the client is gone")

// errEnded is what a task hears that sends too late.
var errEnded = errors.New("the event stream has ended: its function has returned")

// stream lets a handler send events, or use a WebSocket, for as long as it likes. It needs the baton.
func (s *server) stream(c core.Call, req *request, a answer) error {
	if a.kind == socket {
		return s.useSocket(c, req, a)
	}
	task, ctx := c.Task(), c.Context()
	end := func() { task.Cancel(errShutdown) }
	defer s.streams.add(closer{end, end})()
	front.Streams(req.Context())
	var err error
	c.Away(func() { err = s.beginEvents(req, a) })
	if err != nil {
		return err
	}
	f := feed{until: ctx, out: &req.out}
	send := c.NewFunction(core.Fn1(
		core.Doc{Name: "send", Text: "Sends an event.", Needs: core.Listen, Level: core.Script},
		core.Arg("event", eventType(), "What to send."), core.ReturnsNothing(),
		func(_ core.Call, text string) (core.None, error) {
			release, ok := s.out.hold(int64(len(text))*eventCopies, freeEvent*eventCopies)
			if !ok {
				s.crowd("an event stream was ended: clients do not take what they are sent", req)
				task.Cancel(errGone)
				return core.None{}, errGone
			}
			defer release()
			return core.None{}, f.send(text)
		}))
	_, err = a.stream.Call(c, send)
	c.Away(f.end)
	req.broken = err != nil && !errors.Is(err, errShutdown) && !errors.As(err, new(*core.Exit))
	return err
}

// eventCopies is how often an event is there while it is sent: as it was made, as it is written, and in its chunk.
const eventCopies = 3

// beginEvents sends the header of an event stream.
func (s *server) beginEvents(req *request, a answer) error {
	h := req.out.Header()
	h["Content-Type"] = []string{"text/event-stream"}
	h["Cache-Control"] = []string{"no-cache"}
	h["X-Accel-Buffering"] = []string{"no"} // nginx would hold events back
	maps.Copy(h, a.header)
	status := a.status
	if status == 0 {
		status = http.StatusOK
	}
	req.out.WriteHeader(status)
	return req.out.flush()
}

// feed is an event stream. Any task of the script may send to it, until the function of the answer has returned.
type feed struct {
	until context.Context //nolint:containedctx // of the task that the stream belongs to

	mu    sync.Mutex
	out   *recorder
	ended bool
}

func (f *feed) send(text string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return errStreamEnded.With(errEnded, "")
	}
	if err := context.Cause(f.until); err != nil {
		return err
	}
	if _, err := f.out.Write([]byte(text)); err != nil {
		return errClientGone.With(errGone, "")
	}
	if err := f.out.flush(); err != nil {
		return errClientGone.With(errGone, "")
	}
	return nil
}

func (f *feed) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = true
}

// event is one of a stream, as the HTML standard has it.
type event struct {
	name, data, id *string
	retry          *int
}

// eventType is a table, or a string for one that has data alone. Its Go form is the text that is sent.
func eventType() core.Type[string] {
	table := core.Record("http.Event", "An event of a stream.",
		core.NewKey("event", core.Nullable(core.String()), func(e *event) **string { return &e.name }, "Its name, on one line."),
		core.NewKey("data", core.Nullable(core.String()), func(e *event) **string { return &e.data }, "What it says; any number of lines."),
		core.NewKey("id", core.Nullable(core.String()), func(e *event) **string { return &e.id }, "What the client names as the last one when it comes back, on one line."),
		core.NewKey("retry", core.Nullable(core.Int()), func(e *event) **int { return &e.retry }, "After how many milliseconds a client that lost the stream comes back."))
	return core.Custom(spec.Type{Kind: spec.Union, Of: []spec.Type{{Kind: spec.Scalar, Name: "string"}, {Kind: spec.Ref, Name: "http.Event"}}},
		func(c core.Call, v core.Value) (string, error) {
			if text, ok := v.Text(); ok {
				return event{data: &text}.format()
			}
			e, err := core.ReadAs(c, table, v, event{})
			if err != nil {
				return "", err
			}
			return e.format()
		}, nil)
}

// format is the event as it is sent.
func (e event) format() (string, error) {
	var b strings.Builder
	for _, field := range []struct {
		name  string
		value *string
	}{{"event", e.name}, {"id", e.id}} {
		if field.value == nil {
			continue
		}
		if strings.ContainsAny(*field.value, "\r\n\x00") {
			return "", fmt.Errorf("%s: a line break or NUL must not stand in it: %q", field.name, *field.value)
		}
		b.WriteString(field.name + ": " + *field.value + "\n")
	}
	if e.retry != nil {
		if *e.retry < 0 {
			return "", fmt.Errorf("retry: must not be negative, got %d", *e.retry)
		}
		b.WriteString("retry: " + strconv.Itoa(*e.retry) + "\n")
	}
	if e.data != nil {
		lines := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(*e.data)
		for line := range strings.SplitSeq(lines, "\n") {
			b.WriteString("data: " + line + "\n")
		}
	}
	if b.Len() == 0 {
		return "", errors.New("an event needs event, data, id or retry")
	}
	b.WriteString("\n")
	return b.String(), nil
}
