package serve

import "assay.rs/core"

// The codes of errors.
var (
	errListen  = core.NewCode("http.listen", "The port cannot be listened at.")
	errDrain   = core.NewCode("http.drain", "Requests were still running when `shutdown_grace` was over.")
	errUpgrade = core.NewCode("ws.upgrade", "The request cannot become a WebSocket.")
)
