package repl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"assay.rs/core"
	"assay.rs/core/prelude"
)

// user sits at a pseudo terminal in which the loop runs.
type user struct {
	t        *testing.T
	keyboard *os.File
	ended    chan error

	mu    sync.Mutex
	shown bytes.Buffer
}

// sitDown starts the loop at a terminal of 100 columns and 10 lines.
func sitDown(ctx context.Context, t *testing.T, cfg Config) *user {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatalf("this test needs a pseudo terminal: %v", err)
	}
	t.Cleanup(func() { _ = keyboard.Close() }) // the test is over
	var number, unlocked int32
	size := [4]uint16{10, 100}
	for _, ask := range []struct {
		request uintptr
		of      unsafe.Pointer
	}{{syscall.TIOCSPTLCK, unsafe.Pointer(&unlocked)}, {syscall.TIOCGPTN, unsafe.Pointer(&number)}, {syscall.TIOCSWINSZ, unsafe.Pointer(&size)}} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, keyboard.Fd(), ask.request, uintptr(ask.of)); errno != 0 {
			t.Fatal(errno)
		}
	}
	terminal, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	// It stays open: a loop that its context has ended may still be reading, until the keyboard is gone.
	u := &user{t: t, keyboard: keyboard, ended: make(chan error, 1)}
	cfg.In, cfg.Out, cfg.Greeting = terminal, terminal, "hello"
	cfg.Modules, cfg.Policy = prelude.Modules(), core.FullPolicy()
	cfg.Log = func(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }
	cfg.PrintError = func(w io.Writer, err error) { _, _ = fmt.Fprintln(w, "error:", err) }
	go u.watch()
	go func() { u.ended <- Run(ctx, cfg) }()
	u.sees("hello", 0)
	u.sees(prompt, 0)
	return u
}

func (u *user) watch() {
	buf := make([]byte, 4096)
	for {
		n, err := u.keyboard.Read(buf)
		u.mu.Lock()
		u.shown.Write(buf[:n])
		u.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (u *user) text() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.shown.String()
}

// sees waits until want is shown behind the first from bytes, and gives what is shown there.
func (u *user) sees(want string, from int) string {
	u.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) { // a poll
		shown := u.text()[from:]
		_, rest, found := strings.Cut(shown, want)
		if found && (!strings.HasSuffix(want, "\r\n") || want == "\r\n" || strings.Contains(rest, prompt)) { // else the terminal is not ready for keys
			return shown
		}
		if time.Now().After(deadline) {
			u.t.Fatalf("shown %q, want %q in it", shown, want)
		}
	}
}

// types types and waits until want is shown after it.
func (u *user) types(keys, want string) string {
	u.t.Helper()
	from := len(u.text())
	if _, err := io.WriteString(u.keyboard, keys); err != nil {
		u.t.Fatal(err)
	}
	return u.sees(want, from)
}

func (u *user) end() error {
	u.t.Helper()
	select {
	case err := <-u.ended:
		return err
	case <-time.After(20 * time.Second):
		u.t.Fatalf("the loop does not end; shown %q", u.text())
		return nil
	}
}

func TestLoop(t *testing.T) {
	history := filepath.Join(t.TempDir(), "assay", "history")
	u := sitDown(t.Context(), t, Config{History: history})
	u.types("20 + 22\r", "42\r\n")
	u.types("=2 * 21\r", "42\r\n")
	u.types("for i = 1, 2 do\r", more)
	u.types("print('round', i) end\r", "round\t2\r\n")
	u.types("error('wrong')\r", "error: repl:1: wrong\r\n")
	u.types("\r", prompt)
	u.types("local stays = 'kept'\r", prompt)
	u.types("stays\r", "\"kept\"\r\n")
	u.types("log.info('noted')\r", "msg=noted\r\n")
	u.types("async.spawn_in\t", "async.spawn_interval")
	u.types("\x03", "\r\n"+prompt)
	u.types("assert.\t", "assert.contains")
	u.types("\x03", "\r\n"+prompt)
	u.types("nope_at_all\t\t", "nope_at_all")
	u.types("\x03", "\r\n"+prompt)
	u.types("sleep(\t", "Suspends this task")
	u.types("\x03", "\r\n"+prompt)
	u.types("\tx\x03", prompt)
	u.types("while true do end\r", "\r\n")
	if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	u.sees(errSignal.Error(), 0)
	u.types("'goes ' .. 'on'\r", "\"goes on\"\r\n")
	u.types("exit\r", "exit")
	if err := u.end(); err != nil {
		t.Errorf("exit ended the loop with %v", err)
	}
	saved, err := os.ReadFile(history)
	if err != nil || !strings.Contains(string(saved), "20 + 22\n=2 * 21\n") {
		t.Errorf("history = %q, %v, want what was typed", saved, err)
	}
}

