package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"assay.rs/deploy/release"
	"assay.rs/test/internal/workspace"
)

// built is where TestMain puts the binaries, and root the workspace.
var built, root string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(func() int {
		w, err := workspace.Open(".")
		if err != nil {
			return fail(err)
		}
		dir, err := os.MkdirTemp("", "assay-e2e-")
		if err != nil {
			return fail(err)
		}
		defer os.RemoveAll(dir)
		for _, b := range release.Binaries() {
			if _, err := b.Build(context.Background(), w.Root, dir, release.Target{}); err != nil {
				return fail(err)
			}
		}
		root, built = w.Root, dir
		return m.Run()
	}())
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// forEachBinary runs a test of what all binaries with a check mode have in common.
func forEachBinary(t *testing.T, test func(t *testing.T, binary string)) {
	t.Helper()
	for _, name := range []string{"assay", "assay-check"} {
		t.Run(name, func(t *testing.T) { test(t, filepath.Join(built, name)) })
	}
}

// result is how one run ended.
type result struct {
	code           int
	stdout, stderr string
	state          *os.ProcessState
}

// run executes a binary in an empty folder.
func run(t *testing.T, binary string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = t.TempDir(), &stdout, &stderr
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), cmd.ProcessState}
}

// document is the part of the JSON document that the tests look at.
type document struct {
	Schema   string  `json:"schema"`
	Passed   bool    `json:"passed"`
	Outcome  string  `json:"outcome"`
	ExitCode int     `json:"exit_code"`
	Reason   string  `json:"reason"`
	Checks   []check `json:"checks"`
	Errors   []struct {
		Location, Message string
	} `json:"errors"`
}

type check struct {
	Name       string  `json:"name"`
	Passed     bool    `json:"passed"`
	Message    *string `json:"message"`
	Status     string  `json:"status"`
	ErrorClass string  `json:"error_class"`
	Attempts   int     `json:"attempts"`
	History    []struct {
		AtMS        float64 `json:"at_ms"`
		ErrorClass  string  `json:"error_class"`
		NextDelayMS float64 `json:"next_delay_ms"`
	} `json:"history"`
}

// runChecks runs the text of a check file and reads the document, which must be the
// only thing on stdout and agree with the exit code.
func runChecks(t *testing.T, binary, yaml string) (document, result) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "checks.yaml")
	if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	r := run(t, binary, file)
	return read(t, r), r
}

func read(t *testing.T, r result) document {
	t.Helper()
	var d document
	dec := json.NewDecoder(bytes.NewReader([]byte(r.stdout)))
	if err := dec.Decode(&d); err != nil {
		t.Fatalf("stdout is no JSON document: %v\nstdout:\n%s\nstderr:\n%s", err, r.stdout, r.stderr)
	}
	if dec.More() {
		t.Errorf("stdout has more than one document:\n%s", r.stdout)
	}
	if d.ExitCode != r.code {
		t.Errorf("document says exit_code %d, the process exited with %d", d.ExitCode, r.code)
	}
	if d.Passed != (r.code == 0) {
		t.Errorf("document says passed %v, the process exited with %d", d.Passed, r.code)
	}
	return d
}

// message is that of a check, or "" for none.
func (c check) message() string {
	if c.Message == nil {
		return ""
	}
	return *c.Message
}
