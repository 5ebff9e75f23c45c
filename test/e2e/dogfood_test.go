package e2e

import (
	"path/filepath"
	"testing"
)

// assay is checked by assay: a script serves, checks ask it, and each comes out as the name of its file says.
func TestDogfood(t *testing.T) {
	for file, pass := range map[string]bool{"passing.yaml": true, "failing.yaml": false} {
		t.Run(file, func(t *testing.T) {
			path, err := filepath.Abs(file)
			if err != nil {
				t.Fatal(err)
			}
			r := run(t, filepath.Join(built, "assay"), path)
			d := read(t, r)
			if len(d.Checks) < 20 {
				t.Errorf("%d checks, want those of the file: %s", len(d.Checks), d.Reason)
			}
			for _, c := range d.Checks {
				skipped := c.Name == "if-not" || c.Name == "needs"
				if want := pass && !skipped; c.Passed != want || skipped != (c.Status == "skipped") {
					t.Errorf("%s: passed = %v (%s), want %v: %s", c.Name, c.Passed, c.Status, want, c.message())
				}
				if !c.Passed && c.message() == "" {
					t.Errorf("%s: no message says why", c.Name)
				}
			}
			if d.Passed != pass {
				t.Errorf("passed = %v, want %v: %s\n%s", d.Passed, pass, d.Reason, r.stderr)
			}
		})
	}
}
