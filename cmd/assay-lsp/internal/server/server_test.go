package server

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"assay.rs/analysis/document"
	"assay.rs/cmd/assay-lsp/internal/rpc"
)

// client is an editor: it speaks with a server over pipes.
type client struct {
	t      *testing.T
	conn   *rpc.Conn
	in     *io.PipeWriter
	id     int
	pushed map[string][]diagnostic
	ended  chan int
}

func start(t *testing.T, capabilities string) *client {
	t.Helper()
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	fromClient, toServer := io.Pipe()
	fromServer, toClient := io.Pipe()
	c := &client{t: t, conn: rpc.NewConn(fromServer, toServer), in: toServer, pushed: make(map[string][]diagnostic), ended: make(chan int, 1)}
	go func() {
		code, _ := s.Serve(fromClient, toClient)
		_ = toClient.Close()
		c.ended <- code
	}()
	t.Cleanup(func() { _ = toServer.Close() })
	if capabilities != "" {
		c.ask("initialize", json.RawMessage(`{"capabilities":`+capabilities+`}`))
		c.tell("initialized", struct{}{})
	}
	return c
}

func (c *client) send(m *rpc.Message, params any) {
	c.t.Helper()
	text, err := json.Marshal(params)
	if err != nil {
		c.t.Fatal(err)
	}
	m.Params = text
	if err := c.conn.Write(m); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) tell(method string, params any) {
	c.t.Helper()
	c.send(&rpc.Message{Method: method}, params)
}

// ask sends a request and gives its answer.
func (c *client) ask(method string, params any) *rpc.Message {
	c.t.Helper()
	c.id++
	id := json.RawMessage(fmt.Sprint(c.id))
	c.send(&rpc.Message{ID: &id, Method: method}, params)
	return c.receive()
}

// receive gives the next answer; what is pushed before it is kept.
func (c *client) receive() *rpc.Message {
	c.t.Helper()
	for {
		m, err := c.conn.Read()
		if err != nil {
			c.t.Fatal(err)
		}
		if m.Method != "textDocument/publishDiagnostics" {
			return m
		}
		var p publishParams
		if err := json.Unmarshal(m.Params, &p); err != nil || p.Diagnostics == nil {
			c.t.Fatalf("diagnostics %s: %v; an empty list is no null", m.Params, err)
		}
		c.pushed[p.URI] = p.Diagnostics
	}
}

func (c *client) open(uri, text string) {
	c.t.Helper()
	c.tell("textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": uri, "languageId": "lua", "version": 1, "text": text}})
}

// at is a document with the cursor at the mark |, and the parameters of a request there.
func (c *client) at(uri, text string) map[string]any {
	c.t.Helper()
	mark := strings.LastIndexByte(text, '|')
	if mark < 0 {
		c.t.Fatal("no cursor")
	}
	before, after := text[:mark], text[mark+1:]
	c.open(uri, before+after)
	line := strings.Count(before, "\n")
	character := len(utf16.Encode([]rune(before[strings.LastIndexByte(before, '\n')+1:])))
	return map[string]any{"textDocument": map[string]any{"uri": uri}, "position": map[string]any{"line": line, "character": character}}
}

func result[T any](c *client, m *rpc.Message) T {
	c.t.Helper()
	var v T
	if m.Error != nil {
		c.t.Fatalf("error %d: %s", m.Error.Code, m.Error.Message)
	}
	if err := json.Unmarshal(m.Result, &v); err != nil {
		c.t.Fatalf("%s: %v", m.Result, err)
	}
	return v
}

const (
	script = "file:///tmp/nowhere/x.lua"
	checks = "file:///tmp/nowhere/checks.yaml"
)

// inCheck is Lua in a check file.
func inCheck(lua string) string {
	return "checks:\n  - name: a\n    type: script\n    script: |\n      " + strings.ReplaceAll(lua, "\n", "\n      ") + "\n"
}

