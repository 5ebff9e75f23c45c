package ws

import "assay.rs/core"

// The codes of errors.
var (
	errClosed    = core.NewCode("ws.closed", "The connection is closed.")
	errTimeout   = core.NewCode("ws.timeout", "Nothing came in time.")
	errConnect   = core.NewCode("ws.connect", "There was no connection, or it broke.")
	errDNS       = core.NewCode("ws.dns", "The host name has no address.")
	errTLS       = core.NewCode("ws.tls", "The TLS handshake failed, or the certificate was refused.")
	errHandshake = core.NewCode("ws.handshake", "The server does not speak WebSocket at this URL.")
	errTooBig    = core.NewCode("ws.too_big", "A message was larger than `max_message`.")
	errText      = core.NewCode("ws.text", "Text must be UTF-8.")
)
