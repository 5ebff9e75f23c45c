package modules

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/mod/modfile"
)

// A replace would make go install refuse the module and would be lost on vendoring.
func TestNoReplace(t *testing.T) {
	w := open(t)
	for _, m := range w.Modules {
		t.Run(m.Path, func(t *testing.T) {
			name := w.Abs(m, "go.mod")
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			f, err := modfile.Parse(name, data, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range f.Replace {
				t.Errorf("%s replaces %s: only go.work joins the modules", name, r.Old)
			}
		})
	}
}

// A module is vendored without the root of the tree, so it brings the license itself.
func TestLicense(t *testing.T) {
	w := open(t)
	want, err := os.ReadFile(filepath.Join(w.Root, "LICENSE"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range w.Modules {
		t.Run(m.Path, func(t *testing.T) {
			got, err := os.ReadFile(w.Abs(m, "LICENSE"))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s/LICENSE differs from LICENSE: copy it", m.Dir)
			}
		})
	}
}
