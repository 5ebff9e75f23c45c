package check

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"assay.rs/core/retry"
)

// Type is a kind of check: what `type: http` means. It is a value, composed by the program that runs checks.
type Type struct {
	Name string
	Text string // one sentence
	New  func() Body
}

// Body is one check of a type: its keys, and how one attempt is made.
type Body interface {
	// Keys are the keys beside those that all checks have; reading the file fills the body through them.
	Keys() []Key

	// Prepare is called once when all keys are read. Whatever is wrong goes to p.Fail: nothing runs then.
	Prepare(p *Prep)

	// Run makes one attempt. It returns soon after the end of ctx. It may be called again, never twice at once.
	Run(ctx context.Context, a Attempt) Outcome
}

// Attempt is what a body gets for one attempt.
type Attempt struct {
	Check    string         // its name
	N        int            // from 1
	Captures map[string]any // of the checks that ran before
	Vars     map[string]any

	plan *Plan
}

// Log is where a check logs; secrets do not get through.
func (a Attempt) Log() *slog.Logger { return a.plan.log }

// LookupEnv finds a variable of the environment that the run may see.
func (a Attempt) LookupEnv(name string) (string, bool) {
	if a.plan.options.LookupEnv == nil {
		return "", false
	}
	return a.plan.options.LookupEnv(name)
}

// Redact returns text without secrets.
func (a Attempt) Redact(text string) string { return a.plan.redactor.Text(text) }

// Hide makes value a secret from now on.
func (a Attempt) Hide(value string) { a.plan.redactor.Add(value) }

// Excerpt returns the beginning of a body without secrets, as valid UTF-8.
func (a Attempt) Excerpt(body string) string {
	const window, shown = 8192, 512
	part := len(body) > window
	if part {
		body = body[:window]
	}
	text := strings.ToValidUTF8(a.Redact(body), "\uFFFD")
	if part {
		// The cut may have left the beginning of a secret, which nothing would recognise.
		text = text[:max(0, len(text)-a.plan.redactor.Longest())]
	}
	return cut(strings.ToValidUTF8(text, "\uFFFD"), shown)
}

// Outcome is what one attempt found.
type Outcome struct {
	Err        error  // nil when it passed; see Failed and Broken
	Message    string // what to say of a pass, or nothing
	Warning    string // what to say of a pass that deserves attention
	Assertions []Assertion
	Request    *Request
	Response   *Response
	Value      any // what a query gave: nil, bool, numbers, strings, lists and maps
	Captures   map[string]Captured
}

// Captured is a value for later checks.
type Captured struct {
	Value  any
	Secret bool
}

// Assertion is one expectation and how it went.
type Assertion struct {
	Expr     string `json:"expr"`
	Passed   bool   `json:"passed"`
	Expected any    `json:"expected"`
	Actual   any    `json:"actual"`
}

// Request is what a check asked.
type Request struct {
	Method string `json:"method"`
	URL    string `json:"url"`
	Curl   string `json:"curl"`
}

// Response is what it was answered.
type Response struct {
	Status  int    `json:"status"`
	Bytes   int    `json:"bytes"`
	Excerpt string `json:"body_excerpt"`
}

// fault is an error with classes for the retry engine. Assert first means measured and wrong, anything
// else could not be measured.
type fault struct {
	classes []retry.Class
	message string
	after   time.Duration // Retry-After
	cause   error
	final   bool // no further attempt can find anything else
}

func (f *fault) Error() string               { return f.message }
func (f *fault) Unwrap() error               { return f.cause }
func (f *fault) RetryClasses() []retry.Class { return f.classes }
func (f *fault) RetryAfter() time.Duration   { return f.after }

// Failed is the error of an attempt that measured something and found it wrong. more are further classes
// that retry.on may choose, such as 5xx.
func Failed(message string, more ...retry.Class) error {
	return &fault{classes: append([]retry.Class{retry.Assert}, more...), message: message}
}

// final makes err the end of the attempts, whatever the policy says: another attempt cannot find anything else.
func final(err error) error {
	f, ok := errors.AsType[*fault](err)
	if !ok {
		return &fault{classes: retry.ClassesOf(err), message: err.Error(), cause: err, final: true}
	}
	last := *f
	last.final = true
	return &last
}

// isFinal tells whether err ends the attempts.
func isFinal(err error) bool {
	f, ok := errors.AsType[*fault](err)
	return ok && f.final
}

// Broken is the error of an attempt that could not measure.
func Broken(class retry.Class, cause error, more ...retry.Class) error {
	return &fault{classes: append([]retry.Class{class}, more...), message: cause.Error(), cause: cause}
}

// assess adds an assertion and keeps the first that failed as the error, which message is for.
func (o *Outcome) assess(a Assertion, message string, more ...retry.Class) {
	o.Assertions = append(o.Assertions, a)
	if !a.Passed && o.Err == nil {
		o.Err = Failed(message, more...)
	}
}

// broken makes an outcome of an attempt that could not measure.
func (o Outcome) broken(format string, args ...any) Outcome {
	o.Err = Broken(retry.Error, fmt.Errorf(format, args...))
	return o
}