func TestCompletion(t *testing.T) {
	c := start(t, "{}")
	for _, tt := range []struct {
		name, uri, text string
		want, without   []string
	}{
		{"members of a table", script, "http.|", []string{"get", "serve"}, []string{"http", "and"}},
		{"a member that is begun", script, "local x = http.ge|", []string{"get"}, nil},
		{"an answer", script, "local r = http.get('http://x')\nprint(r.|)", []string{"status", "headers"}, nil},
		{"a method of an answer", script, "local r = http.get('http://x')\nr:|", []string{"json"}, []string{"status"}},
		{"a text", script, "local s = 'x'\ns:|", []string{"upper", "trim"}, nil},
		{"options", script, "http.get('http://x', {|})", []string{"timeout", "headers"}, []string{"http"}},
		{"options that are not there yet", script, "http.get('http://x', {timeout = 1, |})", []string{"retry"}, []string{"timeout"}},
		{"options of options", script, "http.get('http://x', {retry = {att|}})", []string{"attempts"}, nil},
		{"names", script, "local mine = 1\nlocal function f(theirs)\n  |\nend", []string{"mine", "theirs", "http", "print", "while"}, nil},
		{"names that are out of scope", script, "do local inner = 1 end\n|", []string{"http"}, []string{"inner"}},
		{"modules", script, "require('|')", []string{"assay.prometheus"}, nil},
		{"a request of a handler", script, "http.serve(0, {GET = {['/'] = function(req) return req.| end}})", []string{"path"}, nil},
		{"nothing in a comment", script, "-- http.|", nil, []string{"get"}},
		{"in a check file", checks, inCheck("local r = http.get('http://x')\nr:|"), []string{"json"}, nil},
		{"what checks have", checks, inCheck("http.|"), []string{"get"}, []string{"serve"}},
		{"tables that checks have", checks, inCheck("|"), []string{"http"}, []string{"db", "fs"}},
		{"what checks do not have", checks, inCheck("local x = db.|"), nil, []string{"query"}},
		{"keys of a check file", checks, "checks:\n  - name: a\n    type: http\n    |", []string{"url", "method", "expect"}, []string{"name", "script"}},
		{"keys at the top", checks, "checks: []\n|", []string{"timeout", "defaults"}, []string{"checks", "url"}},
		{"keys of what is expected", checks, "checks:\n  - name: a\n    type: http\n    expect:\n      |", []string{"status", "json"}, []string{"url"}},
		{"types", checks, "checks:\n  - name: a\n    type: |", []string{"http", "script", "sql"}, nil},
		{"nothing in YAML of others", checks, "apiVersion: v1\nkind: Pod\n|", nil, []string{"checks", "timeout"}},
		{"words", checks, "checks:\n  - name: a\n    type: http\n    always: |", []string{"true", "false"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c.t = t
			list := result[completionList](c, c.ask("textDocument/completion", c.at(tt.uri, tt.text)))
			var got []string
			for _, item := range list.Items {
				got = append(got, item.Label)
			}
			for _, label := range tt.want {
				if !slices.Contains(got, label) {
					t.Errorf("no %q among %q", label, got)
				}
			}
			for _, label := range tt.without {
				if slices.Contains(got, label) {
					t.Errorf("%q is among %q", label, got)
				}
			}
		})
	}
}

func TestResolveGivesTheDocumentation(t *testing.T) {
	c := start(t, "{}")
	list := result[completionList](c, c.ask("textDocument/completion", c.at(script, "http.ge|")))
	for _, item := range list.Items {
		if item.Label != "get" {
			continue
		}
		resolved := result[completionItem](c, c.ask("completionItem/resolve", item))
		if resolved.Documentation == nil || !strings.Contains(resolved.Documentation.Value, "http.get(url: string") {
			t.Errorf("documentation = %+v, want that of http.get", resolved.Documentation)
		}
		if item.TextEdit == nil || item.TextEdit.Range.Start.Character != 5 {
			t.Errorf("edit = %+v, want one from character 5", item.TextEdit)
		}
		return
	}
	t.Error("http.get is not offered")
}

func TestHover(t *testing.T) {
	c := start(t, "{}")
	for _, tt := range []struct{ name, uri, text, want string }{
		{"a function", script, "http.g|et('http://x')", "http.get(url: string, options?: http.Options) -> http.Response"},
		{"a table", script, "ht|tp.get('http://x')", "http"},
		{"a local", script, "local r = http.get('http://x') print(|r)", "local r: http.Response"},
		{"a property", script, "local r = http.get('http://x') print(r.sta|tus)", "status: integer"},
		{"a method", script, "local r = http.get('http://x') r:js|on()", "http.Response:json"},
		{"an option", script, "http.get('http://x', {time|out = 1})", "timeout: "},
		{"Lua's own", script, "pri|nt(1)", "print(values...: any)"},
		{"a function of the text", script, "--- Greets.\n---@param name string\nlocal function greet(name) end\ngre|et('x')", "greet(name: string)\n```\n\nGreets."},
		{"behind characters of several bytes", script, "local s = '😀é' http.g|et(s)", "http.get("},
		{"in a check file", checks, inCheck("http.g|et('http://x')"), "http.get("},
		{"a key of a check file", checks, "checks:\n  - na|me: a\n    type: http\n", "`name`: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c.t = t
			got := result[hover](c, c.ask("textDocument/hover", c.at(tt.uri, tt.text)))
			if !strings.Contains(got.Contents.Value, tt.want) {
				t.Errorf("hover = %q, want %q", got.Contents.Value, tt.want)
			}
		})
	}
}

