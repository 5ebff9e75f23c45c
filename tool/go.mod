module assay.rs/tool

go 1.26.0

require (
	assay.rs/core v0.1.0
	golang.org/x/term v0.47.0
)

require (
	github.com/yuin/gopher-lua v1.1.2 // indirect
	golang.org/x/sys v0.49.0 // indirect
)
