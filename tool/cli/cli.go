// Package cli is the command line of assay: it runs check files, scripts and their tests, has a sandbox, a prompt and the
// documentation. A main function gives it the builtins, as cmd/assay does:
//
//	func main() {
//		cli.Main(cli.Program{Modules: func(s cli.Setting) []core.Module {
//			return append(prelude.Modules(), json.New(), http.New(http.Config{Answer: s.Answer}), greet.New())
//		}})
//	}
//
// Each command has a file of its own.
package cli

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"

	"assay.rs/check"
	"assay.rs/check/command"
	"assay.rs/core"
	"assay.rs/core/luadoc"
	"assay.rs/core/spec"
	"assay.rs/tool/mock"
)

// Program is what a binary is made of.
type Program struct {
	// Modules are the builtins. It is called for each run.
	Modules func(s Setting) []core.Module

	// Types are those of checks; nil is check.Standard of the modules.
	Types func(modules []core.Module) []check.Type

	// Lua is the documentation of embedded Lua modules; nil is none.
	Lua func() ([]spec.Module, error)
}

// Setting is what one run wants of the builtins.
type Setting struct {
	// Answer answers requests in place of the network, for the Config of mod-http. nil leaves all to the network; assay
	// test sets it.
	Answer func(c core.Call, r *http.Request) (*http.Response, error)

	// Listening is told the URL of each server, for the Config of mod-serve. nil is nobody; fixtures set it.
	Listening func(url string)

	// Types and Start are for the Config of check/lua, with which scripts run checks.
	Types func() []check.Type
	Start check.StartFixture
}

// Main runs the command line of the process, and ends the process. A main function calls it first.
func Main(p Program) {
	core.BoundArrays()
	command.FitMemory(os.DirFS("/"))
	command.ReapOrphans()
	log.SetOutput(io.Discard) // net/http writes what strange servers say to the standard logger
	os.Exit(p.Run(os.Args[1:], os.Stdin, os.Stdout, command.NewConsole(os.Stderr)))
}

// Run executes a command line and gives the exit code.
func (p Program) Run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	run := &program{of: p, stdin: stdin, stdout: stdout, stderr: stderr}
	return command.Execute(run.root(), args, stderr)
}

// modules are the builtins of one run.
func (p Program) modules(s Setting) []core.Module {
	s.Types, s.Start = p.types, p.startFixture
	return p.Modules(s)
}

func (p Program) types() []check.Type {
	if p.Types == nil {
		return check.Standard(p.modules(Setting{})...)
	}
	return p.Types(p.modules(Setting{}))
}

// startFixture starts fixtures for checks that a script runs.
func (p Program) startFixture(ctx context.Context, f check.Fixture) (url string, stop func() error, err error) {
	return (&program{of: p, stderr: os.Stderr}).startFixture(ctx, f)
}

// Documented is what the documentation has: every builtin, those of tests too, and the embedded Lua modules.
func (p Program) Documented() ([]spec.Module, error) {
	builtins := core.Specs(append(p.modules(Setting{}), mock.New())...)
	if p.Lua == nil {
		return builtins, nil
	}
	embedded, err := p.Lua()
	if err != nil {
		return nil, fmt.Errorf("embedded modules: %w", err)
	}
	return append(builtins, embedded...), nil
}

// explained is all that assay doc knows: Lua's own library too.
func (p Program) explained() ([]spec.Module, error) {
	specs, err := p.Documented()
	if err != nil {
		return nil, err
	}
	lua, err := luadoc.Specs()
	if err != nil {
		return nil, err
	}
	return luadoc.Join(specs, lua), nil
}

// program is one run of the command line.
type program struct {
	of             Program
	stdin          io.Reader
	stdout, stderr io.Writer
	log            command.LogFlags
}