func TestSignatureHelp(t *testing.T) {
	c := start(t, "{}")
	for _, tt := range []struct {
		text, want string
		active     int
	}{
		{"http.get(|)", "http.get(", 0},
		{"http.get('http://x', |)", "http.get(", 1},
		{"print(http.get('http://x'|))", "http.get(", 0},
		{"local s = 'x' s:rep(2, |)", "string.rep(", 1},
	} {
		got := result[signatureHelp](c, c.ask("textDocument/signatureHelp", c.at(script, tt.text)))
		if len(got.Signatures) != 1 || !strings.HasPrefix(got.Signatures[0].Label, tt.want) || got.ActiveParameter != tt.active {
			t.Errorf("signature at %q = %+v, want %s with parameter %d", tt.text, got, tt.want, tt.active)
		}
	}
	if m := c.ask("textDocument/signatureHelp", c.at(script, "local x = |")); string(m.Result) != "null" {
		t.Errorf("signature outside of a call = %s, want null", m.Result)
	}
}

func TestNavigation(t *testing.T) {
	c := start(t, "{}")
	const text = "local a = 1\nlocal function f(a)\n  return |a\nend\nreturn f(a)\n"
	params := c.at(script, text)
	if got := result[[]location](c, c.ask("textDocument/definition", params)); len(got) != 1 || got[0].Range.Start != (position{1, 17}) {
		t.Errorf("definition = %+v, want the parameter", got)
	}
	if got := result[[]location](c, c.ask("textDocument/references", params)); len(got) != 2 {
		t.Errorf("references = %+v, want 2", got)
	}
	if got := result[[]highlight](c, c.ask("textDocument/documentHighlight", params)); len(got) != 2 {
		t.Errorf("highlights = %+v, want 2", got)
	}
	params["newName"] = "b"
	edit := result[workspaceEdit](c, c.ask("textDocument/rename", params))
	if edits := edit.Changes[script]; len(edits) != 2 || edits[0].NewText != "b" {
		t.Errorf("rename = %+v, want 2 edits", edit)
	}
	params["newName"] = "end"
	if m := c.ask("textDocument/rename", params); m.Error == nil || m.Error.Code != rpc.InvalidParams {
		t.Errorf("rename to a keyword = %s, want an error", m.Result)
	}
	if got := result[[]documentSymbol](c, c.ask("textDocument/documentSymbol", params)); len(got) != 2 || got[1].Name != "f" {
		t.Errorf("symbols = %+v, want a and f", got)
	}
	if got := result[[]foldingRange](c, c.ask("textDocument/foldingRange", params)); len(got) != 1 || got[0] != (foldingRange{1, 2}) {
		t.Errorf("folding = %+v, want lines 1 to 2", got)
	}
	c.at(checks, inCheck("local function f() end|"))
	got := result[[]documentSymbol](c, c.ask("textDocument/documentSymbol", map[string]any{"textDocument": map[string]any{"uri": checks}}))
	if len(got) != 1 || got[0].Name != "a" || len(got[0].Children) != 1 {
		t.Errorf("symbols of a check file = %+v, want the check a with f", got)
	}
	if m := c.ask("textDocument/references", c.at(script, "|")); string(m.Result) != "[]" {
		t.Errorf("references of nothing = %s, want []", m.Result)
	}
}

func TestDiagnosticsAndFixes(t *testing.T) {
	c := start(t, "{}")
	params := c.at(checks, inCheck("local r = http.gett('http://x')\nassert.eq(r, 1)\ndb.query(1, 'x')|"))
	params["range"] = map[string]any{"start": map[string]any{"line": 4, "character": 22}, "end": map[string]any{"line": 4, "character": 22}}
	actions := result[[]codeAction](c, c.ask("textDocument/codeAction", params))
	if len(actions) != 1 || actions[0].Edit.Changes[checks][0].NewText != "get" {
		t.Errorf("actions = %+v, want one that writes get", actions)
	}
	var got []string
	for _, d := range c.pushed[checks] {
		got = append(got, fmt.Sprintf("%d:%d %s", d.Range.Start.Line, d.Range.Start.Character, d.Code))
	}
	if want := []string{"4:21 undefined-field", "6:6 sandbox-level"}; !slices.Equal(got, want) {
		t.Errorf("diagnostics = %q, want %q", got, want)
	}
	c.tell("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": checks}})
	c.ask("textDocument/hover", c.at(script, "|"))
	if len(c.pushed[checks]) != 0 {
		t.Errorf("a closed document has %d diagnostics, want none", len(c.pushed[checks]))
	}
}

