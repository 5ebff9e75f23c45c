package e2e

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// A service that comes up on the third request, with a linear backoff of 100 ms:
// requests at 0, 100 and 300 ms.
func TestFlakyServer(t *testing.T) {
	forEachBinary(t, func(t *testing.T, binary string) {
		var mu sync.Mutex
		var at []time.Time
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			at = append(at, time.Now())
			if len(at) < 3 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		}))
		defer server.Close()
		d, r := runChecks(t, binary, strings.ReplaceAll(`
retries: 3
backoff: 100ms
checks:
  - { name: flaky, type: http, url: "$URL/health", expect: { status: 200 } }
`, "$URL", server.URL))
		if r.code != 0 || len(d.Checks) != 1 || d.Checks[0].Attempts != 3 {
			t.Fatalf("exit code %d, want 0 after 3 attempts\n%s\n%s", r.code, r.stdout, r.stderr)
		}
		if len(at) != 3 {
			t.Fatalf("%d requests, want 3", len(at))
		}
		for i, least := range []time.Duration{100 * time.Millisecond, 200 * time.Millisecond} {
			// How much later they come depends on the machine; earlier they never may.
			if got := at[i+1].Sub(at[i]); got < least {
				t.Errorf("request %d came %s after the one before, want at least %s", i+2, got, least)
			}
		}
		history := d.Checks[0].History
		if len(history) < 2 {
			t.Fatalf("history has %d entries, want the two failures\n%s", len(history), r.stdout)
		}
		for i, want := range []float64{100, 200} {
			if got := history[i].NextDelayMS; got != want {
				t.Errorf("history[%d].next_delay_ms = %v, want %v", i, got, want)
			}
			if history[i].ErrorClass == "" {
				t.Errorf("history[%d] has no error_class", i)
			}
		}
	})
}
