package core_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"assay.rs/core/coretest/randomlua"
)

// The scripts of core/compile print the same when our own loop runs them, also when they run again: tables of one
// constructor share their keys from then on.
func TestLanguage(t *testing.T) {
	files, err := filepath.Glob("compile/testdata/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for line := range strings.SplitSeq(string(text), "\n") {
				if _, after, ok := strings.Cut(line, "--> "); ok {
					want = append(want, after)
				}
			}
			const times = 3
			got := lines(oursAgain(t, string(text), times))
			if len(got) != times*len(want) {
				t.Fatalf("printed %d lines, want %d times %d", len(got), times, len(want))
			}
			for i, line := range got {
				if w := want[i%len(want)]; line != w && !(strings.HasPrefix(w, "~") && matches(w[1:], line)) {
					t.Errorf("line %d: got %q, want %q", i+1, line, w)
				}
			}
		})
	}
}

// matches tells whether the line is like a pattern in Go's syntax, but for % in the place of \.
func matches(pattern, line string) bool {
	return regexp.MustCompile(strings.ReplaceAll(pattern, "%", `\`)).MatchString(line)
}

func TestRandomProgramsRunAsUnderLua(t *testing.T) {
	lua := interpreter(t, "lua5.4")
	for seed := range uint64(150) {
		text := randomlua.Program(1000+seed, true)
		cmd := exec.CommandContext(t.Context(), lua, "-")
		cmd.Stdin = strings.NewReader(text)
		want, err := cmd.Output()
		if err != nil {
			t.Fatalf("lua5.4: %v\n%s", err, text)
		}
		if got := string(oursAgain(t, text, 2)); got != strings.Repeat(string(want), 2) {
			t.Fatalf("%s\ngot:\n%s\nwant twice:\n%s", text, got, want)
		}
	}
}
