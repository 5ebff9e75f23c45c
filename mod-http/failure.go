package http

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	nethttp "net/http"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"assay.rs/core"
	"assay.rs/core/retry"
)

// failure is a request without an answer.
type failure struct {
	message string
	class   retry.Class
	doing   string // what was waited for
	unsent  bool   // the server has not seen the request
	cause   error
}

func (e *failure) Error() string               { return e.message }
func (e *failure) Unwrap() error               { return e.cause }
func (e *failure) RetryClasses() []retry.Class { return []retry.Class{e.class} }

// unsent tells whether err is a failure before anything could be sent.
func unsent(err error) bool {
	var f *failure
	return errors.As(err, &f) && f.unsent
}

// Waiting is what a request of [Client.Do] was waiting for when it failed with err: "looking up the name", "connecting",
// "in the TLS handshake", "waiting for the answer", "reading the body"; or empty.
func Waiting(err error) string {
	if f, ok := errors.AsType[*failure](err); ok {
		return f.doing
	}
	return ""
}

// plain is an error about the request itself, which a script can do nothing about unless err has a code.
func plain(err error) *core.Error {
	if known, ok := errors.AsType[*core.Error](err); ok && known.Code != nil {
		return known.Code.With(err, known.Hint)
	}
	return core.WithHint(err, "")
}

// finding is what an error means.
type finding struct {
	code    *core.Code
	class   retry.Class
	message string
	hint    string
}

// fail says why there is no answer. within is the attempt's share of ctx.
func (a *attempt) fail(ctx, within context.Context, err error) *core.Error {
	p := a.progress()
	if within.Err() == nil {
		var known *core.Error
		var dial *net.OpError
		var sent sendError
		if errors.As(err, &known) && !errors.As(err, &dial) && !errors.As(err, &sent) {
			return known
		}
	}
	f := a.find(ctx, within, p, err)
	wrapped := &failure{message: f.message, class: f.class, doing: p.doing, unsent: !p.used, cause: err}
	if ctx.Err() != nil {
		wrapped.cause = errors.Join(ctx.Err(), context.Cause(ctx))
	}
	if f.code == nil {
		return core.WithHint(wrapped, f.hint)
	}
	return f.code.With(wrapped, f.hint)
}

func (a *attempt) find(ctx, within context.Context, p progress, err error) finding {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return finding{nil, retry.Error, "cancelled: " + context.Cause(ctx).Error(), ""}
	case ctx.Err() != nil:
		return a.timedOut(p, time.Since(a.start).Round(time.Millisecond), "")
	case within.Err() != nil && a.patient && p.doing == arrivingBody:
		message := fmt.Sprintf("no more data from %s within %s", p.host, a.idle)
		return finding{errTimeout, retry.Timeout, message, "set options.timeout, which is then the only limit"}
	case within.Err() != nil:
		return a.timedOut(p, a.timeout, "raise options.timeout")
	}
	for _, look := range []func(progress, error) (finding, bool){findSend, findPolicy, findDNS, findTLS, findTime, findStream, findConnection} {
		if f, ok := look(p, err); ok {
			return f
		}
	}
	return finding{errProtocol, retry.Error, clip("the answer of " + p.host + " is not valid: " + describe(err)), ""}
}

func (a *attempt) timedOut(p progress, limit time.Duration, hint string) finding {
	return finding{errTimeout, retry.Timeout, fmt.Sprintf("no complete answer from %s within %s, still %s", p.host, limit, p.doing), hint}
}

// findSend finds a body that could not be read.
func findSend(_ progress, err error) (finding, bool) {
	var sent sendError
	if !errors.As(err, &sent) {
		return finding{}, false
	}
	known := plain(sent.error)
	return finding{known.Code, retry.Error, sent.Error(), known.Hint}, true
}

// findPolicy finds an address that may not be connected to.
func findPolicy(_ progress, err error) (finding, bool) {
	var refused *core.Error
	if !errors.As(err, &refused) {
		return finding{}, false
	}
	f := finding{errConnect, retry.Connect, describe(err), refused.Hint}
	if refused.Code != nil {
		f.code, f.class = refused.Code, refused.RetryClasses()[0]
	}
	return f, true
}

func findDNS(_ progress, err error) (finding, bool) {
	var dns *net.DNSError
	if !errors.As(err, &dns) {
		return finding{}, false
	}
	hint := "the name server did not answer: try again"
	if dns.IsNotFound {
		hint = "check the spelling of the host; inside a cluster a service is named service.namespace.svc"
	}
	return finding{errDNS, retry.DNS, "lookup " + dns.Name + ": " + dns.Err, hint}, true
}

