package reference

import (
	"bytes"
	"strings"
	"testing"

	"assay.rs/check"
	"assay.rs/core/prelude"
	"assay.rs/mod-data/yaml"
)

func read(t *testing.T) *Reference {
	t.Helper()
	schema, err := check.JSONSchema(check.Standard(prelude.Modules()...)...)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Read(schema)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestEveryKeySaysWhatItIs(t *testing.T) {
	r := read(t)
	if len(r.Keys) < 150 {
		t.Fatalf("%d keys, want more than 150", len(r.Keys))
	}
	for _, k := range r.Keys {
		if k.Text == "" {
			t.Errorf("%s has no text", k.Name())
		}
		if k.Example == "" && k.Name() != "checks.type" {
			t.Errorf("%s has no example", k.Name())
		}
		for _, written := range []string{k.Default, k.Example} {
			if _, err := yaml.Parse([]byte("k: " + written + "\n")); err != nil {
				t.Errorf("%s: %q is not YAML: %v", k.Name(), written, err)
			}
		}
	}
}

func TestLookup(t *testing.T) {
	r := read(t)
	for name, want := range map[string]string{
		"checks.retry.on":             "checks.retry.on",
		"checks.http.expect.json":     "checks.http.expect.json",
		"checks.expect.banner.equals": "checks.tcp.expect.banner.equals",
		"checks.secrets":              "checks.secrets checks.secrets.NAME.from_env checks.secrets.NAME.from_file",
		"checks.parallel":             "checks.parallel",
	} {
		keys, err := r.Lookup(name)
		var got []string
		for _, k := range keys {
			got = append(got, k.Name())
		}
		if strings.Join(got, " ") != want || err != nil {
			t.Errorf("%s: got %v, %v; want %s", name, got, err, want)
		}
	}
	if _, err := r.Lookup("checks.retyr"); err == nil || !strings.Contains(err.Error(), "did you mean 'checks.retry'?") {
		t.Errorf("a misspelt name: %v", err)
	}
	if keys, err := r.Lookup("checks"); err != nil || len(keys) < 30 {
		t.Errorf("checks alone: %d keys, %v", len(keys), err)
	}
}

func TestWhatIsPrinted(t *testing.T) {
	r := read(t)
	keys, err := r.Lookup("checks.retry.initial")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Terminal(&b, keys, 40); err != nil {
		t.Fatal(err)
	}
	if want := "checks.retry.initial  (duration, 1s by default)\n  The first wait; 1s unless said\n  otherwise.\n    initial: 500ms\n"; b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	b.Reset()
	if err := r.Markdown(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"## The file", "## Every check", "## type: ws", "| **`url`** | string |  | `wss://api.example.com/live` |", "| `retries` | whole number | `0` | `3` |"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the page has no %q", want)
		}
	}
}
