package e2e

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"assay.rs/test/servers"
)

func TestPrometheus(t *testing.T) {
	overloaded := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "overloaded", http.StatusServiceUnavailable)
	}))
	defer overloaded.Close()
	yaml := strings.NewReplacer("$PROM", servers.Prometheus(t), "$DOWN", overloaded.URL).Replace(`
name: prometheus
checks:
  - { name: it scrapes itself, type: prometheus, url: "$PROM", query: "count(up)", expect: { min: 1 } }
  - { name: above the bound, type: prometheus, url: "$PROM", query: "count(up)", expect: { max: 0 } }
  - { name: not a number, type: prometheus, url: "$PROM", query: "vector(0) / 0", expect: { min: 0 } }
  - { name: no series, type: prometheus, url: "$PROM", query: 'up{job="absent"}', expect: { min: 0 } }
  - { name: no PromQL, type: prometheus, url: "$PROM", query: "count(", expect: { min: 0 } }
  - { name: unavailable, type: prometheus, url: "$DOWN", query: "count(up)", expect: { min: 1 } }
  - name: asked by a script
    type: script
    script: |
      assert.ge(prometheus.query("$PROM", 'count(up{job!=""})'), 1)
      assert.eq(#prometheus.query("$PROM", 'up{job="absent"}'), 0)
      assert.eq(prometheus.query("$PROM", "up")[1] or prometheus.query("$PROM", "up"), 1)
      local ok, e = pcall(prometheus.query, "$PROM", "count(")
      assert.eq(e.code, "prometheus.http")
      assert.contains(e.message, "HTTP 400: ")
`)
	want := []struct{ name, status string }{
		{"it scrapes itself", "passed"},
		{"above the bound", "failed"},
		{"not a number", "failed"},
		{"no series", "failed"},
		{"no PromQL", "error"},
		{"unavailable", "error"}, // nothing was measured: that is no verdict on the service
		{"asked by a script", "passed"},
	}
	forEachBinary(t, func(t *testing.T, binary string) {
		d, r := runChecks(t, binary, yaml)
		if r.code != 1 {
			t.Errorf("exit code = %d, want 1\n%s", r.code, r.stderr)
		}
		if len(d.Checks) != len(want) {
			t.Fatalf("%d checks in the document, want %d\n%s", len(d.Checks), len(want), r.stdout)
		}
		for i, w := range want {
			got := d.Checks[i]
			if got.Name != w.name || got.Status != w.status || got.Passed != (w.status == "passed") {
				t.Errorf("check %d = %q %s (passed %v): %s; want %q %s", i, got.Name, got.Status, got.Passed, got.message(), w.name, w.status)
			}
			if w.status != "passed" && got.message() == "" {
				t.Errorf("%s: no message", w.name)
			}
		}
	})
}
