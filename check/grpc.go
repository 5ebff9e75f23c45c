package check

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"assay.rs/core/retry"
	"assay.rs/mod-data/yaml"
	assayhttp "assay.rs/mod-http"
)

// GRPC is the type grpc: it calls Check of the health service (grpc.health.v1) as the gRPC health checking protocol
// describes it, over HTTP/2 with or without TLS.
func GRPC() Type {
	return Type{
		Name: "grpc", Text: "Asks a gRPC server for its health; it must answer SERVING.",
		New: func() Body { return &grpcCheck{want: "SERVING"} },
	}
}

type grpcCheck struct {
	hostPort
	trust     trust
	service   Template
	tls       bool
	tlsSaid   bool
	authority Template
	metadata  []Named
	want      string
	latency   latency
}

func (c *grpcCheck) Keys() []Key {
	return append([]Key{
		c.key("api:9000"),
		{Name: "service", Text: "The service to ask about; without it the whole server.", Value: Text(&c.service)},
		{Name: "tls", Text: "Speak TLS; true when the port is 443, else false.", Value: Flag(&c.tls).then(func(*Reader, *yaml.Node) { c.tlsSaid = true })},
		{Name: "authority", Text: "The host that the request names, instead of the address.", Value: Text(&c.authority)},
		{Name: "metadata", Text: "Metadata of the request, as headers.", Value: Texts(&c.metadata, legalHeader)},
		{Name: "expect", Text: "What the answer must be like.", Value: Section("expect", c.expectKeys)},
	}, c.trust.keys()...)
}

func (c *grpcCheck) expectKeys() []Key {
	return []Key{
		{Name: "status", Text: "The health that the server must tell; SERVING unless said otherwise.", Value: Choice(&c.want, "SERVING", "NOT_SERVING")},
		{Name: "latency", Text: "How long the answer may take: \"<500ms\".", Value: latencyValue(&c.latency)},
	}
}

func (c *grpcCheck) Prepare(p *Prep) {
	c.prepare(p)
	c.trust.prepare(p)
	if c.tlsSaid && !c.tls && c.trust.given() {
		p.Fail([]string{"tls"}, "without TLS there is no certificate: leave out 'tls: false', or the keys of certificates")
	}
}

func (c *grpcCheck) Run(ctx context.Context, a Attempt) Outcome {
	var o Outcome
	host, port, err := c.expand(a)
	if err != nil {
		return o.broken("%w", err)
	}
	service, err := c.service.Expand(a.Captures)
	if err != nil {
		return o.broken("service: %w", err)
	}
	transport, scheme, err := c.transport(a, host, port)
	if err != nil {
		return o.broken("%w", err)
	}
	defer transport.CloseIdleConnections()
	request, err := c.request(ctx, a, scheme, net.JoinHostPort(host, port), service)
	if err != nil {
		return o.broken("%w", err)
	}
	began := time.Now()
	health, err := health(transport, request)
	if err != nil {
		o.Err = grpcError(ctx, host, err)
		return o
	}
	o.Value = health
	o.assess(Assertion{Expr: "status == " + c.want, Passed: health == c.want, Expected: c.want, Actual: health},
		fmt.Sprintf("status == %s (got %s)", c.want, health))
	c.latency.assess(&o, time.Since(began))
	return o
}

// transport is one connection of its own: what an earlier attempt has left says nothing of this one.
func (c *grpcCheck) transport(a Attempt, host, port string) (t *http.Transport, scheme string, err error) {
	t = &http.Transport{Protocols: new(http.Protocols), MaxResponseHeaderBytes: 64 << 10}
	if secure := c.tls || !c.tlsSaid && (port == "443" || c.trust.given()); !secure {
		t.Protocols.SetUnencryptedHTTP2(true)
		return t, "http", nil
	}
	t.Protocols.SetHTTP2(true)
	t.TLSClientConfig, err = c.trust.config(a, host)
	return t, "https", err
}

func (c *grpcCheck) request(ctx context.Context, a Attempt, scheme, address, service string) (*http.Request, error) {
	target := url.URL{Scheme: scheme, Host: address, Path: "/grpc.health.v1.Health/Check"}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), bytes.NewReader(healthRequest(service)))
	if err != nil {
		return nil, err
	}
	if r.Host, err = c.authority.Expand(a.Captures); err != nil {
		return nil, fmt.Errorf("authority: %w", err)
	}
	for _, m := range c.metadata {
		text, err := m.Text.Expand(a.Captures)
		if err != nil {
			return nil, fmt.Errorf("metadata %s: %w", m.Name, err)
		}
		if strings.ContainsAny(text, "\r\n\x00") {
			return nil, fmt.Errorf("metadata %s: a line break cannot be sent", m.Name)
		}
		r.Header.Add(m.Name, text)
	}
	r.Header.Set("Content-Type", "application/grpc")
	r.Header.Set("TE", "trailers")
	r.Header.Set("User-Agent", assayhttp.DefaultUserAgent)
	if at, ok := ctx.Deadline(); ok {
		r.Header.Set("grpc-timeout", strconv.FormatInt(max(1, time.Until(at).Milliseconds()), 10)+"m")
	}
	return r, nil
}

