module assay.rs/mod-fs

go 1.26.0

require (
	assay.rs/core v0.1.0
	golang.org/x/sys v0.50.0
)

require github.com/yuin/gopher-lua v1.1.2 // indirect
