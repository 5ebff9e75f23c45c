package check

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	"assay.rs/core/retry"
)

// TLS is the type tls: it makes a handshake, verifies chain and name, and judges the certificate.
func TLS() Type {
	return Type{
		Name: "tls", Text: "Makes a TLS handshake, verifies the certificate and judges it.",
		New: func() Body { return &tlsCheck{hostPort: hostPort{impliedPort: "443"}} },
	}
}

type tlsCheck struct {
	hostPort
	trust    trust
	starttls string
	expect   certificate
	latency  latency
}

func (c *tlsCheck) Keys() []Key {
	return append([]Key{
		c.key("api:443"),
		{Name: "starttls", Text: "The protocol in which to ask for TLS first.", Value: Choice(&c.starttls, "smtp", "imap", "postgres", "mysql")},
		{Name: "expect", Text: "What the certificate and the connection must be like.", Value: Section("expect", c.expectKeys)},
	}, c.trust.keys()...)
}

func (c *tlsCheck) expectKeys() []Key {
	return append(c.expect.keys(),
		Key{Name: "latency", Text: "How long connecting and the handshake may take: \"<500ms\".", Value: latencyValue(&c.latency)})
}

func (c *tlsCheck) Prepare(p *Prep) {
	c.prepare(p)
	c.trust.prepare(p)
	if c.trust.insecure && !c.expect.any() && c.latency.limit == 0 {
		p.Fail([]string{"insecure"}, "insecure without an expectation says nothing: any certificate passes")
	}
}

func (c *tlsCheck) Run(ctx context.Context, a Attempt) Outcome {
	var o Outcome
	host, port, err := c.expand(a)
	if err != nil {
		return o.broken("%w", err)
	}
	config, err := c.trust.config(a, host)
	if err != nil {
		return o.broken("%w", err)
	}
	c.expect.offer(config)
	began := time.Now()
	conn, err := dial(ctx, host, port)
	if err != nil {
		o.Err = err
		return o
	}
	defer func() { _ = conn.Close() }() // all that was to be learnt from it is
	defer deadlineFor(ctx, conn)()
	if err := startTLS(c.starttls, conn); err != nil {
		o.Err = inClass(transportFailure(ctx, host, err), retry.Error, retry.TLS, "")
		return o
	}
	auth := watchClientAuth(config, conn)
	secured := tls.Client(conn, config)
	err = secured.HandshakeContext(ctx)
	took := time.Since(began)
	if err == nil {
		err = auth.verdict(ctx, secured)
	}
	if err != nil {
		o.Err = inClass(connectError(ctx, err), retry.Connect, retry.TLS, "tls with "+host+": ")
		return o
	}
	state := secured.ConnectionState()
	o.Value = certificateValue(state)
	c.expect.assess(&o, state, a, time.Now())
	c.latency.assess(&o, took)
	if o.Err == nil {
		o.Message = fmt.Sprintf("expires in %s", days(lifetime(state, time.Now())))
	}
	return o
}

// inClass gives an error of one class another, since what it came from tells more than its kind.
func inClass(err error, from, to retry.Class, prefix string) error {
	if f, ok := errors.AsType[*fault](err); ok && f.classes[0] == from {
		return Broken(to, errors.New(prefix+f.message))
	}
	return err
}
