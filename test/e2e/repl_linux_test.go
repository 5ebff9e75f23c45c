package e2e

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// pseudoTerminal opens both ends of a terminal.
func pseudoTerminal(t *testing.T) (keyboard, terminal *os.File) {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatalf("this test needs a pseudo terminal: %v", err)
	}
	t.Cleanup(func() { _ = keyboard.Close() }) // the test is over
	var number, unlocked int32
	for request, value := range map[uintptr]*int32{syscall.TIOCSPTLCK: &unlocked, syscall.TIOCGPTN: &number} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, keyboard.Fd(), request, uintptr(unsafe.Pointer(value))); errno != 0 {
			t.Fatal(errno)
		}
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return keyboard, terminal
}

// typist types into a program and sees what it shows.
type typist struct {
	keyboard *os.File

	mu    sync.Mutex
	shown strings.Builder
}

func (y *typist) watch() {
	buf := make([]byte, 4096)
	for {
		n, err := y.keyboard.Read(buf)
		y.mu.Lock()
		y.shown.Write(buf[:n])
		y.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (y *typist) text() string {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.shown.String()
}

// types types keys and waits until want is shown after them.
func (y *typist) types(t *testing.T, keys, want string) {
	t.Helper()
	before := len(y.text())
	if _, err := io.WriteString(y.keyboard, keys); err != nil {
		t.Fatal(err)
	}
	y.await(t, before, want)
}

// await waits until want is shown, beyond the first bytes.
func (y *typist) await(t *testing.T, beyond int, want string) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !strings.Contains(y.text()[beyond:], want) {
		if time.Now().After(deadline) {
			t.Fatalf("shown %q, want %q in it", y.text()[beyond:], want)
		}
		time.Sleep(5 * time.Millisecond) // a poll
	}
}

func TestREPL(t *testing.T) {
	keyboard, terminal := pseudoTerminal(t)
	state := t.TempDir()
	cmd := exec.CommandContext(t.Context(), assay())
	cmd.Stdin, cmd.Stdout, cmd.Stderr = terminal, terminal, terminal
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+state)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := terminal.Close(); err != nil {
		t.Fatal(err)
	}
	y := &typist{keyboard: keyboard}
	go y.watch()
	y.types(t, "", "> ")
	y.types(t, "20 + 22\r", "42\r\n")
	y.types(t, "for i = 1, 2 do\r", ">> ")
	y.types(t, "print('round', i) end\r", "round\t2\r\n")
	y.types(t, "error('wrong')\r", "error: repl:1: wrong\r\n")
	y.types(t, "x = = 1\r", "expected an expression")
	y.types(t, "async.spawn_in\t", "async.spawn_interval")
	y.types(t, "\x03", "> ") // Ctrl-C empties the line
	y.types(t, "while true do end\r", "\r\n")
	y.types(t, "\x03", "interrupted by Ctrl-C")
	y.types(t, "'goes ' .. 'on'\r", "\"goes on\"\r\n")
	y.types(t, "?sleep\r", "Suspends this task")
	y.types(t, "async.spawn(function() sleep(0.05) print('behind', 'the line') end)\r", "async.Handle")
	y.types(t, "unfinished", "behind\tthe line\r\n")
	y.types(t, "\x03", "> ")
	y.types(t, "\x04", "\r\n") // Ctrl-D
	if err := cmd.Wait(); err != nil {
		t.Errorf("ended with %v, want exit code 0", err)
	}
	history, err := os.ReadFile(filepath.Join(state, "assay", "history"))
	if err != nil || !strings.Contains(string(history), "20 + 22\nfor i = 1, 2 do\n") {
		t.Errorf("history = %q, %v, want what was typed", history, err)
	}
}

// A signal ends the REPL and leaves the terminal as it was.
func TestREPLEndsWithASignal(t *testing.T) {
	keyboard, terminal := pseudoTerminal(t)
	defer terminal.Close()
	cmd := exec.CommandContext(t.Context(), assay())
	cmd.Stdin, cmd.Stdout, cmd.Stderr = terminal, terminal, terminal
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	before := settings(t, terminal)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	y := &typist{keyboard: keyboard}
	go y.watch()
	y.types(t, "1 + 1\r", "2\r\n> ")
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its exit code is read below
	if code := cmd.ProcessState.ExitCode(); code != 143 {
		t.Errorf("exit code = %d, want 143", code)
	}
	if after := settings(t, terminal); after != before {
		t.Errorf("the terminal is left as %+v, was %+v", after, before)
	}
}

func settings(t *testing.T, terminal *os.File) syscall.Termios {
	t.Helper()
	var s syscall.Termios
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, terminal.Fd(), syscall.TCGETS, uintptr(unsafe.Pointer(&s))); errno != 0 {
		t.Fatal(errno)
	}
	return s
}
