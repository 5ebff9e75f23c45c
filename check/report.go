package check

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Status is how a check ended.
type Status string

// The statuses.
const (
	StatusPassed    Status = "passed"
	StatusFailed    Status = "failed"    // measured, and wrong
	StatusError     Status = "error"     // could not be measured
	StatusWarned    Status = "warned"    // wrong, but its severity or bounds only warn
	StatusSkipped   Status = "skipped"   // not begun
	StatusCancelled Status = "cancelled" // begun, and ended from outside
)

// OutcomeKind is how a run ended.
type OutcomeKind string

// The outcomes.
const (
	OutcomePassed    OutcomeKind = "passed"
	OutcomeFailed    OutcomeKind = "failed"
	OutcomeError     OutcomeKind = "error"
	OutcomeDeadline  OutcomeKind = "deadline"
	OutcomeCancelled OutcomeKind = "cancelled"
	OutcomeValidated OutcomeKind = "validated" // of a plan that was not run
)

// Exit codes of a run. An interrupted run exits with the code of its Interrupt.
const (
	ExitPassed = 0
	ExitFailed = 1
	ExitUsage  = 2

	ExitDeadline = 3 // with [Report.Detail]: the time was over
	ExitError    = 4 // with [Report.Detail]: something could not be measured
)

// Schema names the format of the document.
const Schema = "assay.check/v1"

// Interrupt is the cause to cancel the context of a run with when a signal came.
type Interrupt struct {
	Signal string // SIGTERM
	Code   int    // the exit code: 143
}

func (i *Interrupt) Error() string { return i.Signal }

// Report is the document of a run. The order of its fields is that of the document; the first three, and the first four
// of a check, are what the oldest readers know.
type Report struct {
	Passed   bool        `json:"passed"`
	Checks   []Result    `json:"checks"`
	Duration int64       `json:"duration_ms"`
	Schema   string      `json:"schema"`
	Name     *string     `json:"name"`
	File     string      `json:"file"`
	Outcome  OutcomeKind `json:"outcome"`
	Summary  Summary     `json:"summary"`
	Exit     int         `json:"exit_code"`
	Reason   string      `json:"reason"`
	Started  time.Time   `json:"started_at"`
	Timeout  int64       `json:"timeout_ms,omitempty"` // how long the run might have taken; 0 is no bound
	Shard    *Shard      `json:"shard,omitempty"`      // of a run of a part of the checks
	Advisory bool        `json:"advisory,omitempty"`   // the exit code says nothing of the checks
	Would    *int        `json:"would_exit,omitempty"` // the exit code if it did
	Errors   []Problem   `json:"errors,omitempty"`
	LeftOut  []string    `json:"left_out,omitempty"` // what a folder has beside check files and scripts

	lost bool // nobody has got the document
}

// Summary counts the checks by status.
type Summary struct {
	Total      int `json:"total"`
	Passed     int `json:"passed"`
	Failed     int `json:"failed"`
	Error      int `json:"error"`
	Warned     int `json:"warned"`
	Skipped    int `json:"skipped"`
	Cancelled  int `json:"cancelled"`
	Deselected int `json:"deselected"`
}

// Result is how one check went. Passed is true when its status is passed and never else.
type Result struct {
	Name       string      `json:"name"`
	Passed     bool        `json:"passed"`
	Duration   int64       `json:"duration_ms"` // of the last attempt
	Message    *string     `json:"message"`
	Type       string      `json:"type"`
	Status     Status      `json:"status"`
	Severity   Severity    `json:"severity"`
	Attempts   int         `json:"attempts"`
	Total      int64       `json:"total_ms"` // of all attempts and the waits between
	ErrorClass *string     `json:"error_class"`
	Assertions []Assertion `json:"assertions"`
	History    []Try       `json:"history"`
	Request    *Request    `json:"request"`
	Response   *Response   `json:"response"`
	Value      any         `json:"value"`
	Location   string      `json:"location"`
	Start      int64       `json:"start_ms"`       // of the first attempt, since the run began
	File       string      `json:"file,omitempty"` // of a run over a folder
}

// Try is one attempt.
type Try struct {
	N         int     `json:"n"`
	At        int64   `json:"at_ms"` // since the first attempt began
	Duration  int64   `json:"duration_ms"`
	Message   *string `json:"message"`
	Class     *string `json:"error_class"`
	NextDelay int64   `json:"next_delay_ms"` // 0: none followed
}

func newReport() *Report {
	return &Report{Checks: []Result{}, Schema: Schema, Started: time.Now().UTC().Truncate(time.Millisecond)}
}

// ExitCode is what the process should exit with.
func (r *Report) ExitCode() int { return r.Exit }

// Detail lets the exit code tell a run that failed from one whose time was over, and from one that could not measure.
func (r *Report) Detail() {
	switch {
	case r.Exit != ExitFailed:
	case r.Outcome == OutcomeDeadline:
		r.Exit = ExitDeadline
	case r.Outcome == OutcomeError:
		r.Exit = ExitError
	}
}

