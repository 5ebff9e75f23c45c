// Package servers runs real servers on loopback for the length of a test.
//
// Each function finds a program, starts it on a free port with its data in a
// folder that goes away, waits until it answers, and stops it when the test ends.
// test/run installs the programs. Where one is missing the test is skipped by its
// name, and fails when CI=true: nothing may pass there because it was not tried.
package servers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	startTime = 60 * time.Second
	stopTime  = 15 * time.Second
	pollEvery = 50 * time.Millisecond
)

// program finds a program by name, or ends the test.
func program(t testing.TB, name, source string) string {
	t.Helper()
	found, err := exec.LookPath(name)
	if err == nil {
		return found
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing: ./test/run installs it, from %s", name, source)
	}
	t.Skipf("%s is missing: ./test/run installs it, from %s", name, source)
	return ""
}

// freePort is a port of 127.0.0.1 that nobody listened on a moment ago.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// process is a running server.
type process struct {
	cmd    *exec.Cmd
	ends   syscall.Signal // what asks it to end
	output lockedBuffer
	done   chan struct{} // closed when it has ended
}

// start runs the program until the test ends.
func start(t testing.TB, name string, args ...string) *process {
	t.Helper()
	return startAs(t, nil, syscall.SIGTERM, name, args...)
}

// startAs is start as another user, with the signal that asks the program to end.
func startAs(t testing.TB, as *syscall.SysProcAttr, ends syscall.Signal, name string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(name, args...), ends: ends, done: make(chan struct{})}
	p.cmd.SysProcAttr = as
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", name, err)
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // how it ended is of interest only to whoever waits for it to answer
	}()
	t.Cleanup(func() { p.stop(t) })
	return p
}

func (p *process) stop(t testing.TB) {
	_ = p.cmd.Process.Signal(p.ends) // it may have ended already
	select {
	case <-p.done:
	case <-time.After(stopTime):
		t.Errorf("%s did not stop within %s of %s", p.cmd.Path, stopTime, p.ends)
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

// waitUntil polls ready until it is nil, and ends the test when the server ended or
// took too long.
func (p *process) waitUntil(t testing.TB, ready func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startTime)
	defer cancel()
	err := poll(ctx, p.done, ready)
	if err != nil {
		t.Fatalf("%s is not ready: %v\n%s", p.cmd.Path, err, p.output.String())
	}
}

var errEnded = errors.New("the process has ended")

func poll(ctx context.Context, ended <-chan struct{}, ready func(context.Context) error) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w; last: %w", ctx.Err(), err)
		case <-ended:
			return errEnded
		case <-tick.C:
		}
	}
}

// lockedBuffer collects output that is read while it is written.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
