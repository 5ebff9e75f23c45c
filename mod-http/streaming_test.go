package http

import (
	"errors"
	"fmt"
	"io"
	"net"
	nethttp "net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/core/coretest"
)

// serveStreams answers /lines in two pieces, the second when the first was received; /missing with 404.
func serveStreams(w nethttp.ResponseWriter, r *nethttp.Request) {
	switch r.URL.Path {
	case "/missing":
		w.WriteHeader(nethttp.StatusNotFound)
		_, _ = io.WriteString(w, "not here")
	case "/large":
		_, _ = io.WriteString(w, strings.Repeat("0123456789", 10_000))
	case "/broken":
		w.Header().Set("Content-Length", "9")
		_, _ = io.WriteString(w, "one\ntw")
	case "/lines":
		_, _ = io.WriteString(w, "one\r\n\n"+strings.Repeat("x", 100_000)+"\r\nlast")
	case "/empty":
		w.WriteHeader(nethttp.StatusNoContent)
	case "/packed":
		if r.Header.Get("Accept-Encoding") == "identity" {
			_, _ = io.WriteString(w, "plain")
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = io.WriteString(w, zipped(3))
	case "/events":
		w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		_, _ = io.WriteString(w, "retry: 2500\nid: 1\ndata: {\"a\":\ndata: 1}\n\nevent: bye\ndata: x\n\n")
	case "/echo":
		body, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "%s %s %s", r.Method, r.Header.Get("X-A"), body)
	}
}

func TestStreams(t *testing.T) {
	server := httptest.NewServer(nethttp.HandlerFunc(serveStreams))
	t.Cleanup(server.Close)
	for _, test := range []struct{ name, source, want string }{
		{
			"all of it arrives", `local n, s = 0 s = http.stream(URL .. "/large", nil, function(c) n = n + #c end) print(n, s.status, s.ok, #s.body, s.timings.total > 0)`,
			"100000 200 true 0 true\n",
		},
		{"it ends early", `local n = 0 print(http.stream(URL .. "/large", nil, function(c) n = n + 1 return false end).status, n)`, "200 1\n"},
		{"nil is not false", `local n = 0 http.stream(URL .. "/large", nil, function(c) n = n + #c return nil end) print(n)`, "100000\n"},
		{"another status", `local r = http.stream(URL .. "/missing", nil, function() error("called") end) print(r.status, r.body)`, "404 not here\n"},
		{"no body", `print(http.stream(URL .. "/empty", {}, function() error("called") end).status)`, "204\n"},
		{"decompressed", `http.stream(URL .. "/packed", nil, function(c) print(#c) end)`, "3\n"},
		{"a method and a body", `http.stream(URL .. "/echo", {method = "POST", body = {1}, headers = {["X-A"] = "b"}}, print)`, "POST b [1]\n"},
		{"a client's defaults", `http.client{headers = {["X-A"] = "c"}}:stream(URL .. "/echo", nil, print)`, "GET c \n"},
		{"an error of the function", `print(pcall(http.stream, URL .. "/large", nil, function() error("mine", 0) end))`, "false mine\n"},
		{"over max_body", `print(select(2, pcall(http.stream, URL .. "/large", {max_body = 99}, print)).code)`, "http.body_too_large\n"},
		{"over a client's max_body", `local c = http.client{max_body = 99} print(select(2, pcall(c.stream, c, URL .. "/large", nil, print)).code)`, "http.body_too_large\n"},
		{"requests within", `http.stream(URL .. "/large", nil, function() print(http.get(URL .. "/missing").status) return false end)`, "404\n"},
		{"lines", `http.stream(URL .. "/lines", {lines = true}, function(line) print(#line, (line:sub(1, 4))) end)`, "3 one\n0 \n100000 xxxx\n4 last\n"},
		{"a first line", `http.stream(URL .. "/lines", {lines = true}, function(line) print(line) return false end)`, "one\n"},
		{"lines of nothing", `http.stream(URL .. "/empty", {lines = true}, function() error("called") end)`, ""},
		{"an error of the function of lines", `print(pcall(http.stream, URL .. "/lines", {lines = true}, function() error("mine", 0) end))`, "false mine\n"},
		{"a client's lines", `http.client{base_url = URL}:stream("lines", {lines = true}, function(line) print(#line) end)`, "3\n0\n100000\n4\n"},
		{
			"a line that is cut short", `local _, e = pcall(http.stream, URL .. "/broken", {lines = true}, print) print(e.code)`,
			"one\nhttp.protocol\n",
		},
		{
			"lines over max_body", `local _, e = pcall(http.stream, URL .. "/lines", {lines = true, max_body = 50000}, function(line) print(#line) end) print(e.code)`,
			"3\n0\nhttp.body_too_large\n",
		},
		{
			"events", `local r = http.sse(URL .. "/events", nil, function(e) print(e.event, e.data, e.id, e.retry) end) print(r.status)`,
			"message {\"a\":\n1} 1 2.5\nbye x 1 2.5\n200\n",
		},
		{"events until", `http.sse(URL .. "/events", nil, function(e) print(e.event) return false end)`, "message\n"},
		{"events of a client", `http.client():sse(URL .. "/events", nil, function(e) print(e.event) end)`, "message\nbye\n"},
		{"no events", `local r = http.sse(URL .. "/missing", nil, print) print(r.status, r.body, http.sse(URL .. "/empty", nil, print).status)`, "404 not here 204\n"},
		{"what is no stream", `local _, e = pcall(http.sse, URL .. "/large", nil, print) print(e.code, e.message)`, "http.protocol the answer is of the type \"text/plain; charset=utf-8\", not text/event-stream\n"},
		{"an event over max_body", `print(select(2, pcall(http.sse, URL .. "/events", {max_body = 10}, print)).code)`, "http.body_too_large\n"},
	} {
		t.Run(test.name, func(t *testing.T) { prints(t, server.URL, test.source, test.want) })
	}
}

