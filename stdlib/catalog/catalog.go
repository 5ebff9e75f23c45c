// Package catalog is what assay's builtins and check files are, for programs that know them without linking them.
//
// The files are written by task generate from the declarations that the program assay is composed of; a test of
// assay keeps them current.
package catalog

import (
	"bytes"
	_ "embed"

	"assay.rs/core/spec"
)

//go:embed catalog.json
var modules []byte

//go:embed checks.schema.json
var schema []byte

// Modules are the builtins.
func Modules() ([]spec.Module, error) { return spec.Read(bytes.NewReader(modules)) }

// Schema is the JSON Schema of check files.
func Schema() []byte { return bytes.Clone(schema) }
