package compile

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// expected reads what a script says that it prints: the text behind --> is one
// line; behind --> ~ it is a Lua-like pattern in Go's syntax.
func expected(text string) []string {
	var want []string
	for line := range strings.SplitSeq(text, "\n") {
		if _, after, ok := strings.Cut(line, "--> "); ok {
			want = append(want, after)
		}
	}
	return want
}

func compareOutput(t *testing.T, got string, want []string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(got, "\n"), "\n")
	for i, w := range want {
		if i < len(lines) && strings.HasPrefix(w, "~") {
			if regexp.MustCompile(strings.ReplaceAll(w[1:], "%", `\`)).MatchString(lines[i]) {
				lines[i] = w
			}
		}
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want := expected(string(text))
		for name, opts := range map[string]Options{"plain": {}, "guarded": {GuardConcat: true, GuardIntegers: true}} {
			t.Run(filepath.Base(file)+"/"+name, func(t *testing.T) {
				got, err := run(t, string(text), opts)
				if err != nil {
					t.Errorf("%v", err)
				}
				compareOutput(t, got, want)
			})
		}
		// An interpreter of Lua 5.4 agrees with what the scripts expect.
		if lua := interpreter(t); lua != "" && filepath.Base(file) != "newest.lua" {
			t.Run(filepath.Base(file)+"/"+filepath.Base(lua), func(t *testing.T) {
				got, err := exec.Command(lua, file).CombinedOutput()
				if err != nil {
					t.Errorf("%v", err)
				}
				compareOutput(t, string(got), want)
			})
		}
	}
}
