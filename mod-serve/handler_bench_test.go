package serve

import (
	"io"
	"net"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/core/prelude"
)

const trivial = `serve{GET = {["/"] = function() return {json = {hello = "world"}} end}}`

// eager is a client that has its next request ready at once. It is the only one of its listener.
type eager struct {
	net.Conn
	requests int
	accepted bool
	closed   chan struct{}
}

func (e *eager) Accept() (net.Conn, error) {
	if e.accepted {
		return nil, net.ErrClosed
	}
	e.accepted = true
	return e, nil
}

func (e *eager) Addr() net.Addr       { return &net.TCPAddr{} }
func (e *eager) RemoteAddr() net.Addr { return &net.TCPAddr{} }

func (e *eager) Read(p []byte) (int, error) {
	if e.requests--; e.requests < 0 {
		return 0, io.EOF
	}
	return copy(p, "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: test\r\nAccept: */*\r\n\r\n"), nil
}

func (e *eager) Write(p []byte) (int, error)      { return len(p), nil }
func (e *eager) SetReadDeadline(time.Time) error  { return nil }
func (e *eager) SetWriteDeadline(time.Time) error { return nil }

func (e *eager) Close() error {
	if e.requests < 0 {
		close(e.closed)
	}
	return nil
}

// withServer runs a script that calls serve with its routes, and body with the server.
func withServer(tb testing.TB, source string, body func(s *server)) {
	tb.Helper()
	m := &module{requests: requestClass()}
	serve := core.Fn1(core.Doc{Name: "serve", Text: "Serves.", Needs: core.Listen, Level: core.Script},
		core.Arg("routes", routesType(), "What to answer."), core.ReturnsNothing(),
		func(c core.Call, r routes) (core.None, error) {
			o := defaults()
			o.metrics = toggle{on: true}
			s, closeAll, err := m.newServer(c, r, o)
			if err != nil {
				return core.None{}, err
			}
			defer closeAll()
			body(s)
			return core.None{}, nil
		})
	rt, err := core.New(core.Config{Modules: append(prelude.Modules(), core.Module{Funcs: []core.Func{serve}}), Policy: core.FullPolicy()})
	if err != nil {
		tb.Fatal(err)
	}
	chunk, err := core.Compile("service.lua", []byte(source))
	if err != nil {
		tb.Fatal(err)
	}
	vm := rt.Open(core.Host{Limits: core.Limits{Memory: 64 << 20}})
	defer vm.Close()
	if err := vm.Run(tb.Context(), chunk); err != nil {
		tb.Fatal(err)
	}
}

// answer answers so many requests of one client.
func (s *server) answer(tb testing.TB, requests int) {
	tb.Helper()
	web, err := s.web(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	client := &eager{requests: requests, closed: make(chan struct{})}
	_ = web.Serve(client) // until there is no other client
	<-client.closed
	_ = web.Close()
}

// BenchmarkRequest is all of a request but the kernel's part.
func BenchmarkRequest(b *testing.B) {
	withServer(b, trivial, func(s *server) {
		b.ReportAllocs()
		b.ResetTimer()
		s.answer(b, b.N)
	})
}

// maxAllocations is a little over what a trivial request takes: 22, and 25 with -race. A half is gopher-lua's: two tables.
const maxAllocations = 28

func TestAllocationsOfRequest(t *testing.T) {
	withServer(t, trivial, func(s *server) {
		s.answer(t, 1)
		const requests = 200
		if got := testing.AllocsPerRun(5, func() { s.answer(t, requests) }) / requests; got > maxAllocations {
			t.Errorf("a request takes %.1f allocations, want at most %d", got, maxAllocations)
		}
	})
}
