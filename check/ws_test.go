package check

import (
	"bufio"
	"context"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"assay.rs/mod-http/ws"
)

// chat is a WebSocket server that does what the path says.
func chat(t *testing.T) *httptest.Server {
	t.Helper()
	accept := ws.New().Accept
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/plain":
			_, _ = io.WriteString(w, "<html>welcome</html>")
			return
		case "/busy":
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		case "/private":
			if name, password, _ := r.BasicAuth(); name != "u" || password != "p" {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
		}
		conn, err := accept(w, r, ws.AcceptOptions{Subprotocols: []string{"chat", "v2"}})
		if err != nil {
			return
		}
		defer conn.Drop()
		say := func(ctx context.Context, text string) { _ = conn.Send(ctx, []byte(text), false) }
		switch r.URL.Path {
		case "/refuse":
			_ = conn.Close(1008, "not you")
			return
		case "/drop":
			return
		case "/feed":
			say(r.Context(), "welcome")
			say(r.Context(), `{"type":"tick","n":1}`)
			say(r.Context(), `{"type":"ready","n":2}`)
		case "/bytes":
			_ = conn.Send(r.Context(), []byte("d\xe9faillance"), true)
		case "/large":
			say(r.Context(), strings.Repeat("x", 200<<10))
		case "/query":
			say(r.Context(), r.URL.RawQuery+" "+r.Header.Get("X-Name"))
		}
		for {
			data, _, err := conn.Recv(r.Context(), 0)
			if err != nil {
				return
			}
			if r.URL.Path == "/close-on-message" {
				_ = conn.Close(4000, "no such command")
				return
			}
			if r.URL.Path != "/mute" {
				say(r.Context(), string(data))
			}
		}
	}))
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s
}

