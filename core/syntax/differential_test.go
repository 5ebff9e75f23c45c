package syntax

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yuin/gopher-lua/parse"
)

// exceptions are the texts on which this parser and gopher-lua's differ on
// purpose: where gopher-lua strays from Lua 5.1, Lua 5.1 counts. Each row is
// tested; the fuzz test knows the same reasons by their messages.
var exceptions = []struct {
	why, text string
	accepted  bool   // here
	message   string // part of our message, if refused
}{
	{"letters and dots after a number belong to it", "x = 3y = 4", false, "malformed number"},
	{"a number and a keyword need a space", "x = 5and 6", false, "malformed number"},
	{"an exponent has digits", "x = 1e", false, "malformed number"},
	{"an exponent has digits", "x = 1e+y", false, "malformed number"},
	{"concatenating numbers needs a space", "x = 1...2", false, "malformed number"},
	{"a decimal escape is a byte", `x = "\300"`, false, "wrong escape"},
	{`\x and \u are escapes now`, `x = "\xyz"`, false, "wrong escape"},
	{`\x and \u are escapes now`, `x = "\uyz"`, false, "wrong escape"},
	{"a call in parentheses is no statement", "(f())", false, "expected '=' or a call"},
	{"a line comment may start with [=", "--[=x\n", true, ""},
	{"a line comment may start with [=", "--[==", true, ""},
	{"vertical tab and form feed are white space", "x\v=\f1", true, ""},
	{"one separator between two items", "x = {1,,2}", false, "an item of the table is missing"},
	{"one separator after the last item", "x = {1,;}", false, "an item of the table is missing"},
	{"nesting is bounded", "x = " + strings.Repeat("(", 201) + "1" + strings.Repeat(")", 201), false, "nesting deeper"},
}

func TestExceptionsToGopherLua(t *testing.T) {
	for _, c := range exceptions {
		tree := Parse(c.text)
		if got := len(tree.Errors) == 0; got != c.accepted {
			t.Errorf("%s: Parse(%q) accepted = %v, want %v (%v)", c.why, shorten(c.text), got, c.accepted, tree.Errors)
		}
		if !c.accepted && !strings.Contains(fmt.Sprint(tree.Errors), c.message) {
			t.Errorf("%s: Parse(%q) errors = %v, want %q", c.why, shorten(c.text), tree.Errors, c.message)
		}
		if _, err := parse.Parse(strings.NewReader(c.text), ""); (err == nil) == c.accepted {
			t.Errorf("%s: gopher-lua agrees on %q: the exception is stale (%v)", c.why, shorten(c.text), err)
		}
	}
}

// excepted reports whether a difference is one of the exceptions.
func excepted(tree *Tree) bool {
	for _, c := range exceptions {
		if c.accepted {
			continue
		}
		for _, e := range tree.Errors {
			if strings.Contains(e.Message, c.message) && e.Message != "" {
				return true
			}
		}
	}
	for _, tr := range tree.Trivia {
		text := tree.Source[tr.Start:tr.End]
		if tr.Kind == LineComment && strings.HasPrefix(text, "--[=") {
			return true
		}
	}
	return tree.Newer != 0
}

// corpus reads the Lua files of gopher-lua's own test suites and of testdata.
func corpus(t testing.TB) map[string]string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/yuin/gopher-lua").Output()
	if err != nil {
		t.Fatalf("go list gopher-lua: %v", err)
	}
	root := strings.TrimSpace(string(dir))
	texts := map[string]string{}
	for _, pattern := range []string{
		"testdata/*.lua", root + "/_lua5.1-tests/*.lua", root + "/_lua5.1-tests/libs/*.lua", root + "/_glua-tests/*.lua",
	} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			if !strings.Contains(pattern, "libs") {
				t.Fatalf("no files match %s (%v)", pattern, err)
			}
			continue
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			texts[f] = string(b)
		}
	}
	return texts
}

// sameVerdict fails when gopher-lua's parser and this one disagree.
func sameVerdict(t *testing.T, text string) {
	t.Helper()
	tree := Parse(text)
	_, err := parse.Parse(strings.NewReader(text), "")
	if ours, theirs := len(tree.Errors) == 0, err == nil; ours != theirs && !excepted(tree) {
		t.Errorf("accepted here = %v, by gopher-lua = %v\n%q\nhere: %v\ngopher-lua: %v", ours, theirs, text, tree.Errors, err)
	}
}

func TestSameVerdictAsGopherLua(t *testing.T) {
	for name, text := range corpus(t) {
		t.Run(filepath.Base(name), func(t *testing.T) { sameVerdict(t, text) })
	}
}

func FuzzSameVerdictAsGopherLua(f *testing.F) {
	for _, text := range corpus(f) {
		if len(text) < 3000 {
			f.Add(text)
		}
	}
	for _, c := range exceptions {
		f.Add(c.text)
	}
	f.Add("goto x ::x:: ; return f{1,2;x=3,[4]=5}:g'a'.b[1]")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < 4096 {
			sameVerdict(t, text)
		}
	})
}
