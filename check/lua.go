package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"assay.rs/core"
	"assay.rs/core/prelude"
	"assay.rs/core/retry"
)

// lua holds the runtimes of script checks: one for each folder and set of permissions.
type lua struct {
	modules []core.Module
	names   func() map[string]bool

	mu       sync.Mutex
	runtimes map[string]*core.Runtime
}

func newLua(modules []core.Module) *lua {
	l := &lua{modules: modules, runtimes: map[string]*core.Runtime{}}
	l.names = sync.OnceValue(l.everyName)
	return l
}

// everyName is each table, global function and function of a table that the modules declare.
func (l *lua) everyName() map[string]bool {
	names := map[string]bool{}
	for _, m := range core.Specs(l.modules...) {
		if m.Name != "" {
			names[m.Name] = true
		}
		for _, f := range m.Funcs {
			name := f.Name
			if m.Name != "" {
				name = m.Name + "." + f.Name
			}
			names[name] = true
		}
	}
	return names
}

// known reports whether something can be permitted.
func (l *lua) known(permission string) bool { return l.names()[permission] }

// absent tells that the full binary has a table that this one has not.
func (l *lua) absent(table string) string {
	if l.known(table) || !inFullBinary(table) {
		return ""
	}
	return table + " is not in this binary: the full assay has it in checks"
}

// inFullBinary tells whether checks of the full binary have a table that slim ones may leave out, or can be permitted it.
func inFullBinary(table string) bool {
	switch table {
	case "crypto", "hex", "kube", "regex", "template", "toml", "url", "xml", "db", "disk", "fs", "io", "ws":
		return true
	}
	return false
}

// What one attempt of a script may use.
const (
	scriptMemory = 64 << 20 // bytes that it may hold
	scriptOutput = 16 << 20 // bytes that it may print and log
)

// program is a compiled script; each run has a fresh VM.
type program struct {
	rt     *core.Runtime
	chunk  *core.Chunk
	folder string
	judges bool // it may fail by other means than assertions
}

// compile compiles a script that stands in folder. It may require files in and below that and beside.
func (l *lua) compile(name string, source []byte, folder, beside string, permissions []string) (*program, error) {
	chunk, err := core.Compile(name, source)
	if err != nil {
		return nil, err
	}
	roots := []string{folder, beside}
	for i := range roots {
		if roots[i], err = filepath.Abs(roots[i]); err != nil {
			return nil, err
		}
	}
	rt, err := l.runtime(slices.Compact(roots), permissions)
	if err != nil {
		return nil, err
	}
	return &program{rt, chunk, folder, judges(source)}, nil
}

func (l *lua) runtime(roots, permissions []string) (*core.Runtime, error) {
	permissions = slices.Sorted(slices.Values(permissions))
	key := strings.Join(roots, "\x00") + "\x00\x00" + strings.Join(permissions, "\x00")
	l.mu.Lock()
	defer l.mu.Unlock()
	if rt := l.runtimes[key]; rt != nil {
		return rt, nil
	}
	policy := core.CheckPolicy(roots...)
	policy.Permissions, policy.Absent = permissions, l.absent
	rt, err := core.New(core.Config{Modules: l.modules, Policy: policy})
	if err != nil {
		return nil, err
	}
	l.runtimes[key] = rt
	return rt, nil
}

func (p *program) run(ctx context.Context, a Attempt, env map[string]string) Outcome {
	unheard := &core.Failures{}
	vm := p.rt.Open(core.Host{
		Failed: unheard.Add,
		Log:    a.Log().With("check", a.Check), Limits: core.Limits{Memory: core.Fitted(scriptMemory, 4), Output: scriptOutput},
		Modules: core.ModuleFiles{Folder: p.folder},
		LookupEnv: func(name string) (string, bool) {
			if v, ok := env[name]; ok {
				return v, true
			}
			return a.LookupEnv(name)
		},
	})
	defer vm.Close()
	err := vm.Run(ctx, p.chunk)
	err = cmp.Or(err, unheard.First(), vm.Unfinished())
	o := Outcome{Err: scriptError(err)}
	made, wrong := prelude.Assertions(vm), prelude.FailedAssertions(vm)
	if made > 0 {
		o.Assertions = []Assertion{{
			Expr: "assertions made by the script", Passed: err == nil, Actual: made,
		}}
	}
	for _, f := range wrong {
		o.Assertions = append(o.Assertions, Assertion{Expr: f.Message, Actual: f.Where})
	}
	switch {
	case err != nil:
	case len(wrong) > 0:
		o.Err = Failed(wrong[0].Where + ": an assertion failed, and pcall caught it: " + wrong[0].Message + " (to try again write retry, to choose write if)")
	case made > 0 && prelude.HeldAssertions(vm) <= 0 && !p.judges:
		o.Err = final(Failed("the script caught each of its failed assertions, and made no other: it would pass whatever it found"))
	case made == 0 && !p.judges:
		o.Err = final(Failed("the script made no assertion: it would pass whatever it found (write assert.eq(response.status, 200), or error(...))"))
	}
	return o
}

// scriptError sorts how a script ended: what it raised or asserted is a measurement, anything else is none.
func scriptError(err error) error {
	if err == nil {
		return nil
	}
	if exit, ok := errors.AsType[*core.Exit](err); ok {
		// The verdict is the runner's: a script cannot end early and pass.
		return Broken(retry.Error, fmt.Errorf("the script called os.exit(%d)", exit.Status))
	}
	if limit, ok := errors.AsType[*core.LimitError](err); ok {
		return Broken(retry.Limit, limit)
	}
	if raised, ok := errors.AsType[*core.ScriptError](err); ok {
		message := raised.Message
		if b := raised.Builtin; b != nil && b.Where != "" && !strings.HasPrefix(message, b.Where) {
			message = b.Where + ": " + message
		}
		if raised.Hint != "" {
			message += " (" + raised.Hint + ")"
		}
		return &fault{classes: scriptClasses(raised), message: message, cause: err}
	}
	if stopped, ok := errors.AsType[*core.Interrupted](err); ok {
		where, _, _ := strings.Cut(strings.TrimSpace(stopped.Traceback), "\n")
		if where == "" {
			return err
		}
		return &fault{classes: retry.ClassesOf(stopped.Cause), message: stopped.Error() + " at " + strings.TrimSpace(where), cause: err}
	}
	return Broken(retry.ClassesOf(err)[0], err)
}

func scriptClasses(raised *core.ScriptError) []retry.Class {
	if b := raised.Builtin; b != nil && b.Code != nil && strings.HasPrefix(b.Code.Name(), "assert.") {
		return []retry.Class{retry.Assert}
	}
	return retry.ClassesOf(raised)
}
