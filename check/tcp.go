package check

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"assay.rs/core/retry"
)

// TCP is the type tcp: it connects to a port, or proves that nobody can.
func TCP() Type {
	return Type{
		Name: "tcp", Text: "Connects to a port; with expect.closed it passes when the connection is refused or nobody answers.",
		New: func() Body { return &tcpCheck{} },
	}
}

type tcpCheck struct {
	hostPort
	send    Template
	banner  matcher
	closed  bool
	latency latency
}

func (c *tcpCheck) Keys() []Key {
	return []Key{
		c.key("db:5432"),
		{Name: "send", Text: "What to send when the connection is made, as \"PING\\r\\n\".", Value: Text(&c.send)},
		{Name: "expect", Text: "What the port must be like.", Value: Section("expect", c.expectKeys)},
	}
}

func (c *tcpCheck) expectKeys() []Key {
	return []Key{
		{Name: "banner", Text: "A text that the server sends, or conditions on it.", Value: matcherValue(&c.banner)},
		{Name: "closed", Text: "true: no connection may be made. A name that has no address is an error, not a pass.", Value: Flag(&c.closed)},
		{Name: "latency", Text: "How long the connection may take: \"<500ms\".", Value: latencyValue(&c.latency)},
	}
}

func (c *tcpCheck) Prepare(p *Prep) {
	c.prepare(p)
	if c.closed && (len(c.banner.wants) > 0 || c.latency.limit > 0 || c.send.Set()) {
		p.Fail([]string{"expect", "closed"}, "a closed port sends nothing: leave out 'banner', 'latency' and 'send'")
	}
}

func (c *tcpCheck) Run(ctx context.Context, a Attempt) Outcome {
	var o Outcome
	host, port, err := c.expand(a)
	if err != nil {
		return o.broken("%w", err)
	}
	if c.closed {
		c.assessClosed(ctx, &o, host, port)
		return o
	}
	began := time.Now()
	conn, err := dial(ctx, host, port)
	if err != nil {
		o.Err = err
		return o
	}
	defer func() { _ = conn.Close() }() // all that was to be learnt from it is
	c.latency.assess(&o, time.Since(began))
	defer deadlineFor(ctx, conn)()
	if c.send.Set() {
		text, err := c.send.Expand(a.Captures)
		if err != nil {
			return o.broken("send: %w", err)
		}
		if _, err := io.WriteString(conn, text); err != nil {
			o.Err = connectError(ctx, err)
			return o
		}
	}
	if len(c.banner.wants) > 0 {
		c.assessBanner(ctx, &o, conn, a)
	}
	return o
}

// longestSilence is how long a port that drops what it is sent is tried, before it counts as closed.
const longestSilence = 5 * time.Second

// assessClosed tries to connect. A policy or firewall that refuses, or drops what is sent, makes a port closed; what
// keeps the attempt from being made at all, as a name without address or no network, does not.
func (c *tcpCheck) assessClosed(ctx context.Context, o *Outcome, host, port string) {
	limit := longestSilence
	if at, ok := ctx.Deadline(); ok {
		// The attempt itself must not run out of time: then nothing would be known.
		limit = min(limit, time.Until(at)*4/5)
	}
	addresses, err := (&net.Resolver{}).LookupHost(ctx, host)
	if err != nil {
		o.Err = connectError(ctx, err)
		return
	}
	within, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for i, address := range addresses {
		// Each address gets its share of the time: one that is silent must not hide one that is open.
		share, done := context.WithTimeout(within, time.Until(deadlineOf(within))/time.Duration(len(addresses)-i))
		conn, err := (&net.Dialer{}).DialContext(share, "tcp", net.JoinHostPort(address, port))
		done()
		if err == nil {
			_ = conn.Close()
			o.assess(Assertion{Expr: "the port is closed", Expected: true, Actual: false},
				fmt.Sprintf("the port is closed (got a connection to %s)", net.JoinHostPort(address, port)))
			return
		}
		if ctx.Err() != nil {
			o.Err = context.Cause(ctx)
			return
		}
		if !refusedOrSilent(err) {
			o.Err = connectError(ctx, err)
			return
		}
	}
	o.assess(Assertion{Expr: "the port is closed", Passed: true, Expected: true, Actual: true}, "")
}

func deadlineOf(ctx context.Context) time.Time {
	at, _ := ctx.Deadline()
	return at
}

// refusedOrSilent reports whether somebody on the way said no, or nobody said anything: RST, ICMP host unreachable or
// prohibited, or silence.
func refusedOrSilent(err error) bool {
	if timed, ok := errors.AsType[net.Error](err); ok && timed.Timeout() || errors.Is(err, os.ErrDeadlineExceeded) {
		return true
	}
	for _, no := range []error{syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EHOSTUNREACH} {
		if errors.Is(err, no) {
			return true
		}
	}
	return false
}

const (
	maxBanner   = 64 << 10
	bannerQuiet = 500 * time.Millisecond // after which a server that has said something is taken to be done
)

// assessBanner reads until all that must be there is, the server is done or the time is over. What must not be there is
// judged of all that came, and of nothing it is not: a server that is silent has not shown what it says.
func (c *tcpCheck) assessBanner(ctx context.Context, o *Outcome, conn net.Conn, a Attempt) {
	var got []byte
	buf := make([]byte, 4096)
	absence := c.banner.forbids()
	for len(got) < maxBanner {
		if len(got) > 0 && (absence || !c.banner.holds(string(got), a)) {
			// Enough has come to wait no longer than a moment for more.
			until := time.Now().Add(bannerQuiet)
			if at, ok := ctx.Deadline(); !ok || until.Before(at) {
				_ = conn.SetReadDeadline(until)
			}
		}
		n, err := conn.Read(buf)
		got = append(got, buf[:n]...)
		if err != nil || !absence && c.banner.holds(string(got), a) {
			break
		}
	}
	if len(got) == 0 {
		o.Err = Failed("the server sent nothing", retry.Timeout)
		o.Assertions = append(o.Assertions, Assertion{Expr: "the server sends a banner", Expected: true, Actual: false})
		return
	}
	c.banner.assess(o, "banner", string(got), a)
}
