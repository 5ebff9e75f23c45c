package e2e

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

const drainService = `http.serve(0, {GET = {
  ["/quick"] = function(req) return {json = {id = req.id}} end,
  ["/slow"] = function() sleep(0.5) return {body = "done"} end,
}}, {host = "127.0.0.1", ready = true, on_listen = print})`

// tally is how requests went.
type tally struct{ answered, refused, lost atomic.Int64 }

// SIGTERM under load loses no request: each one that reached the server is answered in full, and then the
// process ends with 0.
func TestTermUnderLoad(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), filepath.Join(built, "assay"), "exec", "-e", drainService)
	port := serving(t, cmd)
	transport := &http.Transport{MaxIdleConnsPerHost: 200, MaxConnsPerHost: 0}
	defer transport.CloseIdleConnections()
	var quick, slow tally
	over := make(chan struct{})
	var clients sync.WaitGroup
	load := func(count *tally, path string, workers int, pause time.Duration) {
		for range workers {
			clients.Go(func() {
				for ticker := time.NewTicker(pause); ; {
					select {
					case <-over:
						ticker.Stop()
						return
					case <-ticker.C:
						count.ask(t.Context(), transport, "http://127.0.0.1:"+port+path)
					}
				}
			})
		}
	}
	load(&slow, "/slow", 100, time.Millisecond) // 100 in flight at any time
	load(&quick, "/quick", 20, 4*time.Millisecond)
	waitFor(t, "load", func() bool { return quick.answered.Load()+slow.answered.Load() >= 10_000 })
	began := time.Now()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the port closes", func() bool { return quick.refused.Load() > 0 })
	state, err := cmd.Process.Wait()
	if err != nil {
		t.Fatal(err)
	}
	close(over)
	clients.Wait()
	if state.ExitCode() != 0 || time.Since(began) > 30*time.Second {
		t.Errorf("exit status %d after %s, want 0 within 30s", state.ExitCode(), time.Since(began))
	}
	if n := quick.lost.Load() + slow.lost.Load(); n > 0 {
		t.Errorf("%d of %d requests were lost", n, n+quick.answered.Load()+slow.answered.Load())
	}
	t.Logf("answered %d and %d, refused %d, ended after %s", quick.answered.Load(), slow.answered.Load(), quick.refused.Load()+slow.refused.Load(), time.Since(began).Round(time.Millisecond))
}

// ask makes one request on a connection of the transport, without trying again.
func (n *tally) ask(ctx context.Context, transport *http.Transport, url string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		n.lost.Add(1)
		return
	}
	answer, err := transport.RoundTrip(req)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		n.refused.Add(1)
		return
	case err != nil:
		n.lost.Add(1)
		return
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
		n.lost.Add(1)
		return
	}
	n.answered.Add(1)
}

func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within a minute: %s", what)
		}
	}
}
