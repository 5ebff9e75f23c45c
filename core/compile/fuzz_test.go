package compile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"

	"assay.rs/core/coretest/randomlua"
	"assay.rs/core/syntax"
)

// FuzzSource compiles any text: it never panics, the code keeps to its bounds,
// and what gopher-lua compiles of plain Lua 5.1 is compiled.
func FuzzSource(f *testing.F) {
	for _, pattern := range []string{"testdata/*.lua", "../syntax/testdata/*.lua", filepath.Join(suites(f), "_glua-tests", "*.lua")} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("no files match %s (%v)", pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			if len(text) < 8000 {
				f.Add(string(text))
			}
		}
	}
	for seed := range uint64(20) {
		f.Add(randomlua.Program(seed, true))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 10_000 {
			return
		}
		tree := syntax.Parse(text)
		for _, opts := range []Options{{}, {GuardConcat: true, GuardIntegers: true}} {
			chunk, err := Tree("fuzz", tree, opts)
			if err == nil {
				verify(t, chunk.Proto, len(chunk.Helpers))
				continue
			}
			if errs := Errors(nil); !errors.As(err, &errs) || len(errs) == 0 {
				t.Fatalf("%q: %v is no Errors", text, err)
			}
		}
		sameVerdict(t, tree)
	})
}

// sameVerdict fails if gopher-lua's compiler refuses a text that this one takes,
// or the other way round.
func sameVerdict(t *testing.T, tree *syntax.Tree) {
	t.Helper()
	stmts, err := parse.Parse(strings.NewReader(tree.Source), "fuzz")
	if err != nil || len(tree.Errors) > 0 || tree.Newer != 0 {
		return
	}
	_, theirs := compileGopherLua(stmts)
	_, ours := Tree("fuzz", tree, Options{})
	if (ours == nil) != (theirs == nil) {
		t.Errorf("%q\nours: %v\ngopher-lua: %v", tree.Source, ours, theirs)
	}
}

// compileGopherLua gives its panics as errors.
func compileGopherLua(stmts []ast.Stmt) (proto *lua.FunctionProto, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return lua.Compile(stmts, "fuzz")
}
