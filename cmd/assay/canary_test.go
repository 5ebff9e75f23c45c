package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// canaryFiles put a secret into what every command reads: in the environment, where the check file says that it is one, and
// in the passwords of URLs. $URL is a server that says what it was sent, $LOGIN a URL with the secret as its password.
var canaryFiles = map[string]string{
	"checks.yaml": `
name: canary
secrets: {tok: {from_env: CANARY}}
fixtures:
  - {name: svc, file: fixture.lua, env: {T: "${secrets.tok}"}}
checks:
  - {name: fixture, type: http, url: "${fixtures.svc.url}/", headers: {X-Canary: "${secrets.tok}"}, expect: {body: q}}
  - {name: echoed, type: http, url: "$URL/echo", method: PUT, body: "${secrets.tok}", expect: {body: q}}
  - {name: events, type: http, url: "$URL/echo", query: {q: "${secrets.tok}"}, auth: {bearer: "${secrets.tok}"}, expect: {json: ".a == 1"}}
  - {name: script, type: script, script: 'print(env.get("CANARY")) async.spawn(function() error(env.get("CANARY")) end) sleep(0.01) error(env.get("CANARY"))'}
  - {name: values, type: sql, url: "sqlite://$ROWS", query: "select '${secrets.tok}' +", expect: {value: q}}
  - {name: refused, type: sql, url: "$LOGIN", query: "select 1", attempt_timeout: 1s}
  - {name: login, type: sql, url: "postgres://u@127.0.0.1:1/x", password: "${secrets.tok}", query: "select 1"}
  - {name: socket, type: ws, url: "$WS/echo", headers: {X-Canary: "${secrets.tok}"}, send: "${secrets.tok}"}
`,
	"job.yaml": `
secrets: {tok: {from_env: CANARY}}
checks: [{name: a, type: http, url: "https://example.com", auth: {bearer: "${secrets.tok}"}}]`,
	"fixture.lua": `
print("a fixture", env.get("T"))
io.stdout:write(env.get("T"):sub(1, 4)) io.stdout:write(env.get("T"):sub(5) .. "\n")
log.warn("started", {text = env.get("T"), list = {env.get("T")}, [env.get("T")] = true})
http.serve(0, {GET = {["/"] = function(r) log.info(r.headers["x-canary"]) error(env.get("T")) end}}, {host = "127.0.0.1"})`,
	"wrong.yaml": `
checks:
  - {name: a, type: sql, url: "$LOGIN", qery: select 1}
  - {name: b, type: http, url: "$URL", auth: {username: u, passwort: "$PLAIN"}}
  - {name: c, type: http, url: "$URL", auth: {bearer: "$PLAIN"}, expext: 1}
  - {name: d, type: http, url: "$URL", auth: "$PLAIN"}
  - {name: e, type: http, url: "$URL", headers: {Authorization: "Bearer $PLAIN"}, expext: 1}
`,
	"script.lua": `
local   login = "$LOGIN"
log.info(login, {url = login, list = {login}})
print(pcall(db.connect, login, {connect_timeout = 0.5}))
async.spawn(function() error(login) end)
sleep(0.01)
error(login)`,
	"object.lua": `error({url = "$LOGIN"})`,
	"canary_test.lua": `
function test_raised() error("$LOGIN") end
function test_equal() assert.eq("$LOGIN", "q") end
function test_shown() print("$LOGIN") log.warn("$LOGIN", {url = "$LOGIN"}) error("no") end`,
	"broken.lua": `local a = "$LOGIN" = 1`,
}

// canaryCommands are command lines; FOLDER is where their files are.
func canaryCommands() []string {
	return []string{
		"FOLDER/checks.yaml --termination-log FOLDER/verdict --report junit=FOLDER/r.junit --report tap=FOLDER/r.tap --report jsonl=FOLDER/r.jsonl --report markdown=FOLDER/r.md --report html=FOLDER/r.html --report prometheus=FOLDER/r.prom --report json=FOLDER/r.json --report github",
		"FOLDER/checks.yaml --termination-log= --log-format json --log-level debug", "FOLDER/checks.yaml --dry-run", "FOLDER/checks.yaml --validate", "merge FOLDER/r.json",
		"FOLDER/wrong.yaml --termination-log=", "FOLDER/wrong.yaml --validate", "init job FOLDER/wrong.yaml", "init job FOLDER/job.yaml",
		"FOLDER/script.lua", "--log-format json FOLDER/script.lua", "--explain-policy FOLDER/script.lua", "FOLDER/object.lua", "FOLDER/broken.lua",
		"test FOLDER", "test --verbose --junit FOLDER/t.junit FOLDER", "test --coverage FOLDER",
		"lint FOLDER", "lint --format github FOLDER", "lint --format json FOLDER", "lint --format sarif FOLDER", "fmt --diff FOLDER", "fmt --check FOLDER", "types --out FOLDER/types",
	}
}