func TestWS(t *testing.T) {
	s := chat(t)
	s.Start()
	url := "ws" + strings.TrimPrefix(s.URL, "http")
	closed := nobody(t)
	for name, c := range map[string]struct{ check, want string }{
		"the handshake":                       {"url: URL/", "passed"},
		"a message":                           {"url: URL/feed, expect: {message: welcome}", "passed"},
		"another message":                     {"url: URL/feed, expect: {message: ready}", `failed assert: message contains "ready" (got "welcome")`},
		"one of several":                      {"url: URL/feed, expect: {message: {json: '.type == \"ready\"'}, among: 3}", "passed"},
		"none of several":                     {"url: URL/feed, expect: {message: never, among: 2}", `failed assert: none of 2 messages is as expected; of the last: message contains "never" (got "{\"type\":`},
		"an answer":                           {"url: URL/, send: ping, expect: {message: {equals: ping}}", "passed"},
		"an answer in JSON":                   {"url: URL/, send: {op: status}, expect: {message: {json: ['.op == \"status\"', 'length == 1']}}", "passed"},
		"JSON that is not so":                 {"url: URL/, send: {op: status}, expect: {message: {json: '.op == \"x\"'}}", `failed assert: json .op == "x" (got "status")`},
		"no JSON":                             {"url: URL/feed, expect: {message: {json: '.a == 1'}}", "failed assert: json .a == 1: the message is not JSON: "},
		"bytes that are no text":              {"url: URL/bytes, expect: {message: {not_contains: faillance}}", "error error: "},
		"silence":                             {"url: URL/mute, send: x, attempt_timeout: 300ms, expect: {message: x}", "error timeout: attempt_timeout of 300ms reached, still waiting for a message"},
		"closed at once":                      {"url: URL/refuse", "failed assert: the server closed the connection: 1008 not you before it said what is expected"},
		"closed before the message":           {"url: URL/close-on-message, send: x, expect: {message: x}", "failed assert: the server closed the connection: 4000 no such command"},
		"broken":                              {"url: URL/drop", "error connect: "},
		"no WebSocket":                        {"url: URL/plain", "failed assert: the server answered with status 200 instead of a WebSocket"},
		"busy":                                {"url: URL/busy", "failed assert: the server answered with status 503 instead of a WebSocket"},
		"credentials":                         {"url: URL/private, auth: {username: u, password: p}", "passed"},
		"no credentials":                      {"url: URL/private", "failed assert: the server answered with status 401 instead of a WebSocket"},
		"query and headers":                   {"url: 'URL/query?a=1', query: {b: 2}, headers: {X-Name: n}, expect: {message: {equals: a=1&b=2 n}}", "passed"},
		"a subprotocol":                       {"url: URL/, subprotocol: [v3, v2], expect: {headers: {Sec-WebSocket-Protocol: v2}}", "passed"},
		"a subprotocol that is not there":     {"url: URL/, subprotocol: v3", "failed assert: subprotocol v3 (the server chose none)"},
		"a message beyond max_message":        {"url: URL/large, max_message: 1000, expect: {message: x}", "error error: the server breaks the WebSocket protocol: a message is larger than 1000 bytes"},
		"a message of many frames and reads":  {"url: URL/large, expect: {message: {matches: '^x{1000}'}}", "passed"},
		"refused":                             {"url: 'ws://" + closed + "/'", "error connect: dial tcp " + closed + ": connection refused"},
		"refused, as expected":                {"url: 'ws://" + closed + "/', expect: {error: connect}", "passed"},
		"not refused, as expected":            {"url: URL/, expect: {error: [connect, timeout]}", "failed assert: error connect or timeout (got an answer with status 101)"},
		"no such name":                        {"url: 'ws://absent.invalid/'", "error dns: lookup absent.invalid: "},
		"no such name, where nobody may pass": {"url: 'ws://absent.invalid/', expect: {error: connect}", "error dns: error connect (got dns: "},
		"another address":                     {"url: 'ws://api.test:80/feed', resolve: {'api.test:80': '" + s.Listener.Addr().String() + "'}, expect: {message: welcome}", "passed"},
		"a latency":                           {"url: URL/feed, expect: {message: welcome, latency: <1ns}", "failed assert: latency <1ns (got "},
	} {
		t.Run(name, func(t *testing.T) {
			check := strings.ReplaceAll(c.check, "URL/", url+"/")
			if got := one(t, "{name: a, type: ws, "+check+"}"); !strings.HasPrefix(got, c.want) {
				t.Errorf("%s\ngot  %s\nwant %s", c.check, got, c.want)
			}
		})
	}
}

func TestWSOverTLS(t *testing.T) {
	root, _ := newCertificate(t, nil, "root authority", time.Hour)
	_, cert := newCertificate(t, root, "localhost", 20*24*time.Hour)
	s := chat(t)
	s.TLS, s.EnableHTTP2 = &tls.Config{Certificates: []tls.Certificate{cert}}, true // a WebSocket is over HTTP/1.1 all the same
	s.StartTLS()
	b := newBench(t)
	ca := b.write("ca.pem", root.pem)
	url := "wss://localhost:" + port(s.Listener.Addr().String())
	for check, want := range map[string]string{
		"url: URL/": "error tls: tls with localhost:",
		"url: URL/feed, ca_cert_file: CA, expect: {message: welcome, tls: {expires_in: '>14d'}}": "passed",
		"url: URL/feed, ca_cert_file: CA, expect: {tls: {expires_in: '>90d'}}":                   "failed assert: expires_in >90d (got 19d",
		"url: URL/feed, ca_cert_file: CA, server_name: other.test":                               "error tls: tls with localhost:",
		"url: URL/, expect: {error: tls}":                                                        "passed: tls with localhost:",
	} {
		if got := one(t, "{name: a, type: ws, "+strings.NewReplacer("URL", url, "CA", ca).Replace(check)+"}"); !strings.HasPrefix(got, want) {
			t.Errorf("%s\ngot  %s\nwant %s", check, got, want)
		}
	}
}

