// Package repl is assay without arguments on a terminal: it reads Lua, runs it and prints what it gives.
//
// [Run] is the loop over the terminal. A [Session] is what it runs in, and knows nothing of terminals:
// [Judge] tells a text that goes on from one that is complete, [Session.Run] runs it, [Session.Complete] and
// [Session.Explain] help with names. A [History] keeps what was entered.
package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"time"

	"assay.rs/core"
)

// Config is what the loop runs with.
type Config struct {
	Modules  []core.Module
	Policy   core.Policy
	Host     core.Host     // its Stdout and Log are the terminal's
	Timeout  time.Duration // of one text; 0 is no limit
	In, Out  *os.File      // the terminal
	Greeting string
	History  string // the file that keeps what was entered; empty is none

	Log        func(io.Writer) *slog.Logger
	PrintError func(io.Writer, error)
}

var (
	errInterrupted = errors.New("interrupted")
	errSignal      = errors.New("interrupted by Ctrl-C")
	errEnough      = errors.New("the user has had enough")
)

// Run reads and runs until the end of the input, os.exit or the end of ctx. The error is a *core.Exit, the
// cause of ctx, or why the terminal cannot be used.
func Run(ctx context.Context, cfg Config) error {
	l := &loop{fail: cfg.PrintError, timeout: cfg.Timeout}
	host := cfg.Host
	host.Stdout, host.Log = l, cfg.Log(l)
	session, err := Open(cfg.Modules, cfg.Policy, host)
	if err != nil {
		return err
	}
	defer session.Close()
	history, err := OpenHistory(cfg.History)
	if err != nil {
		host.Log.Warn("the history cannot be read", "error", err)
	}
	l.session, l.screen = session, newScreen(cfg.In, cfg.Out, session, history)
	if _, err := fmt.Fprintln(l, cfg.Greeting); err != nil {
		return err
	}
	err = l.run(ctx)
	if saved := history.Save(); saved != nil {
		host.Log.Warn("the history cannot be saved", "error", saved)
	}
	return err
}

// loop reads and runs.
type loop struct {
	session *Session
	screen  *screen
	fail    func(io.Writer, error)
	timeout time.Duration
	pressed chan os.Signal // Ctrl-C while the terminal is not raw
}

// Write prints on the terminal.
func (l *loop) Write(p []byte) (int, error) { return l.screen.Write(p) }

const (
	prompt = "> "
	more   = ">> " // of a text that goes on
)

func (l *loop) run(ctx context.Context) error {
	// From before the first text runs: a Ctrl-C that comes between reading and running ends what runs, and not assay.
	l.pressed = make(chan os.Signal, 1)
	signal.Notify(l.pressed, os.Interrupt)
	defer signal.Stop(l.pressed)
	for {
		select {
		case <-l.pressed: // what it was to end has ended
		default:
		}
		source, err := l.read(ctx)
		switch {
		case errors.Is(err, errInterrupted):
			continue
		case errors.Is(err, io.EOF):
			_, err := fmt.Fprintln(l)
			return err
		case err != nil:
			return err
		}
		if err := l.eval(ctx, source); err != nil {
			if exit, ok := errors.AsType[*core.Exit](err); ok {
				return exit
			}
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if errors.Is(err, errEnough) {
				return nil
			}
			l.fail(l, err)
			l.advise(err)
		}
	}
}

// advise says how to go on after a limit of the memory: what the session holds it goes on holding.
func (l *loop) advise(err error) {
	if limit, ok := errors.AsType[*core.LimitError](err); ok && limit.Memory > 0 {
		_, _ = fmt.Fprintln(l, "The session may hold it still: reset begins anew, without any variable; assay --memory SIZE gives more.") // as for any output
	}
}

const help = `Lua is run as it is entered; the value of an expression is shown. Variables stay, local ones too.

  ?http.get      explains a builtin; ?answer:json explains a method of a variable's value
  Tab            completes a name; behind ( it explains the function
  Up, Ctrl-R     what was entered before; Ctrl-R looks for what is typed, and again for what is older
  Ctrl-C         interrupts what runs, or empties the line
  reset          begins anew: no variables, no tasks
  exit, Ctrl-D   ends
`

// command runs one of the words that are no Lua. A variable of that name is meant before it.
func (l *loop) command(word string) (known bool, err error) {
	word = strings.TrimSuffix(word, "()")
	switch word {
	case "exit", "quit", "help", "reset":
	default:
		return false, nil
	}
	if v, ok := l.session.value(word); ok && !v.IsNil() {
		return false, nil
	}
	switch word {
	case "help":
		return true, l.screen.page(help)
	case "reset":
		return true, l.session.Reset()
	}
	return true, errEnough
}

// eval runs a text. Ctrl-C ends it, and it alone.
func (l *loop) eval(ctx context.Context, source string) error {
	source = strings.TrimPrefix(strings.TrimSpace(source), "=") // as older Luas had it
	if name, ok := strings.CutPrefix(source, "?"); ok {
		return l.explain(strings.TrimSpace(name))
	}
	if known, err := l.command(source); known {
		return err
	}
	if l.timeout > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, l.timeout, fmt.Errorf("time limit of %s exceeded", l.timeout))
		defer stop()
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		select {
		case <-l.pressed:
			cancel(errSignal)
		case <-ended:
		}
	}()
	return l.session.Run(ctx, source)
}

// explain shows what is known of a name; of none, how to use the loop.
func (l *loop) explain(name string) error {
	if name == "" {
		return l.screen.page(help)
	}
	var text strings.Builder
	if err := l.session.Explain(&text, name, lineWidth); err != nil {
		return err
	}
	return l.screen.page(text.String())
}

// read reads a text of one line or more.
func (l *loop) read(ctx context.Context) (string, error) {
	var text strings.Builder
	for mark := prompt; ; mark = more {
		line, err := l.line(ctx, mark)
		if err != nil {
			return "", err
		}
		text.WriteString(line + "\n")
		if strings.TrimSpace(text.String()) == "" {
			return "", errInterrupted // nothing to run
		}
		if strings.HasPrefix(text.String(), "?") || Judge(strings.TrimPrefix(text.String(), "=")) != Unfinished {
			return text.String(), nil
		}
	}
}

// line reads a line, until ctx ends.
func (l *loop) line(ctx context.Context, mark string) (string, error) {
	type entered struct {
		line string
		err  error
	}
	lines := make(chan entered, 1)
	// The terminal cannot be asked to stop reading: when ctx ends so does the process, and this with it.
	go func() {
		line, err := l.screen.readLine(mark)
		lines <- entered{line, err}
	}()
	select {
	case e := <-lines:
		return e.line, e.err
	case <-ctx.Done():
		l.screen.restore()
		return "", context.Cause(ctx)
	}
}
