package serve

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay.rs/core"
)

func TestQueries(t *testing.T) {
	s := start(t, `http.serve(0, {GET = {
		["/q"] = function(req) return {json = req.params} end,
		["/all"] = function(req) return {json = req.query_values} end,
	}}, {host = "127.0.0.1", on_listen = listening})`)
	for target, want := range map[string]string{
		"/q?filter=a;b&pct=100%&x=1":    `{"filter":"a;b","pct":"100%","x":"1"}`,
		"/q?bad=%zz&y=2":                `{"bad":"%zz","y":"2"}`,
		"/q?a=1+2%2B%20%&%C3%A9=%c3%a9": `{"a":"1 2+ %","é":"é"}`,
		"/q?a=1&a=2&&b":                 `{"a":"1","b":""}`,
		"/all?a=1&a=2&b=%zz":            `{"a":["1","2"],"b":["%zz"]}`,
		"/all":                          `{}`,
	} {
		got := s.raw("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		if _, body, _ := strings.Cut(got, "\r\n\r\n"); body != want {
			t.Errorf("%s = %s, want %s", target, body, want)
		}
	}
}

func TestForms(t *testing.T) {
	s := start(t, `http.serve(0, {POST = {["/"] = function(req) return {json = {first = req.form, all = req.form_values}} end}}, {host = "127.0.0.1", on_listen = listening})`)
	const kind = "application/x-www-form-urlencoded"
	for _, test := range []struct{ kind, body, want string }{
		{kind, "a=1&b=x+y%21&a=2&&c", `{"all":{"a":["1","2"],"b":["x y!"],"c":[""]},"first":{"a":"1","b":"x y!","c":""}}`},
		{kind + "; charset=UTF-8", "a=%zz;b&%C3%A9=%c3%a9", `{"all":{"a":["%zz;b"],"é":["é"]},"first":{"a":"%zz;b","é":"é"}}`},
		{kind, "", `{"all":{},"first":{}}`},
		{"application/json", `{"a":1}`, `{"all":{},"first":{}}`},
		{"", "a=1", `{"all":{},"first":{}}`},
	} {
		if got := s.ask("POST", "/", test.body, "Content-Type: "+test.kind); got.status != 200 || got.body != test.want {
			t.Errorf("%q as %q = %s, want %s", test.body, test.kind, got, test.want)
		}
	}
}

// A form of many small fields takes far more memory than its bytes: it is the handler's error, not the end of the service.
func TestFormIsCharged(t *testing.T) {
	s := startWithin(t, core.Limits{Memory: 16 << 20}, `http.serve(0, {POST = {["/"] = function(req) return {json = #req.form_values.a} end}}, {host = "127.0.0.1", on_listen = listening})`)
	const kind = "application/x-www-form-urlencoded"
	if got := s.ask("POST", "/", strings.Repeat("a&", 1<<20), "Content-Type: "+kind); got.status == 200 {
		t.Errorf("a million fields within 16 MB: %s", got)
	}
	if got := s.ask("POST", "/", "a&a", "Content-Type: "+kind); got.String() != "200 2" {
		t.Errorf("the next request: %s, want 200 2", got)
	}
}

