package command

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"assay.rs/check"
)

// Interruptible gives a context that SIGINT and SIGTERM cancel, with a *check.Interrupt as the cause.
// A second signal ends the process at once. stop releases the signals.
func Interruptible(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	// A reader of stdout that is gone must be an error of the write, not the end of the process.
	broken := make(chan os.Signal, 1)
	signal.Notify(broken, syscall.SIGPIPE)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	over := make(chan struct{})
	go func() {
		for first := true; ; first = false {
			select {
			case s := <-signals:
				interrupt := interruptOf(s)
				if !first {
					os.Exit(interrupt.Code)
				}
				cancel(interrupt)
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
	if s == syscall.SIGINT {
		return &check.Interrupt{Signal: "SIGINT", Code: 128 + int(syscall.SIGINT)}
	}
	return &check.Interrupt{Signal: "SIGTERM", Code: 128 + int(syscall.SIGTERM)}
}
