package kubernetes

import (
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay.rs/test/servers"
)

// The objects of the chart are taken by an API server that knows each field and refuses others.
func TestChart(t *testing.T) {
	cluster := servers.Kubernetes(t)
	chart := filepath.Join("..", "..", "deploy", "chart")
	servedSoon(t, cluster)
	paths := map[string]string{
		"ConfigMap": "/api/v1/namespaces/default/configmaps", "Service": "/api/v1/namespaces/default/services",
		"ServiceAccount": "/api/v1/namespaces/default/serviceaccounts",
		"Job":            "/apis/batch/v1/namespaces/default/jobs", "CronJob": "/apis/batch/v1/namespaces/default/cronjobs",
		"Deployment":          "/apis/apps/v1/namespaces/default/deployments",
		"NetworkPolicy":       "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies",
		"PodDisruptionBudget": "/apis/policy/v1/namespaces/default/poddisruptionbudgets",
		"ClusterRole":         "/apis/rbac.authorization.k8s.io/v1/clusterroles",
		"ClusterRoleBinding":  "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
		"Role":                "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles",
		"RoleBinding":         "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings",
	}
	for values, want := range map[string]string{
		"hooks":  "ConfigMap ConfigMap Job NetworkPolicy",
		"argocd": "Job",
		"all":    "ClusterRole ClusterRoleBinding ConfigMap CronJob Deployment Deployment NetworkPolicy NetworkPolicy NetworkPolicy PodDisruptionBudget PodDisruptionBudget Role RoleBinding Service ServiceAccount ServiceMonitor",
	} {
		t.Run(values, func(t *testing.T) {
			out, err := exec.CommandContext(t.Context(), "helm", "template", "shop", chart, "--kube-version", "1.30.0", "--namespace", "default", "--values", filepath.Join(chart, "ci", values+"-values.yaml")).Output()
			if err != nil {
				t.Fatalf("helm template: %v", err)
			}
			var kinds []string
			for document := range strings.SplitSeq(strings.TrimPrefix(string(out), "---\n"), "\n---\n") {
				kind := kindOf(document)
				kinds = append(kinds, kind)
				if kind == "ServiceMonitor" {
					continue // of the Prometheus operator, which is not here
				}
				status, answer, err := cluster.Request(t.Context(), http.MethodPost, paths[kind]+"?dryRun=All&fieldValidation=Strict", "application/yaml", document)
				if err != nil || status != http.StatusCreated {
					t.Errorf("%s: status %d, %v\n%s\n%s", kind, status, err, answer, document)
				}
			}
			slices.Sort(kinds)
			if got := strings.Join(kinds, " "); got != want {
				t.Errorf("kinds = %s, want %s", got, want)
			}
		})
	}
}
