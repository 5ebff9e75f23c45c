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

const twoReceivers = `route: {receiver: team, group_by: [alertname], group_wait: 1s}
receivers: [{name: team}, {name: other}]
`

// Alertmanager runs one alone, which groups by alertname for the receiver team and has another, other. It returns
// its URL once it is ready.
func Alertmanager(t testing.TB) string {
	t.Helper()
	name := program(t, "prometheus-alertmanager", "Debian's package prometheus-alertmanager")
	addr := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	dir := t.TempDir()
	config := filepath.Join(dir, "alertmanager.yml")
	if err := os.WriteFile(config, []byte(twoReceivers), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, name, "--config.file="+config, "--storage.path="+filepath.Join(dir, "data"), "--web.listen-address="+addr, "--cluster.listen-address=")
	p.waitUntil(t, func(ctx context.Context) error { return isReady(ctx, "http://"+addr+"/-/ready") })
	return "http://" + addr
}

// Pushgateway runs one that keeps what is pushed in memory, and returns its URL once it is ready.
func Pushgateway(t testing.TB) string {
	t.Helper()
	name := program(t, "prometheus-pushgateway", "Debian's package prometheus-pushgateway")
	addr := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	p := start(t, name, "--web.listen-address="+addr)
	p.waitUntil(t, func(ctx context.Context) error { return isReady(ctx, "http://"+addr+"/-/ready") })
	return "http://" + addr
}

// isReady is nil when the URL answers with 200.
func isReady(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: status %d", url, resp.StatusCode)
	}
	return nil
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
