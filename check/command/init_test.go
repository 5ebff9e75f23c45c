package command

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay.rs/check"
	"assay.rs/core/prelude"
	"assay.rs/mod-data/yaml"
)

var update = flag.Bool("update", false, "write the golden files anew")

func initialised(args ...string) (string, error) {
	var out strings.Builder
	cmd := InitCommand(&out, "assay", func(context.Context) Surroundings {
		return Surroundings{Types: check.Standard(prelude.Modules()...)}
	})
	cmd.SetArgs(append([]string{}, args...)) // nil would be those of the test
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	err := cmd.Execute()
	return out.String(), err
}

// sample is a check file in a folder with its script.
func writeSample(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"post-sync.yaml": `name: shop-checks
timeout: 90.5s
vars: { base: "${BASE}", level: "${LEVEL:-info}" }
secrets: { token: { from_env: TOKEN }, key: { from_file: /run/secrets/key } }
checks:
  - name: health
    type: http
    url: "${base}/health"
    headers: { Authorization: "Bearer ${secrets.token}", Key: "${secrets.key}" }
    method: POST
    body: '{{ .Values }}'

  - { name: custom, type: script, file: verify.lua }
`,
		"verify.lua": "assert(1 + 1 == 2) -- " + `@NAME@ ends without a newline`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "post-sync.yaml")
}

// documents parses each document of a stream.
func documents(t *testing.T, text string) []map[string]any {
	t.Helper()
	var out []map[string]any
	for part := range strings.SplitSeq(text, "\n---\n") {
		n, err := yaml.Parse([]byte(part))
		if err != nil {
			t.Fatalf("not YAML: %v\n%s", err, part)
		}
		m, ok := n.Go().(map[string]any)
		if !ok {
			t.Fatalf("not a map:\n%s", part)
		}
		out = append(out, m)
	}
	return out
}

// at follows keys, and positions in lists.
func at(v any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[step]
		case int:
			list, _ := v.([]any)
			if step >= len(list) {
				return nil
			}
			v = list[step]
		}
	}
	return v
}

func TestInitPrintsWhatItDid(t *testing.T) {
	file := writeSample(t)
	for _, target := range initTargets() {
		got, err := initialised(target, file, "--namespace", "shop", "--image", "assay:1.2.3")
		if err != nil {
			t.Errorf("init %s: %v", target, err)
			continue
		}
		got = strings.ReplaceAll(got, filepath.Dir(file)+"/", "")
		golden := filepath.Join("testdata", "init", target+".yaml")
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("init %s (-want +got; -update writes the golden files):\n%s", target, diff)
		}
		if left := place().FindString(strings.ReplaceAll(got, "@NAME@ ends", "")); left != "" {
			t.Errorf("init %s: the place %s is not filled in", target, left)
		}
	}
}

// podOf is where the pod of a target is, and the deadline beside it.
func podOf(target string) (pod, deadline []any) {
	job := []any{"spec"}
	switch target {
	case "argocd":
		return []any{"spec"}, []any{"spec", "activeDeadlineSeconds"}
	case "cronjob":
		job = []any{"spec", "jobTemplate", "spec"}
	case "kargo", "rollouts":
		job = []any{"spec", "metrics", 0, "provider", "job", "spec"}
	}
	return append(slices.Clip(job), "template", "spec"), append(slices.Clip(job), "activeDeadlineSeconds")
}

