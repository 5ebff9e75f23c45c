package check

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"assay.rs/core/retry"
	"assay.rs/mod-data/yaml"
)

// Prometheus is the type prometheus: it asks a query of the HTTP API and compares the values with bounds.
// https://prometheus.io/docs/prometheus/latest/querying/api/
func Prometheus(c *Client) Type {
	return Type{
		Name: "prometheus", Text: "Asks Prometheus and compares each value with bounds.",
		New: func() Body {
			return &promCheck{client: c, options: newHTTPOptions(), expect: bounds{empty: "fail", nan: "fail"}, doubts: doubtsWarn, now: time.Now}
		},
	}
}

type promCheck struct {
	client  *Client
	url     Template
	query   Template
	method  string
	headers []Named
	options httpOptions
	expect  bounds
	doubts  doubts // what a warning of the server means
	span    *promRange
	now     func() time.Time
}

// promRange asks for the values over a time instead of those of now.
type promRange struct{ last, step time.Duration }

// longQuery is from where on a query is sent in a body: longer URLs are refused on the way.
const longQuery = 4000

func (c *promCheck) Keys() []Key {
	return append([]Key{
		{Name: "url", Text: "Base URL of Prometheus.", Required: true, Value: Text(&c.url)},
		{Name: "query", Text: "PromQL.", Required: true, Value: promQL(&c.query)},
		{Name: "method", Text: "GET unless the query is long.", Value: Choice(&c.method, "GET", "POST")},
		{Name: "headers", Text: "Headers of the request.", Value: Texts(&c.headers, legalHeader)},
		{Name: "expect", Text: "What the values must be like.", Value: Section("expect", c.expectKeys)},
		{Name: "range", Text: "Ask for values over a time (query_range).", Value: c.rangeValue()},
	}, slices.DeleteFunc(c.options.keys(), func(k Key) bool { return k.Name == "query" })...) // which is PromQL here
}

// doubts says what it means when the server itself calls its answer a partial one.
type doubts string

const (
	doubtsWarn doubts = "warn"
	doubtsFail doubts = "fail"
)

func (c *promCheck) expectKeys() []Key {
	return append(c.expect.keys(), Key{
		Name: "warnings", Text: "What a warning of the server means, such as that a part of the data is missing: warn, or fail; with an empty result it fails.",
		Value: Choice(&c.doubts, doubtsWarn, doubtsFail),
	})
}

func (c *promCheck) rangeValue() Value {
	var span promRange
	table := []Key{
		{Name: "last", Text: "How far back.", Required: true, Value: Duration(&span.last, false)},
		{Name: "step", Text: "Time between two values.", Required: true, Value: Duration(&span.step, false)},
	}
	return Value{func() schema { return tableSchema(table) }, func(r *Reader, n *yaml.Node) {
		span = promRange{}
		before := r.problems.Len()
		r.keys(n, "'range'", table)
		if r.problems.Len() > before {
			return
		}
		if span.step > span.last {
			r.Fail(n, "'range': a step of %s is longer than the %s asked for", span.step, span.last)
			return
		}
		if span.last/span.step > 11_000 {
			r.Fail(n, "'range': Prometheus gives at most 11000 values a series, not %d", span.last/span.step)
			return
		}
		c.span = &promRange{span.last, span.step}
	}}
}

func (c *promCheck) Prepare(p *Prep) {
	if text, ok := c.url.fixed(); ok && c.url.Set() {
		if err := checkURL(text); err != nil {
			p.Fail([]string{"url"}, "%s", err)
		} else if err := c.apart(text); err != nil {
			p.Fail([]string{"url"}, "%s", err)
		}
	}
	if text, ok := c.query.fixed(); ok && c.query.Set() && strings.TrimSpace(text) == "" {
		p.Fail([]string{"query"}, "the query is empty")
	} else if ok && c.query.Set() {
		if why := pointlessQuery(text, c.expect.given()); why != "" {
			p.Fail([]string{"query"}, "%s", why)
		}
	}
	c.headers = lastOfEach(c.headers)
	c.options.prepare(p)
	c.expect.validate(p)
}

