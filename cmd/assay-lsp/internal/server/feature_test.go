package server

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay.rs/analysis/document"
)

func TestSemanticTokens(t *testing.T) {
	c := start(t, "{}")
	const text = "-- says\nlocal url <const> = 'x'\nlocal r = http.get(url)\nprint(r.status, r:json())\nreturn [[a\nb]]|\n"
	data := result[semanticTokens](c, c.ask("textDocument/semanticTokens/full", c.at(script, text))).Data
	lines := strings.Split(text, "\n")
	var got []string
	line, column := 0, 0
	for i := 0; i+4 < len(data); i += 5 {
		if data[i] > 0 {
			column = 0
		}
		line, column = line+data[i], column+data[i+1]
		var modifiers string
		for bit, name := range tokenModifiers() {
			if data[i+4]&(1<<bit) != 0 {
				modifiers += "+" + name
			}
		}
		got = append(got, lines[line][column:column+data[i+2]]+" "+tokenTypes()[data[i+3]]+modifiers)
	}
	want := []string{
		"-- says comment", "local keyword", "url variable+declaration+readonly", "< operator", "> operator", "= operator", "'x' string",
		"local keyword", "r variable+declaration", "= operator", "http namespace+defaultLibrary", "get function+defaultLibrary", "url variable+readonly",
		"print function+defaultLibrary", "r variable", "status property", "r variable", "json method", "return keyword", "[[a string", "b]] string",
	}
	if !slices.Equal(got, want) {
		t.Errorf("tokens\n%q\nwant\n%q", got, want)
	}
	// In a check file those of Lua are told, at their places in the file.
	c.at(checks, inCheck("local x = 1|"))
	if data := result[semanticTokens](c, c.ask("textDocument/semanticTokens/full", c.at(checks, inCheck("local x = 1|")))).Data; len(data) != 20 || data[0] != 4 || data[1] != 6 {
		t.Errorf("tokens of a check file = %v, want four from line 4, character 6", data)
	}
}

func TestSelectionRange(t *testing.T) {
	c := start(t, "{}")
	for _, tt := range []struct{ uri, text, want string }{
		{script, "print(1 + t|wo)", "two|1 + two|print(1 + two)"},
		{checks, inCheck("return on|e"), "one|return one|"},
		{checks, "checks:\n  - na|me: a\n", "name|name: a|checks:\n  - name: a|"},
	} {
		params := c.at(tt.uri, tt.text)
		mark := strings.LastIndexByte(tt.text, '|')
		text := tt.text[:mark] + tt.text[mark+1:]
		params["positions"] = []any{params["position"]}
		d := document.Open(tt.uri, text)
		s := &Server{}
		var got []string
		for r := result[[]*selectionRange](c, c.ask("textDocument/selectionRange", params))[0]; r != nil; r = r.Parent {
			got = append(got, text[s.offset(d, r.Range.Start):s.offset(d, r.Range.End)])
		}
		if g := strings.Join(got, "|"); !strings.HasPrefix(g, tt.want) || !strings.HasSuffix(g, text) {
			t.Errorf("selections at %q = %q, want %q and so on to the whole", tt.text, g, tt.want)
		}
	}
}

func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestDocumentLinks(t *testing.T) {
	dir := folder(t, map[string]string{"lib.lua": "return {}", "more.yaml": "checks: []\n"})
	c := start(t, "{}")
	for name, text := range map[string]string{
		"a.lua":       "local lib = require('./lib')\nlocal no = require('./none')\n|",
		"checks.yaml": "include: more.yaml\nvars_file: none.yaml\n|",
	} {
		got := result[[]documentLink](c, c.ask("textDocument/documentLink", c.at(uriOf(filepath.Join(dir, name)), text)))
		if len(got) != 1 || !strings.HasPrefix(got[0].Target, uriOf(dir)) {
			t.Errorf("links of %s = %+v, want one", name, got)
		}
	}
}

func TestDefinitionInAModuleOfAssay(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	c := start(t, "{}")
	for _, tt := range []struct{ text, want string }{
		{"local v = require('assay.vault')\nlocal c = v.cl|ient('http://x')", "client(url, token, options)"},
		{"local v = require('assay.vault')\nlocal c = v.client('http://x')\nc:kv_g|et('a', 'b')", "kv_get(mount, key, options)"},
		{"require('assay.va|ult')", "--- Reads and changes"},
	} {
		got := result[[]location](c, c.ask("textDocument/definition", c.at(script, tt.text)))
		if len(got) != 1 {
			t.Errorf("definition at %q = %+v, want one", tt.text, got)
			continue
		}
		d, err := document.Read(nameOf(got[0].URI))
		if err != nil {
			t.Fatal(err)
		}
		if at := (&Server{}).offset(d, got[0].Range.Start); !strings.HasPrefix(d.Text[at:], tt.want) {
			t.Errorf("definition at %q leads to %.40q, want %q", tt.text, d.Text[at:], tt.want)
		}
	}
}

