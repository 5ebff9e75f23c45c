package check

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// HTTP is the type http: it sends a request and judges the answer.
func HTTP(c *Client) Type {
	return Type{
		Name: "http", Text: "Sends an HTTP request and judges the answer; 2xx unless said otherwise.",
		New: func() Body { return newHTTPCheck(c) },
	}
}

type httpCheck struct {
	client  *Client
	url     Template
	method  string
	headers []Named
	body    payload
	form    []manyNamed
	options httpOptions
	follow  bool
	expect  httpExpect
	failIf  *expression
	capture []capture
}

func newHTTPCheck(c *Client) *httpCheck {
	return &httpCheck{client: c, follow: true, options: newHTTPOptions()}
}

func (h *httpCheck) Keys() []Key {
	return append([]Key{
		{Name: "url", Text: "Absolute URL.", Required: true, Value: Text(&h.url)},
		{Name: "method", Text: "GET unless said otherwise.", Value: Choice(&h.method, "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")},
		{Name: "headers", Text: "Headers of the request.", Value: Texts(&h.headers, legalHeader)},
		{Name: "body", Text: "Text, or a map or list to be sent as JSON.", Value: h.body.value()},
		optionKey("form", manyTexts(&h.form)),
		{Name: "follow_redirects", Text: "true unless said otherwise.", Value: Flag(&h.follow)},
		{Name: "expect", Text: "What the answer must be like.", Value: Section("expect", h.expect.keys)},
		{Name: "fail_if", Text: "jq on the body: once it gives true the check has failed, and makes no further attempt.", Value: expressionValue(&h.failIf, asVerdict)},
		{Name: "capture", Text: "Values for later checks, as ${captures.name}.", Value: captureValue(&h.capture)},
	}, h.options.keys()...)
}

func (h *httpCheck) take() Body {
	read := *h
	*h = *newHTTPCheck(h.client)
	return &read
}

// legalHeader says why a header cannot be sent.
func legalHeader(name string) string {
	if why := illegalName(name); why != "" {
		return why
	}
	switch strings.ToLower(name) {
	case "content-length", "transfer-encoding", "connection":
		return fmt.Sprintf("the header %s is set by the client", name)
	}
	return ""
}

// illegalName says why no header can have the name.
func illegalName(name string) string {
	for _, c := range name {
		if c <= ' ' || c >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, c) {
			return fmt.Sprintf("%q is not the name of a header", clip(name))
		}
	}
	if name == "" {
		return "a header needs a name"
	}
	return ""
}

func (h *httpCheck) Prepare(p *Prep) {
	if text, ok := h.url.fixed(); ok && h.url.Set() {
		if err := checkURL(text); err != nil {
			p.Fail([]string{"url"}, "%s", err)
		}
	}
	h.headers = lastOfEach(h.headers)
	h.options.prepare(p)
	if h.body.set && len(h.form) > 0 {
		p.Fail([]string{"form"}, "'body' and 'form' exclude each other")
	}
	if len(h.form) > 0 && h.method == "" {
		h.method = "POST"
	}
	h.expect.validate(p, h.url)
	if h.body.set && h.method == "" {
		p.Fail([]string{"body"}, "a body needs a method: say 'method: POST', PUT or PATCH")
	}
	if h.method == "" {
		h.method = "GET"
	}
	if h.failIf != nil && h.expect.failure.wanted() {
		p.Fail([]string{"fail_if"}, "a request that must fail has no answer to look at")
	}
	if h.method == "HEAD" && (len(h.expect.body.wants) > 0 || h.expect.readsJSON() || h.failIf != nil) {
		p.Fail([]string{"expect"}, "the answer to HEAD has no body to judge")
	}
}

// lastOfEach keeps one header of a name, whatever its case: a check's own wins over `defaults`.
func lastOfEach(headers []Named) []Named {
	var out []Named
	for i, h := range headers {
		again := slices.ContainsFunc(headers[i+1:], func(o Named) bool { return strings.EqualFold(o.Name, h.Name) })
		if !again {
			out = append(out, h)
		}
	}
	return out
}