func TestInitFollowsTheContractWithKubernetes(t *testing.T) {
	file := writeSample(t)
	for _, target := range []string{"argocd", "kargo", "rollouts", "helm", "job", "cronjob"} {
		text, err := initialised(target, file)
		if err != nil {
			t.Errorf("init %s: %v", target, err)
			continue
		}
		docs := documents(t, text)
		if len(docs) != 2 {
			t.Errorf("init %s has %d documents, want 2", target, len(docs))
			continue
		}
		podPath, deadlinePath := podOf(target)
		pod := at(docs[1], podPath...)
		container := at(pod, "containers", 0)
		for _, want := range []struct {
			what  string
			value any
			got   any
		}{
			{"the deadline: 90.5 s are 91, and 30", 121, at(docs[1], deadlinePath...)},
			{"restartPolicy", "Never", at(pod, "restartPolicy")},
			{"runAsNonRoot", true, at(pod, "securityContext", "runAsNonRoot")},
			{"runAsUser", 65532, at(pod, "securityContext", "runAsUser")},
			{"seccompProfile", "RuntimeDefault", at(pod, "securityContext", "seccompProfile", "type")},
			{"readOnlyRootFilesystem", true, at(container, "securityContext", "readOnlyRootFilesystem")},
			{"allowPrivilegeEscalation", false, at(container, "securityContext", "allowPrivilegeEscalation")},
			{"capabilities", []any{"ALL"}, at(container, "securityContext", "capabilities", "drop")},
			{"memory", "128Mi", at(container, "resources", "limits", "memory")},
			{"the file", []any{"/checks/post-sync.yaml"}, at(container, "args")},
			{"the ConfigMap", "shop-checks", at(pod, "volumes", 0, "configMap", "name")},
			{"the first variable", "BASE", at(container, "env", 0, "name")},
			{"the second variable", "TOKEN", at(container, "env", 1, "name")},
			{"no variable that has a default", nil, at(container, "env", 2)},
			{"the token of the service account", false, at(pod, "automountServiceAccountToken")},
		} {
			if !reflect.DeepEqual(want.got, want.value) {
				t.Errorf("init %s: %s is %v, want %v", target, want.what, want.got, want.value)
			}
		}
		if job := at(docs[1], deadlinePath[:len(deadlinePath)-1]...); target != "argocd" && at(job, "backoffLimit") != 0 {
			t.Errorf("init %s: backoffLimit is %v, want 0", target, at(job, "backoffLimit"))
		}
		holdsTheFiles(t, target, docs[0], filepath.Dir(file))
	}
}

func TestInitFlaggerIsAServiceOfTheCheckFile(t *testing.T) {
	file := writeSample(t)
	text, err := initialised("flagger", file, "--namespace", "shop")
	if err != nil {
		t.Fatal(err)
	}
	docs := documents(t, text)
	if len(docs) != 3 {
		t.Fatalf("%d documents, want 3", len(docs))
	}
	holdsTheFiles(t, "flagger", docs[0], filepath.Dir(file))
	if got := fmt.Sprint(at(docs[0], "data", "flagger.lua")); !strings.Contains(got, "check.run") {
		t.Errorf("the ConfigMap has for flagger.lua %q", got)
	}
	pod := at(docs[1], "spec", "template", "spec")
	env, _ := at(pod, "containers", 0, "env").([]any)
	names := ""
	for _, e := range env {
		names += fmt.Sprint(at(e, "name"), "=", at(e, "value"), " ")
	}
	if want := "CHECKS=/checks/post-sync.yaml HOST=0.0.0.0 PORT=8080 TIMEOUT=91 BASE=<nil> TOKEN=<nil> "; names != want {
		t.Errorf("env %s\nwant %s", names, want)
	}
	for _, path := range [][]any{{"securityContext", "runAsNonRoot"}, {"containers", 0, "securityContext", "readOnlyRootFilesystem"}} {
		if at(pod, path...) != true {
			t.Errorf("%v is not true", path)
		}
	}
	if at(docs[2], "spec", "selector", "app") != at(docs[1], "spec", "template", "metadata", "labels", "app") {
		t.Error("the Service does not select the pods")
	}
	if !strings.Contains(text, "url: http://shop-checks.shop/") || !strings.Contains(text, "timeout: 101s") {
		t.Errorf("the webhook of the Canary is not told:\n%s", text[:600])
	}
}

// holdsTheFiles compares what a ConfigMap has with the files of a folder.
func holdsTheFiles(t *testing.T, target string, configMap map[string]any, dir string) {
	t.Helper()
	for _, name := range []string{"post-sync.yaml", "verify.lua"} {
		want, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		got, _ := at(configMap, "data", name).(string)
		if target == "helm" {
			got = strings.ReplaceAll(got, `{{ "{{" }}`, "{{")
		}
		if got != string(want) {
			t.Errorf("init %s: the ConfigMap has for %s:\n%q\nwant\n%q", target, name, got, want)
		}
	}
}

func TestInitWithoutAFileHasOneToBeginWith(t *testing.T) {
	for _, target := range initTargets() {
		text, err := initialised(target, "--name", "gate")
		if err != nil {
			t.Errorf("init %s: %v", target, err)
			continue
		}
		docs := documents(t, text)
		if len(docs) != 2 {
			continue // the file is in the repository
		}
		loads(t, fmt.Sprint(at(docs[0], "data", "checks.yaml")))
		if name := at(docs[1], "metadata", "name"); name != "gate" {
			t.Errorf("init %s --name gate: the object is called %v", target, name)
		}
	}
}