func TestFormatting(t *testing.T) {
	c := start(t, "{}")
	params := c.at(script, "x   =   1|")
	if got := result[[]textEdit](c, c.ask("textDocument/formatting", params)); len(got) != 1 || got[0].NewText != "x = 1\n" {
		t.Errorf("formatting = %+v, want x = 1", got)
	}
	if m := c.ask("textDocument/formatting", c.at(script, "x = = 1|")); string(m.Result) != "[]" {
		t.Errorf("formatting of broken text = %s, want []", m.Result)
	}
}

func TestProtocol(t *testing.T) {
	c := start(t, "")
	if m := c.ask("textDocument/hover", struct{}{}); m.Error == nil || m.Error.Code != rpc.NotInitialized {
		t.Errorf("hover before initialize = %+v, want NotInitialized", m)
	}
	init := result[map[string]any](c, c.ask("initialize", json.RawMessage(`{"capabilities":{"general":{"positionEncodings":["utf-32","utf-8"]}}}`)))
	if got := init["capabilities"].(map[string]any)["positionEncoding"]; got != "utf-8" {
		t.Errorf("encoding = %v, want utf-8", got)
	}
	for _, tt := range []struct {
		method, params string
		code           int
	}{
		{"textDocument/unknown", "{}", rpc.MethodNotFound},
		{"textDocument/hover", "[]", rpc.InvalidParams},
		{"textDocument/hover", `{"textDocument":{"uri":"file:///none"}}`, rpc.InvalidParams},
	} {
		if m := c.ask(tt.method, json.RawMessage(tt.params)); m.Error == nil || m.Error.Code != tt.code {
			t.Errorf("%s %s = %+v, want code %d", tt.method, tt.params, m, tt.code)
		}
	}
	c.tell("textDocument/didChange", json.RawMessage(`{"textDocument":{"uri":"file:///none"},"contentChanges":[{"text":"x"}]}`))
	c.tell("$/unknown", struct{}{})
	if m := c.ask("shutdown", nil); m.Error != nil || string(m.Result) != "null" {
		t.Errorf("shutdown = %+v, want null", m)
	}
	if m := c.ask("textDocument/hover", struct{}{}); m.Error == nil || m.Error.Code != rpc.InvalidRequest {
		t.Errorf("hover after shutdown = %+v, want InvalidRequest", m)
	}
	c.tell("exit", nil)
	if code := <-c.ended; code != 0 {
		t.Errorf("exit code = %d, want 0", code)
	}
}

func TestExitWithoutShutdown(t *testing.T) {
	c := start(t, "{}")
	c.tell("exit", nil)
	if code := <-c.ended; code != 1 {
		t.Errorf("exit code = %d, want 1", code)
	}
}

func TestBrokenFrames(t *testing.T) {
	c := start(t, "{}")
	if _, err := io.WriteString(c.in, "Content-Length: 3\r\n\r\n{{{"); err != nil {
		t.Fatal(err)
	}
	if m := c.receive(); m.Error == nil || m.Error.Code != rpc.ParseError {
		t.Errorf("answer to broken JSON = %+v, want ParseError", m)
	}
	if m := c.ask("textDocument/hover", c.at(script, "pri|nt(1)")); m.Error != nil {
		t.Errorf("the session ended: %+v", m.Error)
	}
	if _, err := io.WriteString(c.in, "nonsense\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if code := <-c.ended; code != 1 {
		t.Errorf("exit code after a broken frame = %d, want 1", code)
	}
}

func TestCancel(t *testing.T) {
	c := start(t, "{}")
	// The cancellation overtakes its request, as it may when the server is busy.
	c.tell("$/cancelRequest", map[string]any{"id": 2})
	params := c.at(script, "pri|nt(1)")
	if m := c.ask("textDocument/hover", params); m.Error == nil || m.Error.Code != rpc.RequestCancelled {
		t.Errorf("a cancelled request = %+v, want RequestCancelled", m)
	}
	if m := c.ask("textDocument/hover", params); m.Error != nil {
		t.Errorf("the next request = %+v, want an answer", m.Error)
	}
}

