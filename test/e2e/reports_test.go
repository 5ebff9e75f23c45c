package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

// mixed is a check file with every outcome, and with names and answers that no format likes.
const mixed = `
name: "mixed <&> run"
secrets: { token: { from_env: REPORT_TOKEN } }
checks:
  - { name: passes, type: http, url: "$URL/ok" }
  - { name: passes in the end, type: http, url: "$URL/flaky", retries: 3, backoff: 1ms }
  - name: 'down: <b>&amp; "quotes" | ` + "`tick`" + ` #1 *x* _y_'
    type: http
    url: "$URL/down"
    headers: { Authorization: "Bearer ${secrets.token}" }
    retries: 1
    backoff: 1ms
    expect: { status: 200, json: '.status == "ok"', body: ok }
  - { name: slow to say, type: script, script: 'assert.eq({status = "ready", list = {1, 2, 3}}, {status = "down", list = {1, 2}}, "the state")' }
  - { name: a warning, severity: warn, type: http, url: "$URL/down" }
  - { name: refused, type: tcp, address: "127.0.0.1:1" }
  - { name: skipped, needs: [refused], type: http, url: "$URL/ok" }
  - { name: "` + longName + `", type: http, url: "$URL/` + longName + `" }
  - { name: ünïcödé ✓ 日本語 🚀, type: http, url: "$URL/ok" }
  - { name: hidden, type: http, url: "$URL/echo?${secrets.token}" }
`

// longName has no place to break a line.
const longName = "a-name-without-any-place-where-a-line-could-be-broken-which-is-longer-than-a-phone-is-wide-0123456789-0123456789"

const reportToken = "t0ps3cr3t-t0ken/+="

// reports runs mixed with every reporter that writes a file, and gives the folder of the files.
func reports(t *testing.T, binary string) (dir string, d document) {
	t.Helper()
	flaky := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/ok":
		case "/echo":
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprintf(w, "%s and %s", r.URL.RawQuery, reportToken)
		case "/flaky":
			if flaky++; flaky < 3 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		default:
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = fmt.Fprint(w, "{\"status\": \"down\", \"by\": \"<script>alert(1)</script> ]]> ``` \x1b[31m # | @everyone\"}\n\x01\xff")
		}
	}))
	t.Cleanup(server.Close)
	dir = t.TempDir()
	file := filepath.Join(dir, "checks.yaml")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(mixed, "$URL", server.URL)), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("REPORT_TOKEN", reportToken)
	args := []string{"checks.yaml"}
	for _, kind := range []string{"junit", "tap", "jsonl", "markdown", "prometheus", "html"} {
		args = append(args, "--report", kind+"="+filepath.Join(dir, kind))
	}
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Dir = dir
	stdout, err := cmd.Output()
	if cmd.ProcessState.ExitCode() != 1 {
		t.Fatalf("exit code %d, want 1 (%v)\n%s", cmd.ProcessState.ExitCode(), err, stdout)
	}
	if err := json.Unmarshal(stdout, &d); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"junit", "tap", "jsonl", "markdown", "prometheus", "html"} {
		for _, form := range []string{reportToken, "t0ps3cr3t"} {
			if bytes.Contains(contents(t, dir, kind), []byte(form)) {
				t.Errorf("the secret is in the report %s", kind)
			}
		}
	}
	return dir, d
}

