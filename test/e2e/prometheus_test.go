package e2e

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
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
  - { name: not a number, type: prometheus, url: "$PROM", query: "count(up) * 0 / 0", expect: { min: 0 } }
  - { name: no series, type: prometheus, url: "$PROM", query: 'up{job="absent"}', expect: { min: 0 } }
  - { name: no PromQL, type: prometheus, url: "$PROM", query: "count(up", expect: { min: 0 } }
  - { name: unavailable, type: prometheus, url: "$DOWN", query: "count(up)", expect: { min: 1 } }
  - name: asked by a script
    type: script
    script: |
      assert.ge(prometheus.query("$PROM", 'count(up{job!=""})'), 1)
      assert.eq(#prometheus.query("$PROM", 'up{job="absent"}'), 0)
      assert.eq(prometheus.query("$PROM", "up"), 1)
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

// The module of scripts asks a real server, in both binaries and with all characters that a query may have.
func TestPrometheusModule(t *testing.T) {
	script := strings.NewReplacer("$PROM", servers.Prometheus(t)).Replace(`
checks:
  - name: module
    type: script
    script: |
      local prometheus = require("assay.prometheus")
      local url = "$PROM/"
      assert.eq(prometheus.query(url, "vector(1) + vector(1)"), 2)
      assert.eq(prometheus.query(url, "scalar(vector(3))"), 3)
      assert.eq(prometheus.query(url, "vector(0) / 0"), "NaN")
      assert.eq(prometheus.query(url, '"a & b = c"'), "a & b = c")
      assert.eq(prometheus.query(url, 'label_replace(vector(1), "x", "é+%", "", "") or vector(2)')[1].metric.x, "é+%")
      assert.eq(#prometheus.query(url, 'absent_metric{job=~"a|b+"}'), 0)
      assert.eq(prometheus.query_range(url, "vector(7)", 1000, 1030, "10s")[1].values[4][2], "7")
      local e = assert.raises(function() prometheus.query(url, "count(") end, "prometheus.query: ")
      assert.eq(e.code, "prometheus.http")
      assert.eq(e.status, 400)
      assert.type(prometheus.alerts(url), "table")
      assert.type(prometheus.rules(url, {type = "alert"}), "table")
      assert.not_nil(prometheus.targets(url).activeTargets)
      assert.contains(prometheus.label_values(url, "__name__"), "up")
      assert.ge(#prometheus.series(url, {"up", 'up{job="none"}'}), 1)
      assert.type(prometheus.targets_metadata(url, {limit = 1}), "table")
      assert.eq(prometheus.config_reload(url), false)
`)
	d, r := runChecks(t, filepath.Join(built, "assay"), script)
	if r.code != 0 || len(d.Checks) != 1 {
		t.Errorf("exit code = %d, want 0\n%s%s", r.code, r.stdout, r.stderr)
	}
	_, r = runChecks(t, filepath.Join(built, "assay-check"), script)
	if want := "no modules are in this binary, the full assay has them"; r.code != 1 || !strings.Contains(r.stdout, want) {
		t.Errorf("assay-check: exit code = %d, want 1 and %q\n%s%s", r.code, want, r.stdout, r.stderr)
	}
}

// assay.alertmanager sends, reads and silences alerts as a real server has it.
func TestAlertmanagerModule(t *testing.T) {
	runScript(t, "alertmanager.lua", servers.Alertmanager(t))
}

// Metrics of a job that ends are pushed with http.put, whatever is in their labels.
func TestPushgateway(t *testing.T) {
	runScript(t, "pushgateway.lua", servers.Pushgateway(t))
}

// runScript runs a script of testdata, which fails when something is not as it should be.
func runScript(t *testing.T, name string, args ...string) {
	t.Helper()
	script := filepath.Join(root, "test", "e2e", "testdata", name)
	if r := run(t, filepath.Join(built, "assay"), append([]string{script}, args...)...); r.code != 0 {
		t.Errorf("exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
}
