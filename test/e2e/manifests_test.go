package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// The pods of deploy/manifests/shards run as processes, with the command of their manifest; the Job that joins their
// documents reads them from the logs, and gives the verdict of the whole.
func TestShardsOfAnIndexedJob(t *testing.T) {
	const shards = 4
	for name, tt := range map[string]struct {
		bad, lost bool // a check fails; a pod was killed while it wrote
		code      int
		want      string
	}{
		"all pass":    {code: 0, want: "1000 of 1000 checks passed"},
		"one fails":   {bad: true, code: 1, want: "1 of 1000 checks failed: c998"},
		"a lost part": {lost: true, code: 1, want: "not a document of checks: its end is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			var yaml strings.Builder
			yaml.WriteString("parallel: 32\nchecks:\n")
			for i := range 1000 {
				fmt.Fprintf(&yaml, "  - {name: c%d, type: script, script: 'assert.ne(%d, %d)'}\n", i, i, map[bool]int{true: 998, false: -1}[tt.bad])
			}
			if err := os.WriteFile(filepath.Join(dir, "checks.yaml"), []byte(yaml.String()), 0o600); err != nil {
				t.Fatal(err)
			}
			logs := make([]string, shards)
			for i := range logs {
				cmd := exec.CommandContext(t.Context(), filepath.Join(built, "assay-check"), "checks.yaml", "--quiet", "--shard-count", fmt.Sprint(shards))
				cmd.Dir, cmd.Env = dir, append(os.Environ(), fmt.Sprint("JOB_COMPLETION_INDEX=", i))
				text, _ := cmd.CombinedOutput() // a log has both; the verdict is in the document
				logs[i] = string(text)
			}
			if tt.lost {
				logs[2] = logs[2][:len(logs[2])/2]
			}
			cmd := exec.CommandContext(t.Context(), assay(), filepath.Join(root, "deploy", "manifests", "shards", "merge.lua"), "checks")
			got := runCommand(t, cmd, []string{"KUBECONFIG=" + clusterOfOneJob(t, logs), "NAMESPACE=gate"})
			if got.code != tt.code || !strings.Contains(got.stdout+got.stderr, tt.want) {
				t.Errorf("exit code %d, want %d with %q\n...%s%s", got.code, tt.code, tt.want, got.stdout[max(0, len(got.stdout)-500):], got.stderr)
			}
		})
	}
}

// clusterOfOneJob serves a Job that ends after a while, and the logs of its pods; it gives a kubeconfig.
func clusterOfOneJob(t *testing.T, logs []string) string {
	var asked atomic.Int32
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(v); err != nil {
			t.Error(err)
		}
	}
	mux.HandleFunc("GET /apis/batch/v1/namespaces/gate/jobs/checks", func(w http.ResponseWriter, _ *http.Request) {
		status := map[string]any{"active": 4}
		if asked.Add(1) > 1 {
			status = map[string]any{"conditions": []any{map[string]any{"type": "FailureTarget", "status": "True"}, map[string]any{"type": "Failed", "status": "True"}}}
		}
		answer(w, map[string]any{"apiVersion": "batch/v1", "kind": "Job", "metadata": map[string]any{"name": "checks"}, "status": status})
	})
	mux.HandleFunc("GET /api/v1/namespaces/gate/pods", func(w http.ResponseWriter, r *http.Request) {
		if got := r.URL.Query().Get("labelSelector"); got != "batch.kubernetes.io/job-name=checks" {
			t.Errorf("labelSelector=%s", got)
		}
		items := []any{map[string]any{"metadata": map[string]any{"name": "evicted"}}}
		for i := range logs {
			items = append(items, map[string]any{"metadata": map[string]any{"name": fmt.Sprint("checks-", i)}})
		}
		answer(w, map[string]any{"apiVersion": "v1", "kind": "PodList", "metadata": map[string]any{}, "items": items})
	})
	mux.HandleFunc("GET /api/v1/namespaces/gate/pods/{pod}/log", func(w http.ResponseWriter, r *http.Request) {
		for i := range logs {
			if r.PathValue("pod") == fmt.Sprint("checks-", i) {
				_, _ = fmt.Fprint(w, logs[i])
			}
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	config := filepath.Join(t.TempDir(), "kubeconfig")
	text := fmt.Sprintf(`{apiVersion: v1, kind: Config, current-context: c, contexts: [{name: c, context: {cluster: c, user: u}}],
clusters: [{name: c, cluster: {server: "%s"}}], users: [{name: u, user: {token: t}}]}`, server.URL)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config
}
