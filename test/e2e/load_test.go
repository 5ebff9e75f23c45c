package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	loadChecks   = 1000
	loadParallel = 50
)

// counter answers slowly enough that requests overlap, and says how many did.
type counter struct {
	mu        sync.Mutex
	paths     map[string]int
	now, most int
}

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.paths[r.URL.Path]++
	c.now++
	c.most = max(c.most, c.now)
	c.mu.Unlock()
	time.Sleep(5 * time.Millisecond)
	_, _ = fmt.Fprintf(w, `{"path":%q}`, r.URL.Path)
	c.mu.Lock()
	c.now--
	c.mu.Unlock()
}

func TestThousandChecks(t *testing.T) {
	forEachBinary(t, func(t *testing.T, binary string) {
		count := &counter{paths: map[string]int{}}
		server := httptest.NewServer(count)
		defer server.Close()
		var yaml strings.Builder
		fmt.Fprintf(&yaml, "parallel: %d\nchecks:\n", loadParallel)
		for i := range loadChecks {
			fmt.Fprintf(&yaml, "  - { name: c%d, type: http, url: \"%s/%d\", expect: { status: 200, json: '.path == \"/%d\"' } }\n", i, server.URL, i, i)
		}
		start := time.Now()
		d, r := runChecks(t, binary, yaml.String())
		took := time.Since(start)
		if r.code != 0 || len(d.Checks) != loadChecks {
			t.Fatalf("exit code %d with %d checks, want 0 with %d: %s\n%s", r.code, len(d.Checks), loadChecks, d.Reason, r.stderr)
		}
		for i, c := range d.Checks {
			if want := fmt.Sprintf("c%d", i); c.Name != want || !c.Passed {
				t.Fatalf("check %d = %s (passed %v), want %s in the order of the file", i, c.Name, c.Passed, want)
			}
		}
		if len(count.paths) != loadChecks {
			t.Errorf("the server saw %d paths, want %d", len(count.paths), loadChecks)
		}
		if count.most > loadParallel || count.most < loadParallel/2 {
			t.Errorf("at most %d requests at once, want up to %d", count.most, loadParallel)
		}
		if usage, ok := r.state.SysUsage().(*syscall.Rusage); ok {
			t.Logf("%d checks in %s, %s CPU, %.1f MB resident at most", loadChecks, took.Round(time.Millisecond),
				(r.state.UserTime() + r.state.SystemTime()).Round(time.Millisecond), float64(usage.Maxrss)/1024)
		}
	})
}
