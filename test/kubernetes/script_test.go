package kubernetes

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"assay.rs/test/servers"
)

// script is a run of assay with the cluster of a kubeconfig.
func script(t *testing.T, kubeconfig string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(runtime, args...) // not CommandContext: some end in good order when the test is over
	cmd.Env = append(os.Environ(), "KUBECONFIG="+kubeconfig)
	t.Cleanup(func() {
		if cmd.Process != nil {
			_ = cmd.Process.Kill() // it may have ended
		}
	})
	return cmd
}

// box makes a pod of three containers on a node, which is there at once.
func box(t *testing.T, c *servers.Cluster) {
	t.Helper()
	c.Must(t, http.MethodPost, "/api/v1/namespaces/default/pods", `
apiVersion: v1
kind: Pod
metadata: {name: box, labels: {behave: unschedulable}}
spec:
  automountServiceAccountToken: false
  nodeName: node
  initContainers: [{name: init, image: init}]
  containers: [{name: app, image: app}, {name: side, image: side}]
`)
	c.Must(t, http.MethodPatch, "/api/v1/namespaces/default/pods/box/status", `{"status": {"phase": "Running"}}`)
}

// What testdata/scripts says of assay.k8s holds with a real API server, and the kubelet's code for its streams.
func TestScripts(t *testing.T) {
	cluster := servers.Kubernetes(t)
	startNodeWith(t, cluster, cluster.Kubelet(t))
	servedSoon(t, cluster)
	box(t, cluster)
	files, err := filepath.Glob("testdata/scripts/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts (%v)", err)
	}
	kubeconfig := cluster.Kubeconfig(t, "scripts", "")
	run := func(t *testing.T, file string) {
		if out, err := script(t, kubeconfig, file).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
	const drain = "testdata/scripts/drain.lua" // which empties the node
	t.Run("at once", func(t *testing.T) {
		for _, file := range files {
			if file != drain {
				t.Run(strings.TrimSuffix(filepath.Base(file), ".lua"), func(t *testing.T) {
					t.Parallel()
					run(t, file)
				})
			}
		}
	})
	t.Run("drain", func(t *testing.T) { run(t, drain) })
}
