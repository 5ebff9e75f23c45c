package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"syscall"
	"time"

	"assay.rs/check"
	"assay.rs/check/command"
	"assay.rs/core"
)

const (
	killGrace = 1500 * time.Millisecond // beyond the time limit: closers have a second of it
	stopGrace = 2 * time.Second         // from a signal to the end
	maxLastGo = 64 << 10                // bytes of what Go says about the end of a process
)

// The file descriptors of a process of the sandbox. What Go itself writes on 2 when it gives up is for
// the process outside alone.
const (
	orderFD = iota + 3
	logsFD
	reportFD
)

// runSandboxed runs the script in a process of its own, which the kernel keeps within its memory and
// which ends when this one does. Whatever becomes of it, the error is a status and its reason is printed.
func (p *program) runSandboxed(ctx context.Context, j job) error {
	ctx, stop := command.Interruptible(ctx, command.RepeatEnds)
	defer stop()
	// The kernel ends the child when the thread that started it ends.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	c, err := p.startSandbox(j)
	if err != nil {
		return fmt.Errorf("start the sandbox: %w", err)
	}
	return p.sandboxStatus(c, c.wait(ctx, j.Timeout+killGrace), j)
}

// confined is a running process of the sandbox.
type confined struct {
	cmd    *exec.Cmd
	last   *beginning    // what Go wrote when it gave up
	report chan *verdict // one; nil when the process ended without
	ended  chan struct{}
}

func (p *program) startSandbox(j job) (*confined, error) {
	order, orderOut, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer order.Close()
	reportIn, report, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, orderOut.Close())
	}
	defer report.Close()
	c := &confined{last: &beginning{limit: maxLastGo}, report: make(chan *verdict, 1), ended: make(chan struct{})}
	// Not CommandContext: the end of a context is a signal to pass on.
	c.cmd = exec.Command(ownProgram(), append(p.log.Args(), sandboxedName)...) //nolint:gosec,noctx // this program itself
	c.cmd.Args[0] = os.Args[0]
	c.cmd.Env = j.Access.environment()
	c.cmd.Stdout, c.cmd.Stderr = p.stdout, c.last
	c.cmd.ExtraFiles = []*os.File{orderFD - 3: order, logsFD - 3: p.logs(), reportFD - 3: report}
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	c.cmd.WaitDelay = time.Second
	err = command.StartChild(func() (int, error) {
		withThinStacks(func() { err = c.cmd.Start() })
		if err != nil {
			return 0, err
		}
		return c.cmd.Process.Pid, nil
	})
	if err != nil {
		return nil, errors.Join(err, orderOut.Close(), reportIn.Close())
	}
	go c.tell(orderOut, j)
	go c.hear(reportIn)
	go func() {
		_ = c.cmd.Wait() // how it went is in ProcessState
		close(c.ended)
	}()
	return c, nil
}

// tell gives the job to the process. An error is a process that has ended, which is seen elsewhere.
func (c *confined) tell(order *os.File, j job) {
	_ = json.NewEncoder(order).Encode(j)
	_ = order.Close()
}

func (c *confined) hear(report *os.File) {
	defer report.Close()
	v := &verdict{}
	if json.NewDecoder(io.LimitReader(report, 1<<10)).Decode(v) != nil {
		v = nil
	}
	c.report <- v
}

// ownProgram is the file that runs, even when its name now stands for another one.
func ownProgram() string {
	const self = "/proc/self/exe"
	if _, err := os.Stat(self); err == nil {
		return self
	}
	if path, err := os.Executable(); err == nil {
		return path
	}
	return os.Args[0]
}

// logs is the file that log records and errors go to.
func (p *program) logs() *os.File {
	if f, ok := p.stderr.(*os.File); ok {
		return f
	}
	return os.Stderr
}

// errOverdue is why the process was killed that did not stop by itself.
var errOverdue = errors.New("killed at the time limit")

// wait waits for the end of the process, passes signals on to it, and kills it when it is overdue. It
// gives the reason for a signal that it sent.
func (c *confined) wait(ctx context.Context, limit time.Duration) error {
	overdue := time.After(limit)
	interrupted := ctx.Done()
	var tooLate <-chan time.Time
	var why error
	for {
		select {
		case <-c.ended:
			return why
		case <-overdue:
			why = errOverdue
			c.signal(syscall.SIGKILL)
		case <-tooLate:
			c.signal(syscall.SIGKILL)
		case <-interrupted:
			interrupted = nil
			why = context.Cause(ctx)
			tooLate = time.After(stopGrace)
			c.signal(signalOf(why))
		}
	}
}

// signal is for the whole group. A process that has ended cannot be signalled, and need not be.
func (c *confined) signal(s syscall.Signal) { _ = syscall.Kill(-c.cmd.Process.Pid, s) }

func signalOf(cause error) syscall.Signal {
	if interrupt, ok := errors.AsType[*check.Interrupt](cause); ok {
		return syscall.Signal(interrupt.Code - 128)
	}
	return syscall.SIGTERM
}

// sandboxStatus gives the exit code of the sandbox, and prints why it ended if it could not do that itself.
func (p *program) sandboxStatus(c *confined, why error, j job) error {
	if v := <-c.report; v != nil {
		return command.ExitWith(v.Code)
	}
	p.logger().Debug("the sandbox ended early", "state", c.cmd.ProcessState.String(), "said", c.last.String())
	if interrupt, ok := errors.AsType[*check.Interrupt](why); ok {
		command.PrintError(p.stderr, why)
		return command.Status(interrupt.Code)
	}
	switch {
	case errors.Is(why, errOverdue):
		why = timeLimit(j.Timeout)
	case outOfMemory().MatchString(c.last.String()):
		why = withRoom(&core.LimitError{Message: fmt.Sprintf("memory limit of %d MB exceeded", j.Memory>>20), Memory: j.Memory})
	default:
		why = core.WithHint(fmt.Errorf("the sandbox ended early (%s)", c.cmd.ProcessState),
			"the system may be short of memory; else this is a defect of assay: --log-level debug shows more")
	}
	command.PrintError(p.stderr, why)
	return command.Status(check.ExitFailed)
}

// outOfMemory matches what the runtime of Go, or of C, says when the kernel gives no more memory.
func outOfMemory() *regexp.Regexp {
	return regexp.MustCompile(`(?i)out of memory|cannot allocate|cannot map pages|stack exceeds|stack overflow|errno=12\b|newosproc|pthread_create failed|OS thread|runtime: mmap`)
}
