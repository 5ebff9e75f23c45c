package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"golang.org/x/term"

	"assay.rs/check/command"
	"assay.rs/core"
	"assay.rs/tool/repl"
)

// terminal is where assay without arguments reads Lua from, or false when there is none.
func (p *program) terminal() (in, out *os.File, ok bool) {
	in, isIn := p.stdin.(*os.File)
	out, isOut := p.stdout.(*os.File)
	ok = isIn && isOut && term.IsTerminal(int(in.Fd())) && term.IsTerminal(int(out.Fd()))
	return in, out, ok
}

// runREPL reads and runs Lua until its user has enough.
func (p *program) runREPL(ctx context.Context, in, out *os.File, memory int64) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	err := repl.Run(ctx, repl.Config{
		Modules: modules(), In: in, Out: out,
		Host:     core.Host{Limits: core.Limits{Memory: memory}, Modules: moduleFiles(".", false)},
		Greeting: "assay " + command.Version() + ": Tab completes, ?http.get explains, Ctrl-C interrupts, Ctrl-D ends",
		History:  historyFile(),
		Log:      func(w io.Writer) *slog.Logger { return p.log.Logger(w, command.TextHandler) },

		PrintError: command.PrintError,
	})
	if exit, ok := errors.AsType[*core.Exit](err); ok {
		return command.ExitWith(exit.Status & 0xff)
	}
	if ctx.Err() != nil {
		return command.Status(128 + int(syscall.SIGTERM))
	}
	return err
}

// historyFile is where what was entered is kept: below $XDG_STATE_HOME, or ~/.local/state.
func historyFile() string {
	state := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) { // as its specification wants
		home, err := os.UserHomeDir()
		if err != nil {
			return "" // a user without a home has no history
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "assay", "history")
}
