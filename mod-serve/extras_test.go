package serve

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMiddleware(t *testing.T) {
	s := start(t, `http.serve(0, {
		GET = {["/"] = function(req) return {body = req.user .. req.order} end, ["/raise"] = function() error("inner") end},
		not_found = function(req) return {status = 404, body = "nothing at " .. req.path} end,
		middleware = {
			function(req, next)
				req.order = "1"
				local ok, answer = pcall(next, req)
				if not ok then return {status = 502, body = "caught"} end
				answer.headers = answer.headers or {}
				answer.headers["X-Status"] = answer.status or 200
				return answer
			end,
			function(req, next)
				req.order, req.user = req.order .. "2", "u"
				sleep(0.001)
				return next()
			end,
		}}, {host = "127.0.0.1", on_listen = listening})`)
	for path, want := range map[string]string{"/": "200 u12", "/raise": "502 caught", "/nope": "404 nothing at /nope"} {
		if got := s.ask("GET", path, ""); got.String() != want {
			t.Errorf("GET %s = %s, want %s", path, got, want)
		}
	}
	if got := s.ask("PUT", "/", ""); got.status != 405 || got.header.Get("X-Status") != "405" || got.header.Get("Allow") != "GET, HEAD" {
		t.Errorf("PUT / = %s, %v; want a 405 that the middleware has seen", got, got.header)
	}
}

func TestCORS(t *testing.T) {
	serve := func(options string) *running {
		return start(t, `http.serve(0, {GET = {["/"] = function() return {body = "ok"} end}}, {host = "127.0.0.1", on_listen = listening, cors = `+options+`})`)
	}
	all := serve("true")
	if got := all.ask("GET", "/", "", "Origin: http://a.test").header.Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf("cors = true: allowed origin %q, want *", got)
	}
	flight := all.ask("OPTIONS", "/", "", "Origin: http://a.test", "Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: X-A, X-B")
	if flight.status != 204 || !strings.Contains(flight.header.Get("Access-Control-Allow-Methods"), "PUT") || flight.header.Get("Access-Control-Allow-Headers") != "X-A, X-B" {
		t.Errorf("preflight = %s, %v", flight, flight.header)
	}
	some := serve(`{origins = {"https://*.example.com"}, credentials = true, expose = {"X-Total"}, methods = {"GET"}}`)
	for origin, want := range map[string]string{"https://a.example.com": "https://a.example.com", "https://example.com.evil.test": "", "https://evil.test": ""} {
		got := some.ask("GET", "/", "", "Origin: "+origin)
		if h := got.header; h.Get("Access-Control-Allow-Origin") != want || h.Get("Vary") != "Origin" || got.body != "ok" {
			t.Errorf("origin %s is allowed as %q, Vary %q; want %q, Origin", origin, h.Get("Access-Control-Allow-Origin"), h.Get("Vary"), want)
		}
	}
	refused := start(t, `
		local ok, e = pcall(http.serve, 0, {GET = {["/"] = function() end}}, {cors = {credentials = true}})
		http.serve(0, {GET = {["/"] = function() return {body = e.message} end}}, {host = "127.0.0.1", on_listen = listening})`)
	if got := refused.ask("GET", "/", "").body; !strings.Contains(got, "credentials are not for all origins") {
		t.Errorf("credentials for all origins: %q, want a refusal", got)
	}
}

func TestGzip(t *testing.T) {
	s := start(t, `local long = ("abc "):rep(1000)
		http.serve(0, {GET = {
			["/long"] = function() return {body = long} end, ["/short"] = function() return {body = "abc"} end,
			["/binary"] = function() return {body = long, headers = {["Content-Type"] = "image/png"}} end,
		}}, {host = "127.0.0.1", on_listen = listening, gzip = true})`)
	got := s.ask("GET", "/long", "", "Accept-Encoding: gzip")
	z, err := gzip.NewReader(strings.NewReader(got.body))
	if err != nil {
		t.Fatalf("%v: %v", got.header, err)
	}
	if text, err := io.ReadAll(z); err != nil || string(text) != strings.Repeat("abc ", 1000) || len(got.body) > 500 {
		t.Errorf("%d bytes unpack to %d, %v", len(got.body), len(text), err)
	}
	for path, accept := range map[string]string{"/short": "gzip", "/binary": "gzip", "/long": "br"} {
		if got := s.ask("GET", path, "", "Accept-Encoding: "+accept).header.Get("Content-Encoding"); got != "" {
			t.Errorf("GET %s for %s has the encoding %q, want none", path, accept, got)
		}
	}
	if got := s.ask("GET", "/long", "").header.Get("Vary"); got != "Accept-Encoding" {
		t.Errorf("Vary = %q, want Accept-Encoding", got)
	}
}

