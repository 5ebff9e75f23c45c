package check

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"assay.rs/core/retry"
	"assay.rs/mod-data/jq"
	"assay.rs/mod-data/yaml"
)

// httpExpect is what an answer must be like.
type httpExpect struct {
	status  statuses
	body    matcher
	json    []*expression
	schema  bodySchema
	headers headerWants
	latency latency
	tls     certificate
	content content
	failure failure
}

// headerWants are what the headers of an answer must be like.
type headerWants []headerWant

type headerWant struct {
	name   string
	m      matcher
	absent bool
}

type latency struct {
	limit time.Duration // 0 is none
	equal bool          // <= rather than <
	text  string
}

func (e *httpExpect) keys() []Key {
	var one *expression
	return []Key{
		{Name: "status", Text: "200, [200, 204], \"2xx\", \">=200 <300\" or any; 2xx unless said otherwise.", Value: statusValue(&e.status)},
		{Name: "body", Text: "A text that the body contains, or conditions on it.", Value: matcherValue(&e.body, e.content.keys()...)},
		{Name: "json", Text: "jq on the body, one or a list; each must give true.", Value: OneOrMany(
			expressionValue(&one, asVerdict).then(func(*Reader, *yaml.Node) { e.json = append(e.json, one) }), func() { e.json = nil })},
		{Name: "headers", Text: "Headers of the answer: a text that the value contains, conditions on it, or {absent: true}.", Value: e.headers.value()},
		{Name: "latency", Text: "How long the answer may take: \"<500ms\".", Value: latencyValue(&e.latency)},
		{Name: "schema", Text: "A JSON Schema (draft 2020-12) that the body must fit: {file: body.schema.json}, or the schema itself.", Value: e.schema.value()},
		{Name: "tls", Text: "What the certificate and the connection must be like.", Value: FilledSection("tls", e.tls.keys)},
		{Name: "error", Text: "The request must fail in this way, or one of these: connect, timeout, dns, tls. It proves that a network policy holds.", Value: e.failure.value()},
	}
}

func (h *headerWants) value() Value {
	var m matcher
	each := matcherValue(&m)
	absent := schema{"type": "object", "properties": schema{"absent": schema{"const": true, "description": "There must be no such header."}}, "required": []string{"absent"}, "additionalProperties": false}
	return Value{func() schema {
		return schema{"type": "object", "additionalProperties": schema{"anyOf": []any{each.schema(), absent}}}
	}, func(r *Reader, n *yaml.Node) {
		if n.Kind != yaml.Map || len(n.Pairs) == 0 {
			r.Fail(n, "must be a map of headers that is not empty, not %s", describe(n))
			return
		}
		*h = nil
		for _, p := range n.Pairs {
			m = matcher{}
			if p.Value.Kind == yaml.Null {
				r.Fail(p.Value, "'%s' has no value", clip(p.Key))
				continue
			}
			if why := illegalName(p.Key); why != "" {
				r.Fail(&yaml.Node{Line: p.Line, Col: p.Col}, "%s", why)
				continue
			}
			if gone := p.Value.Get("absent"); gone != nil {
				if gone.Value != true || len(p.Value.Pairs) > 1 {
					r.Fail(gone, "write {absent: true}, and nothing else, of a header that must not be there")
				}
				*h = append(*h, headerWant{name: p.Key, absent: true})
				continue
			}
			each.read(r, p.Value)
			*h = append(*h, headerWant{name: p.Key, m: m})
		}
	}}
}

func latencyValue(into *latency) Value {
	return Value{func() schema { return schema{"type": "string", "pattern": `^<=?\s*[0-9.]+[a-zµ]|\$\{`} }, func(r *Reader, n *yaml.Node) {
		v, ok := r.resolved(n)
		if !ok {
			return
		}
		s, _ := stringOf(v)
		bound, below := strings.CutPrefix(s, "<")
		bound, orEqual := strings.CutPrefix(bound, "=")
		if !below {
			if _, err := ParseDuration(s); err == nil && s != "" {
				r.Fail(n, "must be a bound, not %s: did you mean '<%s'?", describe(v), s)
				return
			}
			r.Fail(n, "must be a bound such as '<500ms', not %s", describe(v))
			return
		}
		d, err := ParseDuration(strings.TrimSpace(bound))
		if err != nil || d <= 0 {
			r.Fail(n, "must be a bound such as '<500ms', not %s", describe(v))
			return
		}
		*into = latency{d, orEqual, strings.ReplaceAll(s, " ", "")}
	}}
}

func (l latency) assess(o *Outcome, took time.Duration) {
	if l.limit == 0 {
		return
	}
	ok := took < l.limit || l.equal && took == l.limit
	shown := took.Round(time.Millisecond).String()
	o.assess(Assertion{Expr: "latency " + l.text, Passed: ok, Expected: l.text, Actual: shown}, fmt.Sprintf("latency %s (got %s)", l.text, shown))
}

// assess judges an answer, in the order in which a person reads one.
func (e *httpExpect) assess(ctx context.Context, o *Outcome, resp *response, took time.Duration, a Attempt) {
	e.status.assess(o, resp.status)
	e.headers.assess(o, resp.header, a)
	assessTLS(o, &e.tls, resp.tls, a)
	if resp.unreadable == nil {
		e.assessBody(o, resp.body, a)
		e.assessJSON(ctx, o, resp, a)
	}
	e.latency.assess(o, took)
	if len(e.body.wants) > 0 || e.readsJSON() {
		o.unjudged(resp.unreadable)
	}
}

