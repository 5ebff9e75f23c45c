package compile

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"

	"assay.rs/core/coretest/randomlua"
)

// runGopherLua runs a text that gopher-lua compiles itself.
func runGopherLua(t testing.TB, text string) (string, error) {
	t.Helper()
	stmts, err := parse.Parse(strings.NewReader(text), "test")
	if err != nil {
		return "", err
	}
	proto, err := lua.Compile(stmts, "test")
	if err != nil {
		return "", err
	}
	return execute(t, func(L *lua.LState) *lua.LFunction { return L.NewFunctionFromProto(proto) })
}

func TestRandomProgramsRunAsUnderGopherLua(t *testing.T) {
	rounds := uint64(150)
	if testing.Short() {
		rounds = 40
	}
	for seed := range rounds {
		text := randomlua.Program(seed, false)
		want, wantErr := runGopherLua(t, text)
		if strings.Contains(want, "crash") {
			continue // gopher-lua reads a register that its code never set
		}
		for _, opts := range []Options{{}, {GuardConcat: true, GuardIntegers: true}} {
			got, err := run(t, text, opts)
			if got != want || (err == nil) != (wantErr == nil) {
				t.Fatalf("seed %d, %+v\n%s\ngot (%v):\n%s\nwant (%v):\n%s", seed, opts, text, err, got, wantErr, want)
			}
		}
	}
}

// interpreter is real Lua to compare with, or "". Under CI it has to be there.
func interpreter(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("lua5.4")
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal("lua5.4 is not installed")
	}
	return path
}

// TestRandomProgramsRunAsUnderLua has programs with what gopher-lua gets wrong too.
func TestRandomProgramsRunAsUnderLua(t *testing.T) {
	interpreter := interpreter(t)
	if interpreter == "" {
		t.Skip("lua5.4 is not installed")
	}
	for seed := range uint64(150) {
		text := randomlua.Program(seed, true)
		cmd := exec.Command(interpreter, "-")
		cmd.Stdin = strings.NewReader(text)
		want, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("seed %d: %v\n%s\n%s", seed, err, want, text)
		}
		got, err := run(t, text, Options{GuardConcat: true})
		if err != nil || got != string(want) {
			t.Fatalf("seed %d\n%s\ngot (%v):\n%s\nwant:\n%s", seed, text, err, got, want)
		}
	}
}
