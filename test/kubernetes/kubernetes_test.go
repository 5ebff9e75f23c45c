package kubernetes

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"assay.rs/deploy/release"

	"assay.rs/test/internal/workspace"
	"assay.rs/test/servers"
)

// binary is assay-check: it has all that a check of type k8s needs. runtime is assay, for scripts.
var binary, runtime string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "assay-kubernetes-")
		if err == nil {
			defer os.RemoveAll(dir)
			err = build(dir)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return m.Run()
	}())
}

func build(dir string) error {
	w, err := workspace.Open(".")
	if err != nil {
		return err
	}
	for _, b := range release.Binaries() {
		switch b.Name {
		case "assay-check":
			binary, err = b.Build(context.Background(), w.Root, dir, release.Target{})
		case "assay":
			runtime, err = b.Build(context.Background(), w.Root, dir, release.Target{})
		}
		if err != nil {
			return err
		}
	}
	if binary == "" || runtime == "" {
		return errors.New("assay and assay-check are not among the binaries")
	}
	return nil
}

// workload is a deployment, stateful set or daemon set, whose pods behave in one way.
func workload(kind, name, behave, more string) string {
	return fmt.Sprintf(`
apiVersion: apps/v1
kind: %s
metadata: {name: %s}
spec:
  %s
  selector: {matchLabels: {app: %s}}
  template:
    metadata: {labels: {app: %[2]s, behave: %[5]s}}
    spec: {containers: [{name: app, image: app}]}
`, kind, name, more, name, behave)
}

func job(name, behave string) string {
	return fmt.Sprintf(`
apiVersion: batch/v1
kind: Job
metadata: {name: %s}
spec:
  backoffLimit: 0
  template:
    metadata: {labels: {behave: %s}}
    spec: {restartPolicy: Never, containers: [{name: app, image: app}]}
`, name, behave)
}