// Requests that wait when the document changes are not answered for a text that is gone; those behind the change are.
func TestAChangeOvertakesWaitingRequests(t *testing.T) {
	c := start(t, "{}")
	params := c.at(script, "pri|nt(1)")
	other := c.at(checks, inCheck("pri|nt(1)"))
	c.ask("textDocument/hover", params) // what was pushed is read
	ask := func(id int, params any) {
		raw := json.RawMessage(fmt.Sprint(id))
		c.send(&rpc.Message{ID: &raw, Method: "textDocument/hover"}, params)
	}
	ask(100, params) // the server is busy with writing its answer, which nobody reads yet
	ask(101, params)
	ask(102, other)
	c.tell("textDocument/didChange", map[string]any{"textDocument": map[string]any{"uri": script, "version": 2}, "contentChanges": []any{map[string]any{"text": "print(2)"}}})
	c.tell("$/setTrace", struct{}{}) // read: so is the change
	ask(103, params)
	want := map[string]int{"101": rpc.ContentModified, "102": 0, "103": 0}
	for range 4 {
		m := c.receive()
		code := 0
		if m.Error != nil {
			code = m.Error.Code
		}
		if code != want[string(*m.ID)] && string(*m.ID) != "100" { // it may have been answered already
			t.Errorf("request %s: code %d, want %d", *m.ID, code, want[string(*m.ID)])
		}
	}
}

func TestSnippets(t *testing.T) {
	const can = `{"textDocument":{"completion":{"completionItem":{"snippetSupport":true}}}}`
	for _, tt := range []struct{ text, label, want string }{
		{"http.ge|", "get", "get(${1:url})$0"},
		{"local s = 'x' s:spli|", "split", "split(${1:sep})$0"},
		{"os.time|", "time", "time($1)$0"},
		{"time.monoton|", "monotonic", "monotonic()$0"},
		{"http.ge|('x')", "get", "get"},
		{"ht|", "http", "http"},
	} {
		for _, capabilities := range []string{can, "{}"} {
			c := start(t, capabilities)
			params := c.at(script, tt.text)
			want, format := tt.want, 0
			if strings.Contains(want, "(") {
				format = formatSnippet
			}
			if capabilities == "{}" {
				want, format = tt.label, 0
			}
			found := false
			for _, item := range result[completionList](c, c.ask("textDocument/completion", params)).Items {
				if item.Label == tt.label {
					found = true
					if item.TextEdit.NewText != want || item.InsertTextFormat != format {
						t.Errorf("%s: inserts %q, format %d; want %q, %d", tt.text, item.TextEdit.NewText, item.InsertTextFormat, want, format)
					}
				}
			}
			if !found {
				t.Errorf("%s: no %q", tt.text, tt.label)
			}
		}
	}
}

func TestAPanicEndsARequestAlone(t *testing.T) {
	s := &Server{initialized: true, cancelled: map[string]bool{}, documents: map[string]*open{"u": nil}}
	s.documents["u"] = &open{} // without a document: whatever looks at it panics
	id := json.RawMessage("1")
	_, err := s.answer(waiting{Message: &rpc.Message{ID: &id, Method: "textDocument/foldingRange", Params: json.RawMessage(`{"textDocument":{"uri":"u"}}`)}})
	if e, ok := err.(*rpc.Error); !ok || e.Code != rpc.InternalError { //nolint:errorlint // it is what the client gets
		t.Errorf("error = %v, want InternalError", err)
	}
}

// A random script of edits, applied one by one, gives the same text as the client has, in both encodings.
func TestIncrementalChanges(t *testing.T) {
	pieces := []string{"a", "é", "😀", "\n", "\r\n", "local x = 1", "-- c\n", ""}
	for _, bytes := range []bool{false, true} {
		s := &Server{utf8: bytes}
		for seed := range uint64(50) {
			random := rand.New(rand.NewPCG(seed, 1))
			want := "local s = '😀é'\r\nprint(s)\n"
			d := document.Open("x.lua", want)
			for range 40 {
				starts := runeStarts(want)
				from := starts[random.IntN(len(starts))]
				to := starts[random.IntN(len(starts))]
				from, to = min(from, to), max(from, to)
				if to-from > 8 {
					to = from
				}
				piece := pieces[random.IntN(len(pieces))]
				r := s.span(d, from, to)
				d = s.changed(d, []change{{&r, piece}})
				want = want[:from] + piece + want[to:]
				if d.Text != want {
					t.Fatalf("utf8 %v, seed %d: text = %q, want %q", bytes, seed, d.Text, want)
				}
			}
		}
	}
}

// runeStarts are the offsets that a client can name: not between the two bytes of a line end.
func runeStarts(s string) []int {
	var list []int
	for i := range s {
		if i == 0 || s[i-1] != '\r' || s[i] != '\n' {
			list = append(list, i)
		}
	}
	return append(list, len(s))
}
