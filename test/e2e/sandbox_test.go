package e2e

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// goText is what a person must never see of a script that failed.
var goText = regexp.MustCompile(`(?m)fatal error:|^panic:|goroutine \d+ \[|runtime error|[a-z_]\.go:\d+`)

// Each file of testdata/attacks says in its first line what becomes of it: "survives", which prints
// survived, or "error: " and what the message matches.
func TestSandboxHoldsAttacks(t *testing.T) {
	t.Setenv("ASSAY_CANARY", "canary")
	t.Setenv("HTTP_PROXY", "http://192.0.2.1:1")
	for _, file := range attackFiles(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".lua"), func(t *testing.T) {
			attack(t, file)
		})
	}
}

func attack(t *testing.T, file string) {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(source), "\n")
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	limit := 20 * time.Second
	if strings.Contains(first, "time limit of 2s") {
		limit = 2 * time.Second
	}
	start := time.Now()
	r := run(t, filepath.Join(built, "assay"), "--sandbox", "--timeout", limit.String(), path)
	if took := time.Since(start); took > limit+4*time.Second {
		t.Errorf("took %s, want it ended 0.5 s after its time at the latest", took)
	}
	if found := goText.FindString(r.stderr); found != "" {
		t.Errorf("stderr shows Go's own text %q", found)
	}
	if strings.Contains(r.stdout+r.stderr, "canary") {
		t.Error("a secret of the environment was printed")
	}
	message, fails := strings.CutPrefix(first, "-- error: ")
	switch {
	case fails && (r.code != 1 || !regexp.MustCompile(message).MatchString(r.stderr)):
		t.Errorf("exit code %d, stderr %.600q, want 1 and %q", r.code, r.stderr, message)
	case !fails && (r.code != 0 || !strings.Contains(r.stdout, "survived")):
		t.Errorf("exit code %d, stdout %.300q, stderr %.600q, want it to survive", r.code, r.stdout, r.stderr)
	}
}

// What an array leaves behind while it grows is no room for its script.
func TestSandboxBoundsTheGarbageOfArrays(t *testing.T) {
	script := filepath.Join(t.TempDir(), "array.lua")
	if err := os.WriteFile(script, []byte("local t = {} for i = 1, 1e9 do t[i] = i end"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := run(t, filepath.Join(built, "assay"), "--sandbox", script)
	if want := "memory limit of 64 MB exceeded"; r.code != 1 || !strings.Contains(r.stderr, want) {
		t.Errorf("exit code %d, stderr %q, want 1 and %q", r.code, r.stderr, want)
	}
	usage, ok := r.state.SysUsage().(*syscall.Rusage)
	if !ok {
		t.Fatal("this system does not tell how much memory a process has used")
	}
	// 125 MB on a quiet machine; on a busy one the collector comes late. What pods are told to have is never exceeded.
	if mb := usage.Maxrss >> 10; runtime.GOOS == "linux" && mb > 4*64+32 {
		t.Errorf("the sandbox took %d MB, want at most 4 times the limit and 32", mb)
	}
}

// The limit that ends a script names the flag that sets it.
func TestSandboxNamesTheFlagOfMemory(t *testing.T) {
	script := filepath.Join(t.TempDir(), "greedy.lua")
	if err := os.WriteFile(script, []byte(`local t = {} for i = 1, 1e9 do t[i] = ("x"):rep(100) .. i end`), 0o600); err != nil {
		t.Fatal(err)
	}
	r := run(t, filepath.Join(built, "assay"), "--sandbox", "--memory", "16MB", script)
	if want := "give it more: --memory 32MB\n"; r.code != 1 || !strings.Contains(r.stderr, want) {
		t.Errorf("exit code %d, stderr %q, want 1 and %q", r.code, r.stderr, want)
	}
}

// A permitted host must not lead to one that is not.
func TestSandboxChecksEveryHop(t *testing.T) {
	inner := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the denied server was asked")
	}))
	defer inner.Close()
	outer := httptest.NewServer(http.RedirectHandler(inner.URL, http.StatusFound))
	defer outer.Close()
	file := filepath.Join(t.TempDir(), "hop.lua")
	if err := os.WriteFile(file, []byte(`local ok, e = pcall(http.get, ...) print(ok, e.code)`), 0o600); err != nil {
		t.Fatal(err)
	}
	address := strings.TrimPrefix(outer.URL, "http://")
	r := run(t, filepath.Join(built, "assay"), "--sandbox", "--allow-net", address, file, outer.URL)
	if want := "false\tpolicy.denied\n"; r.stdout != want {
		t.Errorf("stdout = %q, want %q; stderr: %s", r.stdout, want, r.stderr)
	}
}

// The process inside gets the signal, says so, and ends; it also ends with the process outside.
func TestSandboxEndsWithItsParent(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("a sandbox of its own process needs Linux")
	}
	for _, test := range []struct {
		signal syscall.Signal
		code   int
	}{{syscall.SIGINT, 130}, {syscall.SIGTERM, 143}, {syscall.SIGKILL, -1}} {
		t.Run(test.signal.String(), func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "wait.lua")
			if err := os.WriteFile(file, []byte("print('here') while true do sleep(1) end"), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), filepath.Join(built, "assay"), "--sandbox", file)
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if _, err := stdout.Read(make([]byte, 16)); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Process.Signal(test.signal); err != nil {
				t.Fatal(err)
			}
			// The end of stdout is the end of all who hold it.
			ended, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			go func() { _, _ = new(bytes.Buffer).ReadFrom(stdout); cancel() }()
			<-ended.Done()
			if errors.Is(ended.Err(), context.DeadlineExceeded) {
				t.Error("the process inside lives on")
			}
			_ = cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != test.code {
				t.Errorf("exit code = %d, want %d", code, test.code)
			}
		})
	}
}
