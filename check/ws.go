package check

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"assay.rs/core/retry"
	"assay.rs/mod-data/yaml"
	assayhttp "assay.rs/mod-http"
	"assay.rs/mod-http/ws"
)

// WS is the type ws: it connects to a WebSocket server and judges what it says.
func WS(c *Client) Type {
	return Type{
		Name: "ws", Text: "Connects to a WebSocket server (RFC 6455); passes when the handshake is made and the server answers a ping, or sends the message that is expected.",
		New: func() Body { return &wsCheck{client: c, options: newHTTPOptions(), maxMessage: ws.DefaultMaxMessage} },
	}
}

type wsCheck struct {
	client       *Client
	url          Template
	headers      []Named
	subprotocols []string
	options      httpOptions
	send         payload
	maxMessage   int
	expect       wsExpect
}

func (c *wsCheck) Keys() []Key {
	var protocol string
	return append([]Key{
		{Name: "url", Text: "ws:// or, with TLS, wss://.", Required: true, Value: Text(&c.url)},
		{Name: "headers", Text: "Headers of the handshake.", Value: Texts(&c.headers, legalHandshakeHeader)},
		{Name: "subprotocol", Text: "A subprotocol to ask for, or a list of them, the preferred one first; the server must choose one.", Value: OneOrMany(
			Word(&protocol).then(func(*Reader, *yaml.Node) { c.subprotocols = append(c.subprotocols, protocol) }), func() { c.subprotocols = nil })},
		{Name: "send", Text: "A text to send when the connection is made, or a map to be sent as JSON.", Value: c.send.value()},
		{Name: "max_message", Text: "How large a message may be, in bytes; 1048576 unless said otherwise.", Value: Int(&c.maxMessage, 1, assayhttp.DefaultMaxBody)},
		{Name: "expect", Text: "What the server must say.", Value: Section("expect", c.expect.keys)},
	}, c.options.connectKeys()...)
}

// legalHandshakeHeader says why a header cannot be sent in a handshake.
func legalHandshakeHeader(name string) string {
	if lower := strings.ToLower(name); lower == "upgrade" || strings.HasPrefix(lower, "sec-websocket-") {
		return fmt.Sprintf("the header %s is set by the client", name)
	}
	return legalHeader(name)
}

func (c *wsCheck) Prepare(p *Prep) {
	if text, ok := c.url.fixed(); ok && c.url.Set() {
		if err := checkURLOf(text, "ws", "wss"); err != nil {
			p.Fail([]string{"url"}, "%s", err)
		}
	}
	for _, name := range c.subprotocols {
		if illegalName(name) != "" {
			p.Fail([]string{"subprotocol"}, "%q is not the name of a subprotocol", clip(name))
		}
	}
	c.headers = lastOfEach(c.headers)
	c.options.prepare(p)
	c.expect.validate(p, c.url)
}

func (c *wsCheck) Run(ctx context.Context, a Attempt) Outcome {
	var o Outcome
	req, err := c.request(a)
	if err != nil {
		return o.broken("%w", err)
	}
	said, err := c.said(a)
	if err != nil {
		return o.broken("%w", err)
	}
	o.Request = req.describe(a)
	within, cancel := c.expect.failure.within(ctx)
	defer cancel()
	began := time.Now()
	session, answer, err := c.client.converse(within, req, c.subprotocols, int64(c.maxMessage))
	if c.expect.failure.wanted() {
		if session != nil {
			defer func() { _ = session.Close() }() // all that was to be learnt from it is
		}
		c.expect.failure.assess(ctx, &o, answer, err)
		return o
	}
	if err != nil {
		o.Err = transportError(ctx, err)
		return o
	}
	defer answer.held.release()
	o.Response = answer.describe(a)
	if session == nil {
		o.assess(Assertion{Expr: "status == 101", Expected: http.StatusSwitchingProtocols, Actual: answer.status},
			fmt.Sprintf("the server answered with status %d instead of a WebSocket", answer.status), statusClasses(answer.status)...)
		if f, ok := errors.AsType[*fault](o.Err); ok {
			f.after = retryAfter(answer, time.Now())
		}
		return o
	}
	defer func() { _ = session.Close() }() // what was to be learnt from it is
	defer deadlineFor(ctx, session.Conn)()
	c.assess(ctx, &o, session, answer, said, began, a)
	return o
}

