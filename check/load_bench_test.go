package check

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay.rs/core/prelude"
)

// BenchmarkLoad reads a file of 1,000 http checks.
func BenchmarkLoad(b *testing.B) {
	var text strings.Builder
	text.WriteString("parallel: 50\nchecks:\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "  - { name: c%d, type: http, url: \"http://127.0.0.1:1/\", expect: { status: 200, json: '.status == \"ok\"' } }\n", i)
	}
	file := filepath.Join(b.TempDir(), "checks.yaml")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load(file, Options{Types: Standard(prelude.Modules()...)}); err != nil {
			b.Fatal(err)
		}
	}
}
