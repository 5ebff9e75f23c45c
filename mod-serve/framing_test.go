package serve

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const hello = `http.serve(0, {["*"] = {["/"] = function(req) return {body = "hello " .. req.body} end}}, {host = "127.0.0.1", on_listen = listening%s})`

// What a proxy may take for the body of a request is not read as another one.
func TestConnectionEndsBehindAnUncertainEnd(t *testing.T) {
	s := start(t, fmt.Sprintf(hello, ""))
	const chunks, next = "3\r\nabc\r\n0\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
	for name, tt := range map[string]struct {
		sent    string
		answers int
	}{
		"a length":                    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", 2},
		"a length and chunks":         {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, 1},
		"chunks and a length":         {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 18\r\n\r\n" + chunks, 1},
		"chunks":                      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, 1},
		"HTTP/1.0":                    {"POST / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc", 1},
		"HTTP/1.0 that stays":         {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 2},
		"a second one with a length":  {"GET / HTTP/1.1\r\nHost: x\r\n\r\nPOST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, 2},
		"a length, a route unknown":   {"POST /no HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, 1},
		"a length, and health probed": {"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, 1},
	} {
		got := s.raw(tt.sent + next)
		if n := strings.Count(got, "HTTP/1."); n != tt.answers || !strings.Contains(got, "Connection: close\r\n") {
			t.Errorf("%s: %d answers, want %d, the last with Connection: close: %s", name, n, tt.answers, got)
		}
		if strings.Contains(tt.sent, "POST / ") && !strings.Contains(got, "hello abc") {
			t.Errorf("%s: the request was not answered: %s", name, got)
		}
	}
}

func TestHostIsValid(t *testing.T) {
	s := start(t, fmt.Sprintf(hello, ""))
	for host, want := range map[string]string{
		"x": "200", "x:80": "200", "[::1]:80": "200", "a%20b": "200", "a~b": "200",
		"a b": "400", "a@b": "400", "a/b": "400", "a:b": "400", "[::1": "400", "a%2": "400", "": "400", ":80": "400", "<x>": "400",
	} {
		for _, more := range []string{"", "Pragma: no-cache\r\n"} { // net/http reads the latter
			got := s.raw("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n" + more + "\r\n")
			if !strings.HasPrefix(got, "HTTP/1.1 "+want) {
				t.Errorf("Host: %s: %s, want %s", host, got, want)
			}
		}
	}
	for sent, want := range map[string]string{
		"GET / HTTP/1.0\r\n\r\n":                                            "200",
		"GET / HTTP/1.1\r\nConnection: close\r\n\r\n":                       "400",
		"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\nConnection: close\r\n\r\n": "400",
		"GET http://a@b/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n":  "200", // the host is b
		"GET http://a:b/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n":  "400",
	} {
		if got := s.raw(sent); !strings.HasPrefix(got[len("HTTP/1.x "):], want) {
			t.Errorf("%q: %s, want %s", sent, got, want)
		}
	}
}

func TestAuthorityIsValid(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writeCertificate(t, cert, key, "host.test")
	s := start(t, fmt.Sprintf(hello, fmt.Sprintf(", tls = {cert = %q, key = %q}", cert, key)))
	for _, tt := range []struct {
		fields string
		want   byte
	}{
		{":authority=x", status200},
		{":authority=x:1 host=x:1", status200},
		{"host=x", status200},
		{":authority=a_b", status400},
		{":authority=user@x", reset}, // by net/http
		{":authority=x:y", status400},
		{":authority=", status400},
		{"accept=x", status400},
		{"host=a_b", status400},
		{":authority=x host=y", status400},
		{":authority=x host=x host=y", status400},
	} {
		if got := askHTTP2(t, s, strings.ReplaceAll(tt.fields, "_", "\x00")); got != tt.want {
			t.Errorf("%s: status field %#x, want %#x", tt.fields, got, tt.want)
		}
	}
}

// What HPACK makes of `:status: 200` and `:status: 400` (RFC 7541, appendix A).
const (
	status200 = 0x88
	status400 = 0x8c
	reset     = 0 // none came
)

// askHTTP2 asks for / with fields, "name=value" each, where NUL stands for a blank, and gives the first field of the
// answer as it is encoded.
func askHTTP2(t *testing.T, s *running, fields string) byte {
	t.Helper()
	conn := tls.Client(s.dial(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	block := []byte{0x82, 0x84, 0x87} // GET, / and https
	for field := range strings.FieldsSeq(fields) {
		name, value, _ := strings.Cut(field, "=")
		value = strings.ReplaceAll(value, "\x00", " ")
		block = append(append(block, 0, byte(len(name))), name...)
		block = append(append(block, byte(len(value))), value...)
	}
	const headers, resets, endOfAll = 1, 3, 0x5
	sent := []byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00")
	sent = append(sent, 0, 0, byte(len(block)), headers, endOfAll, 0, 0, 0, 1)
	if _, err := conn.Write(append(sent, block...)); err != nil {
		t.Fatal(err)
	}
	for in := bufio.NewReader(conn); ; {
		var head [9]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			t.Fatalf("%q: no answer: %v", fields, err)
		}
		body := make([]byte, binary.BigEndian.Uint32(head[:4])>>8)
		if _, err := io.ReadFull(in, body); err != nil {
			t.Fatalf("%q: a frame is cut short: %v", fields, err)
		}
		switch head[3] {
		case headers:
			return body[0]
		case resets:
			return reset
		}
	}
}
