package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"assay.rs/check"
	"assay.rs/core"
)

// errFixtureOver is why a fixture is told to end.
var errFixtureOver = errors.New("the checks are over")

// startFixture runs a script with all builtins beside the checks, and waits until it listens.
func (p *program) startFixture(ctx context.Context, f check.Fixture) (url string, stop func() error, err error) {
	source, err := p.readScript(f.File)
	if err != nil {
		return "", nil, err
	}
	chunk, err := core.Compile(filepath.Base(f.File), source)
	if err != nil {
		return "", nil, err
	}
	listening := make(chan string, 1)
	rt, err := core.New(core.Config{Policy: core.FullPolicy(), Modules: p.of.modules(Setting{Listening: func(url string) {
		select {
		case listening <- url:
		default: // of several servers the first counts
		}
	}})})
	if err != nil {
		return "", nil, err
	}
	printed := &lines{w: p.stderr, clean: f.Redact} // stdout holds the document
	vm := rt.Open(core.Host{
		Stdout: printed, Stderr: printed, Log: f.Log,
		LookupEnv: fixtureEnv(f).lookup, EnvNames: fixtureEnv(f).names, Limits: core.Limits{Memory: defaultMemory()},
	})
	vm.SetArgs(f.File, nil)
	ctx, cancel := context.WithCancelCause(ctx)
	ended := make(chan error, 1)
	go func() {
		defer vm.Close()
		err := vm.Run(ctx, chunk)
		printed.end()
		ended <- err
	}()
	stop = func() error {
		over := vm.Ending() != nil // although nobody has told it to
		cancel(errFixtureOver)
		err := <-ended
		f.Log.Debug("a fixture has ended", "fixture", f.Name, "reason", err)
		if !over {
			return nil
		}
		if err == nil {
			err = errors.New("its script came to an end")
		}
		return fmt.Errorf("%s: %w", filepath.Base(f.File), err)
	}
	select {
	case url := <-listening:
		return url, stop, nil
	case err := <-ended:
		cancel(nil)
		if err == nil {
			err = errors.New("the script ended without serving")
		}
		return "", nil, fmt.Errorf("%s: %w", filepath.Base(f.File), err)
	}
}

// fixtureEnv is the environment of a fixture: its own, then the process's.
type fixtureEnv check.Fixture

func (f fixtureEnv) lookup(name string) (string, bool) {
	if value, ok := f.Env[name]; ok {
		return value, true
	}
	return os.LookupEnv(name)
}

func (f fixtureEnv) names() []string {
	var names []string
	for name := range f.Env {
		names = append(names, name)
	}
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
