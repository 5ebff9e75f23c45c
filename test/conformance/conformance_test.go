// Package conformance runs the test suites of others against assay, and compares the counts with those that
// docs/explain/conformance.md tells: no number falls, and the page is true.
package conformance

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"assay.rs/test/internal/stage"
)

// root is the workspace, assay the binary under test.
var root, assay string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(func() int {
		s, err := stage.Open()
		if err == nil {
			defer s.Close()
			root = s.Root
			assay, err = s.Binary(context.Background(), "assay")
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return m.Run()
	}())
}

// tally compares how many cases of a suite are right with the row of the page that tells it.
func tally(t *testing.T, suite string, right, all int) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root, "docs", "explain", "conformance.md"))
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`(?m)^\| ` + regexp.QuoteMeta(suite) + ` \| ([0-9]+) \| ([0-9]+) \|`).FindStringSubmatch(string(page))
	if row == nil || row[1] != fmt.Sprint(right) || row[2] != fmt.Sprint(all) {
		t.Errorf("%s: %d of %d are right; the row of docs/explain/conformance.md is %q", suite, right, all, row)
	}
}

// needed skips a test whose judge is not installed, and fails it where everything must be.
func needed(t *testing.T, what string, err error) {
	t.Helper()
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		t.Fatalf("%s is missing: ./test/run installs it: %v", what, err)
	default:
		t.Skipf("%s is missing: ./test/run installs it", what)
	}
}

// nodeModules is the folder that test/install puts modules of node into.
func nodeModules(t *testing.T) string {
	t.Helper()
	cache := os.Getenv("ASSAY_TEST_CACHE")
	if cache == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(dir, "assay-test")
	}
	return filepath.Join(cache, "npm", "node_modules")
}

// nodePackage is what a module of the cache exports, as JSON made by an expression in which it is m.
func nodePackage(t *testing.T, name, expression string, into any) {
	t.Helper()
	script := `import(process.argv[1]).then(m => process.stdout.write(JSON.stringify(` + expression + `)))`
	out, err := exec.CommandContext(t.Context(), "node", "-e", script, filepath.Join(nodeModules(t), name, "index.js")).Output()
	needed(t, "the node package "+name, err)
	if err := json.Unmarshal(out, into); err != nil {
		t.Fatal(err)
	}
}

// answers runs a script for which cases holds texts. It prints a line for each: its number and the answer.
func answers(t *testing.T, texts []string, script string) []string {
	t.Helper()
	var b strings.Builder
	b.WriteString("local cases = {}\n")
	for i, text := range texts {
		fmt.Fprintf(&b, "cases[%d] = %s\n", i+1, quoted(text))
	}
	file := filepath.Join(t.TempDir(), "suite.lua")
	if err := os.WriteFile(file, []byte(b.String()+script), 0o600); err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	cmd := exec.CommandContext(t.Context(), assay, file)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if err != nil || len(lines) != len(texts) {
		t.Fatalf("%v, %d lines for %d cases\n%.2000s", err, len(lines), len(texts), stderr.String())
	}
	for i, line := range lines {
		_, lines[i], _ = strings.Cut(line, "\t")
	}
	return lines
}

// quoted is a literal of Lua.
func quoted(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(text) {
		if c := text[i]; c >= ' ' && c <= '~' && c != '"' && c != '\\' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "\\%03d", c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