func (h headerWants) assess(o *Outcome, header http.Header, a Attempt) {
	for _, w := range h {
		subject := "header " + w.name
		values := header.Values(w.name)
		if w.absent {
			o.assess(Assertion{Expr: subject + " is absent", Passed: len(values) == 0, Expected: nil, Actual: a.Excerpt(strings.Join(values, ", "))},
				fmt.Sprintf("%s is absent (got %s)", subject, quoted(a.Excerpt(strings.Join(values, ", ")))))
			continue
		}
		if len(values) == 0 {
			o.assess(Assertion{Expr: subject + " is there", Expected: true, Actual: false}, subject+" is missing")
			continue
		}
		w.m.assess(o, subject, strings.Join(values, ", "), a)
	}
}

func assessTLS(o *Outcome, want *certificate, state *tls.ConnectionState, a Attempt) {
	switch {
	case !want.any():
	case state == nil:
		o.assess(Assertion{Expr: "the answer came over TLS", Expected: true, Actual: false}, "the answer did not come over TLS")
	default:
		want.assess(o, *state, a, time.Now())
	}
}

// validate finds what can never hold.
func (e *httpExpect) validate(p *Prep, target Template) {
	if text, ok := target.fixed(); ok && e.tls.any() && strings.HasPrefix(text, "http://") {
		p.Fail([]string{"expect", "tls"}, "the URL is http://: there is no certificate")
	}
	if e.failure.wanted() && (e.status.text != "" || len(e.body.wants) > 0 || e.readsJSON() || len(e.headers) > 0 || e.latency.limit > 0 || e.tls.any() || e.content.any()) {
		p.Fail([]string{"expect", "error"}, "a request that fails has no answer: leave out the other expectations")
	}
}

// unjudged makes an error of what had to be judged and cannot be.
func (o *Outcome) unjudged(err error) {
	if o.Err == nil && err != nil {
		o.Err = Broken(retry.Error, err)
	}
}

func (e *httpExpect) assessBody(o *Outcome, body []byte, a Attempt) {
	if err := textual(body); err != nil && e.body.forbids() {
		o.unjudged(err)
		return
	}
	e.body.assess(o, "body", string(body), a)
}

func (e *httpExpect) assessJSON(ctx context.Context, o *Outcome, resp *response, a Attempt) {
	if !e.readsJSON() {
		return
	}
	v, err := resp.decoded(ctx)
	if large, ok := errors.AsType[tooLargeError](err); ok {
		o.Err = Broken(retry.Limit, large)
		return
	}
	if ctx.Err() != nil {
		o.Err = context.Cause(ctx)
		return
	}
	if err != nil {
		for _, x := range e.json {
			o.assess(Assertion{Expr: "json " + x.text, Expected: true}, fmt.Sprintf("json %s: the body is not JSON: %s", x.text, err))
		}
		e.schema.assess(ctx, o, nil, err, a)
		return
	}
	for _, x := range e.json {
		if !o.assessJQ(ctx, x, v, a) {
			return
		}
	}
	e.schema.assess(ctx, o, v, nil, a)
}

// readsJSON tells whether something looks into the body as JSON.
func (e *httpExpect) readsJSON() bool { return len(e.json) > 0 || e.schema.wanted() }

// assessJQ judges a value by an expression, each of whose outputs must be true. It is false when the attempt is over.
func (o *Outcome) assessJQ(ctx context.Context, x *expression, v any, a Attempt) bool {
	out, err := x.run(ctx, v, a)
	if _, limit := errors.AsType[*jq.LimitError](err); limit {
		o.Err = Broken(retry.Limit, fmt.Errorf("json %s: %w", x.text, err))
		return false
	}
	if ctx.Err() != nil {
		o.Err = fmt.Errorf("json %s: %w", x.text, context.Cause(ctx))
		return false
	}
	if err != nil {
		o.assess(Assertion{Expr: "json " + x.text, Expected: true}, fmt.Sprintf("json %s: %s", x.text, a.Redact(err.Error())))
		return true
	}
	wrong := slices.IndexFunc(out, func(v any) bool { return v != true })
	if wrong < 0 {
		o.assess(Assertion{Expr: "json " + x.text, Passed: true, Expected: true, Actual: true}, "")
		return true
	}
	o.assess(Assertion{Expr: "json " + x.text, Expected: true, Actual: jsonSafe(out[wrong])},
		fmt.Sprintf("json %s (%s)", x.text, x.explained(ctx, v, out, wrong, a)))
	return true
}

// decodeJSON reads one JSON value and nothing behind it. Numbers keep their digits.
func decodeJSON(body []byte) (any, error) {
	if !utf8.Valid(body) {
		return nil, errors.New("it is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("it is empty")
		}
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the value")
	}
	if key, found := contradiction(body); found {
		return nil, fmt.Errorf("the key %q stands twice in one object, with different values, and readers differ on which of them counts (body: {contains: ...} judges the text)", clip(key))
	}
	return v, nil
}

// shown is a value in a message: JSON, not too long.
func shown(v any, a Attempt) string {
	raw, err := json.Marshal(jsonSafe(v))
	if err != nil {
		return fmt.Sprint(v)
	}
	return cut(a.Redact(string(raw)), 120)
}
