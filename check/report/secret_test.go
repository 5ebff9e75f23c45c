package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"assay.rs/check"
	"assay.rs/core/prelude"
)

// secretFile puts a secret into what reports show: requests, answers, messages, assertions, names of violations.
const secretFile = `
name: canary
secrets: {tok: {from_env: CANARY}}
retries: 1
checks:
  - {name: raised, type: script, script: 'error("y " .. env.get("CANARY"))'}
  - {name: compared, type: script, script: 'assert.eq(env.get("CANARY"), "q")'}
  - {name: echoed, type: http, url: "$URL/echo", method: PUT, headers: {X-Canary: "${secrets.tok}"}, body: "${secrets.tok}", expect: {body: nothing-like-it}}
  - {name: in-query, type: http, url: "$URL/echo", query: {q: "${secrets.tok}"}, expect: {json: '.a == 1'}}
  - {name: in-schema, type: http, url: "$URL/json", method: POST, body: {a: "${secrets.tok}"}, expect: {schema: {properties: {a: {const: q}}}}}
  - {name: as-basic, type: http, url: "$URL/echo", auth: {username: u, password: "${secrets.tok}"}, expect: {status: 500}}
  - {name: passes, type: http, url: "$URL/echo", method: PUT, body: "${secrets.tok}"}
`

// reported is all that the formats say of a run with a secret, and what they say once entities are undone.
func reported(t *testing.T, secret string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		if r.URL.Path == "/json" {
			_, _ = w.Write(body)
			return
		}
		_, _ = fmt.Fprintf(w, "%s %q %s %s", r.Header.Get("X-Canary"), r.Header, r.URL, body)
	}))
	defer server.Close()
	dir := t.TempDir()
	file := filepath.Join(dir, "checks.yaml")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(secretFile, "$URL", server.URL)), 0o600); err != nil {
		t.Fatal(err)
	}
	var targets []Target
	for _, f := range Formats() {
		target := Target{Format: f, Path: filepath.Join(dir, "report."+f.Name)}
		if f.annotates {
			target.Path = ""
		}
		targets = append(targets, target)
	}
	var said bytes.Buffer
	summary := filepath.Join(dir, "report.summary")
	set := Open(targets, Streams{Stdout: &said, Stderr: &said, StepSummary: summary})
	plan, err := check.Load(file, check.Options{
		Types: check.Standard(prelude.Modules()...), Log: slog.New(slog.DiscardHandler), Events: set.Event,
		LookupEnv: func(name string) (string, bool) { return secret, name == "CANARY" },
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := set.Finish(plan.Run(t.Context())); err != nil {
		t.Fatal(err)
	}
	reports, err := filepath.Glob(filepath.Join(dir, "report.*"))
	if err != nil || len(reports) != len(targets) {
		t.Fatalf("reports %v, %v; want one of each of %d formats", reports, err, len(targets))
	}
	for _, name := range reports {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if base := filepath.Base(name); base != "report.prometheus" && !bytes.Contains(text, []byte("***")) {
			t.Errorf("%s masks nothing: %s", base, text)
		}
		_, _ = said.Write(text)
		said.WriteString("\n" + html.UnescapeString(string(text)) + "\n")
		for line := range strings.Lines(string(text)) {
			var v any
			if json.Unmarshal([]byte(line), &v) == nil {
				_, _ = fmt.Fprintln(&said, v)
			}
		}
	}
	return said.String()
}

// betrayed is six characters in a row of a secret that stand in text and not in the text of another secret, or empty.
func betrayed(secret, text, other string) string {
	for i := 0; i+6 <= len(secret); i++ {
		if piece := secret[i : i+6]; strings.Contains(text, piece) && !strings.Contains(other, piece) {
			return piece
		}
	}
	return ""
}

func judgeSecret(t *testing.T, secret, other string) {
	t.Helper()
	text := reported(t, secret)
	if piece := betrayed(secret, text, other); piece != "" {
		at := strings.Index(text, piece)
		t.Errorf("a report shows %q by %q: %s", secret, piece, text[max(0, at-150):min(len(text), at+60)])
	}
}

func TestNoReportShowsASecret(t *testing.T) {
	other := reported(t, "~~~~~~~~")
	for _, secret := range []string{
		"C4n4ry\"S'e\\c/r+e t<>&", "Zq8vKw3LpXr9TnB2", "pässwörtlich & geheim", "]]>secret<!--|pipe`tick", "%0A::error::injected%25",
		"aVeryLongSecret." + strings.Repeat("0123456789abcdefXYZ", 40),
	} {
		judgeSecret(t, secret, other)
	}
}

func FuzzSecretInReports(f *testing.F) {
	for _, seed := range []string{"C4n4ry\"S'e\\c/r+e t<>&", "]]>secret<!--|pipe`tick"} {
		f.Add(seed)
	}
	other := ""
	f.Fuzz(func(t *testing.T, secret string) {
		if len(secret) < 8 || len(secret) > 200 || !utf8.ValidString(secret) || strings.TrimSpace(secret) != secret ||
			strings.ContainsFunc(secret, func(c rune) bool { return c < ' ' || c == 0x7f }) || strings.Contains(secret, "..") || strings.ContainsRune(secret, '…') {
			return // what no header holds, or what looks like a cut
		}
		if other == "" {
			other = reported(t, "~~~~~~~~")
		}
		judgeSecret(t, secret, other)
	})
}
