// Package commandtest tests command lines that run checks.
package commandtest

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// file has a check that passes and one that fails, by what flags change.
const file = `vars: { want: 1 }
checks:
  - { name: good, type: script, script: 'assert(true)', tags: [smoke] }
  - { name: bad, type: script, script: 'print("a print") assert.eq(env.get("WANT"), "2")', env: { WANT: "${want}" } }
`

// sample is a use of a flag.
type sample struct {
	value  string // with = in front, or empty
	code   int
	stdout string // what must be in it; on a refusal in stderr
}

// samples has one for each flag. A flag that is refused gives its reason.
func samples(dir string) map[string]sample {
	scripts := sample{code: 2, stdout: "is for scripts"}
	with := func(s sample, value string) sample { s.value = value; return s }
	return map[string]sample{
		"only": {"=good", 0, `"deselected": 1`}, "skip": {"=bad", 0, `"deselected": 1`}, "tags": {"=smoke", 0, `"deselected": 1`}, "var": {"=want=2", 0, `"passed": 2`},
		"vars-file": {"=" + filepath.Join(dir, "vars.json"), 0, `"passed": 2`}, "validate": {"", 0, `"validated"`}, "dry-run": {"", 0, "worst case"}, "quiet": {"", 1, `"failed"`}, "log-level": {"=error", 1, `"failed"`},
		"log-format": {"=json", 1, `"failed"`}, "termination-log": {"=" + filepath.Join(dir, "verdict"), 1, `"failed"`},
		"report": {"=tap=" + filepath.Join(dir, "report.tap"), 1, `"failed"`}, "json": {"", 1, `"failed"`}, "color": {"=never", 1, `"failed"`},
		"fail-fast": {"", 1, `"failed"`}, "exit-codes": {"=detailed", 1, `"failed"`}, "advisory": {"", 0, `"would_exit": 1`}, "shard-count": {"=1", 2, "shard"}, "shard-index": {"=0", 2, "shard"},
		"help": {"", 0, "Usage:"}, "version": {"", 0, "assay"},
		"timeout": with(scripts, "=1s"), "memory": with(scripts, "=1MB"), "sandbox": scripts, "readonly": scripts, "explain-policy": scripts,
		"allow-net": with(scripts, "=example.com"), "allow-env": with(scripts, "=NOTHING"), "allow-read": with(scripts, "="+dir), "allow-write": with(scripts, "="+dir),
	}
}

// BothSides runs a check file with each flag before it and behind it: it must hold, or be refused, on either side alike.
// run executes a command line and gives its exit code.
func BothSides(t *testing.T, flags *pflag.FlagSet, run func(args []string, stdout, stderr io.Writer) int) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "checks.yaml")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "vars.json"), []byte(`{"want": 2, "other": [1]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	known := samples(dir)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Name == "watch" {
			return // does not end by itself
		}
		s, ok := known[f.Name]
		if !ok {
			t.Errorf("--%s: no sample of this flag: say here what it must do on both sides of a check file", f.Name)
			return
		}
		flag := "--" + f.Name + s.value
		for side, args := range map[string][]string{"before": {flag, path}, "behind": {path, flag}} {
			var stdout, stderr bytes.Buffer
			log := filepath.Join(dir, "verdict")
			if err := os.WriteFile(log, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			code := run(args, &stdout, &stderr)
			told := stdout.String()
			if s.code == 2 {
				told = stderr.String()
				if !strings.Contains(stdout.String(), `"outcome": "error"`) {
					t.Errorf("%s %s the file: stdout = %q, want the document", flag, side, stdout.String())
				}
			}
			if code != s.code || !strings.Contains(told, s.stdout) {
				t.Errorf("%s %s the file: exit code %d, %q; want %d, %q", flag, side, code, told, s.code, s.stdout)
			}
			effects(t, f.Name, side, log, stderr.String())
		}
	})
}

// effects looks at what some flags do beside the document.
func effects(t *testing.T, flag, side, log, stderr string) {
	t.Helper()
	verdict, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case flag == "quiet" && stderr != "":
		t.Errorf("--quiet %s the file: stderr = %q, want nothing", side, stderr)
	case flag == "log-level" && regexp.MustCompile(`(?i)\binfo\b|a print`).MatchString(stderr):
		t.Errorf("--log-level=error %s the file: stderr = %q, want no record of level info", side, stderr)
	case flag == "log-format" && !strings.Contains(stderr, `{"time"`):
		t.Errorf("--log-format=json %s the file: stderr = %q, want JSON", side, stderr)
	case flag == "termination-log" && !strings.HasPrefix(string(verdict), "FAIL 1/2"):
		t.Errorf("--termination-log %s the file: %q, want the verdict", side, verdict)
	}
}
