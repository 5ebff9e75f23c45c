package http

import (
	"context"
	"crypto/tls"
	"net/http/httptrace"
	"sync"
	"time"
)

// attempt watches one request with its redirects: where its time goes, and how far it got.
type attempt struct {
	start   time.Time
	timeout time.Duration
	patient bool          // the timeout is for the start of the answer alone
	idle    time.Duration // then the longest wait for more of it; 0 is any
	timer   *time.Timer   // runs out when a patient attempt has waited for too long
	charge  func(n int) error
	proxies *proxies

	// Connections are made in the background and may outlive the attempt.
	mu       sync.Mutex
	host     string // of the present hop
	stranger bool   // it is TLS without a client's certificate
	doing    string // what is waited for
	spent    Timings
	began    [3]time.Time // DNS, connect, TLS
	used     bool         // a connection was had, so that something may have been sent
	answered bool         // the present hop has got a first byte
	tlsError error        // why the handshake of the present hop failed
}

const arrivingBody = "reading the body as it arrives"

type attemptKey struct{}

func newAttempt(timeout time.Duration) *attempt {
	return &attempt{start: time.Now(), timeout: timeout, doing: "connecting"}
}

// attemptOf is the attempt that ctx belongs to.
func attemptOf(ctx context.Context) *attempt {
	a, _ := ctx.Value(attemptKey{}).(*attempt)
	return a
}

// context bounds and watches what is done with it.
func (a *attempt) context(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := a.bound(ctx)
	ctx = context.WithValue(ctx, attemptKey{}, a)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSStart:             func(httptrace.DNSStartInfo) { a.begin(0, "looking up the name") },
		DNSDone:              func(httptrace.DNSDoneInfo) { a.finish(0, &a.spent.DNS) },
		ConnectStart:         func(string, string) { a.begin(1, "connecting") },
		ConnectDone:          func(_, _ string, err error) { a.connected(err) },
		TLSHandshakeStart:    func() { a.begin(2, "in the TLS handshake") },
		TLSHandshakeDone:     func(_ tls.ConnectionState, err error) { a.handshaken(err) },
		GotConn:              func(httptrace.GotConnInfo) { a.gotConn() },
		GotFirstResponseByte: a.firstByte,
	}), cancel
}

// bound ends ctx when the attempt has taken too long.
func (a *attempt) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if !a.patient {
		if first, ok := ctx.Deadline(); ok && first.Before(a.deadline()) {
			return ctx, func() {} // it ends the attempt by itself
		}
		return context.WithDeadline(ctx, a.deadline())
	}
	ctx, cancel := context.WithCancel(ctx)
	a.timer = time.AfterFunc(a.timeout, cancel)
	return ctx, func() {
		a.timer.Stop()
		cancel()
	}
}

// patience is renewed when a part of the body has come.
func (a *attempt) patience() {
	switch {
	case !a.patient:
	case a.idle == 0:
		a.timer.Stop()
	default:
		a.timer.Reset(a.idle)
	}
}

func (a *attempt) deadline() time.Time { return a.start.Add(a.timeout) }

// at starts a hop.
func (a *attempt) at(h *hop) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.host, a.doing, a.answered, a.tlsError = h.url.Host, "connecting", false, nil
	a.stranger = h.url.Scheme == "https" && h.route.cert == ""
}

func (a *attempt) begin(what int, doing string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	// Of several addresses that are tried at once, the first counts.
	if a.began[what].IsZero() {
		a.began[what] = time.Now()
	}
	a.doing = doing
}

func (a *attempt) finish(what int, spent *time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.add(what, spent)
}

func (a *attempt) add(what int, spent *time.Duration) {
	if began := a.began[what]; !began.IsZero() {
		*spent += time.Since(began)
		a.began[what] = time.Time{}
	}
}

func (a *attempt) connected(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err == nil {
		a.add(1, &a.spent.Connect)
	}
}

func (a *attempt) handshaken(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.add(2, &a.spent.TLS)
	a.tlsError = err
}

func (a *attempt) gotConn() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.used, a.doing = true, "waiting for the answer"
}

func (a *attempt) firstByte() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answered = true
	a.spent.FirstByte = time.Since(a.start)
}

func (a *attempt) is(doing string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.doing = doing
}

func (a *attempt) timings() Timings {
	a.mu.Lock()
	defer a.mu.Unlock()
	spent := a.spent
	spent.Total = time.Since(a.start)
	return spent
}

// progress is how far an attempt got.
type progress struct {
	host, doing    string
	used, answered bool
	stranger       bool
	tlsError       error
}

func (a *attempt) progress() progress {
	a.mu.Lock()
	defer a.mu.Unlock()
	return progress{a.host, a.doing, a.used, a.answered, a.stranger, a.tlsError}
}
