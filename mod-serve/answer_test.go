package serve

import (
	"encoding/json"
	"strings"
	"testing"
)

const answers = `
http.serve(0, {
  GET = {
    ["/json"] = function() return {json = {a = {1, 2}}} end,
    ["/text"] = function() return {body = "h\0i"} end,
    ["/html"] = function() return {body = "<p>", headers = {["Content-Type"] = "text/html"}} end,
    ["/empty"] = function() return {status = 204} end,
    ["/nothing"] = function() return {} end,
    ["/many"] = function() return {status = 202, headers = {["X-Many"] = {"a", "b"}, ["x-one"] = 1}} end,
    ["/redirect"] = function() return {redirect = "/to"} end,
    ["/moved"] = function() return {redirect = {url = "/to", status = 308}} end,
    ["/first"] = function() return {body = "second", json = "first"} end,
    ["/cookies"] = function(req)
      return {body = req.cookies.a or "none", cookies = {a = "1", b = {value = "2", max_age = "1m", secure = true, same_site = "strict"}, c = false}}
    end,
    ["/echo/{name}"] = function(req)
      return {json = {req.method, req.path, req.query, req.params, req.headers["x-a"] or "none", req.host ~= "", req.remote_addr:match("^127") ~= nil, #req.id}}
    end,
    ["/raise"] = function() error("a secret") end,
    ["/nil"] = function() end,
    ["/string"] = function() return "x" end,
    ["/status"] = function() return {status = 99} end,
    ["/typo"] = function() return {bodi = "x"} end,
    ["/crlf"] = function() return {headers = {["X-A"] = "a\r\nSet-Cookie: x=y"}} end,
    ["/crlf-name"] = function() return {headers = {["X-A\r\nB"] = "a"}} end,
    ["/crlf-redirect"] = function() return {redirect = "/a\r\nX: y"} end,
    ["/crlf-cookie"] = function() return {cookies = {["a\r\nb"] = "1"}} end,
    ["/cookie-value"] = function() return {cookies = {a = "1\r\n2"}} end,
    ["/table-body"] = function() return {body = {1}} end,
    ["/cycle"] = function() local t = {} t.t = t return {json = t} end,
    ["/no-file"] = function() return {file = "/no/such/file"} end,
    ["/folder"] = function() return {file = "/"} end,
  },
  POST = {
    ["/"] = function(req) return {body = req.body} end,
    ["/json"] = function(req) return {json = req:json()} end,
  },
}, {host = "127.0.0.1", on_listen = listening})`

func TestAnswers(t *testing.T) {
	s := start(t, answers)
	for _, tt := range []struct{ method, path, body, want string }{
		{"GET", "/json", "", `200 {"a":[1,2]}`},
		{"GET", "/text", "", "200 h\x00i"},
		{"GET", "/empty", "", "204 "},
		{"GET", "/nothing", "", "200 "},
		{"GET", "/many", "", "202 "},
		{"GET", "/redirect", "", "302 "},
		{"GET", "/moved", "", "308 "},
		{"GET", "/first", "", `200 "first"`},
		{"GET", "/echo/a%20b?c=d%20e&name=query&c=f", "", `200 ["GET","/echo/a%20b","c=d%20e&name=query&c=f",{"c":"d e","name":"a b"},"none",true,true,16]`},
		{"GET", "/nope", "", "404 not found"},
		{"PUT", "/json", "", "405 method not allowed"},
		{"HEAD", "/json", "", "200 "},
		{"HEAD", "/nope", "", "404 "},
		{"POST", "/", "a\x00b", "200 a\x00b"},
		{"POST", "/", "", "200 "},
		{"POST", "/json", `{"n":1e2}`, `200 {"n":100}`},
		{"GET", "/no-file", "", "404 not found"},
		{"GET", "/folder", "", "404 not found"},
	} {
		if got := s.ask(tt.method, tt.path, tt.body).String(); got != tt.want {
			t.Errorf("%s %s = %q, want %q", tt.method, tt.path, got, tt.want)
		}
	}
}

func TestAnswerHeaders(t *testing.T) {
	s := start(t, answers)
	for _, tt := range []struct{ method, path, name, want string }{
		{"GET", "/json", "Content-Type", "application/json"},
		{"GET", "/text", "Content-Type", "text/plain; charset=utf-8"},
		{"GET", "/html", "Content-Type", "text/html"},
		{"GET", "/many", "X-Many", "a|b"},
		{"GET", "/many", "X-One", "1"},
		{"GET", "/redirect", "Location", "/to"},
		{"GET", "/cookies", "Set-Cookie", "a=1; Path=/; HttpOnly; SameSite=Lax|b=2; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Strict|c=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"},
		{"HEAD", "/json", "Content-Length", "11"},
		{"PUT", "/json", "Allow", "GET, HEAD, POST"},
	} {
		values := s.ask(tt.method, tt.path, "").header.Values(tt.name)
		for range values { // the order of a Lua table is its own
			for i := 1; i < len(values); i++ {
				if values[i] < values[i-1] {
					values[i], values[i-1] = values[i-1], values[i]
				}
			}
		}
		if got := strings.Join(values, "|"); got != tt.want {
			t.Errorf("%s %s: %s = %q, want %q", tt.method, tt.path, tt.name, got, tt.want)
		}
	}
	if got := s.ask("GET", "/cookies", "", "Cookie: a=seen; b=2").body; got != "seen" {
		t.Errorf("req.cookies.a = %q, want seen", got)
	}
}

// A handler that fails is answered with a text that says nothing, and the log says all.
func TestFailedHandlers(t *testing.T) {
	s := start(t, answers)
	for path, want := range map[string]string{
		"/raise": "a secret", "/nil": "returned nil where a table is expected", "/string": "returned string where",
		"/status": "200 to 599 expected, got 99", "/typo": "unknown key 'bodi': did you mean 'body'?",
		"/crlf": "a line break or NUL must not stand in it", "/crlf-name": "is not the name of a header field",
		"/crlf-redirect": "a line break or NUL", "/crlf-cookie": "cookies:", "/cookie-value": "cookies: a:",
		"/table-body": "string expected, got table", "/cycle": "contains itself",
	} {
		got := s.ask("GET", path, "")
		if got.String() != "500 internal server error" || len(got.header["Set-Cookie"]) > 0 {
			t.Errorf("%s = %q with %v, want a 500 that says nothing", path, got, got.header)
		}
		if record := logged(t, s, path); !strings.Contains(record["error"], want) || len(record["request_id"]) != 16 {
			t.Errorf("%s is logged as %v, want an error with %q and a request_id", path, record, want)
		}
	}
	if got := logged(t, s, "/crlf")["error"]; !strings.HasSuffix(got, "must not stand in it") {
		t.Errorf("/crlf is logged as %q, want no value, which may be a secret", got)
	}
	if got := logged(t, s, "/raise")["traceback"]; !strings.Contains(got, "service.lua:") {
		t.Errorf("traceback = %q, want lines of the script", got)
	}
	if got := s.ask("POST", "/json", "{").String(); got != "500 internal server error" {
		t.Errorf("a body that is no JSON = %q, want 500 as nobody caught it", got)
	}
}

// logged is the record of the log that is about a path.
func logged(t *testing.T, s *running, path string) map[string]string {
	t.Helper()
	for line := range strings.Lines(s.log.String()) {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Fatalf("log: %v in %q", err, line)
		}
		if fields["path"] != path {
			continue
		}
		texts := make(map[string]string)
		for name, value := range fields {
			texts[name], _ = value.(string)
		}
		return texts
	}
	t.Errorf("nothing is logged about %s", path)
	return nil
}
