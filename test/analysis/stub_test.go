package analysis

import (
	"bytes"
	"testing"

	"assay.rs/core/spec"
	"assay.rs/core/syntax"
	"assay.rs/stdlib/catalog"
)

// The stubs that assay types writes are Lua.
func TestStubsAreLua(t *testing.T) {
	modules, err := catalog.Modules()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range spec.Owned(modules) {
		var stub bytes.Buffer
		if err := spec.LuaLS(&stub, m); err != nil {
			t.Fatal(err)
		}
		if tree := syntax.Parse(stub.String()); len(tree.Errors) > 0 {
			t.Error(tree.Render(m.Title(), tree.Errors[0]))
		}
	}
}
