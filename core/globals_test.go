package core_test

import (
	"bytes"
	"strings"
	"testing"

	"assay.rs/core"
	"assay.rs/core/prelude"
)

// runIn runs source under the policy and gives what it printed.
func runIn(t *testing.T, policy core.Policy, source string) string {
	t.Helper()
	rt, err := core.New(core.Config{Modules: prelude.Modules(), Policy: policy})
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := core.Compile("globals.lua", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	vm := rt.Open(core.Host{Stdout: &out})
	defer vm.Close()
	vm.SetArgs("globals.lua", []string{"one"})
	if err := vm.Run(t.Context(), chunk); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func TestGlobalsOfChecksAreFoundByName(t *testing.T) {
	for _, tt := range []struct{ name, source, want string }{
		{"by a name that is made up", `print(type(_G["ti" .. "me"]))`, "table"},
		{"by rawget", `print(type(rawget(_G, "ti" .. "me")))`, "table"},
		{"in an environment that falls back on _G", `print(load("return time.monotonic() > 0", "x", "t", setmetatable({}, {__index = _G}))())`, "true"},
		{"once _G has a metatable of the script's own", `setmetatable(_G, {__index = function(_, name) return name end}) print(unknown, type(time))`, "unknown\ttable"},
		{"without a metatable to be seen", `print(getmetatable(_G))`, "nil"},
		{"arg", `print(_G["a" .. "rg"][0], arg[1])`, "globals.lua\tone"},
		{"what the script has set stays", `time = 1 print(_G.time, rawget(_G, "time"))`, "1\t1"},
		{"not listed before", `local n = 0 for name in pairs(_G) do if name == "re" .. "try" then n = n + 1 end end print(n)`, "0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := runIn(t, core.CheckPolicy(), tt.source); got != tt.want {
				t.Errorf("printed %q, want %q", got, tt.want)
			}
		})
	}
}

func TestGlobalsOfScriptsAreListed(t *testing.T) {
	if got := runIn(t, core.FullPolicy(), `local n = 0 for name in pairs(_G) do if name == "re" .. "try" then n = n + 1 end end print(n)`); got != "1" {
		t.Errorf("retry is listed %s times, want 1", got)
	}
}

func TestSandboxIsWithoutOS(t *testing.T) {
	if got := runIn(t, core.SandboxPolicy(core.Destinations{}), `print(os, collectgarbage, load("return os")())`); got != "nil\tnil\tnil" {
		t.Errorf("printed %q", got)
	}
}
