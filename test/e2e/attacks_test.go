package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The attacks as scripts of checks: each fails alone, and the document says so.
func TestChecksHoldAttacks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var file strings.Builder
	file.WriteString("parallel: 2\nchecks:\n")
	survives := make(map[string]bool)
	for _, path := range attackFiles(t) {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(path), ".lua")
		if name == "escape-env" || name == "escape-globals" || strings.HasPrefix(name, "net-") {
			continue // a check sees more: os, the environment and the network of its pod
		}
		survives[name] = strings.HasPrefix(string(source), "-- survives\n")
		if survives[name] {
			source = append(source, "\nassert.eq(#'ended', 5)\n"...)
		}
		limit := "60s"
		if strings.Contains(string(source), "-- error: time limit") {
			limit = "2s"
		}
		if err := os.WriteFile(filepath.Join(dir, name+".lua"), source, 0o600); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&file, "  - { name: %s, type: script, file: %s.lua, attempt_timeout: %s }\n", name, name, limit)
	}
	checks := filepath.Join(dir, "checks.yaml")
	if err := os.WriteFile(checks, []byte(file.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, binary := range []string{"assay", "assay-check"} {
		t.Run(binary, func(t *testing.T) {
			t.Parallel()
			r := run(t, filepath.Join(built, binary), checks)
			if found := goText.FindString(r.stdout + r.stderr); found != "" {
				t.Errorf("Go's own text is shown: %q", found)
			}
			var document struct {
				Passed bool
				Checks []struct {
					Name, Status string
					ErrorClass   *string `json:"error_class"`
					Message      *string
				}
			}
			if err := json.Unmarshal([]byte(r.stdout), &document); err != nil {
				t.Fatalf("%v in %.300q", err, r.stdout)
			}
			if r.code != 1 || document.Passed || len(document.Checks) != len(survives) {
				t.Errorf("exit code %d, passed %v, %d checks; want 1, false, %d", r.code, document.Passed, len(document.Checks), len(survives))
			}
			for _, c := range document.Checks {
				stopped := c.ErrorClass != nil && (*c.ErrorClass == "limit" || *c.ErrorClass == "timeout")
				if passed := c.Status == "passed"; passed != survives[c.Name] || !passed && c.Status == "error" && !stopped {
					t.Errorf("%s: %s, class %v, %v", c.Name, c.Status, text(c.ErrorClass), text(c.Message))
				}
			}
		})
	}
}

func text(s *string) string {
	if s == nil {
		return "null"
	}
	return *s
}

func attackFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/attacks/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatalf("no attacks: %v", err)
	}
	return files
}
