module assay.rs/check

go 1.26.0

require (
	assay.rs/core v0.1.0
	assay.rs/mod-data v0.1.0
	assay.rs/mod-http v0.1.0
	github.com/google/go-cmp v0.7.0
	github.com/itchyny/gojq v0.12.20
	go.yaml.in/yaml/v3 v3.0.6
)
