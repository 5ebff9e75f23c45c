package report

import (
	"fmt"
	"io"
	"os"

	"assay.rs/check"
)

// EventSchema names the format of the lines of jsonl.
const EventSchema = "assay.check.events/v1"

// live is a target that is written while the run goes on: one JSON object a line, each written at once.
type live struct {
	name string
	w    io.Writer
	file io.Closer // nil is stdout
	err  error     // the first
}

func openLive(t Target, stdout io.Writer) (*live, error) {
	l := &live{name: t.Format.Name, w: stdout}
	if t.Stdout() {
		return l, nil
	}
	f, err := os.Create(t.Path)
	if err != nil {
		return nil, fmt.Errorf("report %s: %w", t.Format.Name, plain(err, t.Path))
	}
	l.w, l.file = f, f
	return l, nil
}

// line is one event. Keys that an event does not have are left out.
type line struct {
	Event    string            `json:"event"`
	At       int64             `json:"at_ms"`
	Schema   string            `json:"schema,omitempty"`
	Run      *string           `json:"run,omitempty"`
	Name     string            `json:"name,omitempty"`
	File     string            `json:"file,omitempty"`
	Type     string            `json:"type,omitempty"`
	Location string            `json:"location,omitempty"`
	N        int               `json:"n,omitempty"`
	Passed   *bool             `json:"passed,omitempty"`
	Status   check.Status      `json:"status,omitempty"`
	Outcome  check.OutcomeKind `json:"outcome,omitempty"`
	Attempts int               `json:"attempts,omitempty"`
	Duration *int64            `json:"duration_ms,omitempty"`
	Message  *string           `json:"message,omitempty"`
	Class    *string           `json:"error_class,omitempty"`
	Next     int64             `json:"next_delay_ms,omitempty"`
	Value    any               `json:"value,omitempty"`
	Checks   []check.Assertion `json:"assertions,omitempty"`
	Summary  *check.Summary    `json:"summary,omitempty"`
	Exit     *int              `json:"exit_code,omitempty"`
	Reason   string            `json:"reason,omitempty"`
	Total    int               `json:"total,omitempty"`
	Errors   []check.Problem   `json:"errors,omitempty"`
}

func (l *live) event(e check.Event) {
	c := e.Result
	out := line{At: e.At.Milliseconds(), Name: c.Name, File: c.File}
	switch e.Kind {
	case check.RunStarted:
		out.Event, out.Schema, out.Total = "run", EventSchema, e.Total
	case check.CheckStarted:
		out.Event, out.Type, out.Location = "check_start", c.Type, c.Location
	case check.AttemptEnded:
		passed := e.Try.Message == nil
		out.Event, out.N, out.Passed, out.Duration = "attempt", e.Try.N, &passed, &e.Try.Duration
		out.Message, out.Class, out.Next = e.Try.Message, e.Try.Class, e.Try.NextDelay
	case check.CheckEnded:
		out.Event, out.Passed, out.Status, out.Attempts, out.Duration = "check_end", &c.Passed, c.Status, c.Attempts, &c.Total
		out.Message, out.Class, out.Value, out.Checks = c.Message, c.ErrorClass, c.Value, c.Assertions
	}
	l.write(out)
}

func (l *live) end(r *check.Report) error {
	l.write(line{
		Event: "run_end", At: r.Duration, Run: r.Name, File: r.File, Passed: &r.Passed, Outcome: r.Outcome,
		Summary: &r.Summary, Exit: &r.Exit, Reason: r.Reason, Errors: r.Errors,
	})
	if l.file != nil {
		if err := l.file.Close(); l.err == nil {
			l.err = err
		}
	}
	if l.err != nil {
		return fmt.Errorf("report %s: %w", l.name, l.err)
	}
	return nil
}

func (l *live) write(e line) {
	if l.err == nil {
		_, l.err = io.WriteString(l.w, compact(e)+"\n")
	}
}