func (c *promCheck) Run(ctx context.Context, a Attempt) Outcome {
	var o Outcome
	req, err := c.request(a)
	if err != nil {
		return o.broken("%w", err)
	}
	o.Request = req.describe(a)
	resp, err := c.client.do(ctx, req)
	if err != nil {
		o.Err = transportError(ctx, err)
		return o
	}
	defer resp.held.release()
	resp.decode()
	o.Response = resp.describe(a)
	var result *promResult
	if err = resp.held.decoded(ctx, resp.body); err == nil {
		result, err = parseAnswer(resp)
	}
	if err == nil && c.span != nil && result.kind != "matrix" {
		err = fmt.Errorf("the answer is not that of Prometheus: a range was asked for, and it has one of type %s", result.kind)
	}
	if err != nil {
		classes := append([]retry.Class{retry.Error}, statusClasses(resp.status)...)
		o.Err = &fault{classes: classes, message: a.Redact(err.Error()), cause: err, after: retryAfter(resp, c.now())}
		return o
	}
	o.Value = result.value()
	c.expect.assess(&o, result)
	c.doubt(&o, result, a)
	return o
}

// doubt is about a result that may be a part only, with the missing part the one that is wrong.
func (c *promCheck) doubt(o *Outcome, r *promResult, a Attempt) {
	if len(r.doubts) == 0 {
		return
	}
	warning := a.Redact("the server warns: " + cut(strings.Join(r.doubts, "; "), 300))
	switch {
	case c.doubts == doubtsFail || len(r.series) == 0:
		o.assess(Assertion{Expr: "the server does not warn", Expected: nil, Actual: warning}, warning)
	case o.Err == nil && o.Warning == "":
		o.Warning = warning
	}
}

// apart refuses a URL that asks a question of its own: the server would answer that one.
func (c *promCheck) apart(address string) error {
	_, query, _ := strings.Cut(address, "?")
	query, _, _ = strings.Cut(query, "#")
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
		if name == "query" || c.span != nil && (name == "start" || name == "end" || name == "step") {
			return fmt.Errorf("the URL has the parameter %s, which the check sets itself", name)
		}
	}
	return nil
}

func (c *promCheck) request(a Attempt) (*request, error) {
	base, err := c.url.Expand(a.Captures)
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	if err := checkURL(base); err != nil {
		return nil, err
	}
	if err := c.apart(base); err != nil {
		return nil, err
	}
	query, err := c.query.Expand(a.Captures)
	if err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	if strings.TrimSpace(query) == "" {
		return nil, fmt.Errorf("the query is empty")
	}
	form := url.Values{"query": {query}}
	name := "query"
	if c.span != nil {
		name = "query_range"
		now := c.now()
		form.Set("start", unixSeconds(now.Add(-c.span.last)))
		form.Set("end", unixSeconds(now))
		form.Set("step", strconv.FormatFloat(c.span.step.Seconds(), 'f', -1, 64))
	}
	req := &request{method: c.method, harmless: true, headers: []header{{"Accept", "application/json"}}}
	for _, h := range c.headers {
		v, err := h.Text.Expand(a.Captures)
		if err != nil {
			return nil, fmt.Errorf("header %s: %w", h.Name, err)
		}
		req.headers = append(req.headers, header{h.Name, v})
	}
	fill(req, endpoint(base, name), form)
	if err := c.options.fill(req, a); err != nil {
		return nil, err
	}
	req.curl = c.options.curlOptions(req.options)
	return req, nil
}

// endpoint is the URL of a query. What the base has of a path and a query stays as it is written.
func endpoint(base, name string) string {
	base, _, _ = strings.Cut(base, "#")
	path, query, asked := strings.Cut(base, "?")
	path = strings.TrimSuffix(path, "/")
	if !strings.HasSuffix(path, "/api/v1/"+name) {
		path = strings.TrimSuffix(path, "/api/v1") + "/api/v1/" + name
	}
	if asked && query != "" {
		path += "?" + query
	}
	return path
}

// fill puts the form into the URL, or into the body when it is long.
func fill(req *request, address string, form url.Values) {
	encoded := form.Encode()
	if req.method == "" {
		req.method = "GET"
		if len(encoded) > longQuery {
			req.method = "POST"
		}
	}
	if req.method == "POST" {
		req.headers = append(req.headers, header{"Content-Type", "application/x-www-form-urlencoded"})
		req.body, req.url = []byte(encoded), address
		return
	}
	separator := "?"
	if strings.Contains(address, "?") {
		separator = "&"
	}
	req.url = address + separator + encoded
}

func unixSeconds(t time.Time) string {
	return strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', 3, 64)
}