// healthRequest is HealthCheckRequest{service = 1} as a message of gRPC: no compression, the length, the protobuf.
func healthRequest(service string) []byte {
	var message []byte
	if service != "" {
		message = binary.AppendUvarint([]byte{1<<3 | 2}, uint64(len(service)))
		message = append(message, service...)
	}
	return append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message))), message...)
}

// maxHealth bounds an answer that has one number in it.
const maxHealth = 4 << 10

// unanswered is a call without an answer.
type unanswered struct{ error }

func (u unanswered) Unwrap() error { return u.error }

// grpcStatus is an answer without a health.
type grpcStatus struct {
	code    int
	message string
}

func (s *grpcStatus) Error() string {
	text := fmt.Sprintf("the server answered with gRPC status %d", s.code)
	if name := grpcCodeName(s.code); name != "" {
		text += " " + name
	}
	if s.message != "" {
		text += ": " + clip(s.message)
	}
	return text
}

func grpcCodeName(code int) string {
	names := []string{
		"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
		"RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
	}
	if code < 0 || code >= len(names) {
		return ""
	}
	return names[code]
}

// health makes the call and reads the answer to its end: the status stands behind the message.
func health(t *http.Transport, r *http.Request) (string, error) {
	answer, err := t.RoundTrip(r)
	if err != nil {
		return "", unanswered{err}
	}
	defer func() { _ = answer.Body.Close() }() // it has been read
	kind := answer.Header.Get("Content-Type")
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("not an answer of gRPC: HTTP status %d, %s", answer.StatusCode, clip(kind))
	}
	if kind != "application/grpc" && !strings.HasPrefix(kind, "application/grpc+") && !strings.HasPrefix(kind, "application/grpc;") {
		return "", fmt.Errorf("not an answer of gRPC: its content type is %q", clip(kind))
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxHealth))
	if err != nil {
		return "", err
	}
	if err := grpcStatusOf(answer, len(body) > 0); err != nil {
		return "", err
	}
	return healthOf(body)
}

// grpcStatusOf reads the status from the trailers, or from the headers of an answer without a message.
func grpcStatusOf(answer *http.Response, message bool) error {
	from := answer.Trailer
	if from.Get("grpc-status") == "" && !message {
		from = answer.Header
	}
	said := append(from["Grpc-Status"], "")
	code, err := strconv.Atoi(said[0])
	if err != nil || len(said) != 2 || strconv.Itoa(code) != said[0] {
		return errors.New("the answer is cut short: it has no grpc-status, or no valid one")
	}
	if code == 0 {
		return nil
	}
	reason := from.Get("grpc-message")
	if decoded, err := url.PathUnescape(reason); err == nil {
		reason = decoded
	}
	return &grpcStatus{code, reason}
}

// healthOf reads HealthCheckResponse{status = 1}.
func healthOf(body []byte) (string, error) {
	const prefix = 5
	if len(body) < prefix || body[0] != 0 || int(binary.BigEndian.Uint32(body[1:prefix])) != len(body)-prefix {
		return "", errors.New("the answer holds no message")
	}
	status := uint64(0)
	for message := body[prefix:]; len(message) > 0; {
		tag, n := binary.Uvarint(message)
		if n <= 0 {
			return "", errors.New("the message is malformed")
		}
		message = message[n:]
		value, n := binary.Uvarint(message)
		if n <= 0 || tag&7 != 0 && tag&7 != 2 || tag&7 == 2 && uint64(len(message)-n) < value {
			return "", errors.New("the message is malformed")
		}
		message = message[n:]
		if tag&7 == 2 {
			message = message[value:]
		} else if tag>>3 == 1 {
			status = value
		}
	}
	names := []string{"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"}
	if status >= uint64(len(names)) {
		return fmt.Sprint(status), nil
	}
	return names[status], nil
}

// grpcError gives the class of a call without a health. A service that is not known, and a server that does not
// tell its health, are measured and wrong.
func grpcError(ctx context.Context, host string, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	status, ok := errors.AsType[*grpcStatus](err)
	if !ok {
		failure := transportFailure(ctx, host, err)
		if _, none := errors.AsType[unanswered](err); none {
			return inClass(failure, retry.Error, retry.Connect, "")
		}
		return failure
	}
	const deadlineExceeded, notFound, unimplemented, unavailable = 4, 5, 12, 14
	switch status.code {
	case notFound:
		return Failed("status is SERVICE_UNKNOWN: " + status.Error())
	case unimplemented:
		return Failed("the server does not tell its health: " + status.Error())
	case deadlineExceeded:
		return Broken(retry.Timeout, status)
	case unavailable:
		return Broken(retry.Connect, status)
	}
	return Broken(retry.Error, status)
}