func TestRequestID(t *testing.T) {
	s := start(t, `http.serve(0, {GET = {["/"] = function(req) return {body = req.id} end}}, {host = "127.0.0.1", on_listen = listening, request_id = true})`)
	for given, taken := range map[string]bool{"abc-123": true, strings.Repeat("x", 200): false, `a"b`: false, "": false} {
		got := s.ask("GET", "/", "", "X-Request-Id: "+given)
		if (got.body == given) != taken || got.header.Get("X-Request-Id") != got.body || got.body == "" {
			t.Errorf("given %q, req.id is %q and the header %q", given, got.body, got.header.Get("X-Request-Id"))
		}
	}
}

func TestAccessLog(t *testing.T) {
	file := filepath.Join(t.TempDir(), "access.log")
	s := start(t, fmt.Sprintf(`http.serve(0, {GET = {["/a"] = function() return {body = "four"} end}}, {host = "127.0.0.1", on_listen = listening, access_log = %q})`, file))
	s.ask("GET", "/a?token=x", "", "User-Agent: me")
	if err := s.stop(); err == nil {
		t.Error("Run = nil, want that it was told to end")
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var record struct {
		Method, Path, UserAgent, RemoteAddr string
		Status, Bytes                       int
		Duration                            float64 `json:"duration_ms"`
		Agent                               string  `json:"user_agent"`
	}
	if err := json.Unmarshal(data, &record); err != nil {
		t.Fatalf("%v in %q", err, data)
	}
	if record.Method != "GET" || record.Path != "/a" || record.Status != 200 || record.Bytes != 4 || record.Agent != "me" || record.Duration <= 0 {
		t.Errorf("record = %+v from %s", record, data)
	}
}

func TestEndpoints(t *testing.T) {
	s := start(t, `http.serve(0, {GET = {["/users/{id}"] = function() return {} end}},
		{host = "127.0.0.1", on_listen = listening, health = true, ready = "/up", metrics = true})`)
	s.ask("GET", "/users/1", "")
	s.ask("BREW", "/users/2", "")
	for path, want := range map[string]string{"/healthz": "200 ok", "/up": "200 ready", "/readyz": "404 not found"} {
		if got := s.ask("GET", path, "").String(); got != want {
			t.Errorf("GET %s = %s, want %s", path, got, want)
		}
	}
	text := s.ask("GET", "/metrics", "").body
	for _, want := range []string{
		`assay_http_requests_total{method="GET",route="/users/{id}",status="200"} 1`,
		`assay_http_requests_total{method="other",route="",status="405"} 1`,
		`assay_http_request_duration_seconds_bucket{method="GET",route="/users/{id}",le="+Inf"} 1`,
		"assay_http_requests_in_flight 1", "assay_tasks 1", "# TYPE assay_lua_memory_bytes gauge",
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("metrics lack %s:\n%s", want, text)
		}
	}
}

// What cannot be served is an error at the start, with the place.
func TestWrongRoutes(t *testing.T) {
	s := start(t, `
		local function try(...) local ok, e = pcall(http.serve, ...) return ok and "served" or tostring(e) end
		local f = function() end
		local all = {
			try(0, {}), try(0, {get = {["/"] = f}}), try(0, {GET = {["x"] = f}}), try(0, {GET = {["/"] = "x"}}), try(0, {GET = f}),
			try(0, {midleware = {f}, GET = {["/"] = f}}), try(0, {middleware = f}), try(0, {GET = {["/{a"] = f}}),
			try(70000, {GET = {["/"] = f}}), try(0, {GET = {["/"] = f}}, {handler_timeot = 1}), try(0, {GET = {["/"] = f}}, {host = "256.0.0.1"}),
			try(0, {GET = {["/"] = f}}, {tls = {cert = "/no/cert", key = "/no/key"}}),
		}
		http.serve(0, {GET = {["/"] = function() return {body = table.concat(all, "\n")} end}}, {host = "127.0.0.1", on_listen = listening})`)
	got := strings.Split(s.ask("GET", "/", "").body, "\n")
	for i, want := range []string{
		"there is no route", "unknown key 'get': did you mean 'GET'?", `GET["x"]: a path begins with /`, `GET["/"]: function expected, got string`, "GET: a table of paths expected, got function",
		"unknown key 'midleware': did you mean 'middleware'?", "middleware: array of functions expected", "delimiter '}' is missing",
		"a port is 0 to 65535, got 70000", "unknown option 'handler_timeot': did you mean 'handler_timeout'?", "256.0.0.1", "tls: open /no/cert",
	} {
		if i >= len(got) || !strings.Contains(got[i], want) || !strings.HasPrefix(got[i], "http.serve: ") {
			t.Errorf("error %d = %q, want http.serve: ... with %q", i, got[min(i, len(got)-1)], want)
		}
	}
}
