package ws

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/core/coretest"
)

const patience = 20 * time.Second

// frame is one frame as RFC 6455, 5.2 has it; first holds FIN, the reserved bits and the kind.
func frame(first byte, payload string, masked bool) string {
	b := []byte{first, 0}
	switch n := len(payload); {
	case n < 126:
		b[1] = byte(n)
	case n < 1<<16:
		b[1] = 126
		b = binary.BigEndian.AppendUint16(b, uint16(n))
	default:
		b[1] = 127
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	if !masked {
		return string(b) + payload
	}
	b[1] |= 0x80
	key := []byte{1, 2, 3, 4}
	b = append(b, key...)
	for i := range len(payload) {
		b = append(b, payload[i]^key[i%4])
	}
	return string(b)
}

func code(n int) string { return string(binary.BigEndian.AppendUint16(nil, uint16(n))) }

// closes are the codes of the close frames in what an end has sent, 0 for one without a code; others are an error.
func closes(t *testing.T, sent string) (codes []int) {
	t.Helper()
	var s scanner
	for b := []byte(sent); len(b) > 0; {
		n, begun, payload := s.next(b)
		b = b[n:]
		if begun && s.head.op != opClose && s.head.op != opPong {
			continue
		}
		if s.head.op == opClose && s.ended() {
			got := 0
			if len(payload) >= 2 {
				got = int(binary.BigEndian.Uint16(payload))
			}
			codes = append(codes, got)
		}
	}
	return codes
}

type violationCase struct {
	name   string
	frames func(masked bool) string // of an end that masks
	code   int
}

func violations() []violationCase {
	one := func(first byte, payload string) func(bool) string {
		return func(masked bool) string { return frame(first, payload, masked) }
	}
	return []violationCase{
		{"a reserved bit", one(0xC1, "a"), 1002},
		{"an unknown kind", one(0x83, "a"), 1002},
		{"an unknown control frame", one(0x8B, ""), 1002},
		{"a ping of 126 bytes", one(0x89, strings.Repeat("x", 126)), 1002},
		{"a ping in parts", one(0x09, "x"), 1002},
		{"the close code 1005", one(0x88, code(1005)), 1002},
		{"the close code 999", one(0x88, code(999)), 1002},
		{"the close code 2000", one(0x88, code(2000)), 1002},
		{"half a close code", one(0x88, "\x03"), 1002},
		{"a reason that is not UTF-8", one(0x88, code(1000)+"\xff"), 1007},
		{"the wrong mask", func(masked bool) string { return frame(0x81, "a", !masked) }, 1002},
		{"text that is not UTF-8", one(0x81, "\xff"), 1007},
		{"text that ends within a character", one(0x81, "h\xc3"), 1007},
		{"text in parts that is not UTF-8", func(m bool) string { return frame(0x01, "\xe2\x82", m) + frame(0x80, "x", m) }, 1007},
		{"a surrogate", one(0x81, "\xed\xa0\x80"), 1007},
		{"a continuation of nothing", one(0x80, "a"), 1002},
		{"a message within a message", func(m bool) string { return frame(0x01, "a", m) + frame(0x81, "b", m) }, 1002},
		{"too large a message", one(0x82, strings.Repeat("x", 1<<20+1)), 1009},
		{"too large a message in parts", func(m bool) string {
			return frame(0x02, strings.Repeat("x", 1<<20), m) + frame(0x80, "x", m)
		}, 1009},
		{"a length beyond 63 bits", func(m bool) string {
			return "\x82" + string([]byte{map[bool]byte{false: 0x7f, true: 0xff}[m]}) + "\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00"
		}, 1002},
	}
}

// rawClient makes the handshake of a client.
func rawClient(t *testing.T, url string) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "ws://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	answer, err := http.ReadResponse(in, nil) //nolint:bodyclose // there is none: it becomes the connection
	if err != nil || answer.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("handshake: %v, %v", answer, err)
	}
	return conn, in
}

