package check

import (
	"context"
	"encoding/base64"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"assay.rs/check/internal/redact"
	"assay.rs/core/retry"
)

// Client sends requests. An error is a failure of the transport, a body that was cut short or one that is too large
// included: whatever the status, it must not be an answer. An error with RetryClasses says its class.
type Client interface {
	Do(ctx context.Context, r *ClientRequest) (*ClientResponse, error)
}

// ClientRequest is what a check asks.
type ClientRequest struct {
	Method, URL string
	Headers     []Header // in order
	Body        []byte
	NoRedirects bool
}

// Header is one header.
type Header struct{ Name, Value string }

// ClientResponse is an answer that was read to its end.
type ClientResponse struct {
	Status  int
	Headers map[string][]string // names in lower case
	Body    []byte
}

func (r *ClientRequest) header(name string) (string, bool) {
	for _, h := range r.Headers {
		if strings.EqualFold(h.Name, name) {
			return h.Value, true
		}
	}
	return "", false
}

// describe is the request for the document. Credentials in it become secrets on the way.
func (r *ClientRequest) describe(a Attempt) *Request {
	var b strings.Builder
	b.WriteString("curl -sS")
	if !r.NoRedirects {
		b.WriteString(" -L")
	}
	if r.Method == "HEAD" {
		b.WriteString(" -I")
	} else if r.Method != "GET" || r.Body != nil {
		b.WriteString(" -X " + r.Method)
	}
	for _, h := range r.Headers {
		value := h.Value
		if redact.Header(h.Name) {
			hide(a, value)
			value = redact.Mask
		}
		b.WriteString(" -H " + shell(h.Name+": "+value))
	}
	if u, err := url.Parse(r.URL); err == nil && u.User != nil {
		if password, ok := u.User.Password(); ok {
			a.Hide(password)
		}
	}
	if r.Body != nil {
		b.WriteString(" --data-raw " + shell(a.Excerpt(string(r.Body))))
	}
	b.WriteString(" " + shell(r.URL))
	return &Request{Method: r.Method, URL: a.Redact(r.URL), Curl: a.Redact(b.String())}
}

// hide makes a credential a secret: the value, what follows its scheme, and the parts of basic auth.
func hide(a Attempt, value string) {
	a.Hide(value)
	scheme, rest, found := strings.Cut(value, " ")
	if !found {
		return
	}
	a.Hide(strings.TrimSpace(rest))
	if !strings.EqualFold(scheme, "basic") {
		return
	}
	if raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(rest)); err == nil {
		if _, password, ok := strings.Cut(string(raw), ":"); ok {
			a.Hide(password)
		}
	}
}

// shell quotes a word for a POSIX shell.
func shell(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// transportError gives the class of what went wrong on the way.
func transportError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	classes := retry.ClassesOf(err)
	return Broken(classes[0], err, classes[1:]...)
}

func statusClasses(code int) []retry.Class {
	switch {
	case code >= 500:
		return []retry.Class{retry.Status5xx}
	case code >= 400:
		return []retry.Class{retry.Status4xx}
	}
	return nil
}

// maxRetryAfter keeps a server from parking a run for a day.
const maxRetryAfter = 5 * time.Minute

// retryAfter is how long a busy server asks to be left alone, in seconds (RFC 9110, 10.2.3).
func retryAfter(r *ClientResponse) time.Duration {
	if r.Status != 429 && r.Status != 503 {
		return 0
	}
	for _, v := range r.Headers["retry-after"] {
		if n, err := strconv.Atoi(strings.TrimSpace(v)); err == nil && n > 0 {
			return min(time.Duration(n)*time.Second, maxRetryAfter)
		}
	}
	return 0
}

func asError[T error](err error, into *T) bool { return errors.As(err, into) }
