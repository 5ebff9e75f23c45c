package serve

import (
	"net/http"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/core/prelude"
)

const trivial = `serve{GET = {["/"] = function() return {json = {hello = "world"}} end}}`

// discarded is a client that is not there.
type discarded struct {
	header http.Header
	status int
}

func (d *discarded) Header() http.Header              { return d.header }
func (d *discarded) WriteHeader(status int)           { d.status = status }
func (d *discarded) Write(p []byte) (int, error)      { return len(p), nil }
func (d *discarded) SetWriteDeadline(time.Time) error { return nil }

// withServer runs a script that calls serve with its routes, and body with one that answers a request.
func withServer(tb testing.TB, source string, body func(answer func() (status int))) {
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
			req, err := http.NewRequestWithContext(c.Context(), http.MethodGet, "/", http.NoBody)
			if err != nil {
				return core.None{}, err
			}
			w := &discarded{header: make(http.Header)}
			body(func() int {
				clear(w.header)
				s.ServeHTTP(w, req)
				return w.status
			})
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

// BenchmarkHandler is all that http.serve adds to net/http.
func BenchmarkHandler(b *testing.B) {
	withServer(b, trivial, func(answer func() int) {
		b.ReportAllocs()
		for b.Loop() {
			answer()
		}
	})
}

// maxAllocations is a little over what a trivial handler takes. Most of it is gopher-lua's: two tables.
const maxAllocations = 16

func TestAllocationsOfHandler(t *testing.T) {
	withServer(t, trivial, func(answer func() int) {
		if status := answer(); status != http.StatusOK {
			t.Fatalf("status %d, want 200", status)
		}
		if got := testing.AllocsPerRun(200, func() { answer() }); got > maxAllocations {
			t.Errorf("a request takes %.0f allocations, want at most %d", got, maxAllocations)
		}
	})
}