// rawServer makes the handshake of a server, sends bytes, and gives what comes back. With end it ends its side then.
func rawServer(t *testing.T, sent string, end bool) (url string, got <-chan string) {
	t.Helper()
	back := make(chan string, 8)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(patience))
		sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
		_, _ = fmt.Fprintf(rw, "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n%s", base64.StdEncoding.EncodeToString(sum[:]), sent)
		_ = rw.Flush()
		if end {
			return
		}
		all, _ := io.ReadAll(rw) // what has come, however it ended
		back <- string(all)
	}))
	t.Cleanup(s.Close)
	return "ws" + strings.TrimPrefix(s.URL, "http"), back
}

// Whoever breaks the protocol gets one close frame with the right code, and the end at once (RFC 6455, 7.1.7).
func TestViolationsOfClients(t *testing.T) {
	url := server(t, httptest.NewServer)
	for _, tt := range violations() {
		t.Run(tt.name, func(t *testing.T) {
			conn, in := rawClient(t, url)
			began := time.Now()
			go func() { _, _ = io.WriteString(conn, tt.frames(true)+frame(0x81, "behind", true)) }()
			got, err := io.ReadAll(in)
			if codes := closes(t, string(got)); err != nil || !slices.Equal(codes, []int{tt.code}) {
				t.Errorf("close frames %v, %v; want one with %d", codes, err, tt.code)
			}
			if took := time.Since(began); took > 4*time.Second {
				t.Errorf("the end came after %s", took)
			}
		})
	}
}

func TestViolationsOfServers(t *testing.T) {
	for _, tt := range violations() {
		t.Run(tt.name, func(t *testing.T) {
			url, back := rawServer(t, tt.frames(false), false)
			got := coretest.Kit{Modules: []core.Module{New().Module()}, Globals: map[string]any{"URL": url}, Timeout: time.Minute}.Exec(t, "client.lua", `
				local conn = ws.connect(URL)
				local ok, e = pcall(conn.recv, conn, 20)
				print(ok, not ok and e.code)`)
			want := "false\tws.closed\n"
			if tt.code == 1009 {
				want = "false\tws.too_big\n"
			}
			if got.Err != nil || got.Stdout != want {
				t.Errorf("the client says %q, %v; want %q", got.Stdout, got.Err, want)
			}
			if codes := closes(t, <-back); !slices.Equal(codes, []int{tt.code}) {
				t.Errorf("close frames %v, want one with %d", codes, tt.code)
			}
		})
	}
}

// A message whose last part never came is no message.
func TestUnfinishedMessage(t *testing.T) {
	for name, sent := range map[string]string{
		"between parts": frame(0x01, `[{"id":1},`, false) + frame(0x00, `{"id":2},`, false),
		"within a part": frame(0x81, "hello", false)[:4],
		"in a header":   frame(0x82, strings.Repeat("x", 200), false)[:3],
	} {
		t.Run(name, func(t *testing.T) {
			url, _ := rawServer(t, sent, true)
			got := coretest.Kit{Modules: []core.Module{New().Module()}, Globals: map[string]any{"URL": url}}.Exec(t, "client.lua", `
				local conn = ws.connect(URL)
				local ok, e = pcall(conn.recv, conn, 10)
				print(ok, e.code, e.message)`)
			if want := "false\tws.closed\tconnection closed\n"; got.Err != nil || !strings.HasSuffix(got.Stdout, want) {
				t.Errorf("got %q, %v; want %q", got.Stdout, got.Err, want)
			}
		})
	}
}

// What is well formed passes, wherever the network cuts it.
func TestFramesInAnyPieces(t *testing.T) {
	sent := frame(0x01, "h\xc3", true) + frame(0x89, "ping", true) + frame(0x00, "", true) + frame(0x80, "\xa9\xf0\x9f\x98\x80", true) +
		frame(0x82, strings.Repeat("\xff", 300), true) + frame(0x8A, "", true) + frame(0x88, code(4999)+"é", true)
	for size := 1; size < 40; size++ {
		f := newFrames(nil, nil, false, 1000)
		for b := []byte(sent); len(b) > 0; {
			n := min(size, len(b))
			if good, wrong := f.check(b[:n]); wrong != nil || good != n {
				t.Fatalf("in pieces of %d bytes: %d of %d good, %v", size, good, n, wrong)
			}
			b = b[n:]
		}
		if f.kind != 0 || f.in.within() {
			t.Errorf("in pieces of %d bytes it ends within something", size)
		}
	}
}

