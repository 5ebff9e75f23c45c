module assay.rs/tool

go 1.26.0

require (
	assay.rs/analysis v0.1.0
	assay.rs/check v0.1.0
	assay.rs/core v0.1.0
	github.com/spf13/cobra v1.10.2
	github.com/spf13/pflag v1.0.10
	golang.org/x/term v0.48.0
)

require (
	github.com/yuin/gopher-lua v1.1.2 // indirect
	golang.org/x/sys v0.49.0 // indirect
)
