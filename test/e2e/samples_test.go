package e2e

import (
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sample is a block of code in a page of the documentation.
type sample struct{ page, language, text string }

var code = regexp.MustCompile("(?ms)^( *)```(yaml|lua)\n(.*?)^ *```$")

// samples are those of the README and of all pages that are written by hand.
func samples(t *testing.T) (list []sample) {
	t.Helper()
	pages := []string{filepath.Join(root, "README.md")}
	err := filepath.WalkDir(filepath.Join(root, "docs"), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && entry.Name() == "reference" {
			return fs.SkipDir
		}
		if filepath.Ext(path) == ".md" {
			pages = append(pages, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range code.FindAllSubmatch(text, -1) {
			block := strings.ReplaceAll("\n"+string(b[3]), "\n"+string(b[1]), "\n")[1:]
			list = append(list, sample{strings.TrimPrefix(page, root+"/"), string(b[2]), block})
		}
	}
	return list
}

// Each check file in the documentation is one that the reader takes, and each script compiles.
func TestSamplesAreValid(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"secrets/api/token": "long enough", "secrets/ca.crt": "x", "common/a.yaml": "checks: [{name: database, type: tcp, address: 'a:1'}]", "prod.json": `{"base": "http://a"}`, "health.schema.json": `{"type": "object"}`,
		"service.lua": "http.serve(0, {GET = {}})", "verify.lua": "assert(env.get('A') ~= 'x')", "token": "long enough",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	counted := map[string]int{}
	for i, s := range samples(t) {
		var args []string
		switch {
		case s.language == "lua":
			args = []string{"exec", "-e", "local f, message = loadstring(io.read('*a'), '=sample') if not f then error(message, 0) end"}
		case strings.HasPrefix(s.text, "apiVersion:") || !strings.Contains(s.text, "type:") && !strings.Contains(s.text, "checks:"):
			continue // a manifest, or a part of a file that has no check
		default:
			args = []string{"--validate", "checks.yaml"}
		}
		counted[s.language]++
		t.Run(fmt.Sprintf("%s %d", s.page, i), func(t *testing.T) {
			text := strings.ReplaceAll(s.text, "/var/run/secrets", dir+"/secrets")
			if !regexp.MustCompile(`(?m)^checks:`).MatchString(text) {
				text = "checks:\n" + text
			}
			if strings.Contains(text, "${secrets.db}") {
				text = "secrets: {db: {from_env: PASSWORD}}\n" + text
			}
			if err := os.WriteFile(filepath.Join(dir, "checks.yaml"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), assay(), args...)
			cmd.Dir, cmd.Stdin, cmd.Env = dir, strings.NewReader(s.text), append(os.Environ(), "PASSWORD=long enough")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s\n%s", err, s.text, out)
			}
		})
	}
	if counted["yaml"] < 15 || counted["lua"] < 50 {
		t.Errorf("%v samples were found, want more", counted)
	}
}

// jobs are the services that the page on checks is about, asked as a proxy and as an API server.
func jobs(t *testing.T) string {
	t.Helper()
	answers := map[string]string{
		"/health":             "ok",
		"/version":            `{"version": "2.4.0"}`,
		"/api/v1/query_range": `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"0.001"],[31,"0.002"]]}]}}`,
		"/apis/batch/v1/namespaces/prod/jobs/migrate": `{"kind":"Job","metadata":{"name":"migrate","namespace":"prod","uid":"1","generation":1},"spec":{"completions":1},
			"status":{"succeeded":1,"conditions":[{"type":"Complete","status":"True"}]}}`,
		"/apis/apps/v1/namespaces/prod/deployments/api": `{"kind":"Deployment","metadata":{"name":"api","namespace":"prod","uid":"2","generation":3},"spec":{"replicas":3},
			"status":{"observedGeneration":3,"replicas":3,"updatedReplicas":3,"availableReplicas":3,"readyReplicas":3}}`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, ok := answers[r.URL.Path]
		if !ok {
			t.Errorf("%s %s is not known", r.Method, r.URL)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// The files of the section on jobs pass as they stand, in front of services that are well.
func TestJobSamples(t *testing.T) {
	server, dir := jobs(t), t.TempDir()
	open, closed := strings.TrimPrefix(server, "http://"), unusedAddress(t)
	config := filepath.Join(dir, "kubeconfig")
	text := fmt.Sprintf("current-context: a\nclusters: [{name: a, cluster: {server: %q}}]\nusers: [{name: a, user: {token: t}}]\ncontexts: [{name: a, context: {cluster: a, user: a}}]\n", server)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var ran []string
	for _, s := range samples(t) {
		name, _, _ := strings.Cut(strings.TrimPrefix(s.text, "name: "), "\n")
		if s.page != "docs/how-to/checks.md" || s.language != "yaml" || len(ran) == 4 {
			continue
		}
		ran = append(ran, name)
		t.Run(name, func(t *testing.T) {
			yaml := strings.NewReplacer("admin.prod.svc:8081", closed, "api.prod.svc:8080\" }", open+"\" }", "timeout: 5m", "timeout: 30s").Replace(s.text)
			file := filepath.Join(dir, "checks.yaml")
			if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), assay(), file)
			cmd.Env = append(os.Environ(), "HTTP_PROXY="+server, "http_proxy="+server, "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1", "KUBECONFIG="+config)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	if want := []string{"post-sync", "error-rate", "rollout", "walls"}; !slices.Equal(ran, want) {
		t.Errorf("samples %v ran, want %v", ran, want)
	}
}

// unusedAddress is one where nobody listens.
func unusedAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
