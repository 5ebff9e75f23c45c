package e2e

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A pod that is told to go still says what it knows, within a second.
func TestSignals(t *testing.T) {
	for _, tt := range []struct {
		signal syscall.Signal
		code   int
	}{{syscall.SIGTERM, 143}, {syscall.SIGINT, 130}, {syscall.SIGHUP, 129}, {syscall.SIGQUIT, 131}} {
		t.Run(tt.signal.String(), func(t *testing.T) {
			forEachBinary(t, func(t *testing.T, binary string) { testSignal(t, binary, tt.signal, tt.code) })
		})
	}
}

func testSignal(t *testing.T, binary string, signal syscall.Signal, code int) {
	asked := make(chan struct{}, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done() // never answers
	}))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "checks.yaml")
	yaml := "checks:\n  - { name: hangs, type: http, url: \"" + server.URL + "\" }\n  - { name: waits, type: script, script: \"print(1)\" }\n"
	if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), binary, file)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-asked:
	case <-time.After(20 * time.Second):
		t.Fatal("no request within 20s")
	}
	sent := time.Now()
	if err := cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its exit code is read below
	took := time.Since(sent)
	r := result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), cmd.ProcessState}
	d := read(t, r)
	if r.code != code || d.Outcome != "cancelled" {
		t.Errorf("exit code %d, outcome %q; want %d, cancelled\n%s", r.code, d.Outcome, code, r.stderr)
	}
	if took > time.Second {
		t.Errorf("the document took %s, want at most 1s", took)
	}
	if len(d.Checks) != 2 || d.Checks[0].Status != "cancelled" || d.Checks[1].Passed {
		t.Errorf("checks = %+v, want the first cancelled and the second not passed", d.Checks)
	}
}

// Whoever cannot be told the verdict must not take silence for a pass.
func TestStdoutIsFull(t *testing.T) {
	forEachBinary(t, func(t *testing.T, binary string) {
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Skip("no /dev/full on this system")
		}
		defer full.Close()
		file := filepath.Join(t.TempDir(), "checks.yaml")
		if err := os.WriteFile(file, []byte("checks:\n  - { name: one, type: script, script: \"assert(true)\" }\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		var stderr bytes.Buffer
		cmd := exec.CommandContext(t.Context(), binary, file)
		cmd.Stdout, cmd.Stderr = full, &stderr
		if err := cmd.Run(); err == nil {
			t.Error("exit code 0 although the document was not written")
		}
		if stderr.Len() == 0 {
			t.Error("nothing on stderr says why")
		}
	})
}

func TestConfigError(t *testing.T) {
	asked := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer server.Close()
	forEachBinary(t, func(t *testing.T, binary string) {
		d, r := runChecks(t, binary, "checks:\n  - name: good\n    type: http\n    url: "+server.URL+"\n  - name: bad\n    type: http\n    url: "+server.URL+"\n    expct: { status: 200 }\n")
		if r.code != 2 || d.Outcome != "error" || len(d.Checks) != 0 || len(d.Errors) != 1 {
			t.Fatalf("exit code %d, outcome %q, %d checks, %d errors; want 2, error, 0, 1\n%s", r.code, d.Outcome, len(d.Checks), len(d.Errors), r.stdout)
		}
		if got := d.Errors[0]; !strings.HasSuffix(got.Location, "checks.yaml:8:5") || !strings.Contains(got.Message, "expect") {
			t.Errorf("error = %+v, want one at checks.yaml:8:5 that suggests expect", got)
		}
		if asked {
			t.Error("a request was sent although the file is wrong")
		}
	})
}
