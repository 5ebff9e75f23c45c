package http

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	nethttp "net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/core/retry"
)

// peer is a server below HTTP: it reads one request head from each connection and then does as told.
// The connection is closed when serve returns.
func peer(t *testing.T, serve func(net.Conn)) (url string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var connections sync.WaitGroup
	t.Cleanup(func() {
		_ = listener.Close()
		connections.Wait()
	})
	connections.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			connections.Go(func() {
				defer conn.Close()
				var head []byte
				for buffer := make([]byte, 4096); !bytes.Contains(head, []byte("\r\n\r\n")) && !bytes.HasPrefix(head, []byte{0x16}); {
					n, err := conn.Read(buffer)
					if err != nil {
						return
					}
					head = append(head, buffer[:n]...)
				}
				serve(conn)
			})
		}
	})
	return "http://" + listener.Addr().String()
}

// says answers with a text and closes the connection.
func says(text string) func(net.Conn) {
	return func(conn net.Conn) { _, _ = io.WriteString(conn, text) }
}

// untilGone waits until the client closes the connection.
func untilGone(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

func reset(conn net.Conn) { _ = conn.(*net.TCPConn).SetLinger(0) }

// refused is an address where nothing listens.
func refused(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return "http://" + listener.Addr().String()
}

func zipped(size int) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(make([]byte, size))
	_ = w.Close()
	return b.String()
}

