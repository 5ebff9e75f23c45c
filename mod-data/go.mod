module assay.rs/mod-data

go 1.26.0

require (
	assay.rs/core v0.1.0
	github.com/google/go-cmp v0.7.0
	github.com/itchyny/gojq v0.12.20
	go.yaml.in/yaml/v3 v3.0.6
)

require (
	github.com/Masterminds/sprig/v3 v3.3.0
	github.com/itchyny/timefmt-go v0.1.9 // indirect
	github.com/shopspring/decimal v1.6.0
	github.com/yuin/gopher-lua v1.1.2 // indirect
)
