module assay.rs/mod-http

go 1.26.0

require (
	assay.rs/core v0.1.0
	github.com/google/go-cmp v0.7.0
	nhooyr.io/websocket v1.8.17
)

require github.com/yuin/gopher-lua v1.1.2 // indirect