func TestFailures(t *testing.T) {
	ok := "HTTP/1.1 200 OK\r\n"
	bomb := zipped(2 << 20)
	for _, test := range []struct {
		name    string
		serve   func(net.Conn)
		o       Options
		code    string
		class   retry.Class
		message string // in which HOST stands for the address
		hint    string
	}{
		{
			name: "the server never answers", serve: untilGone, o: Options{Timeout: time.Second},
			code: "http.timeout", class: retry.Timeout, hint: "options.timeout",
			message: "no complete answer from HOST within 1s, still waiting for the answer",
		},
		{
			name: "the body comes in drips", o: Options{Timeout: time.Second},
			serve: func(conn net.Conn) {
				_, err := io.WriteString(conn, ok+"Content-Length: 1000000\r\n\r\n")
				for ticker := time.NewTicker(5 * time.Millisecond); err == nil; <-ticker.C {
					_, err = io.WriteString(conn, ".")
				}
			},
			code: "http.timeout", class: retry.Timeout, hint: "options.timeout",
			message: "no complete answer from HOST within 1s, still reading the body",
		},
		{
			name: "the header comes in drips", o: Options{Timeout: time.Second},
			serve: func(conn net.Conn) {
				_, err := io.WriteString(conn, ok)
				for ticker := time.NewTicker(5 * time.Millisecond); err == nil; <-ticker.C {
					_, err = io.WriteString(conn, "X-A: b\r\n")
				}
			},
			code: "http.timeout", class: retry.Timeout, hint: "options.timeout",
			message: "no complete answer from HOST within 1s, still waiting for the answer",
		},
		{
			name: "the connection is closed at once", serve: says(""),
			code: "http.connect", class: retry.Connect, message: "HOST closed the connection without an answer",
		},
		{
			name: "the connection is reset at once", serve: reset,
			code: "http.connect", class: retry.Connect, message: "read tcp HOST: connection reset by peer",
		},
		{
			name: "the connection is reset in the body",
			serve: func(conn net.Conn) {
				_, _ = io.WriteString(conn, ok+"Content-Length: 10\r\n\r\nabc")
				reset(conn)
			},
			code: "http.connect", class: retry.Connect, message: "read tcp HOST: connection reset by peer",
		},
		{
			name: "the body is shorter than Content-Length", serve: says(ok + "Content-Length: 10\r\n\r\nabc"),
			code: "http.protocol", class: retry.Connect, message: "the answer of HOST is cut short: the connection ended before all of it was there",
		},
		{
			name: "the chunks do not end", serve: says(ok + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
			code: "http.protocol", class: retry.Connect, message: "the answer of HOST is cut short: the connection ended before all of it was there",
		},
		{
			name: "the gzip stream does not end", serve: says(ok + "Content-Encoding: gzip\r\nConnection: close\r\n\r\n" + bomb[:len(bomb)/2]),
			code: "http.protocol", class: retry.Connect, message: "the answer of HOST is cut short: the connection ended before all of it was there",
		},
		{
			name: "the header is cut short", serve: says(ok + "X-A: b\r\n"),
			code: "http.protocol", class: retry.Connect, message: "the answer of HOST is cut short: the connection ended before all of it was there",
		},
		{
			name: "the chunks are garbage", serve: says(ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n"),
			code: "http.protocol", class: retry.Error, message: "the answer of HOST is not valid: invalid byte in chunk length",
		},
		{
			name: "gzip that is none", serve: says(ok + "Content-Encoding: gzip\r\nContent-Length: 12\r\n\r\nabcdefghijkl"),
			code: "http.protocol", class: retry.Error, message: "the answer of HOST is not valid: gzip: invalid header",
		},
		{
			name: "garbage", serve: says("\x15\x03\x01hello\n"),
			code: "http.protocol", class: retry.Error, message: `the answer of HOST is not valid: malformed HTTP response "\x15\x03\x01hello"`,
		},
		{
			name: "a status that is no number", serve: says("HTTP/1.1 abc OK\r\n\r\n"),
			code: "http.protocol", class: retry.Error, message: `the answer of HOST is not valid: malformed HTTP status code "abc"`,
		},
		{
			name: "two lengths", serve: says(ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
			code: "http.protocol", class: retry.Error, message: "the answer of HOST is not valid: message cannot contain multiple Content-Length headers; got [\"1\" \"2\"]",
		},
		{
			name: "a header of over 1 MB", serve: says(ok + "X-A: " + strings.Repeat("x", 2<<20) + "\r\n\r\n"),
			code: "http.protocol", class: retry.Error, message: "the answer of HOST is not valid: server response headers exceeded 1048576 bytes; aborted",
		},
		{
			name: "a body over max_body", serve: says(ok + "Connection: close\r\n\r\n" + strings.Repeat("x", 101)), o: Options{MaxBody: 100},
			code: "http.body_too_large", class: retry.Error, message: "the body is larger than 100 bytes", hint: "options.max_body",
		},
		{
			name: "a Content-Length over max_body", serve: says(ok + "Content-Length: 999999999999\r\n\r\nx"),
			code: "http.body_too_large", class: retry.Error, message: "the body is larger than 16777216 bytes", hint: "options.max_body",
		},
		{
			name: "a gzip bomb", serve: says(fmt.Sprintf("%sContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", ok, len(bomb), bomb)), o: Options{MaxBody: 1 << 20},
			code: "http.body_too_large", class: retry.Error, message: "the body is larger than 1048576 bytes", hint: "options.max_body",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			url := peer(t, test.serve)
			began := time.Now()
			_, err := newTestClient(t, test.o).Do(t.Context(), Request{URL: url + "/?token=secret"})
			took := time.Since(began)
			var e *core.Error
			if !errors.As(err, &e) {
				t.Fatalf("error = %T %v", err, err)
			}
			message := strings.ReplaceAll(e.Error(), strings.TrimPrefix(url, "http://"), "HOST")
			if codeOf(e) != test.code || message != test.message || !strings.Contains(e.Hint, test.hint) {
				t.Errorf("error = %s %s (%s)\nwant    %s %s (%s)", codeOf(e), message, e.Hint, test.code, test.message, test.hint)
			}
			if got := retry.ClassesOf(err); len(got) != 1 || got[0] != test.class {
				t.Errorf("class = %v, want %s", got, test.class)
			}
			if limit := test.o.Timeout; limit > 0 && took > limit+2*time.Second {
				t.Errorf("took %s with a timeout of %s", took, limit)
			}
			if unsent(err) {
				t.Error("the server has seen the request")
			}
		})
	}
}

func TestNoConnection(t *testing.T) {
	url := refused(t)
	for _, test := range []struct {
		name, url string
		env       Environment
		o         Options
		code      string
		class     retry.Class
		message   string
		hint      string
	}{
		{
			name: "nothing listens", url: url, code: "http.connect", class: retry.Connect,
			message: "dial tcp " + strings.TrimPrefix(url, "http://") + ": connection refused", hint: "nothing listens there",
		},
		{
			name: "a password in the URL", url: strings.Replace(url, "//", "//u:secret@", 1), code: "http.connect", class: retry.Connect,
			message: "dial tcp " + strings.TrimPrefix(url, "http://") + ": connection refused", hint: "nothing listens there",
		},
		{
			name: "a name without an address", url: "http://nowhere.invalid/", code: "http.dns", class: retry.DNS,
			env: Environment{Dial: func(context.Context, string, string) (net.Conn, error) {
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "nowhere.invalid", Server: "10.0.0.1:53", IsNotFound: true}}
			}},
			message: "lookup nowhere.invalid: no such host", hint: "spelling",
		},
		{
			name: "no connection within connect_timeout", url: "http://192.0.2.1/", code: "http.timeout", class: retry.Timeout,
			env: Environment{Dial: hangingDial}, o: Options{ConnectTimeout: 20 * time.Millisecond},
			message: "dial tcp 192.0.2.1:80: i/o timeout", hint: "options.connect_timeout",
		},
		{
			name: "no connection within timeout", url: "http://192.0.2.1/", code: "http.timeout", class: retry.Timeout,
			env: Environment{Dial: hangingDial}, o: Options{Timeout: 20 * time.Millisecond},
			message: "no complete answer from 192.0.2.1 within 20ms, still connecting", hint: "options.timeout",
		},
		{
			name: "an address that the policy refuses", url: url, code: "http.connect", class: retry.Connect,
			env:     Environment{Dial: deniedDial(errors.New("not permitted"))},
			message: "dial tcp " + strings.TrimPrefix(url, "http://") + ": not permitted",
		},
		{
			name: "a policy with a code and a hint", url: url, code: "net.denied", class: retry.Error,
			env:     Environment{Dial: deniedDial(core.NewCode("net.denied", "").With(errors.New("not permitted"), "--allow-net"))},
			message: "dial tcp " + strings.TrimPrefix(url, "http://") + ": not permitted", hint: "--allow-net",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := NewClient(test.o, test.env)
			defer c.Close()
			_, err := c.Do(t.Context(), Request{URL: test.url})
			var e *core.Error
			if !errors.As(err, &e) {
				t.Fatalf("error = %T %v", err, err)
			}
			if codeOf(e) != test.code || e.Error() != test.message || !strings.Contains(e.Hint, test.hint) {
				t.Errorf("error = %s %s (%s)\nwant    %s %s (%s)", codeOf(e), e, e.Hint, test.code, test.message, test.hint)
			}
			if got := retry.ClassesOf(err); len(got) != 1 || got[0] != test.class {
				t.Errorf("class = %v, want %s", got, test.class)
			}
			if !unsent(err) {
				t.Error("nothing was sent, and the error does not know")
			}
		})
	}
}

