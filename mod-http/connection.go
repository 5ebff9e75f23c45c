package http

import (
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"

	"assay.rs/core/retry"
)

// streamError has the form of the errors of an HTTP/2 stream: net/http does not export their type, but fills
// whatever has the same fields.
type streamError struct {
	StreamID uint32
	Code     uint32
	Cause    error
}

func (e streamError) Error() string { return fmt.Sprintf("HTTP/2 error %d", e.Code) }

// findStream finds an answer that the server broke off, on a connection that goes on (RFC 9113, 5.4.2).
func findStream(p progress, err error) (finding, bool) {
	var broken streamError
	if !errors.As(err, &broken) {
		return finding{}, false
	}
	return finding{errConnect, retry.Connect, fmt.Sprintf("%s broke off the answer: HTTP/2 error %d", p.host, broken.Code), ""}, true
}

// findConnection finds connections that were not made, or that broke.
func findConnection(p progress, err error) (finding, bool) {
	var (
		op    *net.OpError
		proxy proxyError
	)
	f := finding{errConnect, retry.Connect, "", ""}
	switch {
	case errors.As(err, &proxy):
		f.message = proxy.Error()
		f.hint = "check options.proxy, or HTTP_PROXY, HTTPS_PROXY and NO_PROXY"
	case errors.Is(err, io.ErrUnexpectedEOF) && p.answered:
		f.code, f.message = errProtocol, "the answer of "+p.host+" is cut short: the connection ended before all of it was there"
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		f.message = p.host + " closed the connection without an answer"
	case errors.As(err, &op):
		f.message = describe(err)
		if errors.Is(err, syscall.ECONNREFUSED) {
			f.hint = "nothing listens there: check host and port, and whether the server is up"
		}
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, net.ErrClosed):
		f.message = "connection to " + p.host + ": " + describe(err)
	default:
		return finding{}, false
	}
	if f.hint == "" && p.used && !p.answered && p.stranger {
		// In TLS 1.3 the refusal may be lost with the connection.
		f.hint = strangerHint
	}
	return f, true
}
