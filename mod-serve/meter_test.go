package serve

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// slowHeader is 58 KB of a header that has no end yet.
func slowHeader() string {
	var b strings.Builder
	b.WriteString("GET / HTTP/1.1\r\nHost: a\r\n")
	for i := range 1900 {
		fmt.Fprintf(&b, "X%d: %s\r\n", i, strings.Repeat("y", 20))
	}
	return b.String()
}

// Headers that are on their way are the host's, and have so much room together: over it the newcomer is refused, and
// handlers go on.
func TestSlowHeadersAreBounded(t *testing.T) {
	s := start(t, `http.serve(0, {GET = {["/"] = function() return {body = "hello"} end}}, {host = "127.0.0.1", on_listen = listening})`)
	head, refused := slowHeader(), 0
	var held []io.Closer
	for range 120 {
		conn := s.dial()
		held = append(held, conn)
		if _, err := io.WriteString(conn, head); err != nil {
			refused++ // it was, before all of it was sent
		}
	}
	if got := s.ask("GET", "/", "").String(); got != "200 hello" {
		t.Errorf("an honest client got %s, want 200 hello", got)
	}
	full := head + "Connection: close\r\n\r\n"
	until(t, "a newcomer with a large header is refused", func() bool {
		return strings.HasPrefix(s.raw(full), "HTTP/1.1 503")
	})
	for _, conn := range held {
		_ = conn.Close()
	}
	until(t, "the room is given back", func() bool { return strings.HasPrefix(s.raw(full), "HTTP/1.1 200") })
}

// secureService serves over TLS with HTTP/2.
func secureService(t *testing.T) *running {
	t.Helper()
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writeCertificate(t, cert, key, "x")
	return start(t, fmt.Sprintf(`http.serve(0, {
		GET = {["/"] = function() return {body = "hello"} end, ["/large"] = function() return {body = ("x"):rep(8 * 2^20)} end},
		POST = {["/"] = function(req) return {body = tostring(#req.body)} end},
	}, {host = "127.0.0.1", on_listen = listening, tls = {cert = %q, key = %q}})`, cert, key))
}

func secureURL(s *running, path string) string {
	return strings.Replace(s.url(path), "http:", "https:", 1)
}

func h2() *http.Transport {
	return &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
}

// status asks over a transport; 0 is an error.
func status(t *testing.T, by *http.Transport, r *http.Request) (code int, body string) {
	t.Helper()
	answer, err := by.RoundTrip(r)
	if err != nil {
		return 0, err.Error()
	}
	defer answer.Body.Close()
	return answer.StatusCode, readAll(answer)
}

// Streams of HTTP/2 that wait for their bodies have large headers, each: the same room bounds them.
func TestHeadersOfStreamsAreBounded(t *testing.T) {
	s := secureService(t)
	var waiting sync.WaitGroup
	var mu sync.Mutex
	codes := map[int]int{}
	unfinished, finish := io.Pipe()
	for range 2 {
		by := h2()
		defer by.CloseIdleConnections()
		for range 120 {
			waiting.Go(func() {
				r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, secureURL(s, "/"), unfinished)
				for i := range 700 {
					r.Header.Set(fmt.Sprintf("h%d", i), strings.Repeat("v", 20))
				}
				code, _ := status(t, by, r)
				mu.Lock()
				defer mu.Unlock()
				codes[code]++
			})
		}
	}
	until(t, "newcomers are refused", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return codes[http.StatusServiceUnavailable] > 0
	})
	by := h2()
	defer by.CloseIdleConnections()
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, secureURL(s, "/"), http.NoBody)
	if code, body := status(t, by, r); code != 200 || body != "hello" {
		t.Errorf("an honest client got %d %s, want 200 hello", code, body)
	}
	_ = finish.Close()
	waiting.Wait()
	mu.Lock()
	defer mu.Unlock()
	if codes[http.StatusInternalServerError] > 0 {
		t.Errorf("statuses %v, want no 500", codes)
	}
}

// Frames that lead to no request cost a connection its life.
func TestEmptyFramesEndTheConnection(t *testing.T) {
	s := secureService(t)
	for name, first := range map[string]string{
		"CONTINUATION": "\x00\x00\x01\x01\x00\x00\x00\x00\x01\x82", // HEADERS without END_HEADERS
		"PING":         "",
	} {
		t.Run(name, func(t *testing.T) {
			conn := tls.Client(s.dial(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
			defer conn.Close()
			frame := "\x00\x00\x00\x09\x00\x00\x00\x00\x01"
			if name == "PING" {
				frame = "\x00\x00\x08\x06\x00\x00\x00\x00\x0012345678"
			}
			if _, err := io.WriteString(conn, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"+first); err != nil {
				t.Fatal(err)
			}
			go func() { _, _ = io.Copy(io.Discard, conn) }()
			many, sent := strings.Repeat(frame, 1000), 0
			for ; sent < 64<<20; sent += len(many) {
				if _, err := io.WriteString(conn, many); err != nil {
					break
				}
			}
			if sent >= 64<<20 {
				t.Errorf("the connection took %d bytes of frames, want its end", sent)
			}
		})
	}
}

// What is used as it should be is not taken for a flood.
func TestLargeBodiesOverHTTP2(t *testing.T) {
	s := secureService(t)
	by := h2()
	defer by.CloseIdleConnections()
	sent := strings.Repeat("x", 9<<20)
	for range 3 {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, secureURL(s, "/"), strings.NewReader(sent))
		if code, body := status(t, by, r); code != 200 || body != fmt.Sprint(len(sent)) {
			t.Fatalf("an upload got %d %s, want 200 %d", code, body, len(sent))
		}
		r, _ = http.NewRequestWithContext(t.Context(), http.MethodGet, secureURL(s, "/large"), http.NoBody)
		if code, body := status(t, by, r); code != 200 || len(body) != 8<<20 {
			t.Fatalf("a download got %d and %d bytes, want 200 and %d", code, len(body), 8<<20)
		}
	}
}
