package stdio_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/core/coretest"
	"assay.rs/core/prelude"
	"assay.rs/mod-fs/stdio"
)

func kit(stdin string) coretest.Kit {
	return coretest.Kit{Modules: []core.Module{stdio.New(), stdio.OS()}, Stdin: stdin}
}

func TestExamples(t *testing.T) { kit("").Examples(t) }

func TestScripts(t *testing.T) {
	files, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	kit("first\nsecond\n12 0x1F -3.5e1 x\nrest\nmore").Run(t, files)
}

func TestPolicy(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "f")
	if err := os.WriteFile(file, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	k := kit("")
	k.Policy = core.FullPolicy()
	k.Policy.Changes = false
	k.Globals = map[string]any{"F": file}
	k.Script(t, "policy.lua", `
		print(io.open(F):read("a"))
		--> =text
		for _, mode in ipairs{"w", "a", "r+", "w+", "a+"} do
			assert.eq(select(2, pcall(io.open, F, mode)).code, "policy.denied")
		end
		print(io.open(F):read("a"))
		--> =text`)
	k.Policy.Files = false
	k.Script(t, "policy.lua", `
		print(select(2, pcall(io.open, F)).code, select(2, pcall(io.lines, F)).code)
		--> =policy.denied policy.denied`)
}

// never is standard input where nobody types.
type never struct{ reading chan struct{} }

func (n never) Read([]byte) (int, error) {
	close(n.reading)
	select {}
}

// A script that waits for input still ends when it is told to.
func TestReadEndsWithItsTask(t *testing.T) {
	rt, err := core.New(core.Config{Modules: append(prelude.Modules(), stdio.New()), Policy: core.FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := core.Compile("wait.lua", []byte(`pcall(io.read)`))
	if err != nil {
		t.Fatal(err)
	}
	stdin := never{make(chan struct{})}
	vm := rt.Open(core.Host{Stdin: stdin, Stdout: io.Discard})
	defer vm.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	told := errors.New("told to")
	ctx, tell := context.WithCancelCause(ctx)
	go func() {
		<-stdin.reading
		tell(told)
	}()
	if err := vm.Run(ctx, chunk); !errors.Is(err, told) {
		t.Errorf("Run = %v, want %v", err, told)
	}
}

func TestStandardError(t *testing.T) {
	rt, err := core.New(core.Config{Modules: []core.Module{stdio.New(), stdio.OS()}, Policy: core.FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := core.Compile("err.lua", []byte(`io.stderr:write("oh", 1, "\n"):write("no\n")`))
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	vm := rt.Open(core.Host{Stderr: &stderr})
	defer vm.Close()
	if err := vm.Run(t.Context(), chunk); err != nil || stderr.String() != "oh1\nno\n" {
		t.Errorf("standard error = %q, %v, want oh1 and no", stderr.String(), err)
	}
}