func TestEventRequest(t *testing.T) {
	server := record(t, nil)
	prints(t, server.URL, `
		pcall(http.sse, URL, {headers = {["Last-Event-ID"] = "7"}}, print)
		pcall(http.sse, URL, {headers = {accept = "x/y"}}, print)
		local c = http.client{headers = {ACCEPT = "c/d"}} pcall(c.sse, c, URL, nil, print)
	`, "")
	var got []string
	for _, r := range server.all() {
		got = append(got, fmt.Sprint(r.Header["Accept"], r.Header["Cache-Control"], r.Header["Last-Event-Id"]))
	}
	if want := "[text/event-stream] [no-store] [7]; [x/y] [no-store] []; [c/d] [no-store] []"; strings.Join(got, "; ") != want {
		t.Errorf("headers = %s, want %s", strings.Join(got, "; "), want)
	}
}

// The pieces of a stream reach the script while the server still has more to say.
func TestStreamIsNotHeldBack(t *testing.T) {
	received := make(chan struct{})
	server := record(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		switch r.URL.Path {
		case "/received":
			received <- struct{}{}
		default:
			_, _ = io.WriteString(w, "one")
			w.(nethttp.Flusher).Flush()
			<-received
			_, _ = io.WriteString(w, "two")
		}
	})
	prints(t, server.URL, `http.stream(URL, nil, function(c) print(c) if c == "one" then http.get(URL .. "/received") end end)`, "one\ntwo\n")
}

