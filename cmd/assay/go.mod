module assay.rs/cmd/assay

go 1.26.0

require (
	assay.rs/check v0.1.0
	assay.rs/core v0.1.0
	assay.rs/mod-data v0.1.0
	assay.rs/mod-http v0.1.0
	github.com/charmbracelet/log v1.0.0
	github.com/rogpeppe/go-internal v1.16.0
	github.com/spf13/cobra v1.10.2
	golang.org/x/term v0.47.0
)
