package serve

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"assay.rs/core"
)

const halfService = `
local function slow() sleep(0.05) return {body = "answer"} end
http.serve(0, {GET = {["/"] = slow}, POST = {["/"] = slow}}, {host = "127.0.0.1", on_listen = listening})`

// A client that closes its side once it has asked gets the answer, whoever reads its request.
func TestHalfClosedClientIsAnswered(t *testing.T) {
	s := start(t, halfService)
	for name, sent := range map[string]string{
		"a plain request":  "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"HTTP/1.0":         "GET / HTTP/1.0\r\nHost: x\r\n\r\n",
		"a chunked body":   "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
		"a body":           "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
		"Connection close": "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			conn := s.dial()
			defer conn.Close()
			if _, err := io.WriteString(conn, sent); err != nil {
				t.Fatal(err)
			}
			if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(conn)
			if err != nil || !strings.HasSuffix(string(got), "answer") {
				t.Errorf("got %q, %v; want the answer", got, err)
			}
		})
	}
}

// A request whose client has left for good is ended after a while.
func TestClientThatLeftIsNotServedForEver(t *testing.T) {
	s := start(t, `http.serve(0, {GET = {["/"] = function() sleep(60) end}},
		{host = "127.0.0.1", on_listen = listening, handler_timeout = 60, metrics = true})`)
	inFlight := func(n int) func() bool {
		return func() bool {
			return strings.Contains(s.ask("GET", "/metrics", "").body, fmt.Sprintf("\nassay_http_requests_in_flight %d\n", n))
		}
	}
	var left []io.Closer
	for i, field := range []string{"X: y", "Pragma: no-cache"} { // for front and for net/http
		conn := s.dial()
		left = append(left, conn)
		if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n"+field+"\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		until(t, "the handler runs", inFlight(i+2)) // with the one that asks
	}
	for _, conn := range left {
		_ = conn.Close()
	}
	until(t, "both handlers have ended", inFlight(1))
}

// Who leaves an event stream is gone at once, and what its handler has taken is given back. An answer that is awaited
// still has its time, since its client may have closed its side alone.
func TestClientThatLeavesAStreamIsGoneAtOnce(t *testing.T) {
	for name, field := range map[string]string{"front": "X: y", "net/http": "Pragma: no-cache"} {
		t.Run(name, func(t *testing.T) {
			s := start(t, `
				local waiting, ended = 0, ""
				local function leaving(what)
					return setmetatable({}, {__close = function() ended = ended .. what .. " " end})
				end
				http.serve(0, {GET = {
					["/answer"] = function() local x <close> = leaving("answer") waiting = waiting + 1 sleep(60) end,
					["/events"] = function() return {sse = function(send)
						local x <close> = leaving("stream")
						send("hello")
						waiting = waiting + 1
						sleep(60)
					end} end,
					["/waiting"] = function() return {body = tostring(waiting)} end,
					["/ended"] = function() return {body = ended} end,
				}}, {host = "127.0.0.1", on_listen = listening, handler_timeout = 60})`)
			var conns []io.Closer
			for i, path := range []string{"/answer", "/events"} {
				conn := s.dial()
				conns = append(conns, conn)
				if _, err := io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: x\r\n"+field+"\r\n\r\n"); err != nil {
					t.Fatal(err)
				}
				until(t, "the handler waits", func() bool { return s.ask("GET", "/waiting", "").body == strconv.Itoa(i+1) })
			}
			for _, conn := range conns {
				_ = conn.Close()
			}
			until(t, "a handler has ended", func() bool { return s.ask("GET", "/ended", "").body != "" })
			if got := s.ask("GET", "/ended", "").body; got != "stream " {
				t.Errorf("ended: %q, want the stream alone", got)
			}
		})
	}
}

// What a script keeps of requests counts for its memory, once they are answered.
func TestKeptRequestsCount(t *testing.T) {
	s := startWithin(t, core.Limits{Memory: 32 << 20}, `
		local kept = {}
		http.serve(0, {POST = {
			["/keep"] = function(req) for i = 1, 1e5 do end kept[#kept + 1] = req return {body = "kept"} end,
			["/drop"] = function(req) for i = 1, 1e5 do end return {body = "dropped"} end,
		}}, {host = "127.0.0.1", on_listen = listening})`)
	body := strings.Repeat("x", 1<<20)
	for range 100 {
		if got := s.ask("POST", "/drop", body); got.status != 200 {
			t.Fatalf("what is not kept: %s\n%s", got, s.log)
		}
	}
	n := 0
	for n < 200 && s.ask("POST", "/keep", body).status == 200 {
		n++
	}
	if n < 16 || n > 40 || !strings.Contains(s.log.String(), "memory limit of 32 MB exceeded") {
		t.Errorf("%d MB were kept, want about the 32 MB of the limit\n%s", n, s.log)
	}
}

