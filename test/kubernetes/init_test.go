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

// What `assay init` prints is taken by an API server that knows each field and refuses others.
func TestInit(t *testing.T) {
	cluster := servers.Kubernetes(t)
	dir := t.TempDir()
	checks := "name: post-sync\ntimeout: 2m\nsecrets: {token: {from_env: TOKEN}}\nchecks:\n  - {name: api, type: http, url: \"http://${API}/health\"}\n"
	if err := os.WriteFile(filepath.Join(dir, "checks.yaml"), []byte(checks), 0o600); err != nil {
		t.Fatal(err)
	}
	paths := map[string]string{
		"ConfigMap": "/api/v1/namespaces/default/configmaps", "Pod": "/api/v1/namespaces/default/pods",
		"Job": "/apis/batch/v1/namespaces/default/jobs", "CronJob": "/apis/batch/v1/namespaces/default/cronjobs",
	}
	servedSoon(t, cluster)
	for target, want := range map[string]string{
		"argocd": "ConfigMap Pod", "helm": "ConfigMap Job", "job": "ConfigMap Job", "cronjob": "ConfigMap CronJob",
		"kargo": "ConfigMap Job", "rollouts": "ConfigMap Job",
	} {
		t.Run(target, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), binary, "init", target, "checks.yaml")
			cmd.Dir = dir
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			var kinds []string
			for document := range strings.SplitSeq(string(out), "\n---\n") {
				document = jobOf(document)
				kind := kindOf(document)
				kinds = append(kinds, kind)
				status, answer, err := cluster.Request(t.Context(), http.MethodPost, paths[kind]+"?dryRun=All&fieldValidation=Strict", "application/yaml", document)
				if err != nil || status != http.StatusCreated {
					t.Errorf("%s: status %d, %v\n%s\n%s", kind, status, err, answer, document)
				}
			}
			if got := strings.Join(kinds, " "); got != want {
				t.Errorf("kinds = %s, want %s", got, want)
			}
		})
	}
}

// kindOf is the kind of an object.
func kindOf(document string) string {
	_, rest, _ := strings.Cut("\n"+document, "\nkind: ")
	kind, _, _ := strings.Cut(rest, "\n")
	return kind
}

// jobOf makes a Job of an AnalysisTemplate with the spec that Argo Rollouts would make one of; what is no such template stays.
func jobOf(document string) string {
	const before = "\n        job:\n"
	_, spec, found := strings.Cut(document, before)
	if !found {
		return document
	}
	var job strings.Builder
	job.WriteString("apiVersion: batch/v1\nkind: Job\nmetadata: {name: checks}\n")
	for line := range strings.Lines(spec) {
		job.WriteString(strings.TrimPrefix(line, strings.Repeat(" ", 10)))
	}
	return job.String()
}
