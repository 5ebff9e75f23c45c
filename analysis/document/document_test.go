package document

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const sample = `checks:
  - name: a
    type: script
    script: |
      local x={
      1}

      print( "é",x )   -- c


  - name: b
    type: script
    script: |-
      x   =   1
`

const formatted = `checks:
  - name: a
    type: script
    script: |
      local x = {
        1 }

      print("é", x) -- c


  - name: b
    type: script
    script: |-
      x = 1
`

func TestFormattedKeepsTheFileAround(t *testing.T) {
	for _, end := range []string{"\n", "\r\n"} {
		text, want := strings.ReplaceAll(sample, "\n", end), strings.ReplaceAll(formatted, "\n", end)
		got, err := Open("checks.yaml", text).Formatted()
		if err != nil || got != want {
			t.Errorf("Formatted = %q, %v, want %q", got, err, want)
		}
		if again, _ := Open("checks.yaml", got).Formatted(); again != got {
			t.Errorf("a second run gives %q", again)
		}
	}
}

func TestFormattedNamesThePlaceInTheFile(t *testing.T) {
	_, err := Open("c.yaml", "checks:\n- script: |\n    ok()\n    local x = = 1\n").Formatted()
	if want := "c.yaml:4:15: expected an expression, got '='"; err == nil || err.Error() != want {
		t.Errorf("error = %v, want %s", err, want)
	}
}

func TestFindLeavesHiddenFilesOut(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.lua", "b/c.yaml", "b/d.txt", ".git/e.lua", "node_modules/f.yml", "G.YML"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found, err := Find([]string{dir, filepath.Join(dir, "b/d.txt")})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, name := range found {
		rel, _ := filepath.Rel(dir, name)
		got = append(got, filepath.ToSlash(rel))
	}
	if want := []string{"G.YML", "a.lua", "b/c.yaml", "b/d.txt"}; !slices.Equal(got, want) {
		t.Errorf("Find = %q, want %q", got, want)
	}
}

func TestWriteKeepsModeAndLink(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "a.lua"), filepath.Join(dir, "link.lua")
	if err := os.WriteFile(file, []byte("old"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	if err := Write(link, "new"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	info, _ := os.Stat(file)
	if err != nil || string(text) != "new" || info.Mode().Perm() != 0o750 {
		t.Errorf("file = %q, %v, mode %v", text, err, info.Mode().Perm())
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 2 {
		t.Errorf("the folder holds %d entries, want 2", len(entries))
	}
}
