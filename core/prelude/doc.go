// Package prelude is what every script has and what needs nothing but the runtime: assert, log, env,
// sleep, time, print, inspect, async, require, retry, int64, and the additions to os and string.
//
// [Modules] gives them all to a runtime. [Assertions] tells how many assertions a VM has made, so that
// a check which asserted nothing can be told from one that passed. Each file holds one builtin or table;
// compare.go holds how values are told apart.
package prelude

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"assay.rs/core"
)

// Modules are the modules of this package.
func Modules() []core.Module {
	return []core.Module{
		core.Later("assert", assertModule), core.Later("async", asyncModule), core.Later("log", logModule),
		core.Later("env", envModule), core.Later("time", timeModule), core.Later("os", osModule),
		core.Later("string", stringModule), core.Later("package", packageModule), globals(),
	}
}

// globals are the functions that stand in no table.
func globals() core.Module {
	return core.Module{
		Doc:   "Functions that every script has.",
		Funcs: []core.Func{printFunc(), sleepFunc(), requireFunc(), retryFunc(), int64Func(), inspectFunc()},
	}
}

// Assertions is how many calls of assert and of its functions the scripts of vm have made, whether or
// not they held. It may be asked at any time.
func Assertions(vm *core.VM) int { return int(core.LocalOf[assertions](vm).made.Load()) }

// HeldAssertions are the Assertions without the calls of assert that raised: pcall may have caught them all.
func HeldAssertions(vm *core.VM) int {
	return Assertions(vm) - int(core.LocalOf[assertions](vm).lost.Load())
}

// FailedAssertions are the failures of the functions of assert, but not of assert itself, that neither retry nor
// assert.raises has answered: one that ended the script, and those that pcall caught. Of many it gives the first.
func FailedAssertions(vm *core.VM) []*FailedAssertion {
	a := core.LocalOf[assertions](vm)
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.failed)
}

// FailedAssertion is an assertion that did not hold.
type FailedAssertion struct {
	Message string // assert.eq failed: 1 != 2
	Where   string // verify.lua:3
	raised  *core.Error
}

// maxFailed is how many failures are kept: a script may catch millions.
const maxFailed = 16

// assertions are those made in one VM.
type assertions struct {
	made atomic.Int64
	lost atomic.Int64 // the calls of assert that raised

	mu     sync.Mutex
	failed []*FailedAssertion
}

func count(c core.Call) { core.Local[assertions](c).made.Add(1) }

// note keeps a failure until it is answered.
func (a *assertions) note(f *FailedAssertion) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.failed) < maxFailed {
		a.failed = append(a.failed, f)
	}
}

// answer forgets the failure that err is, and gives it, or nil.
func (a *assertions) answer(err error) *FailedAssertion {
	script, ok := errors.AsType[*core.ScriptError](err)
	if !ok || script.Builtin == nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	at := slices.IndexFunc(a.failed, func(f *FailedAssertion) bool { return errors.Is(script.Builtin, f.raised) })
	if at < 0 {
		return nil
	}
	f := a.failed[at]
	a.failed = slices.Delete(a.failed, at, at+1)
	return f
}
