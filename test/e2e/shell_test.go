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
	"testing"
)

// fence is a block of a page: its language, the file that it stands for if any, and its text.
var fence = regexp.MustCompile("(?ms)^```(\\w+)(?: (\\S+))?\n(.*?)^```$")

// pair is a command of a shell and the script that does the same.
type pair struct{ shell, script string }

// Each pair of the page prints the same, and something.
func TestShellEquivalents(t *testing.T) {
	for _, tool := range []string{"curl", "jq", "yq", "openssl", "base64", "grep", "sed", "sh"} {
		need(t, tool)
	}
	text, err := os.ReadFile(filepath.Join(root, "docs", "how-to", "shell-equivalents.md"))
	if err != nil {
		t.Fatal(err)
	}
	files, pairs := readPairs(t, string(text))
	if len(files) == 0 || len(pairs) < 20 {
		t.Fatalf("%d files and %d pairs: the page is read wrongly", len(files), len(pairs))
	}
	url := echoServer(t)
	for i, p := range pairs {
		t.Run(fmt.Sprintf("%d %s", i+1, strings.Fields(p.shell)[0]), func(t *testing.T) {
			dir := t.TempDir()
			for name, content := range files {
				path := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want := output(t, dir, url, "sh", "-c", p.shell)
			// A pair that changes files does so in both ways from the same beginning, but for what
			// the shell alone makes: a key.
			for name, content := range files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got := output(t, dir, url, filepath.Join(built, "assay"), "exec", "-e", p.script)
			// print puts tabs between its arguments.
			if strings.ReplaceAll(got, "\t", " ") != want || want == "" {
				t.Errorf("the script prints\n%s\nwant, as the shell does,\n%s\n%s\n%s", got, want, p.shell, p.script)
			}
		})
	}
}

func readPairs(t *testing.T, page string) (files map[string]string, pairs []pair) {
	t.Helper()
	files = make(map[string]string)
	shell := ""
	for _, m := range fence.FindAllStringSubmatch(page, -1) {
		switch m[1] {
		case "text":
			files[m[2]] = m[3]
		case "sh":
			shell = m[3]
		case "lua":
			if shell == "" {
				t.Fatalf("a script without a command before it:\n%s", m[3])
			}
			pairs, shell = append(pairs, pair{shell, m[3]}), ""
		default:
			t.Fatalf("a block of an unknown kind: %s", m[1])
		}
	}
	return files, pairs
}

// need skips the test without a program, or fails where all must run.
func need(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing: ./test/run installs it", program)
	}
	t.Skipf("%s is missing: ./test/run installs it", program)
}

func output(t *testing.T, dir, url, program string, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	cmd.Env = append(os.Environ(), "URL="+url, "LC_ALL=C", "TZ=UTC")
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s\n%s", args[len(args)-1], err, &stdout, &stderr)
	}
	return stdout.String()
}

// echoServer answers as the page says.
func echoServer(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		_, _ = fmt.Fprintf(w, "%s %q %q %q %s\n", r.Method, r.URL.Query(), r.Header["Content-Type"], r.Header["X-Team"], body)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}