// Advise makes the exit code 0 whatever the checks came to, and says what it would have been. A run that did not begin, or
// was ended by a signal, keeps its own.
func (r *Report) Advise() {
	would := r.Exit
	r.Advisory, r.Would = true, &would
	if r.Outcome != OutcomeCancelled && r.Exit != ExitUsage {
		r.Exit = ExitPassed
	}
	if r.Exit != would {
		r.Reason += fmt.Sprintf(" (advisory: exit code 0, not %d)", would)
	}
}

// Undelivered makes of r the report of a run whose document could not be written, for the reason err. ctx is that of
// the run: when a signal ended the wait for a reader, the exit code says so.
func (r *Report) Undelivered(ctx context.Context, err error) {
	r.Passed, r.Outcome = false, OutcomeError
	r.Exit = max(r.Exit, ExitFailed)
	if interrupt, ok := errors.AsType[*Interrupt](context.Cause(ctx)); ok {
		r.Exit = interrupt.Code
	}
	r.Reason = "the document could not be written: " + strings.TrimPrefix(err.Error(), "write the document: ")
	r.lost = true
}

// said is a text, or null when there is none.
func said(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// conclude counts the results and says what they mean together. cause is why the run was cut short, or nil.
func (r *Report) conclude(took time.Duration, cause error) {
	r.Duration = took.Milliseconds()
	r.Summary.Total = len(r.Checks)
	for _, c := range r.Checks {
		r.Summary.count(c.Status)
	}
	s := r.Summary
	measured := s.Passed + s.Warned
	_, late := errors.AsType[*deadlineReached](cause)
	switch {
	case late:
		r.Outcome, r.Exit = OutcomeDeadline, ExitFailed
	case cause != nil:
		r.Outcome, r.Exit = OutcomeCancelled, ExitFailed
		if interrupt, ok := errors.AsType[*Interrupt](cause); ok {
			r.Exit = interrupt.Code
		}
	case s.Failed > 0:
		r.Outcome, r.Exit = OutcomeFailed, ExitFailed
	case s.Error+s.Cancelled > 0 || measured == 0:
		r.Outcome, r.Exit = OutcomeError, ExitFailed
	default:
		r.Outcome, r.Exit = OutcomePassed, ExitPassed
	}
	r.Passed = r.Outcome == OutcomePassed
	r.Reason = r.reason(cause)
	if r.Shard != nil && s.Total == 0 && cause == nil {
		r.emptyShard()
	}
}

func (s *Summary) count(status Status) {
	switch status {
	case StatusPassed:
		s.Passed++
	case StatusFailed:
		s.Failed++
	case StatusError:
		s.Error++
	case StatusWarned:
		s.Warned++
	case StatusSkipped:
		s.Skipped++
	case StatusCancelled:
		s.Cancelled++
	default:
		s.Error++
	}
}

// reason is the run in one sentence.
func (r *Report) reason(cause error) string {
	s := r.Summary
	var parts []string
	switch r.Outcome {
	case OutcomePassed:
		text := fmt.Sprintf("%d of %s passed", s.Passed, plural(s.Total, "check"))
		if s.Warned > 0 {
			text += fmt.Sprintf(", %d warned", s.Warned)
		}
		if s.Skipped > 0 {
			text += fmt.Sprintf(", %d skipped", s.Skipped)
		}
		return text
	case OutcomeDeadline, OutcomeCancelled:
		parts = append(parts, cause.Error())
	case OutcomeFailed, OutcomeError, OutcomeValidated:
	}
	bad := s.Failed + s.Error
	switch {
	case bad > 0 && s.Failed == 0:
		parts = append(parts, fmt.Sprintf("%d of %s could not be measured", bad, plural(s.Total, "check")))
	case bad > 0:
		parts = append(parts, fmt.Sprintf("%d of %s failed", bad, plural(s.Total, "check")))
	case len(parts) == 0 && s.Passed+s.Warned == 0:
		return "no check ran: " + r.firstMessage(StatusSkipped)
	case s.Cancelled > 0:
		parts = append(parts, fmt.Sprintf("%d of %s cancelled", s.Cancelled, plural(s.Total, "check")))
	default:
		parts = append(parts, fmt.Sprintf("%d of %s did not run", s.Skipped, plural(s.Total, "check")))
	}
	for _, status := range []Status{StatusFailed, StatusError, StatusCancelled} {
		if text := r.firstMessage(status); text != "" {
			parts = append(parts, text)
			break
		}
	}
	return strings.Join(parts, ": ")
}

// firstMessage is the first check of a status: "api: status == 200 (got 503)".
func (r *Report) firstMessage(status Status) string {
	for _, c := range r.Checks {
		if c.Status != status {
			continue
		}
		if c.Message != nil {
			return c.Name + ": " + *c.Message
		}
		return c.Name
	}
	return ""
}
