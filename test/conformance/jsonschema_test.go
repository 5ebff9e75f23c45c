package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/google/jsonschema-go/jsonschema" // its module carries the suite

	"assay.rs/mod-data/jsonschema"
)

// TestJSONSchemaSuite runs the official suite of draft 2020-12. Schemas that are refused count as wrong.
func TestJSONSchemaSuite(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/google/jsonschema-go")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	data := os.DirFS(filepath.Join(strings.TrimSpace(string(out)), "jsonschema", "testdata"))
	files, err := fs.Glob(data, "draft2020-12/*.json")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files in the suite, %v; want dozens", len(files), err)
	}
	remote := func(at *url.URL) (any, error) {
		if at.Host != "localhost:1234" {
			return nil, errors.New("not in the suite")
		}
		return decodedFile(data, path.Join("remotes", at.Path))
	}
	right, all := 0, 0
	for _, file := range files {
		document, err := decodedFile(data, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, group := range document.([]any) {
			r, a := schemaGroup(t, file, group.(map[string]any), remote)
			right, all = right+r, all+a
		}
	}
	tally(t, "JSON Schema 2020-12", right, all)
}

// schemaGroup runs the cases of one schema.
func schemaGroup(t *testing.T, file string, group map[string]any, remote jsonschema.Loader) (right, all int) {
	t.Helper()
	cases := group["tests"].([]any)
	at := &url.URL{Scheme: "file", Path: "/" + file}
	schema, err := jsonschema.Compile(group["schema"], at, remote)
	if err != nil {
		t.Logf("%s, %v: refused: %v", file, group["description"], err)
		return 0, len(cases)
	}
	for _, c := range cases {
		c := c.(map[string]any)
		violations, err := schema.Validate(t.Context(), c["data"])
		if got := len(violations) == 0; err != nil || got != c["valid"] {
			t.Logf("%s, %v, %v: valid = %v, %v, want %v", file, group["description"], c["description"], got, err, c["valid"])
			continue
		}
		right++
	}
	return right, len(cases)
}

func decodedFile(from fs.FS, name string) (v any, err error) {
	data, err := fs.ReadFile(from, name)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	return v, decoder.Decode(&v)
}
