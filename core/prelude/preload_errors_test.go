package prelude_test

import (
	"bytes"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core"
	"assay.rs/core/prelude"
)

// foreign is a state of another program with these builtins.
func foreign(t *testing.T, host core.Host) *lua.LState {
	t.Helper()
	L := lua.NewState()
	t.Cleanup(L.Close)
	vm, err := core.Preload(L, core.FullPolicy(), host, prelude.Modules()...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(vm.Close)
	return L
}

func TestPreloadErrorReachesGoAsText(t *testing.T) {
	L := foreign(t, core.Host{})
	err := L.DoString("\nsleep(-1)")
	if err == nil || !strings.HasPrefix(err.Error(), "<string>:2: sleep: ") {
		t.Errorf("DoString = %v, want the text of the error and its place", err)
	}
	if err := L.DoString(`
		local ok, e = pcall(sleep, -1)
		assert.eq(type(e), "userdata")  assert.contains(e.message, "negative")
		local ok, e = pcall(function() retry(function() sleep(-1) end, {attempts = 1}) end)
		assert.eq(type(e), "userdata")
		local co = coroutine.create(function() sleep(-1) end)
		local ok, e = coroutine.resume(co)
		assert.contains(e.message, "negative")`); err != nil {
		t.Error(err)
	}
}

func TestPreloadKeepsThePrintOfTheState(t *testing.T) {
	for name, test := range map[string]struct {
		host bool
		own  string
	}{"without a host": {false, "mine"}, "with standard output": {true, ""}} {
		t.Run(name, func(t *testing.T) {
			L := lua.NewState()
			defer L.Close()
			var own, out bytes.Buffer
			L.SetGlobal("print", L.NewFunction(func(L *lua.LState) int {
				own.WriteString(L.ToString(1))
				return 0
			}))
			host := core.Host{}
			if test.host {
				host.Stdout = &out
			}
			vm, err := core.Preload(L, core.FullPolicy(), host, prelude.Modules()...)
			if err != nil {
				t.Fatal(err)
			}
			defer vm.Close()
			if err := L.DoString(`print("mine")`); err != nil {
				t.Fatal(err)
			}
			if own.String() != test.own || (out.String() == "mine\n") != test.host {
				t.Errorf("printed %q by its own print and %q to the host", own.String(), out.String())
			}
		})
	}
}
