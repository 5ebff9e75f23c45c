package cli

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/term"

	"assay.rs/check/command"
	"assay.rs/core"
	"assay.rs/core/version"
	"assay.rs/tool/repl"
)

// terminal is where assay without arguments reads Lua from, or false when there is none.
func (p *program) terminal() (in, out *os.File, ok bool) {
	in, isIn := p.stdin.(*os.File)
	out, isOut := p.stdout.(*os.File)
	ok = isIn && isOut && term.IsTerminal(int(in.Fd())) && term.IsTerminal(int(out.Fd()))
	return in, out, ok
}

// runREPL reads and runs Lua until its user has enough, with what the flags permit. A sandbox has no process of its own
// here: the guarded VM alone holds it.
func (p *program) runREPL(ctx context.Context, in, out *os.File, flags *scriptFlags) error {
	policy, err := flags.access.policy()
	if err != nil {
		return err
	}
	switch {
	case flags.access.Explain:
		return &usageError{message: "--explain-policy is for a script, and none is given"}
	case flags.access.Sandbox && flags.memory == 0:
		return &usageError{message: "--sandbox needs a memory limit", hint: "raise it with --memory 1GB"}
	}
	limits := core.Limits{Memory: int64(flags.memory)}
	if flags.access.Sandbox {
		limits.Output = sandboxOutput
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	err = repl.Run(ctx, repl.Config{
		Modules: p.of.modules(Setting{}), Policy: policy, In: in, Out: out, Timeout: time.Duration(flags.timeout),
		Host: core.Host{
			Limits: limits, Modules: moduleFiles(".", flags.access.Sandbox),
			LookupEnv: flags.access.lookupEnv, EnvNames: flags.access.envNames,
		},
		Greeting: "assay " + version.Current() + ": help tells how, ?http.get explains, Tab completes, exit ends",
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