func TestCookiesOfRequests(t *testing.T) {
	s := start(t, `http.serve(0, {GET = {["/"] = function(req) return {json = {line = req.headers.cookie, cookies = req.cookies}} end}}, {host = "127.0.0.1", on_listen = listening})`)
	for sent, want := range map[string]string{
		"Cookie: prefs={\"dark\":1}; name=hé; plain=1": `{"cookies":{"name":"hé","plain":"1","prefs":"{\"dark\":1}"},"line":"prefs={\"dark\":1}; name=hé; plain=1"}`,
		"Cookie: a=1\r\nCookie: b=\"x, y\"; a=2":       `{"cookies":{"a":"1","b":"x, y"},"line":"a=1; b=\"x, y\"; a=2"}`,
		"Cookie: none; =x; a = b=c":                    `{"cookies":{"a":"b=c"},"line":"none; =x; a = b=c"}`,
	} {
		got := s.raw("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + sent + "\r\n\r\n")
		if _, body, _ := strings.Cut(got, "\r\n\r\n"); body != want {
			t.Errorf("%q = %s, want %s", sent, body, want)
		}
	}
}

func TestRedirectsAreEncoded(t *testing.T) {
	s := start(t, `http.serve(0, {GET = {
		["/go"] = function() return {redirect = "/caf\u{e9} au lait?q=a b"} end,
		["/as"] = function() return {redirect = "https://h/%20?a=%2F&b=c#d"} end,
	}}, {host = "127.0.0.1", on_listen = listening})`)
	for path, want := range map[string]string{"/go": "/caf%C3%A9%20au%20lait?q=a%20b", "/as": "https://h/%20?a=%2F&b=c#d"} {
		if got := s.ask("GET", path, "").header.Get("Location"); got != want {
			t.Errorf("%s leads to %q, want %q", path, got, want)
		}
	}
}

func TestStatusNamesTypes(t *testing.T) {
	s := start(t, `http.serve(0, {GET = {["/"] = function() return {status = "201"} end}}, {host = "127.0.0.1", on_listen = listening})`)
	s.ask("GET", "/", "")
	if want := `status: number expected, got the text \"201\"`; !strings.Contains(s.log.String(), want) {
		t.Errorf("log = %s, want %s", s.log, want)
	}
}

// A stream whose function raises does not end as if in good order.
func TestStreamThatRaisesIsBrokenOff(t *testing.T) {
	s := start(t, `http.serve(0, {GET = {
		["/raises"] = function() return {sse = function(send) send("one") error("no") end} end,
		["/returns"] = function() return {sse = function(send) send("one") end} end,
	}}, {host = "127.0.0.1", on_listen = listening})`)
	for path, broken := range map[string]bool{"/raises": true, "/returns": false} {
		for _, field := range []string{"X: y", "Pragma: no-cache"} { // for front and for net/http
			got := s.raw("GET " + path + " HTTP/1.1\r\nHost: x\r\n" + field + "\r\nConnection: close\r\n\r\n")
			if !strings.Contains(got, "data: one") || strings.HasSuffix(got, "0\r\n\r\n") == broken {
				t.Errorf("%s with %s = %q, broken off = %v wanted", path, field, got, broken)
			}
		}
	}
}

func TestStaticMiss(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("a"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, more := range map[string]string{"alone": "", "behind middleware": "middleware = {function(req, next) return next(req) end},"} {
		t.Run(name, func(t *testing.T) {
			s := start(t, fmt.Sprintf(`http.serve(0, {%s static = {["/"] = %q}, not_found = function(req) return {status = 404, body = "no " .. req.path} end},
				{host = "127.0.0.1", on_listen = listening})`, more, dir))
			for path, want := range map[string]string{"/a.txt": "200 a", "/b.txt": "404 no /b.txt", "/": "404 no /", "/.git": "404 no /.git"} {
				if got := s.ask("GET", path, "").String(); got != want {
					t.Errorf("%s = %s, want %s", path, got, want)
				}
			}
		})
	}
}

func TestKeysOfRoutesInOptions(t *testing.T) {
	s := start(t, `
		local ok, e = pcall(http.serve, 0, {GET = {["/"] = function() end}}, {static = {["/"] = "."}})
		http.serve(0, {GET = {["/"] = function() return {body = e.message .. "; " .. e.hint} end}}, {host = "127.0.0.1", on_listen = listening})`)
	if got := s.ask("GET", "/", "").body; !strings.Contains(got, "unknown option 'static'") || !strings.Contains(got, "it stands in the routes") {
		t.Errorf("got %q, want the unknown option and where it stands", got)
	}
}

// The access log goes on in the file that has its name, and tells what it loses.
func TestAccessLogFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "access.log")
	s := start(t, fmt.Sprintf(`http.serve(0, {GET = {["/*"] = function() return {body = "ok"} end}}, {host = "127.0.0.1", on_listen = listening, access_log = %q})`, name))
	s.ask("GET", "/before", "")
	if err := os.Rename(name, name+".1"); err != nil {
		t.Fatal(err)
	}
	until(t, "a line stands in the new file", func() bool {
		s.ask("GET", "/after", "")
		text, err := os.ReadFile(name)
		return err == nil && strings.Contains(string(text), "/after")
	})
	if text, err := os.ReadFile(name + ".1"); err != nil || !strings.Contains(string(text), "/before") {
		t.Errorf("the file before has %q, %v", text, err)
	}
}

func TestAccessLogTellsOfLoss(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full on this system")
	}
	s := start(t, `http.serve(0, {GET = {["/"] = function() return {body = "ok"} end}}, {host = "127.0.0.1", on_listen = listening, access_log = "/dev/full"})`)
	for range 3 {
		if got := s.ask("GET", "/", "").String(); got != "200 ok" {
			t.Errorf("got %s, want 200 ok", got)
		}
	}
	until(t, "it is told", func() bool { return strings.Contains(s.log.String(), "lines of the access log are lost") })
	if n := strings.Count(s.log.String(), "lines of the access log are lost"); n != 1 {
		t.Errorf("it is told %d times at once, want once", n)
	}
}

// stubborn is a WebSocket whose other end takes nothing: only Drop ends it.
type stubborn struct {
	WebSocket

	dropped chan struct{}
}

func (s *stubborn) Close(int, string) error {
	<-s.dropped
	return nil
}

// A WebSocket that does not end holds up the end no longer than shutdown_grace.
func TestStubbornSocketIsDropped(t *testing.T) {
	var all closers
	one := &stubborn{dropped: make(chan struct{})}
	forget := all.add(closer{end: func() { _ = one.Close(0, "") }, drop: func() { close(one.dropped) }})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		all.end()
	}()
	all.drop()
	select {
	case <-ended:
	case <-time.After(patience):
		t.Fatal("it does not end")
	}
	forget()
	if left := all.close(); len(left) != 0 {
		t.Errorf("%d are left", len(left))
	}
}