// Old clients send a line break behind the body of a POST.
func TestLineBreakBehindPost(t *testing.T) {
	s := start(t, halfService)
	const post, get = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
	for _, between := range []string{"", "\r\n", "\r\n\r\n", "\n"} {
		if got := s.raw(post + between + get); strings.Count(got, "HTTP/1.1 200 OK") != 2 {
			t.Errorf("with %q between, got %q, want two answers", between, got)
		}
	}
	if got := s.raw("\r\n" + get); !strings.HasPrefix(got, "HTTP/1.1 400") {
		t.Errorf("a line break first: got %q, want 400 as net/http answers", got)
	}
}

// An answer that is sent once the server drains tells that the connection ends, whenever the request came.
func TestDrainClosesConnections(t *testing.T) {
	for name, field := range map[string]string{"front": "X: y", "net/http": "Pragma: no-cache"} {
		t.Run(name, func(t *testing.T) {
			s := start(t, `
				local asked, go = false, false
				http.serve(0, {GET = {
					["/slow"] = function() asked = true while not go do sleep(0.002) end return {body = "done"} end,
					["/asked"] = function() return {body = tostring(asked)} end,
					["/go"] = function() go = true return {body = "ok"} end,
				}}, {host = "127.0.0.1", on_listen = listening, ready = true, shutdown_delay = 1})`)
			got := make(chan string, 1)
			go func() { got <- s.raw("GET /slow HTTP/1.1\r\nHost: x\r\n" + field + "\r\n\r\n") }()
			until(t, "the request is in flight", func() bool { return s.ask("GET", "/asked", "").body == "true" })
			s.end(errTold)
			until(t, "the server drains", func() bool { return s.ask("GET", "/readyz", "").status == 503 })
			s.ask("GET", "/go", "")
			if answer := <-got; !strings.Contains(answer, "Connection: close\r\n") || !strings.HasSuffix(answer, "done") {
				t.Errorf("got %q, want done with Connection: close", answer)
			}
		})
	}
}

// A file keeps the status of its answer, and has no ranges then.
func TestFileWithStatus(t *testing.T) {
	page := filepath.Join(t.TempDir(), "lost.html")
	if err := os.WriteFile(page, []byte("<p>lost"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, fmt.Sprintf(`http.serve(0, {GET = {
		["/*"] = function() return {status = 404, file = %q} end,
		["/made"] = function() return {status = 201, file = %q, headers = {["Content-Type"] = "text/plain"}} end,
		["/none"] = function() return {status = 204, file = %q} end,
	}}, {host = "127.0.0.1", on_listen = listening})`, page, page, page))
	for _, tt := range []struct{ method, path, want, kind string }{
		{"GET", "/x", "404 <p>lost", "text/html; charset=utf-8"},
		{"HEAD", "/x", "404 ", "text/html; charset=utf-8"},
		{"GET", "/made", "201 <p>lost", "text/plain"},
		{"GET", "/none", "204 ", "text/html; charset=utf-8"},
	} {
		got := s.ask(tt.method, tt.path, "", "Range: bytes=0-2", "If-None-Match: *")
		if got.String() != tt.want || got.header.Get("Content-Type") != tt.kind {
			t.Errorf("%s %s = %s, %s; want %s, %s", tt.method, tt.path, got, got.header.Get("Content-Type"), tt.want, tt.kind)
		}
	}
}

func TestRangeUnits(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("hello static\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, fmt.Sprintf(`http.serve(0, {static = {["/st"] = %q}}, {host = "127.0.0.1", on_listen = listening})`, dir))
	for _, tt := range []struct {
		asked  string
		status int
		part   string
	}{
		{"items=0-4", 200, ""},
		{"items", 200, ""},
		{"bytes=-0", 416, "bytes */13"},
		{"bytes=-0, -0", 416, "bytes */13"},
		{"bytes=13-", 416, "bytes */13"},
		{"bytes=0-4", 206, "bytes 0-4/13"},
		{"bytes=-0,0-4", 206, "bytes 0-4/13"},
		{"Bytes=-5", 206, "bytes 8-12/13"},
	} {
		got := s.ask("GET", "/st/a.txt", "", "Range: "+tt.asked)
		if got.status != tt.status || got.header.Get("Content-Range") != tt.part {
			t.Errorf("Range: %s = %d, %q; want %d, %q", tt.asked, got.status, got.header.Get("Content-Range"), tt.status, tt.part)
		}
	}
}