// canaryOutput is what the commands print and write about a secret.
func canaryOutput(t *testing.T, secret string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			_, _ = fmt.Fprintf(w, "%s %q %s", r.Header.Get("X-Canary"), r.Header, body)
		}
	}))
	defer server.Close()
	dir := t.TempDir()
	login := "postgres://u:" + url.QueryEscape(secret) + "@127.0.0.1:1/x"
	plain := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`"'\${},[]&#`, r) || r < ' ' {
			return 'x' // what a file cannot hold as it is
		}
		return r
	}, secret)
	fill := strings.NewReplacer("$URL", server.URL, "$WS", strings.Replace(server.URL, "http", "ws", 1), "$LOGIN", login, "$ROWS", filepath.Join(dir, "rows.db"), "$PLAIN", plain)
	for name, text := range canaryFiles {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(fill.Replace(text)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "verdict"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	// SQLite takes an empty file for a database without tables.
	if err := os.WriteFile(filepath.Join(dir, "rows.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CANARY", secret)
	var said bytes.Buffer
	for _, line := range canaryCommands() {
		fmt.Fprintf(&said, "\n$ %s\n", line)
		if code := assay().Run(strings.Fields(strings.ReplaceAll(line, "FOLDER", dir)), strings.NewReader(""), &said, &said); code > 2 {
			t.Errorf("assay %s: exit code %d, want 0, 1 or 2", line, code)
		}
	}
	for _, name := range []string{"verdict", "r.junit", "r.tap", "r.jsonl", "r.md", "r.html", "r.prom", "r.json", "t.junit"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
		}
		fmt.Fprintf(&said, "\n# %s\n%s", name, text)
	}
	return said.String()
}

// showsNoPiece fails when six characters in a row of a secret are shown which the text about another secret has not.
func showsNoPiece(t *testing.T, secret, without string) {
	t.Helper()
	text := canaryOutput(t, secret)
	for i := 0; i+6 <= len(secret); i++ {
		piece := secret[i : i+6]
		if !strings.Contains(text, piece) || strings.Contains(without, piece) {
			continue
		}
		at := strings.Index(text, piece)
		command := text[strings.LastIndex(text[:at], "\n$ ")+1:]
		command, _, _ = strings.Cut(command, "\n")
		t.Fatalf("%q is shown in part, by %q, after %s: %s", secret, piece, command, text[max(0, at-150):min(len(text), at+60)])
	}
}

func TestNoCommandShowsASecret(t *testing.T) {
	without := canaryOutput(t, "~~~~~~~~")
	if masks := strings.Count(without, "***"); masks < 80 {
		t.Errorf("%d masks, want 80 at least in:\n%s", masks, without)
	}
	for _, secret := range []string{"C4n4ry\"S'e\\c/r+e t<>&", "Zq8vKw3LpXr9TnB2", "pässwörtlich & geheim"} {
		showsNoPiece(t, secret, without)
	}
}

func FuzzSecretInCommands(f *testing.F) {
	f.Add("C4n4ry\"S'e\\c/r+e t<>&")
	f.Add("Zq8vKw3LpXr9TnB2")
	without := ""
	f.Fuzz(func(t *testing.T, secret string) {
		if len(secret) < 8 || len(secret) > 200 || !utf8.ValidString(secret) || strings.TrimSpace(secret) != secret ||
			strings.ContainsFunc(secret, func(c rune) bool { return c < ' ' || c == 0x7f }) || strings.Contains(secret, "..") || strings.ContainsAny(secret, "…#") {
			return // what no header holds, what looks like a cut, or what ends the URL that it stands in
		}
		if without == "" {
			without = canaryOutput(t, "~~~~~~~~")
		}
		showsNoPiece(t, secret, without)
	})
}
