package check

import (
	"context"
	"fmt"
	"maps"
	"net/url"
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
			return &promCheck{client: c, expect: bounds{empty: "fail", nan: "fail"}, now: time.Now}
		},
	}
}

type promCheck struct {
	client  *Client
	url     Template
	query   Template
	method  string
	headers []Named
	expect  bounds
	span    *promRange
	now     func() time.Time
}

// promRange asks for the values over a time instead of those of now.
type promRange struct{ last, step time.Duration }

// longQuery is from where on a query is sent in a body: longer URLs are refused on the way.
const longQuery = 4000

func (c *promCheck) Keys() []Key {
	return []Key{
		{Name: "url", Text: "Base URL of Prometheus.", Required: true, Value: Text(&c.url)},
		{Name: "query", Text: "PromQL.", Required: true, Value: Text(&c.query)},
		{Name: "method", Text: "GET unless the query is long.", Value: Choice(&c.method, "GET", "POST")},
		{Name: "headers", Text: "Headers of the request.", Value: Texts(&c.headers, legalHeader)},
		{Name: "expect", Text: "What the values must be like.", Value: Section("expect", c.expect.keys)},
		{Name: "range", Text: "Ask for values over a time (query_range).", Value: c.rangeValue()},
	}
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
		if _, err := parseURL(text); err != nil {
			p.Fail([]string{"url"}, "%s", err)
		}
	}
	if text, ok := c.query.fixed(); ok && c.query.Set() && strings.TrimSpace(text) == "" {
		p.Fail([]string{"query"}, "the query is empty")
	}
	c.headers = lastOfEach(c.headers)
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
	resp.decode()
	o.Response = resp.describe(a)
	result, err := parseAnswer(resp)
	if err != nil {
		classes := append([]retry.Class{retry.Error}, statusClasses(resp.status)...)
		o.Err = &fault{classes: classes, message: a.Redact(err.Error()), cause: err, after: retryAfter(resp)}
		return o
	}
	o.Value = result.value()
	c.expect.assess(&o, result)
	if o.Err == nil && o.Warning == "" && len(result.doubts) > 0 {
		// The result may be a part only, and the missing part the one that is wrong.
		o.Warning = a.Redact("the server warns: " + cut(strings.Join(result.doubts, "; "), 300))
	}
	return o
}

func (c *promCheck) request(a Attempt) (*request, error) {
	base, err := c.url.Expand(a.Captures)
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	u, err := parseURL(base)
	if err != nil {
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
	path := strings.TrimSuffix(u.Path, "/")
	if !strings.HasSuffix(path, "/api/v1/"+name) {
		path = strings.TrimSuffix(path, "/api/v1") + "/api/v1/" + name
	}
	u.Path, u.RawPath = path, ""
	req := &request{method: c.method, headers: []header{{"Accept", "application/json"}}}
	for _, h := range c.headers {
		v, err := h.Text.Expand(a.Captures)
		if err != nil {
			return nil, fmt.Errorf("header %s: %w", h.Name, err)
		}
		req.headers = append(req.headers, header{h.Name, v})
	}
	fill(req, u, form)
	return req, nil
}

// fill puts the form into the URL, or into the body when it is long.
func fill(req *request, u *url.URL, form url.Values) {
	encoded := form.Encode()
	if req.method == "" {
		req.method = "GET"
		if len(encoded) > longQuery {
			req.method = "POST"
		}
	}
	if req.method == "POST" {
		req.headers = append(req.headers, header{"Content-Type", "application/x-www-form-urlencoded"})
		req.body = []byte(encoded)
	} else {
		own := u.Query()
		maps.Copy(own, form)
		u.RawQuery = own.Encode()
	}
	req.url = u.String()
}

func unixSeconds(t time.Time) string {
	return strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', 3, 64)
}
