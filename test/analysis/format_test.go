package analysis

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	lua "github.com/yuin/gopher-lua"

	"assay.rs/analysis/format"
	"assay.rs/core/compile"
	"assay.rs/core/coretest/randomlua"
	"assay.rs/core/syntax"
)

// luaFiles are the Lua files of the repository by name.
func luaFiles(t *testing.T) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := fs.WalkDir(os.DirFS("../.."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".lua" {
			return err
		}
		text, err := os.ReadFile(filepath.Join("../..", path))
		files[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 50 {
		t.Fatalf("found %d Lua files, want the whole repository's", len(files))
	}
	return files
}

// code is what a function does, without the lines it stands on.
type code struct {
	Code                         []uint32
	Constants                    []lua.LValue
	Upvalues, Parameters, Vararg uint8
	Registers                    uint8
	Inner                        []code
}

func codeOf(p *lua.FunctionProto) code {
	c := code{p.Code, p.Constants, p.NumUpvalues, p.NumParameters, p.IsVarArg, p.NumUsedRegisters, nil}
	for _, inner := range p.FunctionPrototypes {
		c.Inner = append(c.Inner, codeOf(inner))
	}
	return c
}

func compiled(t *testing.T, text string) (code, bool) {
	t.Helper()
	chunk, err := compile.Source("test", []byte(text), compile.Options{GuardConcat: true, GuardIntegers: true})
	if err != nil {
		return code{}, false
	}
	return codeOf(chunk.Proto), true
}

// checkFormat fails unless formatting keeps the code and every comment, and is the last word.
func checkFormat(t *testing.T, text string) {
	t.Helper()
	want, ok := compiled(t, text)
	if !ok {
		return
	}
	tree := syntax.Parse(text)
	got := format.Tree(tree)
	again := syntax.Parse(got)
	if len(again.Errors) > 0 {
		t.Fatalf("formatted text is broken: %s", again.Render("formatted", again.Errors[0]))
	}
	if now, _ := compiled(t, got); !reflect.DeepEqual(now, want) {
		t.Errorf("formatted text compiles to other code:\n%s\nthe source is\n%s", got, text)
	}
	if now, want := comments(again), comments(tree); !slices.Equal(now, want) {
		t.Errorf("comments (-want +got):\n%s", cmp.Diff(want, now))
	}
	if twice := format.Tree(again); twice != got {
		t.Errorf("a second run changes the text (-first +second):\n%s", cmp.Diff(strings.Split(got, "\n"), strings.Split(twice, "\n")))
	}
}

func comments(t *syntax.Tree) []string {
	var list []string
	for _, c := range t.Trivia {
		text := strings.TrimRight(t.Source[c.Start:c.End], " \t\r")
		list = append(list, strings.ReplaceAll(text, "\r\n", "\n"))
	}
	return list
}

func TestFormattingKeepsTheCode(t *testing.T) {
	for name, text := range luaFiles(t) {
		t.Run(name, func(t *testing.T) {
			checkFormat(t, text)
			checkFormat(t, strings.ReplaceAll(text, "\n", "\r\n"))
			checkFormat(t, squeezed(text))
			checkFormat(t, torn(text))
		})
	}
}

// squeezed is the text with as few line breaks as its comments allow.
func squeezed(text string) string {
	var b strings.Builder
	tree := syntax.Parse(text)
	for p := range tree.Pieces() {
		piece := text[p.Start:p.End]
		if p.Token == syntax.NoToken && p.Trivia == syntax.Space {
			piece = " "
		}
		b.WriteString(piece)
		if p.Token == syntax.NoToken && (p.Trivia == syntax.LineComment || p.Trivia == syntax.Shebang) {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// torn is the text with a line for each word.
func torn(text string) string {
	var b strings.Builder
	tree := syntax.Parse(text)
	for p := range tree.Pieces() {
		piece := text[p.Start:p.End]
		if p.Token == syntax.NoToken && p.Trivia == syntax.Space {
			piece = "\n"
		}
		b.WriteString(piece)
	}
	return b.String()
}

func TestFormattingKeepsTheCodeOfRandomPrograms(t *testing.T) {
	for seed := range uint64(200) {
		text := randomlua.Program(seed, true)
		checkFormat(t, text)
		checkFormat(t, squeezed(text))
		checkFormat(t, torn(text))
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}