// checkURL refuses what cannot be requested, with a suggestion where one is likely.
func checkURL(text string) error { return checkURLOf(text, "http", "https") }

// checkURLOf is checkURL for a protocol with two schemes, the second of which is with TLS.
func checkURLOf(text, plain, secure string) error {
	u, err := url.Parse(text)
	known := err == nil && (u.Scheme == plain || u.Scheme == secure)
	switch {
	case err != nil && !strings.Contains(text, "://"), err == nil && !known && u.Host == "":
		return fmt.Errorf("the URL %q must begin with %s:// or %s://", text, plain, secure)
	case err != nil:
		// A raw query may hold what net/url refuses; the client encodes it as a browser would.
		base, _, found := strings.Cut(text, "?")
		if !found {
			return fmt.Errorf("the URL %q is invalid: %w", text, urlReason(err))
		}
		if u, err = url.Parse(base); err != nil {
			return fmt.Errorf("the URL %q is invalid: %w", text, urlReason(err))
		}
	}
	if u.Scheme != plain && u.Scheme != secure {
		return fmt.Errorf("the URL %q must begin with %s:// or %s://", text, plain, secure)
	}
	if u.Hostname() == "" {
		return fmt.Errorf("the URL %q has no host", text)
	}
	return nil
}

func urlReason(err error) error {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		return ue.Err
	}
	return err
}

func (h *httpCheck) captureNames() []string {
	names := make([]string, len(h.capture))
	for i, c := range h.capture {
		names[i] = c.name
	}
	return names
}

func (h *httpCheck) Run(ctx context.Context, a Attempt) Outcome {
	var o Outcome
	req, err := h.request(a)
	if err != nil {
		return o.broken("%w", err)
	}
	o.Request = req.describe(a)
	within, cancel := h.expect.failure.within(ctx)
	defer cancel()
	resp, err := h.client.do(within, req)
	if h.expect.failure.wanted() {
		h.expect.failure.assess(ctx, &o, resp, err)
		return o
	}
	if err != nil {
		o.Err = transportError(ctx, err)
		return o
	}
	defer resp.held.release()
	h.expect.content.assess(&o, resp)
	resp.decode()
	captured := h.captured(ctx, resp, a)
	o.Response = resp.describe(a)
	h.expect.assess(ctx, &o, resp, resp.took, a)
	h.givesUp(ctx, &o, resp, a)
	captured.settle(&o)
	if f, ok := errors.AsType[*fault](o.Err); ok {
		f.after = retryAfter(resp, time.Now())
	}
	return o
}

// givesUp ends the attempts when fail_if holds of the body. A body that is no JSON is not what it looks for.
func (h *httpCheck) givesUp(ctx context.Context, o *Outcome, resp *response, a Attempt) {
	if h.failIf == nil || resp.unreadable != nil {
		return
	}
	if v, err := resp.decoded(ctx); err == nil {
		if err := h.failIf.failed(ctx, v, a); err != nil {
			o.Err = err
		}
	}
}

// judgesBody tells whether anything looks into the body, or at how long it takes.
func (h *httpCheck) judgesBody() bool {
	e := &h.expect
	if len(e.body.wants) > 0 || e.readsJSON() || h.failIf != nil || e.latency.limit > 0 || e.content.any() {
		return true
	}
	return slices.ContainsFunc(h.capture, func(c capture) bool { return c.json != nil })
}

func (h *httpCheck) request(a Attempt) (*request, error) {
	target, err := h.url.Expand(a.Captures)
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	if _, known := h.url.fixed(); !known { // else Prepare has looked at it
		if err := checkURL(target); err != nil {
			return nil, err
		}
	}
	req := &request{method: h.method, url: target, noRedirects: !h.follow, bodyless: !h.judgesBody()}
	if err := req.setHeaders(h.headers, a); err != nil {
		return nil, err
	}
	if err := h.options.fill(req, a); err != nil {
		return nil, err
	}
	req.curl = h.options.curlOptions(req.options)
	if len(h.form) > 0 {
		return req, fillForm(req, h.form, a)
	}
	return req, h.body.fill(req, a)
}
