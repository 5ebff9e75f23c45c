package serve

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

const largeService = `
http.serve(0, {GET = {
  ["/small"] = function() return {body = "ok"} end,
  ["/large"] = function() return {body = ("x"):rep(16 * 1024 * 1024)} end,
  ["/of/{n}"] = function(req) return {body = ("x"):rep(tonumber(req.params.n))} end,
}}, {host = "127.0.0.1", on_listen = listening, metrics = true, idle_timeout = 0.5})`

// The first answers of a connection are taken, a later one is not.
func TestClientThatTakesNothingIsLeft(t *testing.T) {
	s := start(t, largeService)
	conn := s.dial()
	defer conn.Close()
	for range 3 {
		if _, err := io.WriteString(conn, "GET /small HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
	}
	if _, err := io.WriteString(conn, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	metric := func(line string) bool { return strings.Contains(s.ask("GET", "/metrics", "").body, "\n"+line+"\n") }
	until(t, "the large answer is sent", func() bool { return metric("assay_http_requests_in_flight 2") })
	until(t, "the client is left", func() bool { return metric("assay_http_requests_in_flight 1") })
}

func TestLengthOfBodies(t *testing.T) {
	s := start(t, largeService)
	for _, n := range []int{0, 1, 2047, 2048, 2049, 4096, 100_000} {
		for _, method := range []string{"GET", "HEAD"} {
			got := s.ask(method, fmt.Sprintf("/of/%d", n), "")
			if length := got.header.Get("Content-Length"); got.status != http.StatusOK || length != strconv.Itoa(n) {
				t.Errorf("%s of %d bytes: status %d, Content-Length %q, want it", method, n, got.status, length)
			}
			if method == "GET" && len(got.body) != n {
				t.Errorf("%d bytes were sent, want %d", len(got.body), n)
			}
		}
	}
}