func contents(t *testing.T, dir, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// tool runs a program on files of dir; its exit code must be code.
func tool(t *testing.T, dir string, stdin []byte, code int, program string, args ...string) string {
	t.Helper()
	need(t, program)
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if got := cmd.ProcessState.ExitCode(); got != code {
		t.Fatalf("%s: exit code %d, want %d (%v)\n%s", cmd, got, code, err, out)
	}
	return string(out)
}

// The reports are read by the programs that they are for.
func TestReportsAreRead(t *testing.T) {
	forEachBinary(t, func(t *testing.T, binary string) {
		dir, d := reports(t, binary)
		if len(d.Checks) != 10 {
			t.Fatalf("%d results of 10 checks", len(d.Checks))
		}
		t.Run("junit by a schema", func(t *testing.T) {
			tool(t, dir, nil, 0, "xmllint", "--noout", "--nonet", "--schema", filepath.Join(root, "test", "e2e", "testdata", "junit.xsd"), "junit")
		})
		t.Run("junit by junitparser", func(t *testing.T) { junitRead(t, dir, d) })
		t.Run("tap by prove", func(t *testing.T) {
			out := tool(t, dir, nil, 1, "prove", "--exec", "cat", "--failures", "tap")
			if !strings.Contains(out, "Failed tests:  3-4, 6, 8, 10\n") && !strings.Contains(out, "Failed tests:  3-4, 6, 8, 10\r") || strings.Contains(out, "Parse errors") {
				t.Errorf("prove says\n%s", out)
			}
		})
		t.Run("metrics by promtool", func(t *testing.T) {
			if out := tool(t, dir, contents(t, dir, "prometheus"), 0, "promtool", "check", "metrics"); out != "" {
				t.Errorf("promtool says\n%s", out)
			}
		})
		t.Run("jsonl", func(t *testing.T) {
			for line := range bytes.Lines(contents(t, dir, "jsonl")) {
				if !json.Valid(line) {
					t.Errorf("no JSON: %s", line)
				}
			}
		})
		t.Run("markdown", func(t *testing.T) { markdownRead(t, contents(t, dir, "markdown"), d) })
	})
}

// junitRead compares what a parser finds with the document.
func junitRead(t *testing.T, dir string, d document) {
	t.Helper()
	const script = `
import json, junitparser
xml = junitparser.JUnitXml.fromfile("junit")
suites = list(xml)
print(json.dumps({
  "counts": [xml.tests, xml.failures, xml.errors, suites[0].skipped],
  "cases": [[c.name, [type(r).__name__ for r in c.result], [r.message for r in c.result]] for s in suites for c in s],
}))`
	var got struct {
		Counts []int
		Cases  [][]any
	}
	out := tool(t, dir, nil, 0, "/usr/bin/python3", "-c", script)
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if want := []int{10, 4, 1, 1}; !slices.Equal(got.Counts, want) {
		t.Errorf("tests, failures, errors and skipped = %v, want %v", got.Counts, want)
	}
	kinds := map[string]string{"passed": "[]", "warned": "[]", "failed": "[Failure]", "error": "[Error]", "skipped": "[Skipped]"}
	for i, c := range d.Checks {
		if len(got.Cases) != len(d.Checks) {
			t.Fatalf("%d cases, want %d", len(got.Cases), len(d.Checks))
		}
		if name, kind := fmt.Sprint(got.Cases[i][0]), fmt.Sprint(got.Cases[i][1]); name != c.Name || kind != kinds[c.Status] {
			t.Errorf("case %d is %q %s, want %q %s", i, name, kind, c.Name, kinds[c.Status])
		}
	}
}

// markdownRead renders the report as GitHub does and looks for what a person would.
func markdownRead(t *testing.T, source []byte, d document) {
	t.Helper()
	var page bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.GFM)).Convert(source, &page); err != nil {
		t.Fatal(err)
	}
	table, _, _ := strings.Cut(page.String(), "</table>")
	if rows := strings.Count(table, "<tr>"); rows != len(d.Checks)+1 {
		t.Errorf("%d rows, want one for each of %d checks and a head\n%s", rows, len(d.Checks), table)
	}
	for row := range strings.SplitSeq(table, "<tr>") {
		if cells := strings.Count(row, "<td") + strings.Count(row, "<th>") + strings.Count(row, "<th "); cells != 0 && cells != 6 {
			t.Errorf("%d cells, want 6:\n%s", cells, row)
		}
	}
	for _, c := range d.Checks {
		if name := escaped(c.Name); !strings.Contains(table, ">"+name+"<") {
			t.Errorf("the table has no cell %s\n%s", name, table)
		}
	}
	for _, wrong := range []string{"<script", "<em>", "<a href", "alert(1)</td>"} {
		if strings.Contains(table, wrong) {
			t.Errorf("the table has %s, which was text:\n%s", wrong, table)
		}
	}
}

// escaped is text as goldmark writes it.
func escaped(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}
