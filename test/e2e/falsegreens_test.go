package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// kinds are the parts of docs/explain/false-greens.md, and how the names of their files in check/testdata/mean begin.
var kinds = []struct {
	title string
	names []string
}{
	{"Files and runs", []string{"all-", "document-", "duplicate-", "foreach-", "needs-", "number-", "retry-", "second-", "tabs"}},
	{"Answers of HTTP", []string{"body-", "bom-", "charset-", "contains-", "cookie-", "error-", "header-", "matches-", "redirect-", "status-", "tls-"}},
	{"JSON and its schemas", []string{"json-", "schema-"}},
	{"jq", []string{"bind-", "capture-", "if-", "jq-"}},
	{"Prometheus", []string{"prom-"}},
	{"SQL", []string{"sql-"}},
	{"Scripts", []string{"script-"}},
	{"WebSockets", []string{"ws-"}},
}

// docs/explain/false-greens.md lists each mean file with what it gets, and nothing else.
func TestFalseGreensPage(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, "check", "testdata", "mean", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	raw, err := os.ReadFile(filepath.Join(root, "docs", "explain", "false-greens.md"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	rows := 0
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var gets []string
		for line := range strings.Lines(string(source)) {
			if want, ok := strings.CutPrefix(line, "# want: "); ok {
				gets = append(gets, strings.TrimSuffix(strings.TrimSpace(want), ":"))
			}
		}
		row := fmt.Sprintf("| `%s` | %s |\n", name, strings.NewReplacer("|", `\|`, "<", "&lt;").Replace(strings.Join(gets, "; ")))
		title := ""
		for _, k := range kinds {
			if slices.ContainsFunc(k.names, func(p string) bool { return strings.HasPrefix(name, p) }) {
				title = k.title
			}
		}
		_, part, _ := strings.Cut(page, "\n## "+title+"\n")
		part, _, _ = strings.Cut(part, "\n## ")
		if title == "" || !strings.Contains(part, row) {
			t.Errorf("docs/explain/false-greens.md lacks, under %q:\n%s", title, row)
		}
		rows++
	}
	if got := strings.Count(page, "\n| `"); got != rows {
		t.Errorf("docs/explain/false-greens.md has %d rows for %d files", got, rows)
	}
}
