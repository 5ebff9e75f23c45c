package check

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay.rs/core/prelude"
)

// BenchmarkRun runs 200 http checks, 50 at a time, against a server in the same process.
func BenchmarkRun(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"status":"ok"}`)) }))
	defer server.Close()
	var text strings.Builder
	text.WriteString("parallel: 50\nchecks:\n")
	for i := range 200 {
		fmt.Fprintf(&text, "  - { name: c%d, type: http, url: %q, expect: { status: 200, json: '.status == \"ok\"' } }\n", i, server.URL)
	}
	file := filepath.Join(b.TempDir(), "checks.yaml")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	plan, err := Load(file, Options{Types: Standard(prelude.Modules()...)})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		report := plan.Run(context.Background())
		if !report.Passed {
			b.Fatal(report.Reason)
		}
		if err := report.Write(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
