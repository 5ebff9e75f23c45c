package e2e

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// manyFailures is a file of checks whose document is larger than a pipe.
func manyFailures(t *testing.T) (file string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("checks:\n")
	for i := range 300 {
		fmt.Fprintf(&b, "  - { name: c%d, type: script, script: \"assert.eq(1, 2)\" }\n", i)
	}
	file = filepath.Join(t.TempDir(), "checks.yaml")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// endsWithin waits for the end of a process, and gives its exit code.
func endsWithin(t *testing.T, cmd *exec.Cmd, limit time.Duration) int {
	t.Helper()
	over := time.AfterFunc(limit, func() {
		t.Errorf("%s still runs after %s", cmd, limit)
		_ = cmd.Process.Kill()
	})
	defer over.Stop()
	_ = cmd.Wait() // its exit code is read below
	return cmd.ProcessState.ExitCode()
}

// unread is a pipe that nobody reads.
func unread(t *testing.T) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = r.Close()
		_ = w.Close()
	})
	return w
}

// queued is how many bytes wait in a pipe.
func queued(t *testing.T, pipe *os.File) int {
	t.Helper()
	var n int32
	if _, _, failed := syscall.Syscall(syscall.SYS_IOCTL, pipe.Fd(), syscall.TIOCINQ, uintptr(unsafe.Pointer(&n))); failed != 0 {
		t.Fatal(failed)
	}
	return int(n)
}

// While nobody takes the document there is no verdict; told to end, the process says that nobody got it.
func TestNobodyReadsTheDocument(t *testing.T) {
	forEachBinary(t, func(t *testing.T, binary string) {
		verdict := filepath.Join(t.TempDir(), "termination-log")
		if err := os.WriteFile(verdict, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		out := unread(t)
		cmd := exec.CommandContext(t.Context(), binary, manyFailures(t), "--quiet", "--termination-log", verdict)
		cmd.Stdout = out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		waitFor(t, "the pipe is full", func() bool { return queued(t, out) >= 64<<10 })
		if text, err := os.ReadFile(verdict); err != nil || len(text) > 0 {
			t.Errorf("the verdict stands before the document: %q, %v", text, err)
		}
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if code := endsWithin(t, cmd, 20*time.Second); code != 143 {
			t.Errorf("exit code %d, want 143", code)
		}
		text, err := os.ReadFile(verdict)
		if err != nil || !strings.HasPrefix(string(text), "ERROR: the document could not be written") {
			t.Errorf("the verdict is %q, %v; want that the document could not be written", text, err)
		}
	})
}

// A termination log that is a pipe without a reader does not hold up the end.
func TestTerminationLogIsAPipe(t *testing.T) {
	forEachBinary(t, func(t *testing.T, binary string) {
		pipe := filepath.Join(t.TempDir(), "pipe")
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), binary, manyFailures(t), "--quiet", "--termination-log", pipe)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if code := endsWithin(t, cmd, 30*time.Second); code != 1 {
			t.Errorf("exit code %d, want 1", code)
		}
	})
}

// A service whose log nobody reads ends within its grace all the same.
func TestNobodyReadsTheLog(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), filepath.Join(built, "assay"), "exec", "-e", `
		http.serve(0, {GET = {["/err"] = function() error(("boom "):rep(500)) end}}, {host = "127.0.0.1", shutdown_grace = 2, on_listen = print})`)
	log := unread(t)
	cmd.Stderr = log
	port := serving(t, cmd)
	conn, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go func() {
		for {
			if _, err := fmt.Fprintf(conn, "%s /err HTTP/1.1\r\nHost: x\r\n\r\n", http.MethodGet); err != nil {
				return
			}
		}
	}()
	go func() {
		buffer := make([]byte, 1<<10)
		for {
			if _, err := conn.Read(buffer); err != nil {
				return
			}
		}
	}()
	full := func() bool { return queued(t, log) >= 32<<10 }
	waitFor(t, "the pipe of the log is full", full)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = endsWithin(t, cmd, 20*time.Second)
}

// A second SIGTERM that comes at once, as timeout(1) sends it, does not end what is in flight.
func TestTermTwice(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), filepath.Join(built, "assay"), "exec", "-e", `
		http.serve(0, {GET = {["/poll"] = function() log.info("asked") sleep(0.5) return {body = "poll"} end}}, {host = "127.0.0.1", on_listen = print})`)
	var log record
	cmd.Stderr = &log
	port := serving(t, cmd)
	got := make(chan string, 1)
	go func() { got <- ask(t, http.MethodGet, "http://127.0.0.1:"+port+"/poll", "", http.StatusOK) }()
	waitFor(t, "a request is in flight", func() bool { return log.count("asked") > 0 })
	for range 2 {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	}
	if text := <-got; text != "poll" {
		t.Errorf("the request in flight got %q, want poll", text)
	}
	if code := endsWithin(t, cmd, 20*time.Second); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

// A WebSocket whose client reads nothing ends with the grace of the service.
func TestStalledWebSocketEndsWithTheGrace(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), filepath.Join(built, "assay"), "exec", "-e", `
		http.serve(0, {GET = {["/"] = function() return {ws = function(c)
			for i = 1, 100 do log.info("sent", {n = i}) c:send_binary(("x"):rep(2^20)) end
		end} end}}, {host = "127.0.0.1", shutdown_grace = 1, on_listen = print})`)
	var log record
	cmd.Stderr = &log
	port := serving(t, cmd)
	conn, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the service sends", func() bool { return log.count("sent") > 1 })
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	_ = endsWithin(t, cmd, 20*time.Second)
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("the end took %s, want about shutdown_grace", took)
	}
}
