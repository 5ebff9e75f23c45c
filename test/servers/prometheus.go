package servers

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
)

const scrapeItself = `global: {scrape_interval: 1s, evaluation_interval: 1s}
scrape_configs:
- job_name: prometheus
  static_configs: [{targets: ["%s"]}]
`

// Prometheus runs one that scrapes itself every second, and returns its URL once
// the query count(up) has a result.
func Prometheus(t testing.TB) string {
	t.Helper()
	name := program(t, "prometheus", "Debian's package prometheus")
	addr := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	dir := t.TempDir()
	config := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(config, fmt.Appendf(nil, scrapeItself, addr), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, name, "--config.file="+config, "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+addr)
	base := "http://" + addr
	p.waitUntil(t, func(ctx context.Context) error { return hasResult(ctx, base, "count(up)") })
	return base
}

// hasResult is nil when an instant query gives at least one series.
func hasResult(ctx context.Context, base, query string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/api/v1/query?query="+url.QueryEscape(query), nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var answer struct {
		Data struct {
			Result []json.RawMessage
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return fmt.Errorf("query %s: status %d: %w", query, resp.StatusCode, err)
	}
	if len(answer.Data.Result) == 0 {
		return fmt.Errorf("query %s: no series", query)
	}
	return nil
}