// assess judges the handshake, then what the server says.
func (c *wsCheck) assess(ctx context.Context, o *Outcome, s *ws.Session, answer *response, said *string, began time.Time, a Attempt) {
	if len(c.subprotocols) > 0 {
		want := strings.Join(c.subprotocols, " or ")
		o.assess(Assertion{Expr: "subprotocol " + want, Passed: s.Subprotocol != "", Expected: want, Actual: s.Subprotocol},
			fmt.Sprintf("subprotocol %s (the server chose none)", want))
	}
	c.expect.headers.assess(o, answer.header, a)
	assessTLS(o, &c.expect.tls, answer.tls, a)
	err := error(nil)
	if said != nil {
		err = s.Send(*said)
	}
	switch {
	case err != nil:
	case c.expect.wantsMessage():
		err = c.expect.assessMessages(ctx, o, s, answer, a)
	default:
		// A server, or the proxy in front of one, may take the handshake and close at once.
		err = s.Ping()
	}
	c.expect.latency.assess(o, time.Since(began))
	if err != nil && o.Err == nil {
		o.Err = conversationError(ctx, err)
	}
}

// conversationError gives the class of what ended a conversation too early.
func conversationError(ctx context.Context, err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		<-ctx.Done() // whose deadline the connection has
	}
	if ctx.Err() != nil {
		cause := context.Cause(ctx)
		if late, ok := errors.AsType[*deadlineReached](cause); ok {
			return &deadlineReached{what: late.what, limit: late.limit, still: "waiting for a message"}
		}
		return cause
	}
	if end, ok := errors.AsType[*ws.Closed](err); ok {
		return Failed("the server closed the connection" + strings.TrimPrefix(end.Error(), "connection closed by the other end") + " before it said what is expected")
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return Broken(retry.Connect, errors.New("the connection broke before the server said what is expected"))
	}
	if ws.Violates(err) {
		return Broken(retry.Error, fmt.Errorf("the server breaks the WebSocket protocol: %w", err))
	}
	return connectError(ctx, err)
}

func (c *wsCheck) request(a Attempt) (*request, error) {
	target, err := c.url.Expand(a.Captures)
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	if _, known := c.url.fixed(); !known { // else Prepare has looked at it
		if err := checkURLOf(target, "ws", "wss"); err != nil {
			return nil, err
		}
	}
	req := &request{method: http.MethodGet, url: target, noRedirects: true}
	if err := req.setHeaders(c.headers, a); err != nil {
		return nil, err
	}
	if err := c.options.fill(req, a); err != nil {
		return nil, err
	}
	req.curl = c.options.curlOptions(req.options)
	return req, nil
}

// said is what is sent; nil is nothing.
func (c *wsCheck) said(a Attempt) (*string, error) {
	if !c.send.set {
		return nil, nil //nolint:nilnil // nothing
	}
	var r request
	if err := c.send.fill(&r, a); err != nil {
		return nil, fmt.Errorf("send: %w", err)
	}
	text := string(r.body)
	return &text, nil
}

// converse makes the handshake. With another answer than a WebSocket's there is no session.
func (c *Client) converse(ctx context.Context, r *request, subprotocols []string, maxMessage int64) (*ws.Session, *response, error) {
	shake, err := ws.NewHandshake(subprotocols)
	if err != nil {
		return nil, nil, err
	}
	for _, h := range r.headers {
		shake.Header.Add(h.name, h.value)
	}
	options := r.options
	options.Headers, options.MaxBody = shake.Header, smallBody
	answer, on, err := c.http.Upgrade(ctx, assayhttp.Request{URL: "http" + strings.TrimPrefix(strings.TrimSpace(r.url), "ws"), Options: options}, "websocket")
	if err != nil {
		return nil, nil, err
	}
	resp := &response{status: answer.Status, header: answer.Header, body: answer.Body, size: int64(len(answer.Body)), took: answer.Timings.Total, tls: answer.TLS}
	if on == nil {
		return nil, resp, nil
	}
	session, err := shake.Open(answer, on, maxMessage)
	return session, resp, err
}
