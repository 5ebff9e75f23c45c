package e2e

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// learned are the samples of a page under docs/learn, in the order of the page.
func learned(t *testing.T, page string, want int) []string {
	t.Helper()
	var texts []string
	for _, s := range samples(t) {
		if s.page == "docs/learn/"+page {
			texts = append(texts, s.text)
		}
	}
	if len(texts) != want {
		t.Fatalf("%s has %d samples, want %d", page, len(texts), want)
	}
	return texts
}

// inFolder runs assay in a new folder with these files.
func inFolder(t *testing.T, files map[string]string, args ...string) (output string, err error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), assay(), args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestFirstChecks(t *testing.T) {
	yaml := learned(t, "first-checks.md", 1)[0]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<h1>Example Domain</h1>") }))
	defer server.Close()
	for word, want := range map[string]string{"Example": `"passed": true`, "Sample": `body contains \"Sample\"`} {
		text := strings.NewReplacer("https://example.com", server.URL, "body: Example", "body: "+word, "backoff: 1s", "backoff: 1ms").Replace(yaml)
		if out, _ := inFolder(t, map[string]string{"checks.yaml": text}, "checks.yaml"); !strings.Contains(out, want) {
			t.Errorf("%s\nwant %s", out, want)
		}
	}
}

func TestFirstScript(t *testing.T) {
	texts := learned(t, "first-script.md", 3)
	files := map[string]string{"hello.lua": texts[0], "page.lua": texts[1], "page_test.lua": texts[2]}
	if out, err := inFolder(t, files, "hello.lua", "you"); err != nil || !strings.Contains(out, "hello you\n") || !strings.Contains(out, "INFO greeted name=you") {
		t.Errorf("hello.lua: %v\n%s", err, out)
	}
	if out, err := inFolder(t, files, "test"); err != nil || !strings.Contains(out, "ok: 2 passed, 0 failed") {
		t.Errorf("assay test: %v\n%s", err, out)
	}
}

func TestFirstService(t *testing.T) {
	notes := serveSample(t, learned(t, "first-service.md", 1)[0]) + "/notes"
	if got, want := ask(t, http.MethodPost, notes, `{"text": "buy bread"}`, http.StatusCreated), `{"id":1,"text":"buy bread"}`; got != want {
		t.Errorf("POST /notes = %s, want %s", got, want)
	}
	ask(t, http.MethodPost, notes, `buy bread`, http.StatusBadRequest)
	if got, want := ask(t, http.MethodGet, notes, "", http.StatusOK), `[{"id":1,"text":"buy bread"}]`; got != want {
		t.Errorf("GET /notes = %s, want %s", got, want)
	}
	ask(t, http.MethodGet, notes+"/1", "", http.StatusOK)
	ask(t, http.MethodGet, notes+"/2", "", http.StatusNotFound)
}

func TestFirstHook(t *testing.T) {
	files := map[string]string{"checks.yaml": learned(t, "first-hook.md", 1)[0]}
	for target := range strings.FieldsSeq("argocd kargo rollouts flagger helm job cronjob github gitlab") {
		if out, err := inFolder(t, files, "init", target, "checks.yaml", "--image", "registry.example/assay/assay:1"); err != nil || !strings.Contains(out, "checks.yaml") {
			t.Errorf("init %s: %v\n%s", target, err, out)
		}
	}
	if out, err := inFolder(t, files, "--dry-run", "checks.yaml"); err != nil || !strings.Contains(out, "rollout  k8s") {
		t.Errorf("--dry-run: %v\n%s", err, out)
	}
}

func TestLuaInOnePage(t *testing.T) {
	for i, text := range learned(t, "lua.md", 5) {
		if out, err := inFolder(t, map[string]string{"sample.lua": text}, "sample.lua"); err != nil {
			t.Errorf("sample %d: %v\n%s\n%s", i+1, err, text, out)
		}
	}
}

// The login of the page on services lets nobody in without a token that is good.
func TestServiceWithALogin(t *testing.T) {
	var source string
	for _, s := range samples(t) {
		if s.page == "docs/how-to/services.md" && strings.Contains(s.text, "jwt_verify") {
			source = s.text
		}
	}
	t.Setenv("JWT_SECRET", strings.Repeat("s", 32))
	me := serveSample(t, source) + "/me"
	token := func(audience string) string {
		out, err := inFolder(t, nil, "exec", "-e", `io.write(crypto.jwt_sign({sub = "ada", aud = "`+audience+`", exp = math.floor(time()) + 60}, env.get("JWT_SECRET"), "HS256"))`)
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return out
	}
	for header, want := range map[string]string{
		"":                          `401 {"error":"log in first"}`,
		"Bearer x":                  `401 {"error":"log in first"}`,
		"Bearer " + token("others"): `401 {"error":"log in first"}`,
		"Bearer " + token("notes"):  `200 {"user":"ada"}`,
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, me, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", header)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if got := fmt.Sprintf("%d %s", resp.StatusCode, body); got != want {
			t.Errorf("with %q: %s, want %s", header, got, want)
		}
	}
}

// serveSample runs a service that takes its port from PORT, until the test ends, which it must do cleanly.
func serveSample(t *testing.T, source string) (base string) {
	t.Helper()
	address := unusedAddress(t)
	file := filepath.Join(t.TempDir(), "service.lua")
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(assay(), file)
	cmd.Env = append(os.Environ(), "PORT="+address[strings.LastIndex(address, ":")+1:])
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended, which Wait tells
		if err := cmd.Wait(); err != nil {
			t.Errorf("the service ended with %v", err)
		}
	})
	waitFor(t, "the service", func() bool {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
	return "http://" + address
}