// An unread message waits in the network: only what somebody wants takes room, and there is so much of it.
func TestRoomForMessages(t *testing.T) {
	const size = 1 << 20
	room := make(chan int64, 1)
	room <- 3 * size / 2
	asked, read := make(chan struct{}, 8), make(chan error, 8)
	goOn := make(chan struct{})
	sockets := New()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := sockets.Accept(w, r, AcceptOptions{Room: func(n int64) bool {
			left := <-room
			defer func() { room <- left }()
			if left < n {
				return false
			}
			left -= n
			return true
		}})
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Drop()
		asked <- struct{}{}
		<-goOn
		_, _, err = conn.Recv(r.Context(), 0)
		read <- err
	}))
	t.Cleanup(s.Close)
	url := "ws" + strings.TrimPrefix(s.URL, "http")
	for range 2 {
		conn, _ := rawClient(t, url)
		go func() { _, _ = io.WriteString(conn, frame(0x82, strings.Repeat("x", size-1), true)[:size]) }() // nearly all of it
		<-asked
	}
	if left := <-room; left != 3*size/2 {
		t.Errorf("unread messages have taken %d bytes of room", 3*size/2-left)
	}
	room <- 3 * size / 2
	close(goOn)
	if err := <-read; !strings.Contains(fmt.Sprint(err), "too large together") {
		t.Errorf("the message without room gave %v", err)
	}
}

func TestBrokenHandshakes(t *testing.T) {
	for name, head := range map[string]string{
		"another key": "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: bm9wZQ==\r\n",
		"no key":      "Upgrade: websocket\r\nConnection: Upgrade\r\n",
		"no upgrade":  "Sec-WebSocket-Accept: bm9wZQ==\r\nUpgrade: other\r\nConnection: Upgrade\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				conn, rw, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				defer conn.Close()
				_, _ = fmt.Fprintf(rw, "HTTP/1.1 101 X\r\n%s\r\n", head)
				_ = rw.Flush()
			}))
			defer s.Close()
			got := coretest.Kit{Modules: []core.Module{New().Module()}, Globals: map[string]any{"URL": "ws" + strings.TrimPrefix(s.URL, "http")}}.Exec(t, "client.lua",
				`local ok, e = pcall(ws.connect, URL, {timeout = 10}) print(ok, e.code, (e.message:match("handshake is not valid")))`)
			if want := "false\tws.handshake\thandshake is not valid\n"; got.Err != nil || got.Stdout != want {
				t.Errorf("got %q, %v; want %q", got.Stdout, got.Err, want)
			}
		})
	}
}

func TestURLs(t *testing.T) {
	for _, tt := range []struct{ given, want, auth string }{
		{"ws://h/w?name=\u00e9&x=\"y\"", "ws://h/w?name=%C3%A9&x=%22y%22", ""},
		{"wss://h/a b?q=a b#f", "wss://h/a%20b?q=a%20b", ""},
		{"WS://h", "ws://h/", ""},
		{"ws://u:p@h/", "ws://h/", "Basic dTpw"},
	} {
		got, auth, err := readURL(tt.given)
		if err != nil || got != tt.want || auth != tt.auth {
			t.Errorf("readURL(%q) = %q, %q, %v; want %q, %q", tt.given, got, auth, err, tt.want, tt.auth)
		}
	}
	for _, given := range []string{"http://h/", "h", "ws://", "ws://h:0/", ""} {
		if _, _, err := readURL(given); err == nil {
			t.Errorf("readURL(%q) gave %v, want an error about the URL of a WebSocket", given, err)
		}
	}
}