// hangingDial is a host that does not answer.
func hangingDial(ctx context.Context, network, address string) (net.Conn, error) {
	<-ctx.Done()
	to, _ := net.ResolveTCPAddr(network, address)
	return nil, &net.OpError{Op: "dial", Net: network, Addr: to, Err: os.ErrDeadlineExceeded}
}

func deniedDial(why error) func(context.Context, string, string) (net.Conn, error) {
	return func(_ context.Context, network, address string) (net.Conn, error) {
		to, _ := net.ResolveTCPAddr(network, address)
		return nil, &net.OpError{Op: "dial", Net: network, Addr: to, Err: why}
	}
}

func TestEndOfTheContext(t *testing.T) {
	url := peer(t, untilGone)
	cause := errors.New("the task was stopped")
	cancelled, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	expired, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	for _, test := range []struct {
		ctx  context.Context
		code string
		is   []error
	}{
		{cancelled, "", []error{cause, context.Canceled}},
		{expired, "http.timeout", []error{context.DeadlineExceeded}},
	} {
		_, err := newTestClient(t, Options{}).Do(test.ctx, Request{URL: url})
		if codeOf(err) != test.code {
			t.Errorf("error = %s %v, want code %s", codeOf(err), err, test.code)
		}
		for _, is := range test.is {
			if !errors.Is(err, is) {
				t.Errorf("%v is not %v", err, is)
			}
		}
	}
}

