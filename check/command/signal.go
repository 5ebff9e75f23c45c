package command

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"assay.rs/check"
)

// Repeat says what a second signal does.
type Repeat int

// A second signal ends the process at once, or changes nothing: what is begun, such as the document of a run of
// checks, comes to its end.
const (
	RepeatEnds Repeat = iota
	RepeatIgnored
)

// sameEvent is how long signals after the first one belong to it: timeout(1) sends each twice, to its child and to the
// child's process group.
const sameEvent = time.Second

// Interruptible gives a context that SIGTERM, SIGINT, SIGHUP and SIGQUIT cancel, with a *check.Interrupt as the
// cause. A SIGHUP that the process was started to ignore, as nohup does, stays ignored. stop releases the signals.
func Interruptible(parent context.Context, repeat Repeat) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	// A reader of stdout that is gone must be an error of the write, not the end of the process.
	broken := make(chan os.Signal, 1)
	signal.Notify(broken, syscall.SIGPIPE)
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(signals, syscall.SIGHUP)
	}
	over := make(chan struct{})
	go func() {
		var first time.Time
		for {
			select {
			case s := <-signals:
				switch {
				case first.IsZero():
					first = time.Now()
					cancel(interruptOf(s))
				case repeat == RepeatEnds && time.Since(first) >= sameEvent:
					os.Exit(interruptOf(s).Code)
				}
			case <-over:
				return
			}
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		signal.Stop(broken)
		close(over)
		cancel(nil)
	}
}

// interruptOf names the signal; the exit code is 128 and its number, as a shell reports it.
func interruptOf(s os.Signal) *check.Interrupt {
	number, name := syscall.SIGTERM, "SIGTERM"
	switch s {
	case syscall.SIGINT:
		number, name = syscall.SIGINT, "SIGINT"
	case syscall.SIGHUP:
		number, name = syscall.SIGHUP, "SIGHUP"
	case syscall.SIGQUIT:
		number, name = syscall.SIGQUIT, "SIGQUIT"
	}
	return &check.Interrupt{Signal: name, Code: 128 + int(number)}
}
