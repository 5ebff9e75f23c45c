package toml

import (
	"fmt"
	"strings"
	"testing"

	"assay.rs/core"
	"assay.rs/core/coretest"

	"assay.rs/mod-data/json"
)

func TestExamples(t *testing.T) { coretest.Examples(t, []core.Module{New()}, nil) }

func TestScripts(t *testing.T) { coretest.Run(t, "testdata", New(), json.New()) }

func TestNestingIsBounded(t *testing.T) {
	deep := strings.Repeat("[", 201)
	for text, want := range map[string]string{
		"a = " + deep: "1:205: nested deeper than 200",
		"x = 1\na = " + strings.Repeat("{a=", 201):                         "2:605: nested deeper than 200",
		strings.Repeat("a.", 200) + "a = 1":                                "1:401: a key of more than 200 parts",
		"[" + strings.Repeat("a.", 1e5) + "a]":                             "1:402: a key of more than 200 parts",
		"a = " + strings.Repeat("[", 1e6):                                  "1:205: nested deeper than 200",
		"[" + strings.Repeat("a.", 199) + "a]\nb = [1]":                    "nested deeper than 200",
		"a = [" + strings.Repeat("1,", maxValues+1) + "]":                  "more than 1048576 values",
		"a = '" + deep + "' # " + deep:                                     "",
		"a = " + strings.Repeat("[", 199) + "1" + strings.Repeat("]", 199): "",
		"[" + strings.Repeat("a.", 198) + "a]\nb = 1":                      "",
	} {
		got := coretest.Kit{Modules: []core.Module{New()}, Globals: map[string]any{"T": text}}.Exec(t, "deep.lua",
			`local ok, e = pcall(toml.parse, T) if not ok then print(e.code, e.message) end`)
		if want != "" {
			want = "toml.limit\t" + want + "\n"
		}
		if got.Stdout != want || got.Err != nil {
			t.Errorf("parse(%.30q...) = %s, %v, want %s", text, got.Stdout, got.Err, want)
		}
	}
}

// Time is about linear in the text, whatever it is made of: a quadratic parser does not end within the time of
// the kit.
func TestLargeTextsEnd(t *testing.T) {
	for name, text := range map[string]string{
		"one long string":   "a = '" + strings.Repeat("x", 9<<20) + "'",
		"many sections":     strings.Repeat("[[a.b.c]]\n", 50_000),
		"many keys":         numbered(5e4, "key%d = 1\n"),
		"many long headers": numbered(2e3, "["+strings.Repeat("a.", 190)+"k%d]\n"),
		"dotted keys":       numbered(2e3, strings.Repeat("a.", 190)+"k%d = 1\n"),
		"deep arrays":       numbered(300, "k%d = "+strings.Repeat("[", 199)+strings.Repeat("]", 199)+"\n"),
	} {
		got := coretest.Kit{Modules: []core.Module{New()}, Globals: map[string]any{"T": text}}.Exec(t, "large.lua", `toml.parse(T)`)
		if got.Err != nil {
			t.Errorf("%s: %v", name, got.Err)
		}
	}
}

func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}
