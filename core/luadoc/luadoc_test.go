package luadoc

import (
	"bytes"
	"strings"
	"testing"

	"assay.rs/core"
	"assay.rs/core/prelude"
	"assay.rs/core/spec"
)

// Whatever is documented exists, and its examples hold.
func TestLibraryIsTrue(t *testing.T) {
	modules, err := Specs()
	if err != nil {
		t.Fatal(err)
	}
	rt, err := core.New(core.Config{Modules: prelude.Modules(), Policy: core.FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range modules {
		if m.Doc == "" {
			t.Errorf("%s has no text", m.Name)
		}
		for _, f := range m.Funcs {
			name := strings.TrimPrefix(m.Name+"."+f.Name, ".")
			if f.Text == "" || len(f.Examples) == 0 {
				t.Errorf("%s has no text or no example", name)
			}
			for _, example := range append(f.Examples, "assert.eq(type("+name+"), 'function')") {
				if strings.Contains(example, "http.") {
					example = strings.ReplaceAll(example, "http.get", "error")
				}
				chunk, err := core.Compile(name, []byte(example))
				if err != nil {
					t.Error(err)
					continue
				}
				vm := rt.Open(core.Host{})
				if err := vm.Run(t.Context(), chunk); err != nil {
					t.Errorf("%s: %s: %v", name, example, err)
				}
				vm.Close()
			}
		}
	}
}

func TestJoin(t *testing.T) {
	lua, err := Specs()
	if err != nil {
		t.Fatal(err)
	}
	own := []spec.Module{{Name: "string", Doc: "ours", Funcs: []spec.Func{{Name: "split"}, {Name: "rep", Text: "ours"}}}}
	joined := Join(own, lua)
	for name, want := range map[string]string{
		"string.gsub": "Replaces all matches", "string.rep": "ours", "string.split": "string.split", "pcall": "catches", "patterns": "%b()", "table": "table.concat",
	} {
		entry, err := spec.Lookup(joined, name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var page bytes.Buffer
		if err := spec.Terminal(&page, entry, 100, false); err != nil || !strings.Contains(page.String(), want) {
			t.Errorf("the page of %s has no %q, %v:\n%s", name, want, err, page.String())
		}
	}
	if len(own[0].Funcs) != 2 {
		t.Errorf("Join has changed what it was given: %v", own[0].Funcs)
	}
}

func TestWrongSignature(t *testing.T) {
	if _, err := read("# t\n## nothing"); err == nil {
		t.Error("a signature without parentheses is read")
	}
}
