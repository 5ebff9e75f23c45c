module assay.rs/mod-serve

go 1.26.0

require (
	assay.rs/core v0.1.0
	github.com/go-chi/chi/v5 v5.5.0
)

require github.com/yuin/gopher-lua v1.1.2 // indirect
