package http

import "assay.rs/core"

// The codes of errors. That an answer has a status of 400 or more is not an error.
var (
	errTimeout      = core.NewCode("http.timeout", "The answer was not complete in time.")
	errConnect      = core.NewCode("http.connect", "There was no connection, or it broke.")
	errDNS          = core.NewCode("http.dns", "The host name has no address.")
	errTLS          = core.NewCode("http.tls", "The TLS handshake failed, or the certificate was refused.")
	errBodyTooLarge = core.NewCode("http.body_too_large", "The body, decompressed, is larger than `max_body`.")
	errRedirects    = core.NewCode("http.redirects", "There were too many redirects, or one leads nowhere.")
	errURL          = core.NewCode("http.url", "The URL is not one that can be requested.")
	errProtocol     = core.NewCode("http.protocol", "The answer is not valid HTTP, or is cut short.")
	errClientClosed = core.NewCode("http.client_closed", "The client is closed, as it is when its script ends.")
	errSend         = core.NewCode("http.send", "The body to send was not what it was said to be.")
	errStatus       = core.NewCode("http.status", "An answer with a status of 400 or more, to the function `retry.on`; never raised.")
)

// codes are those of a request: its own, and those of a table body.
func codes() []*core.Code {
	return []*core.Code{
		errTimeout, errConnect, errDNS, errTLS, errBodyTooLarge, errRedirects, errURL, errProtocol, errClientClosed, errSend, errStatus,
		core.ErrJSONValue, core.ErrJSONLimit, core.ErrDenied,
	}
}
