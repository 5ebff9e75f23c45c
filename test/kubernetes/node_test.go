package kubernetes

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"assay.rs/test/servers"
)

// node plays the scheduler and the kubelet of one node.
type node struct {
	cluster *servers.Cluster
	failed  error // the first request that was refused
	done    chan struct{}
}

// pod is the part of a pod that a node looks at.
type pod struct {
	Metadata struct {
		Name, Namespace   string
		Labels            map[string]string
		DeletionTimestamp string
	}
	Spec   struct{ NodeName string }
	Status struct{ Phase string }
}

// startNode makes a node and lets it work until the test ends. The logs of all containers say log.
func startNode(t *testing.T, cluster *servers.Cluster, log string) {
	t.Helper()
	startNodeWith(t, cluster, logKubelet(t, log))
}

// logKubelet is a kubelet that has logs alone.
func logKubelet(t *testing.T, log string) (port int) {
	t.Helper()
	kubelet := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/containerLogs/") {
			http.Error(w, "not a log: "+r.URL.Path, http.StatusNotFound)
			return
		}
		_, _ = io.WriteString(w, log)
	}))
	kubelet.TLS = &tls.Config{Certificates: []tls.Certificate{servers.NewCA(t).Sign(t, nil).TLS(t)}}
	kubelet.StartTLS()
	t.Cleanup(kubelet.Close)
	return kubelet.Listener.Addr().(*net.TCPAddr).Port
}

// startNodeWith is startNode with the kubelet at a port of this host.
func startNodeWith(t *testing.T, cluster *servers.Cluster, port int) {
	t.Helper()
	cluster.Must(t, http.MethodPost, "/api/v1/nodes", `{apiVersion: v1, kind: Node, metadata: {name: node}}`)
	// A new node is tainted until its kubelet and the node controller say that it is ready.
	cluster.Must(t, http.MethodPatch, "/api/v1/nodes/node", `{"spec": {"taints": null}}`)
	cluster.Must(t, http.MethodPatch, "/api/v1/nodes/node/status", fmt.Sprintf(`{"status": {
		"addresses": [{"type": "InternalIP", "address": "127.0.0.1"}], "daemonEndpoints": {"kubeletEndpoint": {"Port": %d}},
		"capacity": {"pods": "100"}, "allocatable": {"pods": "100"}, "conditions": [{"type": "Ready", "status": "True"}]}}`, port))
	n := &node{cluster: cluster, done: make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	go n.work(ctx)
	t.Cleanup(func() {
		cancel()
		<-n.done
		if n.failed != nil {
			t.Error(n.failed)
		}
	})
}

func (n *node) work(ctx context.Context) {
	defer close(n.done)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := n.tend(ctx); err != nil && ctx.Err() == nil && n.failed == nil {
			n.failed = err
		}
	}
}

// tend looks after each pod once.
func (n *node) tend(ctx context.Context) error {
	var list struct{ Items []pod }
	status, answer, err := n.cluster.Request(ctx, http.MethodGet, "/api/v1/pods", "", "")
	if err != nil || status != http.StatusOK {
		return fmt.Errorf("pods: status %d, %w", status, err)
	}
	if err := json.Unmarshal(answer, &list); err != nil {
		return err
	}
	for _, p := range list.Items {
		path := fmt.Sprintf("/api/v1/namespaces/%s/pods/%s", p.Metadata.Namespace, p.Metadata.Name)
		behaves := p.Metadata.Labels["behave"]
		switch {
		case p.Metadata.DeletionTimestamp != "":
			err = n.change(ctx, http.MethodDelete, path+"?gracePeriodSeconds=0", "")
		case behaves == "unschedulable":
		case p.Spec.NodeName == "":
			err = n.change(ctx, http.MethodPost, path+"/binding", fmt.Sprintf(`{"apiVersion": "v1", "kind": "Binding", "metadata": {"name": %q}, "target": {"kind": "Node", "name": "node"}}`, p.Metadata.Name))
		case p.Status.Phase == "Pending":
			err = n.change(ctx, http.MethodPatch, path+"/status", state(behaves))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (n *node) change(ctx context.Context, method, path, body string) error {
	contentType := "application/json"
	if method == http.MethodPatch {
		contentType = "application/merge-patch+json"
	}
	status, answer, err := n.cluster.Request(ctx, method, path, contentType, body)
	if err == nil && status >= 300 && status != http.StatusNotFound && status != http.StatusConflict {
		err = fmt.Errorf("%s %s: status %d: %s", method, path, status, answer)
	}
	return err
}

// state is the status of a pod that behaves so. Each pod has one container, app.
func state(behaves string) string {
	container := func(state string) string {
		return `[{"name": "app", "image": "app", "imageID": "", "started": true, ` + state + `}]`
	}
	const ready = `"conditions": [{"type": "Ready", "status": "True"}, {"type": "ContainersReady", "status": "True"}]`
	const unready = `"conditions": [{"type": "Ready", "status": "False"}, {"type": "ContainersReady", "status": "False"}]`
	switch behaves {
	case "crash":
		return `{"status": {"phase": "Running", ` + unready + `, "containerStatuses": ` + container(`"ready": false, "restartCount": 3,
			"state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 40s restarting failed container"}},
			"lastState": {"terminated": {"exitCode": 1, "reason": "Error", "startedAt": "2026-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:00:01Z"}}`) + `}}`
	case "end":
		return `{"status": {"phase": "Succeeded", ` + unready + `, "containerStatuses": ` + container(`"ready": false, "restartCount": 0,
			"state": {"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": "2026-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:00:01Z"}}`) + `}}`
	case "fail":
		return `{"status": {"phase": "Failed", ` + unready + `, "containerStatuses": ` + container(`"ready": false, "restartCount": 0,
			"state": {"terminated": {"exitCode": 3, "reason": "Error", "startedAt": "2026-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:00:01Z"}}`) + `}}`
	}
	return `{"status": {"phase": "Running", ` + ready + `, "containerStatuses": ` + container(`"ready": true, "restartCount": 0,
		"state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}`) + `}}`
}
