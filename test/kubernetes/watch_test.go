package kubernetes

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"assay.rs/test/servers"
)

// How much happens to what is watched.
const (
	updates = 10_000
	cuts    = 50
)

// A watch whose connection is cut 50 times, and whose API server is restarted twice, while there are 10,000 updates, misses
// none and tells none twice: what it knows at the end is what a list says. Its memory does not grow.
func TestWatchSurvives(t *testing.T) {
	cluster := servers.Kubernetes(t)
	proxy := servers.Before(t, portOf(t, cluster))
	cluster.Must(t, http.MethodPost, "/api/v1/namespaces", `{apiVersion: v1, kind: Namespace, metadata: {name: load}}`)
	for i := range 60 {
		cluster.Must(t, http.MethodPost, "/api/v1/namespaces/load/configmaps", fmt.Sprintf(`{apiVersion: v1, kind: ConfigMap, metadata: {name: c%d}}`, i))
	}
	through := cluster.KubeconfigAt(t, "through", "", fmt.Sprintf("https://127.0.0.1:%d", proxy.Port))
	cmd := script(t, through, "testdata/watch.lua", cluster.Kubeconfig(t, "direct", ""))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "watching" {
		t.Fatalf("printed %q, want watching\n%s", lines.Text(), &stderr)
	}
	l := &load{t: t, cluster: cluster}
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(l.write)
	}
	for cut := range cuts {
		eventually(t, "updates go on", func() bool { return l.done.Load() >= int64((cut+1)*updates/(cuts+2)) })
		if cut == cuts/3 || cut == 2*cuts/3 {
			l.restart()
		}
		proxy.Cut(t)
	}
	writers.Wait()
	cluster.Must(t, http.MethodPost, "/api/v1/namespaces/load/configmaps", `{apiVersion: v1, kind: ConfigMap, metadata: {name: end}}`)
	if !lines.Scan() {
		t.Fatalf("the watch has told nothing\n%s", &stderr)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	var told struct {
		Events, Doubled, Differ, Extra int
		Memory                         []float64
	}
	if err := json.Unmarshal(lines.Bytes(), &told); err != nil {
		t.Fatalf("%v: %s", err, lines.Text())
	}
	t.Logf("%d updates, %d events, resident MB %.0f", l.done.Load(), told.Events, told.Memory)
	if told.Doubled != 0 || told.Differ != 0 || told.Extra != 0 {
		t.Errorf("%d events came twice, %d objects differ from a list and %d are not in it, want none", told.Doubled, told.Differ, told.Extra)
	}
	if n := len(told.Memory); n < 4 || told.Memory[n-1] > told.Memory[n/4]*1.25+8 {
		t.Errorf("resident MB %.0f: want several, and no growth", told.Memory)
	}
}

func portOf(t *testing.T, c *servers.Cluster) int {
	t.Helper()
	at, err := url.Parse(c.URL)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(at.Port())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// load changes objects.
type load struct {
	t       *testing.T
	cluster *servers.Cluster
	running sync.RWMutex // the API server is there
	begun   atomic.Int64
	done    atomic.Int64
}

// write makes its part of the updates: most change an object, some delete one and make it again.
func (l *load) write() {
	for n := l.begun.Add(1); n <= updates; n = l.begun.Add(1) {
		name := fmt.Sprintf("c%d", rand.IntN(60))
		path := "/api/v1/namespaces/load/configmaps/" + name
		method, body := http.MethodPatch, fmt.Sprintf(`{"data": {"n": "%d", "more": %q}}`, n, bytes.Repeat([]byte("x"), 500))
		if n%50 == 0 {
			method, body = http.MethodDelete, ""
		}
		l.ask(method, path, body)
		l.done.Add(1)
	}
}

func (l *load) ask(method, path, body string) {
	l.running.RLock()
	defer l.running.RUnlock()
	contentType := "application/merge-patch+json"
	if method == http.MethodPost {
		contentType = "application/json"
	}
	status, answer, err := l.cluster.Request(l.t.Context(), method, path, contentType, body)
	if status == http.StatusNotFound && method == http.MethodPatch {
		_, name, _ := bytes.Cut([]byte(path), []byte("configmaps/"))
		status, answer, err = l.cluster.Request(l.t.Context(), http.MethodPost, "/api/v1/namespaces/load/configmaps", "application/json",
			fmt.Sprintf(`{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": %q}}`, name))
	}
	if err != nil || status >= 300 && status != http.StatusNotFound && status != http.StatusConflict {
		l.t.Errorf("%s %s: status %d, %v: %s", method, path, status, err, answer)
	}
}

// restart restarts the API server while nothing is written: which writes it has done, nobody could tell.
func (l *load) restart() {
	l.running.Lock()
	defer l.running.Unlock()
	l.cluster.RestartAPIServer(l.t)
}
