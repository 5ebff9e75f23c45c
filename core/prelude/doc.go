// Package prelude is what every script has and what needs nothing but the runtime: assert, log, env,
// sleep, time, print, inspect, async, require, retry, int64, and the additions to os and string.
//
// [Modules] gives them all to a runtime. [Assertions] tells how many assertions a VM has made, so that
// a check which asserted nothing can be told from one that passed. Each file holds one builtin or table;
// compare.go holds how values are told apart.
package prelude

import (
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

// assertions counts in one VM.
type assertions struct{ made atomic.Int64 }

func count(c core.Call) { core.Local[assertions](c).made.Add(1) }