func loads(t *testing.T, text string) *check.Plan {
	t.Helper()
	path := filepath.Join(t.TempDir(), "checks.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	plan, err := check.Load(path, check.Options{Types: check.Standard(prelude.Modules()...)})
	if err != nil {
		t.Fatalf("Load: %v\n%s", err, text)
	}
	return plan
}

func TestInitStartsACheckFile(t *testing.T) {
	for _, tt := range []struct {
		args  []string
		types []string
		has   string
	}{
		{nil, []string{"http"}, "http://localhost:8080/health"},
		{[]string{"http://api:9000/readyz?x=1&y=$Z"}, []string{"http"}, `url: "http://api:9000/readyz?x=1&y=$$Z"`},
		{[]string{"https://shop.example.com/health"}, []string{"http", "tls"}, `address: "shop.example.com:443"`},
		{[]string{"https://[::1]:8443/"}, []string{"http", "tls"}, `address: "[::1]:8443"`},
	} {
		got, err := initialised(tt.args...)
		if err != nil {
			t.Errorf("init %v: %v", tt.args, err)
			continue
		}
		if !strings.HasPrefix(got, "# yaml-language-server: $schema=") || !strings.Contains(got, tt.has) {
			t.Errorf("init %v:\n%s\nwant a modeline, and %s", tt.args, got, tt.has)
		}
		if types := loads(t, got).Requirements().Types; !reflect.DeepEqual(types, tt.types) {
			t.Errorf("init %v has checks of %v, want %v", tt.args, types, tt.types)
		}
	}
}

func TestInitRefusesMistakes(t *testing.T) {
	file := writeSample(t)
	wrong := filepath.Join(t.TempDir(), "wrong.yaml")
	if err := os.WriteFile(wrong, []byte("vars: { base: x }\nchecks: [{ name: a, type: http, url: \"http://${bsae}\" }]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	far := filepath.Join(t.TempDir(), "far.yaml")
	if err := os.WriteFile(far, []byte("checks: [{ name: a, type: script, file: "+filepath.Join(filepath.Dir(file), "verify.lua")+" }]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ args, want string }{
		{"argcd", "did you mean 'argocd'?"},
		{"kubernetes", "the targets are argocd"},
		{"job absent.yaml", "no such file"},
		{"job " + wrong, "did you mean 'base'?"},
		{"job " + far, "a ConfigMap has no folders"},
		{"job " + file + " --name Shop", "--name"},
		{"job " + file + " --namespace a.b", "--namespace"},
		{"ftp://example.com", "not a URL that can be checked"},
		{"https://a:b@example.com", "password"},
		{"https://example.com " + file, "unexpected argument"},
	} {
		got, err := initialised(strings.Fields(tt.args)...)
		if err == nil || got != "" {
			t.Errorf("init %s printed:\n%s\nwant an error with %q", tt.args, got, tt.want)
			continue
		}
		if text := err.Error() + "\n" + hintOf(err); !strings.Contains(text, tt.want) {
			t.Errorf("init %s: %s\nwant %q", tt.args, text, tt.want)
		}
	}
}

// A check file that names its namespace is about the one that its pod runs in.
func TestInitGivesTheNamespaceOfThePod(t *testing.T) {
	file := filepath.Join(t.TempDir(), "checks.yaml")
	for text, want := range map[string]any{"http://web.${NAMESPACE:-default}.svc/": "metadata.namespace", "http://web.${NAMESPACE}.svc/": "metadata.namespace", "http://web/": nil} {
		text = "checks: [{name: health, type: http, url: '" + text + "'}]\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, target := range []string{"argocd", "job", "helm", "flagger"} {
			manifest, err := initialised(target, file)
			if err != nil {
				t.Fatal(err)
			}
			pod := []any{"spec", "template", "spec"}
			if target != "flagger" {
				pod, _ = podOf(target)
			}
			var got any
			env, _ := at(at(documents(t, manifest)[1], pod...), "containers", 0, "env").([]any)
			for _, e := range env {
				if at(e, "name") == "NAMESPACE" {
					got = at(e, "valueFrom", "fieldRef", "fieldPath")
				}
			}
			if got != want {
				t.Errorf("init %s of %s: NAMESPACE is from the field %v, want %v", target, text, got, want)
			}
		}
	}
}