const widgets = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget}
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}}
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`

// fill makes what the checks look at.
func fill(t *testing.T, c *servers.Cluster) {
	t.Helper()
	c.Must(t, http.MethodPost, "/api/v1/namespaces", `{apiVersion: v1, kind: Namespace, metadata: {name: prod}}`)
	c.Must(t, http.MethodPost, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", widgets)
	const apps = "/apis/apps/v1/namespaces/prod/"
	c.Must(t, http.MethodPost, apps+"deployments", workload("Deployment", "api", "run", "replicas: 3"))
	c.Must(t, http.MethodPost, apps+"deployments", workload("Deployment", "hangs", "unschedulable", "replicas: 2"))
	c.Must(t, http.MethodPost, apps+"deployments", workload("Deployment", "late", "unschedulable", "progressDeadlineSeconds: 1"))
	c.Must(t, http.MethodPost, apps+"deployments", workload("Deployment", "crashes", "crash", "replicas: 1"))
	c.Must(t, http.MethodPost, apps+"deployments", workload("Deployment", "none", "run", "replicas: 0"))
	c.Must(t, http.MethodPost, apps+"deployments", workload("Deployment", "paused", "run", "paused: true"))
	c.Must(t, http.MethodPost, apps+"statefulsets", workload("StatefulSet", "db", "run", "serviceName: db\n  replicas: 2"))
	c.Must(t, http.MethodPost, apps+"daemonsets", workload("DaemonSet", "agent", "run", ""))
	c.Must(t, http.MethodPost, "/apis/batch/v1/namespaces/prod/jobs", job("migrate", "end"))
	c.Must(t, http.MethodPost, "/apis/batch/v1/namespaces/prod/jobs", job("broken", "fail"))
	// A resource of a new kind is served a moment after its definition is taken.
	eventually(t, "widgets are served", func() bool {
		status, _, err := c.Request(t.Context(), http.MethodPost, "/apis/example.com/v1/namespaces/prod/widgets", "application/yaml",
			`{apiVersion: example.com/v1, kind: Widget, metadata: {name: one}}`)
		return err == nil && status == http.StatusCreated
	})
	c.Must(t, http.MethodPatch, "/apis/example.com/v1/namespaces/prod/widgets/one/status", `{"status": {"size": 7, "conditions": [
		{"type": "Ready", "status": "True"}, {"type": "Synced", "status": "False", "reason": "NoRoom", "message": "the shelf is full"}]}}`)
}

// account makes a service account that may only read pods, and gives a kubeconfig with its token.
func account(t *testing.T, c *servers.Cluster) (kubeconfig string) {
	t.Helper()
	c.Must(t, http.MethodPost, "/api/v1/namespaces/prod/serviceaccounts", `{apiVersion: v1, kind: ServiceAccount, metadata: {name: gate}}`)
	answer := c.Must(t, http.MethodPost, "/api/v1/namespaces/prod/serviceaccounts/gate/token", `{apiVersion: authentication.k8s.io/v1, kind: TokenRequest, spec: {}}`)
	var request struct{ Status struct{ Token string } }
	if err := json.Unmarshal(answer, &request); err != nil || request.Status.Token == "" {
		t.Fatalf("no token: %v", err)
	}
	return c.Kubeconfig(t, "gate", request.Status.Token)
}

// A check of type k8s says of real objects what kubectl rollout status and kubectl wait say, and why they are not well.
func TestChecks(t *testing.T) {
	cluster := servers.Kubernetes(t)
	startNode(t, cluster, "listening on :8080\npanic: no such table: orders\n")
	fill(t, cluster)
	gate := account(t, cluster)
	for _, c := range []struct{ name, check, want string }{
		{"a rollout that completes", "resource: deployment/api, expect: {rollout: complete}", "^passed$"},
		{"a rollout of a stateful set", "resource: sts/db, expect: {rollout: complete}", "^passed$"},
		{"a rollout of a daemon set", "resource: ds/agent, expect: {rollout: complete}", "^passed$"},
		{"a rollout that hangs", "resource: deployment/hangs, timeout: 3s, expect: {rollout: complete}", `^failed assert: .*0 of 2 updated replicas are available.*pod hangs-.*`},
		{"a rollout past its deadline", "resource: deployment/late, expect: {rollout: complete}", `^failed assert: .*exceeded its progress deadline`},
		{
			"a rollout that crashes", "resource: deployment/crashes, timeout: 60s, retry: {attempts: 15}, expect: {rollout: complete}",
			`^failed assert: .*deployment/crashes: 0 of 1 updated replicas are available; pod crashes-[^ ]+, container app: CrashLoopBackOff, before that Error \(exit code 1\), 3 restarts, log: "panic: no such table: orders"$`,
		},
		{"scaled to 0", "resource: deployment/none, timeout: 1s, expect: {rollout: complete}", "^failed assert: .*scaled to 0"},
		{"scaled to 0, as it should be", "resource: deployment/none, expect: {rollout: complete, replicas: 0}", "^passed$"},
		{"paused", "resource: deployment/paused, timeout: 1s, expect: {rollout: complete}", "^failed assert: .*paused"},
		{"a job", "resource: job/migrate, expect: {condition: Complete}", "^passed$"},
		{"a job that fails", "resource: job/broken, timeout: 3s, expect: {condition: Complete}", `^failed assert: job/broken: the job has failed: BackoffLimitExceeded.*; pod broken-[^ ]+, container app: Error \(exit code 3\), log: "panic: no such table: orders"$`},
		{"a condition of a custom resource", "resource: widgets.example.com/one, expect: {condition: Ready}", "^passed$"},
		{"a condition that is false", "resource: widget/one, timeout: 1s, expect: {condition: Synced}", `^failed assert: .*Synced.*NoRoom.*the shelf is full`},
		{"jq of a custom resource", "resource: widgets/one, expect: {json: .status.size == 7}", "^passed$"},
		{"jsonpath", "resource: widgets/one, expect: {jsonpath: '{.status.size}=7'}", "^passed$"},
		{"a kind that is not there", "resource: gadgets.example.com/one, timeout: 1s, expect: {condition: Ready}", "^error error: .*gadgets"},
		{"all are ready", "kind: pod, selector: app=api, expect: {ready: all}", "^passed$"},
		{"one is not", "kind: pod, selector: 'app in (api, crashes)', timeout: 1s, expect: {ready: all}", "^failed assert: .*crashes-"},
		{"a number", "kind: pods, selector: app=api, expect: {count: 3}", "^passed$"},
		{"none is there", "kind: pods, selector: app=nobody, timeout: 1s, expect: {ready: all}", "^failed assert: "},
		{"absent", "resource: deployment/retired, expect: {absent: true}", "^passed$"},
		{"not found", "resource: deployment/retired, timeout: 1s, expect: {rollout: complete}", "^failed assert: .*deployment/retired does not exist"},
		{
			"not allowed", "kubeconfig: " + gate + ", resource: deployment/api, timeout: 1s, expect: {rollout: complete}",
			`^error error: .*forbidden \(403\): system:serviceaccount:prod:gate may not get deployments.apps "api" in the namespace "prod"`,
		},
		{
			"not allowed to see whether it is absent", "kubeconfig: " + gate + ", resource: deployment/retired, timeout: 1s, expect: {absent: true}",
			`^error error: .*forbidden \(403\): system:serviceaccount:prod:gate may not get deployments.apps "retired"`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := verdict(t, cluster, c.check); !regexp.MustCompile(`(?s)` + c.want).MatchString(got) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// verdict runs one check, which is tried again for 20 s unless it has a timeout of its own, and gives "status class: message".
func verdict(t *testing.T, cluster *servers.Cluster, check string) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "checks.yaml")
	if !strings.Contains(check, "timeout:") {
		check += ", timeout: 20s"
	}
	text := "defaults: {retry: {attempts: 500, strategy: constant, initial: 200ms}}\nchecks:\n  - {name: it, type: k8s, namespace: prod, " + check + "}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), binary, file)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+cluster.Kubeconfig(t, "admin", ""))
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	_ = cmd.Run() // the document says how it ended
	var d struct {
		Checks []struct {
			Status     string
			Message    *string
			ErrorClass *string `json:"error_class"`
		}
	}
	if err := json.Unmarshal(stdout.Bytes(), &d); err != nil || len(d.Checks) != 1 {
		t.Fatalf("%v\n%s\n%s", err, stdout.String(), stderr.String())
	}
	c := d.Checks[0]
	got := c.Status
	if c.ErrorClass != nil {
		got += " " + *c.ErrorClass
	}
	if c.Message != nil {
		got += ": " + *c.Message
	}
	return got
}