// findTLS finds a handshake that failed: by the kinds of its errors, some of which come late, or by
// what the trace saw.
func findTLS(p progress, err error) (finding, bool) {
	var (
		record   tls.RecordHeaderError
		op       *net.OpError
		verify   *tls.CertificateVerificationError
		timedOut net.Error
	)
	f := finding{errTLS, retry.TLS, "tls with " + p.host + ": ", ""}
	switch {
	case errors.As(err, &verify):
		f.message += describe(verify.Err)
		f.hint = certificateHint(verify.Err)
	case errors.As(err, &record), errors.Is(err, nethttp.ErrSchemeMismatch):
		f.message += "the server does not speak TLS"
		f.hint = "use http:// or the port for https"
	case errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error"):
		f.message += op.Err.Error()
		f.hint = refusalHint(p, op)
	case p.tlsError != nil && errors.As(err, &timedOut) && timedOut.Timeout():
		return finding{}, false
	case p.tlsError != nil && errors.Is(err, io.EOF):
		f.message += "the server closed the connection during the handshake"
	case p.tlsError != nil:
		f.message += describe(err)
	default:
		return finding{}, false
	}
	return f, true
}

const strangerHint = "if the server wants a client's certificate, pass client_cert and client_key"

// refusalHint is for an alert of the server.
func refusalHint(p progress, op *net.OpError) string {
	said := op.Err.Error()
	switch about := strings.Contains(said, "certificate"); {
	case op.Op != "remote error":
		return ""
	case p.stranger && (about || strings.Contains(said, "handshake failure")):
		return strangerHint
	case about:
		return "the server does not take this client_cert"
	}
	return ""
}

func certificateHint(err error) string {
	var (
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
		roots     x509.SystemRootsError
	)
	switch {
	case errors.As(err, &authority), errors.As(err, &roots):
		return "pass the authority that signed the certificate as ca_cert or ca_cert_file"
	case errors.As(err, &name):
		return "use the host name that the certificate is for, or pass it as server_name"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the server needs a certificate that is valid today; check the clock, too"
	}
	return ""
}

// findTime finds the limits of a connection, not those of the whole attempt.
func findTime(p progress, err error) (finding, bool) {
	var timeout net.Error
	if !errors.As(err, &timeout) || !timeout.Timeout() {
		return finding{}, false
	}
	if p.used {
		return finding{errTimeout, retry.Timeout, describe(err), ""}, true
	}
	if p.tlsError != nil {
		return finding{errTimeout, retry.Timeout, "tls with " + p.host + ": no handshake in time", "raise options.connect_timeout"}, true
	}
	return finding{errTimeout, retry.Timeout, describe(err), "the host does not answer: check the address, or raise options.connect_timeout"}, true
}

// Describe says for a person why a connection was not made, or its TLS handshake failed.
func Describe(err error) string {
	if verify, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return describe(verify.Err)
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "the server does not speak TLS"
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && (op.Op == "remote error" || op.Op == "local error") {
		return op.Err.Error()
	}
	return describe(err)
}

// describe is err for a person: without the layers that net/http puts around it, without the local
// port and the name of the system call.
func describe(err error) string {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		prefix := ""
		if op.Op == "proxyconnect" {
			prefix = "proxy: "
			if inner, ok := errors.AsType[*net.OpError](op.Err); ok {
				op = inner
			}
		}
		inner := op.Err
		if system, ok := errors.AsType[*os.SyscallError](inner); ok {
			inner = system.Err
		}
		address := ""
		if op.Addr != nil {
			address = " " + op.Addr.String()
		}
		return clip(prefix + op.Op + " " + op.Net + address + ": " + inner.Error())
	}
	if strings.Contains(err.Error(), "readLoopPeekFailLocked") { // the name of a function of net/http
		return "there was data before it was asked for"
	}
	for strings.HasPrefix(err.Error(), "net/http: ") && errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return clip(strings.TrimPrefix(strings.TrimPrefix(err.Error(), "net/http: "), "http: "))
}

// clip shortens what a server may have written at length.
func clip(s string) string {
	const limit = 300
	if len(s) <= limit {
		return s
	}
	return cut(s, limit) + "..."
}

// cut is the start of s, limit bytes at most and no part of a character.
func cut(s string, limit int) string {
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// AtProxy tells whether a request failed because its proxy could not be reached.
func AtProxy(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "proxyconnect"
}
