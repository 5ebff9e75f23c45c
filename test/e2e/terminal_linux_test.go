package e2e

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"
	"unsafe"
)

// columns is how wide the terminal is.
const columns = 80

// onTerminal runs a check file on a terminal of 24 lines, and gives all that was written to it.
func onTerminal(t *testing.T, yaml string, env ...string) (shown string, code int) {
	t.Helper()
	s := startOnTerminal(t, yaml, nil, env...)
	return s.end()
}

// session is a program that runs on a terminal of its own.
type session struct {
	*typist
	dir   string // where it runs; its checks are in checks.yaml there
	cmd   *exec.Cmd
	ended chan struct{}
}

// end waits for the program.
func (s *session) end() (shown string, code int) {
	_ = s.cmd.Wait() // its exit code is read below
	<-s.ended
	return s.text(), s.cmd.ProcessState.ExitCode()
}

func startOnTerminal(t *testing.T, yaml string, flags []string, env ...string) *session {
	t.Helper()
	keyboard, terminal := pseudoTerminal(t)
	size := [4]uint16{24, columns}
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, terminal.Fd(), syscall.TIOCSWINSZ, uintptr(unsafe.Pointer(&size))); errno != 0 {
		t.Fatal(errno)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "checks.yaml"), []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), assay(), append([]string{"checks.yaml"}, flags...)...)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, terminal, terminal, terminal
	cmd.Env = append(os.Environ(), "TERM=xterm", "NO_COLOR=")
	cmd.Env = append(cmd.Env, env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := terminal.Close(); err != nil {
		t.Fatal(err)
	}
	s := &session{typist: &typist{keyboard: keyboard}, dir: dir, cmd: cmd, ended: make(chan struct{})}
	go func() { defer close(s.ended); s.watch() }() // ends with the terminal
	return s
}

// control is a control sequence (ECMA-48), as colours and the movements of the cursor are.
var control = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")

// lineEnd ends a line of a terminal; a carriage return of its own is left of what was erased.
var lineEnd = regexp.MustCompile(`\r+\n`)

// colour is one that sets a colour.
var colour = regexp.MustCompile("\x1b\\[[0-9;]*m")

// cutLast cuts s around the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func TestTerminal(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(`{"status": "down"}`))
	}))
	t.Cleanup(server.Close)
	yaml := `
name: gate
checks:
  - { name: fine, type: script, script: "assert.eq(1 + 1, 2)" }
  - { name: api-health, type: http, url: "` + server.URL + `/health", retries: 2, backoff: 700ms, expect: { status: 200, json: '.status == "ok"' } }
  - { name: "` + longName + `", type: script, script: 'error("a message that is longer than the terminal is wide, so that the summary cannot show all of it in one line")' }
  - { name: after, needs: [api-health], type: script, script: "assert(true)" }
`
	shown, code := onTerminal(t, yaml)
	if code != 1 {
		t.Errorf("exit code = %d, want 1", code)
	}
	for _, want := range []string{"api-health: attempt 2 in", "of 4 done", "\x1b[31m✗\x1b[0m", "\x1b[32m✓\x1b[0m", "want 200", "got  503", "curl -sS", "1 of 4 checks passed in", "2 failed, 1 skipped"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the terminal shows no %q:\n%q", want, shown)
		}
	}
	if strings.Contains(shown, `"schema"`) {
		t.Errorf("the terminal shows the document:\n%s", shown)
	}
	// A blank line stands before the summary, after what was printed or erased last.
	lines := lineEnd.ReplaceAllString(control.ReplaceAllString(shown, ""), "\n")
	_, table, found := cutLast(lines, "\n\n")
	if !found {
		t.Fatalf("there is no summary:\n%q", shown)
	}
	for line := range strings.SplitSeq(table, "\n") {
		if n := utf8.RuneCountInString(line); n > columns {
			t.Errorf("a line of the summary has %d columns, want at most %d: %s", n, columns, line)
		}
	}
	if rows := strings.Count(table, "\n"); rows < 4 {
		t.Errorf("the summary has %d lines, want one for each check that did not pass, and the result:\n%s", rows, table)
	}
	plain, _ := onTerminal(t, yaml, "NO_COLOR=1")
	if colour.MatchString(plain) {
		t.Errorf("there are colours in spite of NO_COLOR:\n%q", plain)
	}
	if !strings.Contains(plain, "✗ api-health: status == 200 (got 503)") {
		t.Errorf("the terminal does not show the failure:\n%q", plain)
	}
}

// With --watch a change of the file is a run more, and Ctrl-C ends it.
func TestWatchOnATerminal(t *testing.T) {
	const yaml = "checks:\n  - { name: state, type: script, script: \"error('down')\" }\n"
	s := startOnTerminal(t, yaml, []string{"--watch"})
	s.await(t, 0, "0 of 1 check")
	if err := os.WriteFile(filepath.Join(s.dir, "checks.yaml"), []byte(strings.Replace(yaml, "error('down')", "assert(true) -- up", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	s.await(t, 0, "1 of 1 check")
	if _, err := s.keyboard.WriteString("\x03"); err != nil {
		t.Fatal(err)
	}
	if shown, code := s.end(); code != 0 {
		t.Errorf("exit code = %d after a run that passed, want 0:\n%q", code, shown)
	}
}

func TestValidateOnATerminal(t *testing.T) {
	for yaml, want := range map[string]struct {
		code int
		text string
	}{
		"checks:\n  - { name: a, type: http, url: \"http://127.0.0.1:1/\" }\n":            {0, "valid: 1 check"},
		"checks:\n  - { name: a, type: http, url: \"http://127.0.0.1:1/\", expct: {} }\n": {2, "unknown key 'expct' in check 'a': did you mean 'expect'?"},
	} {
		s := startOnTerminal(t, yaml, []string{"--validate"})
		if shown, code := s.end(); code != want.code || !strings.Contains(control.ReplaceAllString(shown, ""), want.text) || strings.Contains(shown, `"schema"`) {
			t.Errorf("exit code = %d, want %d, %q and no document:\n%s", code, want.code, want.text, shown)
		}
	}
}
