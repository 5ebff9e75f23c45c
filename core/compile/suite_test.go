package compile

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// suites is the folder of gopher-lua, which brings its own tests and those of
// Lua 5.1 that it passes.
func suites(t testing.TB) string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/yuin/gopher-lua").Output()
	if err != nil {
		t.Fatalf("go list gopher-lua: %v", err)
	}
	return strings.TrimSpace(string(dir))
}

// suiteFiles are the files that gopher-lua runs itself.
func suiteFiles() map[string][]string {
	return map[string][]string{
		"_glua-tests": {"base.lua", "coroutine.lua", "db.lua", "issues.lua", "os.lua", "table.lua", "vm.lua", "math.lua", "strings.lua", "goto.lua"},
		"_lua5.1-tests": {
			"attrib.lua", "calls.lua", "closure.lua", "constructs.lua", "events.lua", "literals.lua", "locals.lua",
			"math.lua", "sort.lua", "strings.lua", "vararg.lua", "pm.lua", "files.lua",
		},
	}
}

// machine is a state of gopher-lua whose load functions compile with us.
func machine(t testing.TB, opts Options) *lua.LState {
	t.Helper()
	L := lua.NewState(lua.Options{RegistrySize: 1024 * 20, CallStackSize: 1024})
	t.Cleanup(L.Close)
	load := func(L *lua.LState, name, text string) int {
		chunk, err := Source(name, []byte(text), opts)
		if err != nil {
			L.Push(lua.LNil)
			L.Push(lua.LString(err.Error()))
			return 2
		}
		verify(t, chunk.Proto, len(chunk.Helpers))
		L.Push(chunk.Function(L, Standard(L)))
		return 1
	}
	loadstring := func(L *lua.LState) int { return load(L, L.OptString(2, "<string>"), L.CheckString(1)) }
	L.SetGlobal("loadstring", L.NewFunction(loadstring))
	loadfile := func(L *lua.LState) int {
		b, err := os.ReadFile(L.CheckString(1))
		if err != nil {
			L.Push(lua.LNil)
			L.Push(lua.LString(err.Error()))
			return 2
		}
		return load(L, L.CheckString(1), string(b))
	}
	L.SetGlobal("loadfile", L.NewFunction(loadfile))
	L.SetGlobal("dofile", L.NewFunction(func(L *lua.LState) int {
		top := L.GetTop()
		if loadfile(L) == 2 {
			L.RaiseError("%s", L.Get(-1))
		}
		L.Call(0, lua.MultRet)
		return L.GetTop() - top
	}))
	return L
}

// differences are what the suites expect of gopher-lua alone: its texts of
// errors, and the number of upvalues where there are no helpers.
func differences(mode string) map[string]string {
	d := map[string]string{
		`find(msg, "register overflow")`:        `find(msg, "too many local variables")`,
		`find(msg, "too many local variables")`: `find(msg, "too many local variables")`,
	}
	if mode == "guarded" {
		d["cannot perform concat operation between table and function"] = "attempt to concatenate a table value"
		d["assert(info.nups == 1)"] = ""
	}
	return d
}

func TestSuitesOfGopherLua(t *testing.T) {
	root := suites(t)
	for dir, files := range suiteFiles() {
		for _, file := range files {
			for mode, opts := range map[string]Options{"plain": {}, "guarded": {GuardConcat: true, GuardIntegers: true}} {
				t.Run(dir+"/"+file+"/"+mode, func(t *testing.T) {
					if testing.Short() && file == "constructs.lua" {
						t.Skip("takes seconds: it compiles every combination of operators")
					}
					folder := t.TempDir()
					if err := os.CopyFS(folder, os.DirFS(filepath.Join(root, dir))); err != nil {
						t.Fatal(err)
					}
					text, err := os.ReadFile(filepath.Join(folder, file))
					if err != nil {
						t.Fatal(err)
					}
					t.Chdir(folder)
					if err := os.Unsetenv("_____GLUATEST______"); err != nil { // that os.lua sets and expects unset
						t.Fatal(err)
					}
					for from, to := range differences(mode) {
						text = bytes.ReplaceAll(text, []byte(from), []byte(to))
					}
					chunk, err := Source(file, text, opts)
					if err != nil {
						t.Fatal(err)
					}
					verify(t, chunk.Proto, len(chunk.Helpers))
					L := machine(t, opts)
					L.Push(chunk.Function(L, Standard(L)))
					if err := L.PCall(0, 0, nil); err != nil {
						t.Error(err)
					}
				})
			}
		}
	}
}
