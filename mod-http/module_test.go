package http

import (
	"context"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay.rs/core"
	"assay.rs/core/coretest"
)

// run runs a script and gives what it prints, tabs as spaces.
func run(t *testing.T, kit coretest.Kit, source string) (string, error) {
	t.Helper()
	kit.Modules = []core.Module{New(Config{})}
	got := kit.Exec(t, "test.lua", source)
	for _, problem := range got.Undeclared {
		t.Error(problem)
	}
	return strings.ReplaceAll(got.Stdout, "\t", " "), got.Err
}

// prints runs a script against a server and compares what it prints.
func prints(t *testing.T, url, source, want string) {
	t.Helper()
	got, err := run(t, coretest.Kit{Globals: map[string]any{"URL": url}}, source)
	if err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(strings.TrimLeft(want, "\n"), got); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

func TestExamples(t *testing.T) {
	server := record(t, answerHealth)
	coretest.Examples(t, []core.Module{New(Config{})}, map[string]any{"URL": server.URL, "FOLDER": t.TempDir()})
}

func answerHealth(w nethttp.ResponseWriter, r *nethttp.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header()["X-Many"] = []string{"one", "two"}
	switch r.URL.Path {
	case "/lines":
		_, _ = io.WriteString(w, "one\ntwo\n")
		return
	case "/events":
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: hello\n\nevent: end\ndata: bye\n\ndata: more\n\n")
		return
	case "/missing":
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(nethttp.StatusNotFound)
		_, _ = io.WriteString(w, "<h1>not here</h1>")
		return
	}
	_, _ = io.WriteString(w, `{"status":"ok","n":12345678901234567}`)
}

func TestResponseInLua(t *testing.T) {
	server := record(t, answerHealth)
	prints(t, server.URL, `
		local r = http.get(URL .. "/health")
		print(r.status, r.ok, r.body, r.url == URL .. "/health")
		print(r.headers["content-type"], r.headers["x-many"], r.header_values["x-many"][2], r.headers["nope"])
		print(r:json().status, r:json().n)
		local t = r.timings
		print(t.dns, t.tls, t.connect > 0, t.first_byte >= t.connect, t.total >= t.first_byte, t.total < 5)
		local m = http.get(URL .. "/missing")
		print(m.status, m.ok)
		local ok, e = pcall(m.json, m)
		print(ok, e.code, e.message)
		print(e.hint)
	`, `
200 true {"status":"ok","n":12345678901234567} true
application/json one, two two nil
ok 12345678901234567
0 0 true true true true
404 false
false json.syntax the body is not JSON: 1:1: `+"a value expected, got '<', near `<h1>not here</h1...`"+`
status 404, content-type text/html, body "<h1>not here</h1>"
`)
}

func TestVerbs(t *testing.T) {
	server := record(t, nil)
	prints(t, server.URL, `
		for _, name in ipairs{"get", "head", "delete", "options"} do http[name](URL .. "/a?b=c", {headers = {["X-N"] = 1}}) end
		for _, name in ipairs{"post", "put", "patch"} do http[name](URL .. "/a?b=c", name, {headers = {["X-N"] = {2, "3"}}}) end
		http.request{method = "purge", url = URL .. "/a?b=c", body = "PURGE", headers = {["x-n"] = true}}
		local c = http.client{headers = {["X-C"] = "c"}}
		for _, name in ipairs{"get", "head", "delete", "options"} do c[name](c, URL .. "/a?b=c") end
		for _, name in ipairs{"post", "put", "patch"} do c[name](c, URL .. "/a?b=c", name) end
		c:request{url = URL .. "/a?b=c"}
		http.delete(URL, {body = "x"})
		http.post(URL)
	`, "")
	var got []string
	for _, r := range server.all() {
		got = append(got, fmt.Sprintf("%s %s?%s %q %q %q %q", r.Method, r.Path, r.RawQuery, r.Header["X-N"], r.Header["X-C"], r.Header.Get("Content-Type"), r.Body))
	}
	want := `GET /a?b=c ["1"] [] "" ""
HEAD /a?b=c ["1"] [] "" ""
DELETE /a?b=c ["1"] [] "" ""
OPTIONS /a?b=c ["1"] [] "" ""
POST /a?b=c ["2" "3"] [] "" "post"
PUT /a?b=c ["2" "3"] [] "" "put"
PATCH /a?b=c ["2" "3"] [] "" "patch"
PURGE /a?b=c ["true"] [] "" "PURGE"
GET /a?b=c [] ["c"] "" ""
HEAD /a?b=c [] ["c"] "" ""
DELETE /a?b=c [] ["c"] "" ""
OPTIONS /a?b=c [] ["c"] "" ""
POST /a?b=c [] ["c"] "" "post"
PUT /a?b=c [] ["c"] "" "put"
PATCH /a?b=c [] ["c"] "" "patch"
GET /a?b=c [] ["c"] "" ""
DELETE /? [] [] "" "x"
POST /? [] [] "" ""`
	if diff := cmp.Diff(want, strings.Join(got, "\n")); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestTableBodies(t *testing.T) {
	server := record(t, nil)
	prints(t, server.URL, `
		http.post(URL, {b = {1, "x"}, a = 1.5})
		http.put(URL, {})
		http.post(URL, {1}, {headers = {["content-TYPE"] = "application/vnd.api+json"}})
		http.client{headers = {["Content-Type"] = "text/x"}}:post(URL, {1})
		http.request{method = "POST", url = URL, body = {x = true}}
		http.post(URL, "text")
	`, "")
	var got []string
	for _, r := range server.all() {
		got = append(got, fmt.Sprintf("%q %s", r.Header["Content-Type"], r.Body))
	}
	want := []string{
		`["application/json"] {"a":1.5,"b":[1,"x"]}`, `["application/json"] {}`, `["application/vnd.api+json"] [1]`,
		`["text/x"] [1]`, `["application/json"] {"x":true}`, `[] text`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bodies (-want +got):\n%s", diff)
	}
}

func TestQueryInLua(t *testing.T) {
	server := record(t, nil)
	prints(t, server.URL, `
		http.get(URL .. '/q?query=sum(rate(x{a="b"}[5m])) by (c)&done=%20%41')
		http.get(URL .. "/q?a=1", {query = {z = "ä &", b = {1, true}}})
		http.client{query = {token = "t", b = "client"}}:get(URL .. "/q", {query = {b = "call"}})
	`, "")
	var got []string
	for _, r := range server.all() {
		got = append(got, r.RawQuery)
	}
	want := []string{
		`query=sum(rate(x%7Ba=%22b%22%7D%5B5m%5D))%20by%20(c)&done=%20%41`,
		"a=1&b=1&b=true&z=%C3%A4+%26",
		"b=call&token=t",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("queries (-want +got):\n%s", diff)
	}
}

func TestArgumentErrors(t *testing.T) {
	server := record(t, nil)
	for _, test := range []struct{ source, want string }{
		{`http.get()`, "http.get: argument 1 'url': string expected, got no value"},
		{`http.get({})`, "http.get: argument 1 'url': string expected, got table"},
		{`http.get("example.com")`, "http.get: invalid URL: it has no scheme"},
		{`http.get(URL, {time_out = 1})`, "http.get: unknown option 'time_out': did you mean 'timeout'?"},
		{`http.get(URL, {timeout = 0})`, "http.get: option 'timeout': time must be more than 0"},
		{`http.get(URL, {timeout = -1})`, "http.get: option 'timeout': time must not be negative, got -1"},
		{`http.get(URL, {timeout = "soon"})`, `http.get: option 'timeout': bad duration "soon": write it like "500ms", "1m30s" or "2d"`},
		{`http.get(URL, {max_body = 0})`, "http.get: option 'max_body': must be at least 1, got 0"},
		{`http.get(URL, {max_redirects = -1})`, "http.get: option 'max_redirects': must be at least 0, got -1"},
		{`http.get(URL, {headers = {["X-A"] = "1\r\nX-B: 2"}})`, "http.get: option 'headers': header X-A: the value has a line break or a control character in it"},
		{`http.get(URL, {headers = {["X-A"] = "1", ["x-a"] = "2"}})`, "http.get: option 'headers': header X-A is given twice"},
		{`http.get(URL, {headers = {["X-A"] = {{}}}})`, "http.get: option 'headers': X-A: item 1: string expected, got table"},
		{`http.get(URL, {query = {[1] = 2}})`, "http.get: option 'query': key 1: string expected, got number"},
		{`http.get(URL, {retry = {attempts = 0}})`, "http.get: option 'retry': attempts must be at least 1, got 0"},
		{`http.get(URL, {retry = {atempts = 1}})`, "http.get: option 'retry': unknown option 'atempts': did you mean 'attempts'?"},
		{`http.get(URL, {auth = {pasword = "x"}})`, "http.get: option 'auth': unknown option 'pasword': did you mean 'password'?"},
		{`http.get(URL, {ca_cert = "x"})`, "http.get: ca_cert: there is no PEM certificate in it"},
		{`http.get(URL, {ca_cert = "x", ca_cert_file = "y"})`, "http.get: options 'ca_cert' and 'ca_cert_file' exclude each other"},
		{`http.get(URL, {ca_cert_file = "testdata/absent"})`, "http.get: option 'ca_cert_file': open testdata/absent: no such file or directory"},
		{`http.post(URL, true)`, "http.post: argument 2 'body': string or table expected, got boolean"},
		{`http.post(URL, {print})`, "http.post: argument 2 'body': [1]: a function has no form in JSON"},
		{`http.post(URL, "a", {body = "b"})`, "http.post: the body is given twice: as an argument and as option 'body'"},
		{`http.request{method = "GET"}`, "http.request: option 'url' is missing"},
		{`http.request{url = URL, method = "A B"}`, `http.request: method "A B" is not valid`},
		{`http.client{body = "x"}`, "http.client: unknown option 'body'"},
		{`http.client{ca_cert = "x"}`, "http.client: ca_cert: there is no PEM certificate in it"},
		{`local c = http.client() c:close() c:get(URL)`, "http.Client:get: the client is closed"},
		{`http.client().get(URL)`, "http.Client:get: called without its object: http.Client expected, got string"},
	} {
		_, err := run(t, coretest.Kit{Globals: map[string]any{"URL": server.URL}}, test.source)
		var raised *core.Error
		if !errors.As(err, &raised) || raised.Error() != test.want {
			t.Errorf("%s\n got %v\nwant %s", test.source, raised, test.want)
		}
	}
	if got := server.all(); len(got) != 0 {
		t.Errorf("the server saw %v", got)
	}
}

func TestClientOverrides(t *testing.T) {
	server := record(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		if r.URL.Path == "/from" {
			nethttp.Redirect(w, r, "/to", nethttp.StatusFound)
		}
	})
	prints(t, server.URL, `
		local c = http.client{follow_redirects = false, auth = {bearer = "t"}, headers = {["User-Agent"] = "mine"}}
		print(c:get(URL .. "/from").status, c:get(URL .. "/from", {follow_redirects = true}).status)
		print(pcall(c.get, c, URL .. "/from", {follow_redirects = true, max_redirects = 0}))
	`, `
302 200
false http.Client:get: more than 0 redirects
`)
	if got := server.last(t).Header; got.Get("Authorization") != "Bearer t" || got.Get("User-Agent") != "mine" {
		t.Errorf("header = %v", got)
	}
}

func TestFilesGoThroughThePolicy(t *testing.T) {
	server := record(t, nil)
	inside, outside := t.TempDir(), t.TempDir()
	for _, dir := range []string{inside, outside} {
		if err := os.WriteFile(filepath.Join(dir, "ca.pem"), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kit := coretest.Kit{Policy: core.CheckPolicy(inside), Globals: map[string]any{
		"URL": server.URL, "inside": filepath.Join(inside, "ca.pem"), "outside": filepath.Join(outside, "ca.pem"),
	}}
	_, err := run(t, kit, `http.get(URL, {ca_cert_file = inside})`)
	if err == nil || !strings.Contains(err.Error(), "no PEM certificate") {
		t.Errorf("a file inside: %v", err)
	}
	_, err = run(t, kit, `http.get(URL, {ca_cert_file = outside})`)
	if err == nil || !strings.Contains(err.Error(), "not permitted") {
		t.Errorf("a file outside: %v", err)
	}
}

func TestTaskThatEndsStopsItsRequest(t *testing.T) {
	arrived := make(chan struct{})
	server := record(t, func(_ nethttp.ResponseWriter, r *nethttp.Request) {
		close(arrived)
		<-r.Context().Done()
	})
	cause := errors.New("stopped by the test")
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		<-arrived
		cancel(cause)
	}()
	rt, err := core.New(core.Config{Modules: []core.Module{New(Config{})}, Policy: core.CheckPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := core.Compile("test.lua", []byte(`http.get(URL)`))
	if err != nil {
		t.Fatal(err)
	}
	vm := rt.Open(core.Host{})
	defer vm.Close()
	if err := vm.SetGlobal("URL", server.URL); err != nil {
		t.Fatal(err)
	}
	if err := vm.Run(ctx, chunk); !errors.Is(err, cause) {
		t.Errorf("error = %v, want %v", err, cause)
	}
}

func TestRedirectToDeniedHostIsRefused(t *testing.T) {
	inner := record(t, nil)
	outer := record(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		nethttp.Redirect(w, r, inner.URL, nethttp.StatusFound)
	})
	allowed, err := core.ParseDestinations(strings.TrimPrefix(outer.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	kit := coretest.Kit{Policy: core.SandboxPolicy(allowed), Globals: map[string]any{"URL": outer.URL}}
	_, err = run(t, kit, `http.get(URL)`)
	var refused *core.Error
	if !errors.As(err, &refused) || codeOf(refused) != "policy.denied" || !strings.Contains(refused.Hint, "--allow-net "+strings.TrimPrefix(inner.URL, "http://")) {
		t.Errorf("error = %v", err)
	}
	if n := len(inner.all()); n != 0 {
		t.Errorf("the refused host saw %d requests", n)
	}
}