func TestBrokenStreams(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
	var n atomic.Int32
	for _, test := range []struct {
		name, source string
		serve        func(net.Conn)
		want         string
		connections  int32
	}{
		{"cut short", `http.stream(URL, nil, print)`, says(head + "Content-Length: 10\r\n\r\nabc"), "abc\nhttp.protocol\n", 1},
		{"not tried again once it has begun", `http.stream(URL, {retry = {attempts = 3, initial = 0}}, print)`, says(head + "Content-Length: 10\r\n\r\nabc"), "abc\nhttp.protocol\n", 1},
		{"not even when asked", `http.stream(URL, {retry = {attempts = 3, initial = 0, on = {"connect", "error"}}}, print)`, says(head + "Content-Length: 10\r\n\r\nabc"), "abc\nhttp.protocol\n", 1},
		{"tried again before", `http.stream(URL, {retry = {attempts = 3, initial = 0}}, print)`, says(""), "http.connect\n", 3},
		{"events cut short", `http.sse(URL, nil, function(e) print(e.data) end)`, says(head + "Content-Length: 99\r\n\r\ndata: a\n\ndata: b\n"), "a\nhttp.protocol\n", 1},
		{"a timeout is for all of it", `http.stream(URL, {timeout = 0.05}, print)`, func(c net.Conn) { says(head + "\r\nabc")(c); untilGone(c) }, "abc\nhttp.timeout\n", 1},
		{"a timeout of events", `http.sse(URL, {timeout = 0.05}, print)`, func(c net.Conn) { says(head + "\r\n: a\n")(c); untilGone(c) }, "http.timeout\n", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			n.Store(0)
			url := peer(t, func(c net.Conn) { n.Add(1); test.serve(c) })
			prints(t, url, `local _, e = pcall(function() `+test.source+` end) print(e.code)`, test.want)
			if got := n.Load(); got != test.connections {
				t.Errorf("%d connections, want %d", got, test.connections)
			}
		})
	}
}

