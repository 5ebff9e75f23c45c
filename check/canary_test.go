package check

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"assay.rs/core/prelude"
	"assay.rs/mod-data/base64"
	jsonmodule "assay.rs/mod-data/json"
)

// canaryFile puts a secret into every place that text of a run comes from, some of it where something is cut.
const canaryFile = `
name: canary
secrets: {tok: {from_env: CANARY}}
vars: {url: $URL}
checks:
  - name: log-key
    type: script
    script: 'log.info("x", {[env.get("CANARY")] = 1, list = {env.get("CANARY")}, text = env.get("CANARY")})'
  - name: json-excerpt
    type: script
    script: 'json.parse([[{"a": ]] .. env.get("CANARY"))'
  - name: json-excerpt-within
    type: script
    script: 'json.parse([[{"a": "]] .. env.get("CANARY") .. "\1")'
  - name: assert-cut
    type: script
    script: 'assert.eq(("y"):rep(183) .. env.get("CANARY"), "q")'
  - name: assert-table
    type: script
    script: 'assert.eq({a = ("y"):rep(100), b = ("y"):rep(100), c = ("y"):rep(100), d = ("y"):rep(70), e = env.get("CANARY")}, {1})'
  - name: log-line-cut
    type: script
    script: 'log.info(("y"):rep(65010) .. env.get("CANARY"))'
  - name: raised
    type: script
    script: 'error(env.get("CANARY") .. base64.encode("user:" .. env.get("CANARY")))'
  - name: printed
    type: script
    script: 'print(env.get("CANARY"), json.encode({env.get("CANARY")}))'
  - name: echoed
    type: http
    url: "${url}/echo"
    headers: {X-Canary: "${secrets.tok}"}
    method: PUT
    body: "${secrets.tok}"
    expect: {body: {contains: nothing-like-it}}
  - name: in-query
    type: http
    url: "${url}/echo?q=${secrets.tok}"
    expect: {json: ".a == 1"}
  - name: in-json
    type: http
    url: "${url}/json"
    method: POST
    body: {a: "${secrets.tok}"}
    expect: {json: ".a == 1"}
  - name: cut-by-prometheus
    type: prometheus
    url: "${url}"
    query: up
`

// canaryOutput is all that a run of canaryFile shows to anybody.
func canaryOutput(t *testing.T, secret string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		switch r.URL.Path {
		case "/echo":
			_, _ = fmt.Fprintf(w, "%s\n%q\n%s\n%s\n%s", r.Header.Get("X-Canary"), r.Header, r.URL.String(), strings.Repeat("z", 300), body)
		case "/json":
			_, _ = w.Write(body)
		default:
			w.WriteHeader(http.StatusUnprocessableEntity)
			_ = json.NewEncoder(w).Encode(map[string]any{"status": "error", "errorType": "bad_data", "error": strings.Repeat("x", 289) + secret})
		}
	}))
	defer server.Close()
	b := newBench(t)
	var log, doc, plan bytes.Buffer
	b.options.Types = Standard(append(prelude.Modules(), base64.New(), jsonmodule.New())...)
	untimed := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{} // its digits may be those of a secret
		}
		return a
	}
	b.options.Log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: untimed}))
	b.options.LookupEnv = func(name string) (string, bool) { return secret, name == "CANARY" }
	p := b.plan(strings.ReplaceAll(canaryFile, "$URL", server.URL))
	if err := p.WriteDryRun(&plan); err != nil {
		t.Fatal(err)
	}
	r := p.Run(t.Context())
	if err := r.Write(&doc); err != nil {
		t.Fatal(err)
	}
	all := strings.Join([]string{log.String(), doc.String(), plan.String(), r.Termination(), r.Reason}, "\n")
	if len(r.Checks) != 12 || !strings.Contains(all, "***") {
		t.Fatalf("%d checks ran, want 12 and masks in:\n%s", len(r.Checks), all)
	}
	return all
}

// pieceOf is six characters in a row of a secret that stand in text, or empty. What also stands in the text of
// a run with another secret does not betray it.
func pieceOf(secret, text, without string) string {
	for i := 0; i+6 <= len(secret); i++ {
		piece := secret[i : i+6]
		if strings.Contains(text, piece) && !strings.Contains(without, piece) {
			return piece
		}
	}
	return ""
}

func noPiece(t *testing.T, secret, without string) {
	t.Helper()
	text := canaryOutput(t, secret)
	if piece := pieceOf(secret, text, without); piece != "" {
		at := strings.Index(text, piece)
		t.Fatalf("%q is shown in part, by %q: %s", secret, piece, text[max(0, at-150):min(len(text), at+60)])
	}
}

func TestNoPieceOfASecretIsShown(t *testing.T) {
	without := canaryOutput(t, "~~~~~~~~")
	for _, secret := range []string{
		"C4n4ry\"S'e\\c/r+e t<>&", "Zq8vKw3LpXr9TnB2", "pässwörtlich & geheim", "aVeryLongSecret." + strings.Repeat("0123456789abcdefXYZ", 40),
	} {
		noPiece(t, secret, without)
	}
}

func FuzzSecret(f *testing.F) {
	for _, seed := range []string{"C4n4ry\"S'e\\c/r+e t<>&", "Zq8vKw3LpXr9TnB2", "pässwörtlich & geheim", "{{}}[[]]%%%%''''"} {
		f.Add(seed)
	}
	without := ""
	f.Fuzz(func(t *testing.T, secret string) {
		if len(secret) < 8 || len(secret) > 200 || !utf8.ValidString(secret) || strings.TrimSpace(secret) != secret ||
			strings.ContainsFunc(secret, func(c rune) bool { return c < ' ' || c == 0x7f }) || strings.Contains(secret, "..") || strings.ContainsAny(secret, "…#") {
			return // what no header holds, what looks like a cut, or what ends the URL that it stands in
		}
		if without == "" {
			without = canaryOutput(t, "~~~~~~~~")
		}
		noPiece(t, secret, without)
	})
}