// handshaken gives the answer to a handshake, with more lines, and what follows it.
func handshaken(t *testing.T, accept func(key string) string, more, after string) string {
	t.Helper()
	return "ws://" + listen(t, func(conn net.Conn) {
		r, err := http.ReadRequest(bufio.NewReader(conn))
		if err != nil {
			return
		}
		_, _ = fmt.Fprintf(conn, "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n%s\r\n%s", accept(r.Header.Get("Sec-WebSocket-Key")), more, after)
		_, _ = io.Copy(io.Discard, conn)
	})
}

func TestWSServersThatAreNone(t *testing.T) {
	right := func(key string) string {
		sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
		return base64.StdEncoding.EncodeToString(sum[:])
	}
	wrong := func(string) string { return "abc" }
	for name, c := range map[string]struct {
		accept            func(string) string
		more, after, want string
	}{
		"a wrong key":                    {wrong, "", "", "error error: the server's handshake is not valid: Sec-WebSocket-Accept is not the answer to the key"},
		"an extension":                   {right, "Sec-WebSocket-Extensions: permessage-deflate\r\n", "", "error error: the server's handshake is not valid: it chose an extension, and none was offered"},
		"a subprotocol nobody asked for": {right, "Sec-WebSocket-Protocol: chat\r\n", "", `error error: the server's handshake is not valid: it chose the subprotocol "chat", which was not offered`},
		"a close frame in front":         {right, "", "\x88\x02\x03\xf0\x81\x02ok", "failed assert: the server closed the connection: 1008 before it said"},
		"a masked frame":                 {right, "", "\x81\x82aaaa\x0e\x0a", "error error: the server breaks the WebSocket protocol: a server must not mask its frames"},
		"no UTF-8":                       {right, "", "\x81\x01\xff", "error error: the server breaks the WebSocket protocol: text that is not UTF-8"},
		"a ping, a message in parts":     {right, "", "\x01\x01o\x89\x00\x80\x01k", "passed"},
		"half a message":                 {right, "", "\x01\x02ok", "error timeout: attempt_timeout of 500ms reached"},
	} {
		t.Run(name, func(t *testing.T) {
			url := handshaken(t, c.accept, c.more, c.after)
			if got := one(t, "{name: a, type: ws, url: '"+url+"', attempt_timeout: 500ms, expect: {message: ok}}"); !strings.HasPrefix(got, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestWSFilesThatMakeNoSense(t *testing.T) {
	for check, want := range map[string]string{
		"url: 'http://h/'": `the URL "http://h/" must begin with ws:// or wss://`,
		"url: h":           `the URL "h" must begin with ws:// or wss://`,
		"url: 'ws:///x'":   `has no host`,
		"url: 'ws://h/', expect: {tls: {expires_in: '>1d'}}":             "the URL is ws://: there is no certificate",
		"url: 'ws://h/', expect: {message: ''}":                          "every text contains it",
		"url: 'ws://h/', expect: {message: {}}":                          "asserts nothing",
		"url: 'ws://h/', expect: {among: 3}":                             "'among' needs 'message'",
		"url: 'ws://h/', expect: {message: {not_contains: x}, among: 3}": "what must not be there cannot be looked for among several messages",
		"url: 'ws://h/', expect: {message: x, error: connect}":           "a connection that fails says nothing",
		"url: 'ws://h/', headers: {Sec-WebSocket-Protocol: chat}":        "is set by the client",
		"url: 'ws://h/', headers: {Upgrade: x}":                          "is set by the client",
		"url: 'ws://h/', subprotocol: 'a, b'":                            `"a, b" is not the name of a subprotocol`,
		"url: 'ws://h/', max_redirects: 3":                               "unknown key 'max_redirects'",
		"url: 'ws://h/', auth: {bearer: a, username: b}":                 "give a username and a password, or bearer, or bearer_file",
		"url: 'ws://h/', expect: {message: {json: 'true'}}":              "",
	} {
		list := newBench(t).problems("checks:\n  - {name: a, type: ws, " + check + "}\n")
		if len(list) != 1 || !strings.Contains(list[0].Message, want) {
			t.Errorf("%s\ngot  %v\nwant %s", check, list, want)
		}
	}
}
