package serve

import "assay.rs/core"

// The codes of errors.
var (
	errListen      = core.NewCode("http.listen", "The port cannot be listened at.")
	errDrain       = core.NewCode("http.drain", "Requests were still running when `shutdown_grace` was over.")
	errClientGone  = core.NewCode("http.client_gone", "The client of an event stream takes no more.")
	errStreamEnded = core.NewCode("http.stream_ended", "The event stream has ended: its function has returned.")
	errUpgrade     = core.NewCode("ws.upgrade", "The request cannot become a WebSocket.")
)
