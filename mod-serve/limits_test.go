package serve

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

const limitedService = `
http.serve(0, {
  GET = {["/*"] = function(req) return {body = "ok"} end},
  POST = {["/"] = function(req) return {body = tostring(#req.body)} end},
}, {host = "127.0.0.1", on_listen = listening, max_body = 1000, read_header_timeout = 0.3, idle_timeout = 0.5, handler_timeout = 0.5})`

func TestLimits(t *testing.T) {
	s := start(t, limitedService)
	const head = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
	for _, tt := range []struct{ name, sent, want string }{
		{"a body within the limit", "POST /" + head + "Content-Length: 1000\r\n\r\n" + strings.Repeat("x", 1000), "200"},
		{"a body over the limit, not sent", "POST /" + head + "Content-Length: 1001\r\n\r\n", "413"},
		{"a body over the limit that waits to be asked for", "POST /" + head + "Expect: 100-continue\r\nContent-Length: 100000\r\n\r\n", "413"},
		{"a chunked body over the limit", "POST /" + head + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + strings.Repeat("x", 1001) + "\r\n0\r\n\r\n", "413"},
		{"a chunked body within the limit", "POST /" + head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "200"},
		{"a body that is cut short", "POST /" + head + "Content-Length: 10\r\n\r\nabc", "408"},
		{"a header of 64 KB", "GET /" + head + "X: " + strings.Repeat("x", 64<<10) + "\r\n\r\n", "431"},
		{"a header of 32 KB", "GET /" + head + "X: " + strings.Repeat("x", 32<<10) + "\r\n\r\n", "200"},
		{"a URI over 8 KB", "GET /" + strings.Repeat("x", 8<<10) + head + "\r\n", "414"},
		{"a URI of 8 KB", "GET /" + strings.Repeat("x", 8<<10-1) + head + "\r\n", "200"},
		{"no HTTP", "hello\r\n\r\n", "400"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := s.raw(tt.sent)
			if !strings.HasPrefix(got, "HTTP/1.1 "+tt.want) {
				t.Errorf("got %.60q, want status %s", got, tt.want)
			}
		})
	}
}

func TestSlowHeaderIsClosed(t *testing.T) {
	s := start(t, limitedService)
	conn := s.dial()
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n"); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if _, err := io.ReadAll(conn); err != nil {
		t.Errorf("the server did not close the connection: %v", err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("closed after %s, want read_header_timeout", took)
	}
}

const bodyService = `
http.serve(0, {POST = {["/"] = function(req) return {body = tostring(#req.body)} end}},
  {host = "127.0.0.1", on_listen = listening, max_body = 1000, handler_timeout = 0.5})`

// Whoever sends half a body keeps no place, whether or not somebody reads it.
func TestHalfBodyIsClosed(t *testing.T) {
	s := start(t, bodyService)
	for name, request := range map[string]string{
		"read":                     "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
		"read, in chunks":          "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
		"too large":                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\nabc",
		"without a route":          "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
		"of another method":        "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
		"with a URI that is large": "POST /" + strings.Repeat("x", 9<<10) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
	} {
		t.Run(name, func(t *testing.T) {
			if got := s.raw(request); !strings.HasPrefix(got, "HTTP/1.1 4") {
				t.Errorf("got %.60q, want a refusal", got)
			}
		})
	}
}

// Bodies that are only announced take no room from others; those that are there do.
func TestBodiesTakeRoom(t *testing.T) {
	s := start(t, `
local held = async.channel(100)
http.serve(0, {POST = {
  ["/"] = function(req) return {body = tostring(#req.body)} end,
  ["/hold"] = function(req) held.send(#req.body) sleep(60) end,
}, GET = {["/held"] = function() return {body = tostring(held.recv())} end}}, {host = "127.0.0.1", on_listen = listening, max_body = 16 * 1024 * 1024})`)
	for range 20 {
		conn := s.dial()
		defer conn.Close()
		if _, err := io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 16000000\r\n\r\nabc"); err != nil {
			t.Fatal(err)
		}
	}
	const size = 15 << 20
	request := func(path string) string {
		return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n", path, size) + strings.Repeat("x", size)
	}
	if got := s.raw(request("/")); !strings.HasPrefix(got, "HTTP/1.1 200") {
		t.Errorf("beside bodies that are announced: got %.60q", got)
	}
	for range 4 { // in 64 MB
		conn := s.dial()
		defer conn.Close()
		if _, err := io.WriteString(conn, request("/hold")); err != nil {
			t.Fatal(err)
		}
		if got := s.raw("GET /held HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); !strings.HasSuffix(got, fmt.Sprint(size)) {
			t.Fatalf("got %.60q", got)
		}
	}
	conn := s.dial()
	defer conn.Close()
	go func() { _, _ = io.WriteString(conn, request("/")) }() // the answer comes before all is sent
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") == "" {
		t.Errorf("beside bodies that are there: got %s, want 503", answer.Status)
	}
}

// A client that sends all of a body before it reads hears that it was refused: its connection is not reset.
func TestRefusedUploadIsAnswered(t *testing.T) {
	s := start(t, `http.serve(0, {POST = {["/"] = function(req) return {body = tostring(#req.body)} end}},
  {host = "127.0.0.1", on_listen = listening, max_body = 1000})`)
	const size = 16 << 20 // more than the kernel buffers
	for name, request := range map[string]string{
		"with a length": fmt.Sprintf("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", size) + strings.Repeat("x", size),
		"in chunks":     fmt.Sprintf("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n", size) + strings.Repeat("x", size) + "\r\n0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			conn := s.dial()
			defer conn.Close()
			if _, err := io.WriteString(conn, request); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(conn)
			if err != nil || !strings.HasPrefix(string(got), "HTTP/1.1 413") || !strings.Contains(string(got), "Connection: close") {
				t.Errorf("got %.60q, %v; want 413, and the end of the connection", got, err)
			}
		})
	}
}

// A body that nobody reads does not end a connection whose client sends all of it.
func TestUnreadBodyKeepsTheConnection(t *testing.T) {
	s := start(t, bodyService)
	conn := s.dial()
	defer conn.Close()
	for range 2 {
		for _, part := range []string{"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc", "def"} {
			if _, err := io.WriteString(conn, part); err != nil {
				t.Fatal(err)
			}
		}
	}
	answers := bufio.NewReader(conn)
	for range 2 {
		answer, err := http.ReadResponse(answers, nil)
		if err != nil || answer.StatusCode != http.StatusNotFound {
			t.Fatalf("got %v, %v, want 404", answer, err)
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
	}
}

// Further connections wait for a place, and get it.
func TestConnectionCap(t *testing.T) {
	s := start(t, `http.serve(0, {GET = {["/"] = function() return {body = "ok"} end}}, {host = "127.0.0.1", on_listen = listening, max_connections = 2})`)
	first, second := s.dial(), s.dial()
	for _, conn := range []io.ReadWriter{first, second} {
		get(t, conn)
	}
	third := s.dial()
	defer third.Close()
	if _, err := io.WriteString(third, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := third.SetReadDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, err := third.Read(make([]byte, 1)); err == nil {
		t.Errorf("the third of two connections was served: %d bytes", n)
	}
	_, _ = first.Close(), second.Close()
	if err := third.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(third), nil)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("the third connection, once there was a place: %v, %v", answer, err)
	}
	answer.Body.Close()
}

func get(t *testing.T, conn io.ReadWriter) {
	t.Helper()
	if _, err := fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.ReadAll(answer.Body); err != nil {
		t.Fatal(err)
	}
}
