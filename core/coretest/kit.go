// Package coretest is the test kit for authors of modules.
//
// A module's tests are scripts with what they print written beside them, and the examples of its
// declarations:
//
//	func TestScripts(t *testing.T)  { coretest.Run(t, "testdata", shapes.New()) }
//	func TestExamples(t *testing.T) { coretest.Examples(t, []core.Module{shapes.New()}, nil) }
//
// [Run] runs each script of a folder, [Examples] each example, and [Declared] alone reports what a
// declaration lacks. A [Kit] does the same with globals, environment variables and a policy of its own.
// Every script runs in a fresh VM with the modules of package prelude. All of them fail on an error
// whose code the builtin that raised it does not declare.
//
// What a script prints is expected in comments, in the order of the output:
//
//	print(shapes.area(2, 3))      --> =6
//	print(shapes.new("square"))
//	--> ~^square 0x[0-9a-f]+$
//	shapes.area(-1, 1)            --> !must not be negative
//
// An = is followed by the whole line, ~ by a regular expression that matches somewhere in the line, and
// in both a space stands for a tab too; ! by a part of the error that ends the script. A script that
// expects nothing and asserts nothing fails, since it could not.
package coretest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/core/prelude"
	"assay.rs/core/spec"
)

// Kit is what scripts are run with. Its zero value has the modules of package prelude and may do all.
type Kit struct {
	Modules []core.Module     // besides prelude's, which give way where they declare the same
	Globals map[string]any    // global variables, such as the URL of a test server
	Env     map[string]string // what env.get sees; nil is the process's
	Stdin   string            // standard input
	Policy  core.Policy       // the zero value is core.FullPolicy
	Timeout time.Duration     // for each script; 0 is 30 seconds
}

// Result is how a script went.
type Result struct {
	Stdout     string
	Err        error // as core.VM.Run gives it; nil also for os.exit with status 0
	Assertions int
	Undeclared []string // errors whose code their builtin does not declare
}

// Exec runs a script and leaves it to the caller to judge how that went; only declarations that the
// runtime refuses, and globals that have no form in Lua, fail t. The script's log goes to the log of t.
func (k Kit) Exec(t testing.TB, name, source string) Result {
	t.Helper()
	rt, modules := k.runtime(t)
	chunk, err := core.Compile(name, []byte(source))
	if err != nil {
		return Result{Err: err}
	}
	stdout, raised := &output{}, &codes{script: name, declared: declaredCodes(modules)}
	host := core.Host{Log: slog.New(slog.NewTextHandler(logWriter{t}, nil)), Stdin: strings.NewReader(k.Stdin), Stdout: stdout, Raised: raised.see}
	if k.Env != nil {
		host.LookupEnv, host.EnvNames = k.lookupEnv, k.envNames
	}
	vm := rt.Open(host)
	defer vm.Close()
	for name, value := range k.Globals {
		if err := vm.SetGlobal(name, value); err != nil {
			t.Errorf("global %s: %v", name, err)
		}
	}
	limit := k.Timeout
	if limit == 0 {
		limit = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	err = vm.Run(ctx, chunk)
	if exit := (*core.Exit)(nil); errors.As(err, &exit) && exit.Status == 0 {
		err = nil
	}
	return Result{Stdout: stdout.String(), Err: err, Assertions: prelude.Assertions(vm), Undeclared: raised.undeclared}
}

func (k Kit) runtime(t testing.TB) (*core.Runtime, []core.Module) {
	t.Helper()
	modules := withPrelude(k.Modules)
	policy := k.Policy
	if policy.Level == 0 {
		policy = core.FullPolicy()
	}
	rt, err := core.New(core.Config{Modules: modules, Policy: policy})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return rt, modules
}

// withPrelude adds the modules of prelude that declare nothing that modules declare.
func withPrelude(modules []core.Module) []core.Module {
	declared := make(map[string]bool)
	for _, m := range core.Specs(modules...) {
		for _, name := range names(m) {
			declared[name] = true
		}
	}
	all := slices.Clone(modules)
	for _, m := range prelude.Modules() {
		again := slices.ContainsFunc(core.Specs(m), func(s spec.Module) bool {
			return slices.ContainsFunc(names(s), func(name string) bool { return declared[name] })
		})
		if !again {
			all = append(all, m)
		}
	}
	return all
}

func (k Kit) lookupEnv(name string) (string, bool) {
	value, ok := k.Env[name]
	return value, ok
}

func (k Kit) envNames() []string {
	var all []string
	for name := range k.Env {
		all = append(all, name)
	}
	return all
}

// explain is err as a test reports it: with its position, its hint and the lines that led to it.
func explain(err error) string {
	var script *core.ScriptError
	if !errors.As(err, &script) {
		return err.Error()
	}
	text := script.Message
	if b := script.Builtin; b != nil && b.Where != "" {
		text = b.Where + ": " + text
	}
	if script.Hint != "" {
		text += "\nhint: " + script.Hint
	}
	if script.Traceback != "" {
		text += "\n" + script.Traceback
	}
	return text
}

// output is what a script prints; its tasks may print at the same time.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

type logWriter struct{ t testing.TB }

func (w logWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimRight(string(p), "\n"))
	return len(p), nil
}

// codes watches for errors with a code that their builtin does not declare.
type codes struct {
	script   string
	declared map[string][]string // of each builtin, by its full name

	mu         sync.Mutex
	undeclared []string
}

func (c *codes) see(e *core.Error) {
	if e.Code == nil {
		return
	}
	if slices.Contains(c.declared[e.Op], e.Code.Name()) {
		return
	}
	where := e.Where
	if !strings.HasPrefix(where, c.script) {
		where = c.script // called by a builtin, such as pcall
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	problem := fmt.Sprintf("%s: %s raised the code %s, which it does not declare", where, e.Op, e.Code.Name())
	if !slices.Contains(c.undeclared, problem) {
		c.undeclared = append(c.undeclared, problem)
	}
}
