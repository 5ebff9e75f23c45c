package core_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay.rs/core"
	"assay.rs/core/prelude"
)

var update = flag.Bool("update", false, "write the golden files anew")

// listNames prints the path and type of all that _G holds.
const listNames = `
local lines, list = {}, nil
setmetatable(_G, nil) -- opens everything
function list(t, path, above)
	for k, v in pairs(t) do
		local name = path .. tostring(k)
		if name ~= "_G" then lines[#lines + 1] = name .. " " .. type(v) end
		if type(v) == "table" and v ~= _G and not above[v] then
			above[v] = true
			list(v, name .. ".", above)
			above[v] = nil
		end
	end
end
list(_G, "", {})
table.sort(lines)
print(table.concat(lines, "\n"))`

// Whatever a script can reach is in the golden file, so that nothing comes to be reachable unseen.
func TestNames(t *testing.T) {
	var got bytes.Buffer
	for _, level := range []struct {
		name   string
		policy core.Policy
	}{{"sandbox", core.SandboxPolicy(core.Destinations{})}, {"check", core.CheckPolicy()}, {"script", core.FullPolicy()}} {
		got.WriteString("# " + level.name + "\n")
		rt, err := core.New(core.Config{Modules: prelude.Modules(), Policy: level.policy})
		if err != nil {
			t.Fatal(err)
		}
		chunk, err := core.Compile("names.lua", []byte(listNames))
		if err != nil {
			t.Fatal(err)
		}
		vm := rt.Open(core.Host{Stdout: &got})
		err = vm.Run(t.Context(), chunk)
		vm.Close()
		if err != nil {
			t.Fatal(err)
		}
	}
	golden := filepath.Join("testdata", "names.golden")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("the names that scripts reach differ from %s; look at them, then run with -update.\n%s", golden, difference(string(want), got.String()))
	}
}

// difference is the lines that only one of the texts has.
func difference(want, got string) string {
	var out strings.Builder
	for line := range strings.SplitSeq(got, "\n") {
		if !strings.Contains("\n"+want, "\n"+line+"\n") {
			out.WriteString("+ " + line + "\n")
		}
	}
	for line := range strings.SplitSeq(want, "\n") {
		if !strings.Contains("\n"+got, "\n"+line+"\n") {
			out.WriteString("- " + line + "\n")
		}
	}
	return out.String()
}