// A server that answers before it is asked is described without the names of net/http's functions.
func TestDescriptionOfDataThatNobodyAskedFor(t *testing.T) {
	if got, want := describe(errors.New("readLoopPeekFailLocked: %!w(<nil>)")), "there was data before it was asked for"; got != want {
		t.Errorf("describe = %q, want %q", got, want)
	}
}

func TestHeadOfALargeBody(t *testing.T) {
	url := peer(t, says("HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n"))
	got, err := newTestClient(t, Options{}).Do(t.Context(), Request{Method: "HEAD", URL: url})
	if err != nil || len(got.Body) != 0 || got.headers()["content-length"] != "999999999999" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestBodyOfExactlyMaxBody(t *testing.T) {
	server := record(t, func(w nethttp.ResponseWriter, _ *nethttp.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = io.WriteString(w, zipped(1000))
	})
	got, err := newTestClient(t, Options{MaxBody: 1000}).Do(t.Context(), Request{URL: server.URL})
	if err != nil || len(got.Body) != 1000 {
		t.Errorf("%v", err)
	}
}

// A body counts against the memory of the script before all of it is there.
func TestLargeBodyReachesTheMemoryLimit(t *testing.T) {
	const size = 1 << 30
	server := record(t, func(w nethttp.ResponseWriter, _ *nethttp.Request) {
		piece := make([]byte, 1<<20)
		for range size / len(piece) {
			if _, err := w.Write(piece); err != nil {
				return
			}
		}
	})
	rt, err := core.New(core.Config{Modules: []core.Module{New(Config{})}, Policy: core.FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	vm := rt.Open(core.Host{Log: slog.New(slog.DiscardHandler), Limits: core.Limits{Memory: 16 << 20}})
	defer vm.Close()
	chunk, err := core.Compile("large.lua", []byte(`http.get("`+server.URL+`", {max_body = 2^30})`))
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err = vm.Run(t.Context(), chunk)
	runtime.ReadMemStats(&after)
	if _, limited := errors.AsType[*core.LimitError](err); !limited {
		t.Errorf("error = %v, want the memory limit", err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > size/4 {
		t.Errorf("%d bytes were allocated on the way", took)
	}
}

func TestNothingLeaksFromFailures(t *testing.T) {
	loop := record(t, func(w nethttp.ResponseWriter, r *nethttp.Request) { nethttp.Redirect(w, r, "/", nethttp.StatusFound) })
	bomb := zipped(1 << 20)
	urls := []string{
		refused(t), "http://[", peer(t, says("")), peer(t, says("garbage\r\n\r\n")), peer(t, reset), loop.URL,
		peer(t, says("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")), peer(t, untilGone),
		peer(t, says("HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\nabc")),
		peer(t, says(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", len(bomb), bomb))),
		strings.Replace(peer(t, says("no TLS")), "http:", "https:", 1),
	}
	goroutines, files := runtime.NumGoroutine(), openFiles(t)
	c := NewClient(Options{Timeout: 20 * time.Millisecond, MaxBody: 1000}, Environment{})
	var calls atomic.Int32
	var callers sync.WaitGroup
	for range 16 {
		callers.Go(func() {
			for n := calls.Add(1); n <= 10_000; n = calls.Add(1) {
				if _, err := c.Do(t.Context(), Request{URL: urls[int(n)%len(urls)]}); err == nil {
					t.Errorf("%s gave an answer", urls[int(n)%len(urls)])
				}
			}
		})
	}
	callers.Wait()
	_ = c.Close()
	loop.CloseClientConnections()
	for deadline := time.Now().Add(5 * time.Second); ; runtime.Gosched() {
		if runtime.NumGoroutine() <= goroutines && openFiles(t) <= files {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("goroutines %d -> %d, files %d -> %d", goroutines, runtime.NumGoroutine(), files, openFiles(t))
		}
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("needs /proc/self/fd")
	}
	return len(entries)
}
