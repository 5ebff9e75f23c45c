package command

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"assay.rs/check"
	"assay.rs/core/prelude"
)

const passing = "checks:\n  - {name: a, type: script, script: 'assert(1 == 1)'}\n"

// runPaths runs with flags and gives the exit code and stdout.
func runPaths(t *testing.T, stdin string, flags []string, paths ...string) (int, string) {
	t.Helper()
	var out bytes.Buffer
	var f CheckFlags
	fs := pflag.NewFlagSet("check", pflag.ContinueOnError)
	f.Bind(fs)
	if err := fs.Parse(flags); err != nil {
		t.Fatal(err)
	}
	f.termination = filepath.Join(t.TempDir(), "none")
	code := Run(t.Context(), paths, &f, Surroundings{
		Types: check.Standard(prelude.Modules()...), Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: io.Discard, Log: slog.New(slog.DiscardHandler),
	})
	return code, out.String()
}

func TestACheckFileFromStdin(t *testing.T) {
	code, out := runPaths(t, passing, nil, "-")
	var doc check.Report
	if err := json.Unmarshal([]byte(out), &doc); err != nil || code != 0 || doc.File != "stdin" || len(doc.Checks) != 1 || doc.Checks[0].Location != "stdin:2:5" {
		t.Errorf("code %d, %v\n%s", code, err, out)
	}
	for stdin, want := range map[string]string{"": "the file is empty", "checks: 3": "stdin:1:9"} {
		if code, out := runPaths(t, stdin, nil, "-"); code != 2 || !strings.Contains(out, want) {
			t.Errorf("%q: code %d, want 2 and %q in\n%s", stdin, code, want, out)
		}
	}
	if code, out := runPaths(t, passing, nil, "-", "a.yaml"); code != 2 || !strings.Contains(out, "stands alone") {
		t.Errorf("with another file: code %d\n%s", code, out)
	}
	if code, out := runPaths(t, passing, []string{"--watch"}, "-"); code != 2 || !strings.Contains(out, "--watch needs a file") {
		t.Errorf("with --watch: code %d\n%s", code, out)
	}
}

func TestSeveralFilesAreOneRun(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	a, b := write("a.yaml", passing), write("b.yaml", strings.Replace(passing, "1 == 1", "1 == 2", 1))
	write("more/c.yaml", passing)
	code, out := runPaths(t, "", nil, a, b, filepath.Join(dir, "more"))
	var doc check.Report
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range doc.Checks {
		got = append(got, filepath.Base(c.File)+" "+string(c.Status))
	}
	if want := "a.yaml passed, b.yaml failed, c.yaml passed"; code != 1 || strings.Join(got, ", ") != want || doc.Summary.Total != 3 {
		t.Errorf("code %d, %s; want 1 and %s", code, strings.Join(got, ", "), want)
	}
	for _, paths := range [][]string{{a, a}, {a, dir}, {a, filepath.Join(dir, "more", "..", "a.yaml")}} {
		if code, out := runPaths(t, "", nil, paths...); code != 2 || !strings.Contains(out, "is given twice") {
			t.Errorf("%v: code %d\n%s", paths, code, out)
		}
	}
	if code, out := runPaths(t, "", nil, a, filepath.Join(dir, "gone.yaml")); code != 2 || !strings.Contains(out, "gone.yaml: no such file") {
		t.Errorf("with one that is not there: code %d\n%s", code, out)
	}
}

func TestWatchRunsAgainWhenAFileChanges(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "checks.yaml")
	script := filepath.Join(dir, "a.lua")
	write := func(path, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Error(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	// Each run changes what the next one is to see.
	steps := []func(){
		func() { write(path, "checks: [") },
		func() {
			write(path, "checks:\n  - {name: a, type: script, file: a.lua}\n")
			write(script, "assert(1 == 2)")
		},
		func() { write(script, "assert(1 == 1) -- now") },
		cancel,
	}
	write(path, passing)
	var codes []int
	last := watch(ctx, []string{path}, slog.New(slog.DiscardHandler), func(loaded func(*check.Plan)) int {
		plan, err := check.Load(path, check.Options{Types: check.Standard(prelude.Modules()...)})
		loaded(plan)
		code := 2
		if err == nil {
			code = plan.Run(context.WithoutCancel(ctx)).ExitCode()
		}
		codes = append(codes, code)
		if n := len(codes); n <= len(steps) {
			steps[n-1]()
		}
		return code
	})
	if len(codes) != 4 || codes[0] != 0 || codes[1] != 2 || codes[2] != 1 || last != 0 {
		t.Errorf("exit codes %v, the last %d; want [0 2 1 0]", codes, last)
	}
}