// The words that are no Lua give way to variables of their name.
func TestLoopWords(t *testing.T) {
	u := sitDown(t.Context(), t, Config{})
	u.types("help\r", "exit, Ctrl-D")
	u.types("?\r", "exit, Ctrl-D")
	u.types("x = 7\r", prompt)
	u.types("reset\r", prompt)
	u.types("x\r", "nil\r\n")
	u.types("quit = 'a variable'\r", prompt)
	u.types("quit\r", "\"a variable\"\r\n")
	u.types("quit = nil\r", prompt)
	u.types("quit()\r", "")
	if err := u.end(); err != nil {
		t.Errorf("quit ended the loop with %v", err)
	}
}

// A long text is shown a screen at a time.
func TestLoopPages(t *testing.T) {
	u := sitDown(t.Context(), t, Config{})
	first := u.types("?assert\r", moreLines)
	if n := strings.Count(first, "\n"); n > 11 {
		t.Errorf("the first page has %d lines, want 9 and that of the input", n)
	}
	u.types("\r", moreLines)
	u.types(" ", moreLines)
	u.types("\x03", prompt)
	u.types("1 + 1\r", "2\r\n")
	u.types("?nope\r", "'nope' is not known")
	u.types("h = async.spawn(print)\r", prompt)
	u.types("?h:await\r", "async.Handle:await")
	u.types("q\x03", prompt)
	u.types("\x04", "")
	if err := u.end(); err != nil {
		t.Errorf("Ctrl-D ended the loop with %v", err)
	}
}

func TestLoopSearchesTheHistory(t *testing.T) {
	u := sitDown(t.Context(), t, Config{})
	u.types("print('first', 1 + 1)\r", "first\t2\r\n")
	u.types("print('second')\r", "second\r\n")
	u.types("'third'\r", "\"third\"\r\n")
	u.types("\x12pr", "print('second')")
	u.types("\x12", "print('first'")
	u.types("\r", "first\t2\r\n")
	u.types("sec\x12", "print('second')")
	u.types("\x03", prompt)
	u.types("os.exit(3)\r", "")
	if exit, ok := errors.AsType[*core.Exit](u.end()); !ok || exit.Status != 3 {
		t.Errorf("os.exit(3) ended the loop with %v", exit)
	}
}

// Limits end what was entered, and say how to go on.
func TestLoopLimits(t *testing.T) {
	slow := sitDown(t.Context(), t, Config{Timeout: 100 * time.Millisecond})
	slow.types("while true do end\r", "time limit of 100ms exceeded")
	u := sitDown(t.Context(), t, Config{Host: core.Host{Limits: core.Limits{Memory: 16 << 20}}})
	u.types("t = {} for i = 1, 64 do t[i] = ('x'):rep(1e6) .. i end\r", "reset begins anew")
	u.types("reset\r", prompt)
	u.types("1 + 1\r", "2\r\n")
}

// The end of the context ends the loop, whatever it waits for.
func TestLoopEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("told to go")
	u := sitDown(ctx, t, Config{})
	u.types("unfini", "unfini")
	cancel(cause)
	if err := u.end(); !errors.Is(err, cause) {
		t.Errorf("the loop ended with %v, want %v", err, cause)
	}
}
