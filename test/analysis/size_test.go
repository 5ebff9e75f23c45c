package analysis

import (
	"testing"

	"assay.rs/deploy/release"
	"assay.rs/test/internal/workspace"
)

// The server is small: it links no builtins, and no library.
func TestServerIsSmall(t *testing.T) {
	w, err := workspace.Open(".")
	if err != nil {
		t.Fatal(err)
	}
	server := release.Binary{Name: "assay-lsp", Budget: 6_000_000, Zipped: 2_400_000}
	name, err := server.Build(t.Context(), w.Root, t.TempDir(), release.Target{})
	if err != nil {
		t.Fatal(err)
	}
	plain, zipped, err := release.Sizes(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Over(plain, zipped); err != nil {
		t.Error(err)
	}
	t.Logf("%d bytes, %d with gzip -9", plain, zipped)
}
