package front

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

// server is what a test starts: a front, or net/http alone.
type server interface {
	Serve(l net.Listener) error
	Shutdown(ctx context.Context) error
	Close() error
}

// start serves until the test ends, and gives the address.
func start(t *testing.T, s server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		_ = l.Close()
		_ = s.Close()
		if err := <-served; err == nil {
			t.Error("Serve says nothing of why it ended")
		}
	})
	return l.Addr().String()
}

func dial(t *testing.T, address string) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return c.(*net.TCPConn)
}

func send(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

// request is what a client sends.
func request(method, path string, fields ...string) string {
	return method + " " + path + " HTTP/1.1\r\nHost: x\r\n" + strings.Join(append(fields, ""), "\r\n") + "\r\n"
}

// receive reads the answer to a request.
func receive(t *testing.T, in *bufio.Reader, method string) string {
	t.Helper()
	answer, err := readAnswer(in, method)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestPipeline(t *testing.T) {
	address := start(t, New(&http.Server{Handler: sites()}))
	c := dial(t, address)
	last := request("GET", "/echo?4")
	send(t, c, request("GET", "/echo?1")+request("GET", "/echo?2")+request("POST", "/echo?3", "Content-Length: 3")+"abc"+last[:20])
	in := bufio.NewReader(c)
	for i := range 3 {
		if got := receive(t, in, "GET"); !strings.Contains(got, fmt.Sprintf("/echo?%d", i+1)) {
			t.Errorf("answer %d is %s", i+1, got)
		}
	}
	send(t, c, last[20:]+request("GET", "/echo?5"))
	for i := range 2 {
		if got := receive(t, in, "GET"); !strings.Contains(got, fmt.Sprintf("/echo?%d", i+4)) {
			t.Errorf("answer %d is %s", i+4, got)
		}
	}
}

func TestPanicEndsTheConnection(t *testing.T) {
	var told bytes.Buffer
	var mu sync.Mutex
	logged := writer(func(p []byte) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		return told.Write(p)
	})
	address := start(t, New(&http.Server{Handler: sites(), ErrorLog: log.New(logged, "", 0)}))
	if got := talk(t, address, request("GET", "/panic"), "GET"); !strings.HasPrefix(got, "an end") {
		t.Errorf("got %s", got)
	}
	mu.Lock()
	defer mu.Unlock()
	if !strings.Contains(told.String(), "as asked") {
		t.Errorf("the log says %q", told.String())
	}
}

// A handler may leave its reply to somebody who does not notice that it has been sent.
func TestFinishedReplyIsNobodys(t *testing.T) {
	var kept http.ResponseWriter
	c := dial(t, start(t, New(&http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		old := kept
		kept = w
		if old == nil {
			return
		}
		old.Header().Set("X", "late")
		old.WriteHeader(http.StatusTeapot)
		if _, err := io.WriteString(old, "late"); !errors.Is(err, net.ErrClosed) {
			t.Errorf("a late Write: %v", err)
		}
		if err := http.NewResponseController(old).Flush(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("a late Flush: %v", err)
		}
	})})))
	in := bufio.NewReader(c)
	send(t, c, request("GET", "/"))
	want := receive(t, in, "GET")
	send(t, c, request("GET", "/"))
	if got := receive(t, in, "GET"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

type writer func(p []byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

// Others run before a server reads only while that cannot take long.
func TestServerIsQuickWhileItsAnswersAre(t *testing.T) {
	var lasts atomic.Int64
	s := New(&http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(time.Duration(lasts.Load())) })})
	c := dial(t, start(t, s))
	in := bufio.NewReader(c)
	for _, want := range []bool{true, false, true} {
		lasts.Store(int64(2 * quickAnswer))
		if want {
			lasts.Store(0)
		}
		for deadline := time.Now().Add(patience); ; {
			send(t, c, request("GET", "/"))
			receive(t, in, "GET")
			if s.quick.Load() == want {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("quick = %t after answers that take %s", !want, time.Duration(lasts.Load()))
			}
		}
	}
}

func TestTimeouts(t *testing.T) {
	address := start(t, New(&http.Server{Handler: sites(), ReadHeaderTimeout: 50 * time.Millisecond, IdleTimeout: 100 * time.Millisecond}))
	for name, sent := range map[string]string{"nothing": "", "part of a header": "GET / HT", "a request": request("GET", "/plain")} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, address)
			send(t, c, sent)
			if _, err := io.ReadAll(c); err != nil {
				t.Errorf("the connection is not closed: %v", err)
			}
		})
	}
}

func TestShutdown(t *testing.T) {
	const large = "Content-Length: 5000"
	for name, tt := range map[string]struct{ fields, body string }{
		"a request of ours":       {"X: y", ""},
		"a request for net/http":  {"Connection: x", ""},
		"a request that is large": {large, strings.Repeat("x", 5000)},
	} {
		t.Run(name, func(t *testing.T) {
			h := newWaiting()
			s := New(&http.Server{Handler: h})
			address := start(t, s)
			idle, used, busy := dial(t, address), dial(t, address), dial(t, address)
			send(t, used, request("GET", "/", tt.fields)+tt.body)
			<-h.arrived
			h.permit <- struct{}{}
			receive(t, bufio.NewReader(used), "GET")
			send(t, busy, request("GET", "/", tt.fields)+tt.body)
			<-h.arrived
			ended := make(chan error, 1)
			go func() { ended <- s.Shutdown(t.Context()) }()
			for what, c := range map[string]net.Conn{"used": used, "new": idle} {
				if what == "new" && tt.fields != "X: y" {
					continue // net/http waits for those a while
				}
				if got, err := io.ReadAll(c); err != nil || len(got) > 0 {
					t.Errorf("an idle, %s connection: %q, %v", what, got, err)
				}
			}
			select {
			case err := <-ended:
				t.Fatalf("Shutdown = %v before the request was answered", err)
			default:
			}
			h.permit <- struct{}{}
			if got := receive(t, bufio.NewReader(busy), "GET"); !strings.Contains(got, "permitted") {
				t.Errorf("got %s", got)
			}
			select {
			case err := <-ended:
				if err != nil {
					t.Errorf("Shutdown = %v", err)
				}
			case <-time.After(patience):
				t.Fatal("it does not end")
			}
		})
	}
}

func TestShutdownThatLastsTooLong(t *testing.T) {
	h := newWaiting()
	s := New(&http.Server{Handler: h})
	c := dial(t, start(t, s))
	send(t, c, request("GET", "/"))
	<-h.arrived
	within, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := s.Shutdown(within); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Shutdown = %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
	if got, err := io.ReadAll(c); errors.Is(err, os.ErrDeadlineExceeded) || len(got) > 0 {
		t.Errorf("behind Close: %q, %v", got, err)
	}
}

// short is a listener that has no descriptors at first.
type short struct {
	net.Listener
	failures int
}

type noDescriptors struct{ error }

func (noDescriptors) Temporary() bool { return true }

func (s *short) Accept() (net.Conn, error) {
	if s.failures--; s.failures >= 0 {
		return nil, noDescriptors{errors.New("too many open files")}
	}
	return s.Listener.Accept()
}

func TestAcceptGoesOn(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := New(&http.Server{Handler: sites()})
	served := make(chan error, 1)
	go func() { served <- s.Serve(&short{l, 3}) }()
	if got := talk(t, l.Addr().String(), request("GET", "/plain"), "GET"); !strings.Contains(got, "hello") {
		t.Errorf("got %s", got)
	}
	_ = l.Close()
	if err := <-served; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve = %v, want what the listener says", err)
	}
	if err := s.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown = %v", err)
	}
}
