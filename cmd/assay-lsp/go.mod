module assay.rs/cmd/assay-lsp

go 1.26.0

require (
	assay.rs/analysis v0.1.0
	assay.rs/core v0.1.0
	assay.rs/stdlib v0.1.0
)