func TestCodeLens(t *testing.T) {
	c := start(t, "{}")
	lenses := func(uri, text string) string {
		var got []string
		for _, l := range result[[]codeLens](c, c.ask("textDocument/codeLens", c.at(uri, text))) {
			got = append(got, fmt.Sprintf("%d %s %s", l.Range.Start.Line, l.Command.Title, strings.Join(l.Command.Arguments[1:], ",")))
		}
		return strings.Join(got, "; ")
	}
	if got, want := lenses(checks, "checks:\n  - name: a\n    type: http\n  - { name: b }\n|"), "0 run all checks ; 1 run check a; 3 run check b"; got != want {
		t.Errorf("lenses of a check file = %q, want %q", got, want)
	}
	if got, want := lenses("file:///tmp/nowhere/a_test.lua", "local M = {}\nfunction test_a() end\nfunction M.test_b() end\nfunction other() end\n|"), "1 run test test_a; 2 run test test_b; 0 run all tests "; got != want {
		t.Errorf("lenses of tests = %q, want %q", got, want)
	}
	if got := lenses(script, "function test_a() end|"); got != "" {
		t.Errorf("lenses of a script = %q, want none", got)
	}
}

// A lens starts the assay of the PATH.
func TestRunCommand(t *testing.T) {
	dir := folder(t, map[string]string{"assay": "#!/bin/sh\necho \"ran $*\"\nexit 1\n"})
	if err := os.Chmod(filepath.Join(dir, "assay"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	c := start(t, "{}")
	uri := uriOf(filepath.Join(dir, "checks.yaml"))
	if m := c.ask("workspace/executeCommand", map[string]any{"command": runCheck, "arguments": []string{uri, "a"}}); m.Error != nil {
		t.Fatalf("error %+v", m.Error)
	}
	for _, method := range []string{"window/logMessage", "window/showMessage"} {
		m := c.receive()
		var said message
		if err := json.Unmarshal(m.Params, &said); err != nil || m.Method != method || said.Type != messageError || !strings.Contains(said.Message, "ran check") || !strings.Contains(said.Message, "--only=a "+dir) {
			t.Errorf("%s %s, want %s with what assay printed", m.Method, m.Params, method)
		}
	}
	for _, wrong := range []string{`{"command":"assay.runCheck","arguments":[]}`, `{"command":"rm","arguments":["x"]}`} {
		if m := c.ask("workspace/executeCommand", json.RawMessage(wrong)); m.Error == nil {
			t.Errorf("%s is no error", wrong)
		}
	}
}

func TestInlayHints(t *testing.T) {
	c := start(t, "{}")
	hints := func(uri, text string) []string {
		params := c.at(uri, text)
		params["range"] = map[string]any{"start": position{0, 0}, "end": position{99, 0}}
		var got []string
		for _, h := range result[[]inlayHint](c, c.ask("textDocument/inlayHint", params)) {
			got = append(got, fmt.Sprintf("%d:%d %s", h.Position.Line, h.Position.Character, h.Label))
		}
		return got
	}
	if got, want := hints(script, "local r <const> = http.get('x')\nlocal n = 1\n|"), []string{"0:7 : http.Response"}; !slices.Equal(got, want) {
		t.Errorf("hints = %q, want %q", got, want)
	}
	for _, tt := range []struct{ top, check, want string }{
		{"", "", "30s"},
		{"attempt_timeout: 5s\n", "", "5s"},
		{"defaults:\n  retries: 2\n  backoff: 5s\n", "    attempt_timeout: 10s\n", "45s"},
		{"timeout: 10s\n", "    timeout: 20s\n    delay: 1s\n", "21s"},
		{"", "    retry: { attempts: 3, strategy: constant, initial: 2s }\n    attempt_timeout: 1s\n", "7s"},
		{"", "    attempt_timeout: 1s\n    hold: { for: 1m, every: 5s, failures: 1 }\n", "1m13s"},
		{"", "    hold: { for: soon }\n", ""},
		{"", "    attempt_timeout: ${T}\n", ""},
	} {
		got := strings.Join(hints(checks, tt.top+"checks:\n  - name: a\n    type: http\n"+tt.check+"|"), " ")
		if _, after, _ := strings.Cut(got, "at most "); after != tt.want {
			t.Errorf("hints of %q, %q = %q, want at most %s", tt.top, tt.check, got, tt.want)
		}
	}
}

func TestWorkspaceSymbols(t *testing.T) {
	dir := folder(t, map[string]string{"a.lua": "function alpha() end\n", "b.yaml": "checks:\n  - name: alphabet\n    type: http\n", "c.yaml": "kind: Pod\n"})
	c := start(t, "")
	result[any](c, c.ask("initialize", map[string]any{"capabilities": map[string]any{}, "workspaceFolders": []any{map[string]any{"uri": uriOf(dir), "name": "x"}}}))
	c.at(uriOf(filepath.Join(dir, "a.lua")), "function alpha2() end|") // as it stands in the editor
	var got []string
	for _, s := range result[[]symbolInformation](c, c.ask("workspace/symbol", map[string]any{"query": "ALPHA"})) {
		got = append(got, s.Name)
	}
	slices.Sort(got)
	if want := []string{"alpha2", "alphabet"}; !slices.Equal(got, want) {
		t.Errorf("symbols = %q, want %q", got, want)
	}
}

func TestPulledDiagnostics(t *testing.T) {
	c := start(t, `{"textDocument":{"diagnostic":{}}}`)
	got := result[diagnosticReport](c, c.ask("textDocument/diagnostic", c.at(script, "http.gett('x')|")))
	if got.Kind != "full" || len(got.Items) != 1 || got.Items[0].Code != "undefined-field" {
		t.Errorf("diagnostics = %+v, want undefined-field", got)
	}
	if len(c.pushed) != 0 {
		t.Errorf("%d documents were pushed to a client that pulls", len(c.pushed))
	}
}

func TestCompletionOfNames(t *testing.T) {
	c := start(t, "{}")
	const file = "vars: { base: x }\nsecrets: { token: { from_env: T } }\nfixtures:\n  - name: shop\n    script: s.lua\nchecks:\n  - name: first\n    type: http\n    capture: { id: .id }\n  - name: second\n    type: http\n"
	for _, tt := range []struct {
		text          string
		want, without []string
	}{
		{"    url: \"${|\"", []string{"base", "captures.id", "secrets.token", "fixtures.shop.url"}, []string{"first"}},
		{"    url: ${captures.i|", []string{"captures.id"}, nil},
		{"    json: .a == $v|", []string{"vars.base", "captures.id"}, []string{"secrets.token"}},
		{"    needs: [|]", []string{"first"}, []string{"second"}},
		{"    needs:\n      - fi|", []string{"first"}, []string{"second"}},
		{"    expect: { st|", []string{"status"}, []string{"url"}},
		{"    expect: { status: 200, |", []string{"json"}, []string{"status", "url"}},
		{"  - { name: x, type: |", []string{"http", "sql"}, []string{"url"}},
		{"  - { name: x, type: http, | }", []string{"url", "expect"}, []string{"name"}},
		{"    url: ${base}/|", nil, []string{"base", "first"}},
	} {
		list := result[completionList](c, c.ask("textDocument/completion", c.at(checks, file+tt.text)))
		var got []string
		for _, item := range list.Items {
			got = append(got, item.Label)
		}
		for _, label := range tt.want {
			if !slices.Contains(got, label) {
				t.Errorf("at %q: no %q among %q", tt.text, label, got)
			}
		}
		for _, label := range tt.without {
			if slices.Contains(got, label) {
				t.Errorf("at %q: %q is among %q", tt.text, label, got)
			}
		}
	}
}

func TestHoverTellsWhatHoldsOtherwise(t *testing.T) {
	c := start(t, "{}")
	for text, want := range map[string]string{
		"checks:\n  - name: a\n    type: http\n    attempt_time|out: 5s\n":                                   "Default: `30s`",
		"defaults:\n  attempt_timeout: 7s\nchecks:\n  - name: a\n    type: http\n    attempt_time|out: 5s\n": "The defaults of this file: `7s`",
	} {
		if got := result[hover](c, c.ask("textDocument/hover", c.at(checks, text))).Contents.Value; !strings.HasSuffix(got, want) {
			t.Errorf("hover at %q = %q, want %q at its end", text, got, want)
		}
	}
}
