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
	assay.rs/mod-crypto v0.1.0
	assay.rs/mod-data v0.1.0 // indirect
	assay.rs/mod-http v0.1.0 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/itchyny/gojq v0.12.20 // indirect
	github.com/itchyny/timefmt-go v0.1.9 // indirect
	github.com/yuin/gopher-lua v1.1.2 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/sys v0.50.0 // indirect
	nhooyr.io/websocket v1.8.17 // indirect
)
