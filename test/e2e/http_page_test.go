package e2e

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
)

// shop is the services that the pages of the documentation talk to. It is asked as a proxy, so that the
// pages can name hosts as a cluster does.
func shop(t *testing.T) string {
	t.Helper()
	var flaky atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		switch r.Method + " " + r.URL.Path {
		case "GET /health":
			_, _ = io.WriteString(w, `{"status": "ok"}`)
		case "GET /":
			if got := r.Header.Get("Authorization"); got != "Basic YWRhOnNlY3JldA==" && got != "Bearer t0k3n" {
				t.Errorf("Authorization = %q", got)
			}
		case "POST /items":
			if string(body) != `{"name":"tea","price":3.5}` {
				t.Errorf("item = %s", body)
			}
		case "POST /login":
			if !strings.HasPrefix(string(body), "keep=true&user=ada") && string(body) != "user=ada" {
				t.Errorf("form = %s", body)
			}
			http.SetCookie(w, &http.Cookie{Name: "user", Value: "ada", Path: "/"})
		case "GET /me":
			if cookie, err := r.Cookie("user"); err == nil {
				_, _ = io.WriteString(w, cookie.Value)
			}
		case "POST /upload":
			if !bytes.Contains(body, []byte("all is well")) || !bytes.Contains(body, []byte(`filename="report.txt"`)) {
				t.Errorf("upload = %s", body)
			}
		case "GET /flaky":
			if flaky.Add(1) < 3 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		case "GET /dump":
			_, _ = io.WriteString(w, strings.Repeat("INSERT;\n", 1000))
		case "GET /events":
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, "data: 1\n\nevent: done\ndata: 2\n\ndata: 3\n\n")
		case "GET /api/v1/query":
			_, _ = fmt.Fprint(w, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"0.01"]}]}}`)
		default:
			t.Errorf("%s %s is not known", r.Method, r.URL)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// Every block of Lua in the page is a script that runs.
func TestPageOnHTTP(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "how-to", "http.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```lua\n(.*?)```").FindAllSubmatch(page, -1)
	if len(blocks) < 5 {
		t.Fatalf("%d blocks of Lua in the page, want more", len(blocks))
	}
	proxy, dir := shop(t), t.TempDir()
	for name, content := range map[string]string{"report.txt": "all is well", "token": "t0k3n\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i, block := range blocks {
		script := filepath.Join(dir, fmt.Sprintf("block%d.lua", i+1))
		if err := os.WriteFile(script, block[1], 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), filepath.Join(built, "assay"), script)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "HTTP_PROXY="+proxy, "NO_PROXY=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("block %d: %v\n%s\n%s", i+1, err, block[1], out)
		}
	}
	dump, err := os.ReadFile(filepath.Join(dir, "dump.sql"))
	if err != nil || len(dump) != 8000 {
		t.Errorf("dump.sql has %d bytes, %v", len(dump), err)
	}
}
