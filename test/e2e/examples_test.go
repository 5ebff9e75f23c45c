package e2e

import (
	"path/filepath"
	"testing"
)

// Each example is something that a newcomer runs first: it passes as it stands.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, "examples", "*", "checks.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("no examples/*/checks.yaml")
	}
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			r := run(t, filepath.Join(built, "assay"), file)
			d := read(t, r)
			if !d.Passed || len(d.Checks) == 0 {
				t.Errorf("passed = %v with %d checks, want true with some\n%s\n%s", d.Passed, len(d.Checks), r.stdout, r.stderr)
			}
		})
	}
}