func TestPatience(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\n\r\n"
	drip := func(conn net.Conn) {
		_, _ = io.WriteString(conn, head)
		ticker := time.NewTicker(20 * time.Millisecond)
		defer ticker.Stop()
		for range 20 {
			<-ticker.C
			_, _ = io.WriteString(conn, "x")
		}
	}
	for _, test := range []struct {
		name  string
		serve func(net.Conn)
		idle  time.Duration
		want  string // the error, or the body
	}{
		{"drips are progress", drip, 200 * time.Millisecond, strings.Repeat("x", 20)},
		{"without an idle limit", drip, 0, strings.Repeat("x", 20)},
		{"a stall is none", func(c net.Conn) { says(head + "x")(c); untilGone(c) }, 50 * time.Millisecond, "http.timeout no more data from HOST within 50ms"},
	} {
		t.Run(test.name, func(t *testing.T) {
			url := peer(t, test.serve)
			var body []byte
			_, err := newTestClient(t, Options{}).Stream(t.Context(), Request{URL: url, Idle: test.idle}, func(_ *Response, from io.Reader) (err error) {
				body, err = io.ReadAll(from)
				return err
			})
			got := string(body)
			if err != nil {
				got = codeOf(err) + " " + strings.ReplaceAll(err.Error(), strings.TrimPrefix(url, "http://"), "HOST")
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestDownloads(t *testing.T) {
	server := httptest.NewServer(nethttp.HandlerFunc(serveStreams))
	t.Cleanup(server.Close)
	dir := t.TempDir()
	for _, test := range []struct{ name, source, want, file string }{
		{"a new file", `local r = http.download(URL .. "/large", path) print(r.status, #r.body)`, "200 0\n", strings.Repeat("0123456789", 10_000)},
		{"in new folders", `path = DIR .. "/a/b/c" print(http.download(URL .. "/packed", path).status)`, "200\n", "plain"},
		{"in place of another", `http.download(URL .. "/large", path) http.client():download(URL .. "/packed", path)`, "", "plain"},
		{"as it is packed, when asked", `http.download(URL .. "/packed", path, {headers = {["Accept-Encoding"] = "gzip"}})`, "", zipped(3)},
		{"not after another status", `http.download(URL .. "/packed", path) local r = http.download(URL .. "/missing", path) print(r.status, r.body)`, "404 not here\n", "plain"},
		{"an empty one", `print(http.download(URL .. "/empty", path).status)`, "204\n", ""},
		{"with a method and a body", `http.download(URL .. "/echo", path, {method = "PUT", body = "x", headers = {["X-A"] = 1}})`, "", "PUT 1 x"},
		{"not over max_body", `http.download(URL .. "/packed", path) print(select(2, pcall(http.download, URL .. "/large", path, {max_body = 99})).code)`, "http.body_too_large\n", "plain"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(dir, strings.ReplaceAll(test.name, " ", "-"))
			got, err := run(t, coretest.Kit{Globals: map[string]any{"URL": server.URL, "path": path, "DIR": dir}}, test.source)
			if err != nil || got != test.want {
				t.Errorf("printed %q, %v, want %q", got, err, test.want)
			}
			if test.name == "in new folders" {
				path = filepath.Join(dir, "a/b/c")
			}
			content, err := os.ReadFile(path)
			if err != nil || string(content) != test.file {
				t.Errorf("the file has %.50q, %v, want %.50q", content, err, test.file)
			}
		})
	}
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestBrokenDownloadLeavesTheFileAlone(t *testing.T) {
	var n atomic.Int32
	url := peer(t, func(conn net.Conn) {
		if n.Add(1) < 3 {
			says("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")(conn)
			return
		}
		says("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew")(conn)
	})
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	kit := coretest.Kit{Globals: map[string]any{"URL": url, "path": path}}
	got, err := run(t, kit, `print(select(2, pcall(http.download, URL, path)).code)`)
	if content, _ := os.ReadFile(path); err != nil || got != "http.protocol\n" || string(content) != "old" {
		t.Errorf("printed %q, %v; the file has %q", got, err, content)
	}
	got, err = run(t, kit, `print(http.download(URL, path, {retry = {attempts = 2, initial = 0}}).status)`)
	if content, _ := os.ReadFile(path); err != nil || got != "200\n" || string(content) != "new" {
		t.Errorf("with retry: printed %q, %v; the file has %q", got, err, content)
	}
}

func TestDownloadErrors(t *testing.T) {
	server := record(t, nil)
	for _, test := range []struct {
		name, source string
		policy       core.Policy
		want, hint   string
	}{
		{"no path", `http.download(URL, "")`, core.Policy{}, " http.download: argument 'path' is empty", ""},
		{"a folder", `http.download(URL, "/tmp")`, core.Policy{}, "fs.kind http.download: write /tmp: is a directory", ""},
		{"below a file", `http.download(URL, "/dev/null/x")`, core.Policy{}, "fs.kind http.download: make folder /dev/null: not a directory", ""},
		{
			"outside the permitted folders", `http.download(URL, "/etc/x")`,
			core.Policy{Level: core.Script, Needs: core.AllNeeds, ChangeRoots: []string{t.TempDir()}},
			"policy.denied http.download: make folder /etc: not permitted here: denied by the policy", "files can be",
		},
	} {
		_, err := run(t, coretest.Kit{Policy: test.policy, Globals: map[string]any{"URL": server.URL}}, test.source)
		var raised *core.Error
		if !errors.As(err, &raised) || codeOf(raised)+" "+raised.Error() != test.want || !strings.Contains(raised.Hint, test.hint) {
			t.Errorf("%s: error = %s %v (%s), want %s", test.name, codeOf(err), err, raised.Hint, test.want)
		}
	}
	got, err := run(t, coretest.Kit{Policy: core.CheckPolicy(), Globals: map[string]any{"URL": server.URL}}, `print(http.download, http.client().download, http.stream ~= nil, http.sse ~= nil)`)
	if err != nil || got != "nil nil true true\n" {
		t.Errorf("in a check: printed %q, %v", got, err)
	}
}
