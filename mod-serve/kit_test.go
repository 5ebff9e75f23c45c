package serve

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/core/coretest"
	"assay.rs/core/prelude"
)

// patience is how long a test waits for what must happen, on a busy machine and with the race detector too.
const patience = time.Minute

// running is a script that serves.
type running struct {
	t    *testing.T
	port int
	vm   *core.VM
	log  *text
	end  context.CancelCauseFunc
	done chan struct{}
	err  error
}

var errTold = errors.New("told to end")

// start runs a script that calls http.serve with on_listen = listening, and waits until it does.
func start(t *testing.T, source string) *running {
	t.Helper()
	return startWithin(t, core.Limits{}, source)
}

// startWithin is start for a script with limits.
func startWithin(t *testing.T, limits core.Limits, source string) *running {
	t.Helper()
	r := &running{t: t, log: &text{}, done: make(chan struct{})}
	ports := make(chan int, 1)
	kit := core.Module{Funcs: []core.Func{core.Fn1(
		core.Doc{Name: "listening", Text: "Tells the test the port.", Needs: core.Pure, Level: core.Script},
		core.Arg("port", core.Int(), "The port."), core.ReturnsNothing(),
		func(_ core.Call, port int) (core.None, error) {
			ports <- port
			return core.None{}, nil
		})}}
	rt, err := core.New(core.Config{Modules: append(append(prelude.Modules(), kit, client()), New(Config{Accept: noWebSocket})...), Policy: core.FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := core.Compile("service.lua", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	r.vm = rt.Open(core.Host{Log: slog.New(slog.NewJSONHandler(r.log, nil)), Stdout: r.log, Limits: limits})
	ctx, end := context.WithCancelCause(context.Background())
	r.end = end
	go func() {
		defer close(r.done)
		r.err = r.vm.Run(ctx, chunk)
	}()
	t.Cleanup(func() {
		_ = r.stop()
		r.vm.Close()
	})
	select {
	case r.port = <-ports:
	case <-r.done:
		t.Fatalf("the script ended before it served: %v", r.err)
	case <-time.After(patience):
		t.Fatal("the script does not serve")
	}
	return r
}

// noWebSocket accepts no WebSocket.
func noWebSocket(http.ResponseWriter, *http.Request, AcceptOptions) (WebSocket, error) {
	return nil, errors.New("there are none in this test")
}

// stop tells the script to end and waits for it.
func (r *running) stop() error {
	r.end(errTold)
	select {
	case <-r.done:
	case <-time.After(patience):
		r.t.Fatal("the script does not end")
	}
	return r.err
}

func (r *running) url(path string) string { return fmt.Sprintf("http://127.0.0.1:%d%s", r.port, path) }

// ask makes a request; headers are "Name: value".
func (r *running) ask(method, path, body string, headers ...string) reply {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.url(path), strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Add(name, value)
	}
	transport := &http.Transport{DisableKeepAlives: true, DisableCompression: true}
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(req)
	if err != nil {
		r.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	if err != nil {
		r.t.Fatalf("%s %s: %v", method, path, err)
	}
	return reply{answer.StatusCode, answer.Header, string(got)}
}

type reply struct {
	status int
	header http.Header
	body   string
}

func (p reply) String() string { return fmt.Sprintf("%d %s", p.status, p.body) }

// raw sends bytes and gives all that comes back until the server closes the connection.
func (r *running) raw(sent string) string {
	r.t.Helper()
	conn := r.dial()
	defer conn.Close()
	if _, err := io.WriteString(conn, sent); err != nil {
		r.t.Fatal(err)
	}
	got, err := io.ReadAll(bufio.NewReader(conn))
	if err != nil && len(got) == 0 {
		r.t.Fatal(err)
	}
	return string(got)
}

func (r *running) dial() net.Conn {
	r.t.Helper()
	conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", r.port))
	if err != nil {
		r.t.Fatal(err)
	}
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		r.t.Fatal(err)
	}
	return conn
}

// until polls a condition.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", patience, what)
		}
	}
}

type text struct {
	mu sync.Mutex
	b  strings.Builder
}

func (x *text) Write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.b.Write(p)
}

func (x *text) String() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.b.String()
}

// client is http.get and http.post for examples: the module that has them is not this one's to need.
func client() core.Module {
	answer := core.Record("kit.Response", "An answer.",
		core.NewKey("status", core.Int(), func(p *reply) *int { return &p.status }, "The status."),
		core.NewKey("body", core.String(), func(p *reply) *string { return &p.body }, "The body."))
	ask := func(method string) core.Func {
		return core.Fn2(core.Doc{Name: strings.ToLower(method), Text: "Asks.", Needs: core.Net, Level: core.Script, Examples: []string{"local ask = http." + strings.ToLower(method)}},
			core.Arg("url", core.String(), "Where."), core.Opt("body", core.String(), "", "What."), core.Returns(answer, "The answer."),
			func(c core.Call, url, body string) (reply, error) {
				req, err := http.NewRequestWithContext(c.Context(), method, url, strings.NewReader(body))
				if err != nil {
					return reply{}, err
				}
				transport := &http.Transport{DisableKeepAlives: true}
				got, err := transport.RoundTrip(req)
				if err != nil {
					return reply{}, err
				}
				defer got.Body.Close()
				all, err := io.ReadAll(got.Body)
				return reply{status: got.StatusCode, body: string(all)}, err
			})
	}
	return core.Module{Name: "http", Funcs: []core.Func{ask("GET"), ask("POST")}}
}

func TestExamples(t *testing.T) {
	coretest.Examples(t, append(New(Config{Accept: refuse}), client(), core.Module{Name: "ws", Doc: "WebSockets."}), nil)
}

// refuse is what a WebSocket library does with a request that is not for one.
func refuse(w http.ResponseWriter, _ *http.Request, _ AcceptOptions) (WebSocket, error) {
	w.WriteHeader(http.StatusUpgradeRequired)
	return nil, errors.New("there is no Upgrade header")
}
