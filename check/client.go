package check

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"assay.rs/check/internal/redact"
	"assay.rs/core/retry"
	assayhttp "assay.rs/mod-http"
)

// request is what a check asks.
type request struct {
	method, url string
	headers     []header // in order
	body        []byte
	noRedirects bool
	harmless    bool              // it only asks, whatever its method
	options     assayhttp.Options // beside those that the fields above say
	curl        string            // the options as curl has them
	bodyless    bool              // nothing judges the body of a success, which may be large, or never end
}

type header struct{ name, value string }

// response is an answer that was read to its end, or as far as somebody judges it.
type response struct {
	status int
	header http.Header
	body   []byte
	size   int64 // of the body; -1 when it was not read and nobody has said
	took   time.Duration
	tls    *tls.ConnectionState // nil without TLS

	unreadable error // why the body cannot be judged
	held       held

	isDecoded bool
	value     any   // the body as JSON, once it is decoded
	notJSON   error // why it is none
}

// decoded is the body as JSON. It is decoded once, as far as there is room for it.
func (r *response) decoded(ctx context.Context) (any, error) {
	if !r.isDecoded {
		r.isDecoded = true
		if r.notJSON = r.held.decoded(ctx, r.body); r.notJSON == nil {
			r.value, r.notJSON = decodeJSON(r.body)
		}
	}
	return r.value, r.notJSON
}

// describe is the answer for the document.
func (r *response) describe(a Attempt) *Response {
	return &Response{Status: r.status, Bytes: int(max(0, r.size)), Excerpt: a.Excerpt(string(r.body))}
}

func (r *request) hasHeader(name string) bool {
	return slices.ContainsFunc(r.headers, func(h header) bool { return strings.EqualFold(h.name, name) })
}

func (r *request) setHeaders(headers []Named, a Attempt) error {
	for _, named := range headers {
		v, err := named.Text.Expand(a.Captures)
		if err != nil {
			return fmt.Errorf("header %s: %w", named.Name, err)
		}
		if strings.ContainsAny(v, "\r\n\x00") {
			return fmt.Errorf("header %s: a line break cannot be sent", named.Name)
		}
		r.headers = append(r.headers, header{named.Name, v})
	}
	return nil
}

// describe is the request for the document. Credentials in it become secrets on the way.
func (r *request) describe(a Attempt) *Request {
	var b strings.Builder
	b.Grow(64 + len(r.url))
	b.WriteString("curl -sS")
	if !r.noRedirects {
		b.WriteString(" -L")
	}
	if r.method == "HEAD" {
		b.WriteString(" -I")
	} else if r.method != "GET" || r.body != nil {
		b.WriteString(" -X " + r.method)
	}
	for _, h := range r.headers {
		value := h.value
		if redact.Header(h.name) {
			hide(a, value)
			value = redact.Mask
		}
		b.WriteString(" -H " + shell(h.name+": "+value))
	}
	if strings.Contains(r.url, "@") {
		if u, err := url.Parse(r.url); err == nil && u.User != nil {
			if password, ok := u.User.Password(); ok {
				a.Hide(password)
			}
		}
	}
	b.WriteString(r.curl)
	if r.body != nil {
		b.WriteString(" --data-raw " + shell(a.Excerpt(string(r.body))))
	}
	b.WriteString(" " + shell(r.url))
	return &Request{Method: r.method, URL: a.Redact(r.url), Curl: a.Redact(b.String())}
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
		cause := context.Cause(ctx)
		if late, ok := errors.AsType[*deadlineReached](cause); ok {
			return &deadlineReached{what: late.what, limit: late.limit, still: assayhttp.Waiting(err)}
		}
		return cause
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

// retryAfter is how long a busy server asks to be left alone.
func retryAfter(r *response, now time.Time) time.Duration {
	if r.status != 429 && r.status != 503 {
		return 0
	}
	return min(assayhttp.RetryAfter(r.header, now), maxRetryAfter)
}
