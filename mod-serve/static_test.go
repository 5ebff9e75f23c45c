package serve

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// site makes a folder with files, and one outside that nobody may get.
func site(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	public := filepath.Join(dir, "public")
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte("console.log(1)"))
	_ = z.Close()
	for name, content := range map[string]string{
		"secret.txt": "secret", "public/page.html": "<p>0123456789", "public/.env": "secret", "public/.git/config": "secret",
		"public/sub/index.html": "index", "public/empty/x.bin": "\x00\x01", "public/app.js": "console.log(1)", "public/app.js.gz": packed.String(),
	} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"out.txt": "../secret.txt", "absolute.txt": filepath.Join(dir, "secret.txt"), "outside": "..", "in.txt": "page.html"} {
		if err := os.Symlink(to, filepath.Join(public, link)); err != nil {
			t.Fatal(err)
		}
	}
	return public
}

func TestStatic(t *testing.T) {
	s := start(t, fmt.Sprintf(`http.serve(0, {static = {["/assets"] = %q}, GET = {["/assets/made"] = function() return {body = "made"} end}},
		{host = "127.0.0.1", on_listen = listening})`, site(t)))
	for _, tt := range []struct{ path, want string }{
		{"/assets/page.html", "200 <p>0123456789"},
		{"/assets/made", "200 made"},
		{"/assets/sub/", "200 index"},
		{"/assets/in.txt", "200 <p>0123456789"},
		{"/assets/app.js", "200 console.log(1)"},
		{"/assets/sub/../page.html", "404 not found"},
		{"/assets/../secret.txt", "404 not found"},
		{"/assets/%2e%2e/secret.txt", "404 not found"},
		{"/assets/..%2fsecret.txt", "404 not found"},
		{"/assets/sub%2f..%2f..%2fsecret.txt", "404 not found"},
		{"/assets/out.txt", "404 not found"},
		{"/assets/absolute.txt", "404 not found"},
		{"/assets/outside/secret.txt", "404 not found"},
		{"/assets/.env", "404 not found"},
		{"/assets/.git/config", "404 not found"},
		{"/assets/empty/", "404 not found"},
		{"/assets/", "404 not found"},
		{"/assets/nope", "404 not found"},
		{"/assets/page.html%00.txt", "404 not found"},
		{"/assets/sub", "301 "},
	} {
		if got := s.ask("GET", tt.path, "").String(); got != tt.want {
			t.Errorf("GET %s = %q, want %q", tt.path, got, tt.want)
		}
	}
	if got := s.ask("GET", "/assets/sub?a=b", "").header.Get("Location"); got != "/assets/sub/?a=b" {
		t.Errorf("a folder without a slash leads to %q, want /assets/sub/?a=b", got)
	}
	if got := s.ask("POST", "/assets/page.html", ""); got.status != 405 || got.header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST = %s, Allow %q; want 405 with GET, HEAD", got, got.header.Get("Allow"))
	}
}

func TestStaticHeaders(t *testing.T) {
	s := start(t, fmt.Sprintf(`http.serve(0, {static = {["/"] = %q}}, {host = "127.0.0.1", on_listen = listening})`, site(t)))
	whole := s.ask("GET", "/page.html", "")
	tag := whole.header.Get("Etag")
	if !strings.HasPrefix(tag, `"`) || whole.header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("ETag %q, Content-Type %q; want a tag and text/html", tag, whole.header.Get("Content-Type"))
	}
	if got := s.ask("GET", "/page.html", "", "If-None-Match: "+tag); got.String() != "304 " {
		t.Errorf("with its ETag = %s, want 304", got)
	}
	if got := s.ask("GET", "/page.html", "", "Range: bytes=3-5"); got.String() != "206 012" || got.header.Get("Content-Range") != "bytes 3-5/13" {
		t.Errorf("range 3-5 = %s, %q; want 206 012", got, got.header.Get("Content-Range"))
	}
	if got := s.ask("GET", "/page.html", "", "Range: bytes=99-"); got.status != 416 {
		t.Errorf("a range beyond the end = %s, want 416", got)
	}
	if got := s.ask("HEAD", "/page.html", ""); got.String() != "200 " || got.header.Get("Content-Length") != "13" {
		t.Errorf("HEAD = %s with Content-Length %q, want 200 with 13", got, got.header.Get("Content-Length"))
	}
	packed := s.ask("GET", "/app.js", "", "Accept-Encoding: br, gzip")
	if packed.header.Get("Content-Encoding") != "gzip" || !strings.HasPrefix(packed.header.Get("Content-Type"), "text/javascript") || packed.header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("app.js for gzip has %v, want the packed one with the type of the other", packed.header)
	}
	z, err := gzip.NewReader(strings.NewReader(packed.body))
	if err != nil {
		t.Fatal(err)
	}
	var plain bytes.Buffer
	if _, err := plain.ReadFrom(z); err != nil || plain.String() != "console.log(1)" {
		t.Errorf("unpacked = %q, %v", plain.String(), err)
	}
	if got := s.ask("GET", "/app.js", "", "Accept-Encoding: gzip;q=0"); got.header.Get("Content-Encoding") != "" || got.header.Get("Etag") == packed.header.Get("Etag") {
		t.Errorf("app.js without gzip has %v, want another ETag and no encoding", got.header)
	}
}

// Middleware guards static files too.
func TestStaticBehindMiddleware(t *testing.T) {
	s := start(t, fmt.Sprintf(`http.serve(0, {static = {["/"] = %q}, middleware = {function(req, next)
		if req.headers.authorization ~= "yes" then return {status = 401} end
		local answer = next(req)
		answer.headers = {["X-Seen"] = "1"}
		return answer
	end}}, {host = "127.0.0.1", on_listen = listening})`, site(t)))
	if got := s.ask("GET", "/page.html", "").String(); got != "401 " {
		t.Errorf("without authorization = %q, want 401", got)
	}
	if got := s.ask("GET", "/page.html", "", "Authorization: yes"); got.String() != "200 <p>0123456789" || got.header.Get("X-Seen") != "1" {
		t.Errorf("with authorization = %s, %v; want the file with X-Seen", got, got.header)
	}
}

func TestNoFolder(t *testing.T) {
	s := start(t, `
		local ok, e = pcall(http.serve, 0, {static = {["/"] = "/no/such/folder"}})
		http.serve(0, {GET = {["/"] = function() return {json = {ok, e.message, e.hint}} end}}, {host = "127.0.0.1", on_listen = listening})`)
	want := `200 [false,"open /no/such/folder: no such file or directory","static names folders that exist"]`
	if got := s.ask("GET", "/", "").String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
