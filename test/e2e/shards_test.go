package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A thousand checks, of which a tenth hang and a tenth are scripts that crash, in four shards: each result is exact, in the
// documents of the shards and in the merged one.
func TestAThousandChecksInShards(t *testing.T) {
	const total, shards = 1000, 4
	over := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hang" {
			select {
			case <-r.Context().Done():
			case <-over:
			}
		}
	}))
	t.Cleanup(func() { close(over); server.Close() })
	dir := t.TempDir()
	file := filepath.Join(dir, "checks.yaml")
	var yaml strings.Builder
	fmt.Fprintf(&yaml, "parallel: 32\ndefaults: {attempt_timeout: 60s}\nchecks:\n")
	want := make([]string, total)
	for i := range total {
		switch i / shards % 10 { // each shard has as many of them
		case 3:
			fmt.Fprintf(&yaml, "  - {name: c%d, type: http, url: %q, attempt_timeout: 100ms}\n", i, server.URL+"/hang")
			want[i] = "error timeout: attempt_timeout of 100ms reached"
		case 7:
			fmt.Fprintf(&yaml, "  - {name: c%d, type: script, script: 'local t = nil; assert(t.x, %d)'}\n", i, i)
			want[i] = "failed assert: checks.yaml:"
		default:
			fmt.Fprintf(&yaml, "  - {name: c%d, type: http, url: %q}\n", i, fmt.Sprintf("%s/%d", server.URL, i))
			want[i] = "passed"
		}
	}
	if err := os.WriteFile(file, []byte(yaml.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	forEachBinary(t, func(t *testing.T, binary string) {
		folder := t.TempDir()
		merge := []string{"merge"}
		for i := range shards {
			cmd := exec.CommandContext(t.Context(), binary, "checks.yaml", fmt.Sprint("--shard-index=", i), fmt.Sprint("--shard-count=", shards))
			cmd.Dir = dir
			out, _ := cmd.Output() // the exit code is in the document
			if got := exact(t, out, want); got != total/shards {
				t.Errorf("shard %d has %d checks, want %d", i, got, total/shards)
			}
			part := filepath.Join(folder, fmt.Sprint(i, ".json"))
			if err := os.WriteFile(part, out, 0o600); err != nil {
				t.Fatal(err)
			}
			merge = append(merge, part)
		}
		out, _ := exec.CommandContext(t.Context(), binary, merge...).Output()
		if got := exact(t, out, want); got != total {
			t.Errorf("the merged document has %d checks, want %d", got, total)
		}
		if out, err := exec.CommandContext(t.Context(), binary, merge[:shards]...).CombinedOutput(); err == nil || !strings.Contains(string(out), "shard") {
			t.Errorf("merged without the last shard: %v\n%s", err, out)
		}
	})
}

// exact compares each result of a document with what it must be, by the number in its name, and counts them.
func exact(t *testing.T, out []byte, want []string) int {
	t.Helper()
	var d struct {
		document
		Summary struct{ Total, Passed, Failed, Error int }
	}
	if err := json.Unmarshal(out, &d); err != nil {
		t.Fatalf("%v\n%.300s", err, out)
	}
	last, counted := -1, map[string]int{}
	for _, c := range d.Checks {
		var i int
		if _, err := fmt.Sscanf(c.Name, "c%d", &i); err != nil || i <= last {
			t.Fatalf("%q comes after c%d (%v)", c.Name, last, err)
		}
		last = i
		counted[c.Status]++
		if got := c.verdict(); !strings.HasPrefix(got, want[i]) || c.Passed != (want[i] == "passed") {
			t.Errorf("%s = %s, want %s", c.Name, got, want[i])
		}
	}
	if s := d.Summary; s.Total != len(d.Checks) || s.Passed != counted["passed"] || s.Failed != counted["failed"] || s.Error != counted["error"] || d.Passed || d.ExitCode != 1 {
		t.Errorf("summary %+v, passed %v and exit code %d do not fit the checks: %v", s, d.Passed, d.ExitCode, counted)
	}
	return len(d.Checks)
}
