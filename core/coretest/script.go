package coretest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"assay.rs/core"
)

// Run runs each *.lua in dir with the modules, and fails where one does not do what it says it does.
// A folder without scripts fails.
func Run(t testing.TB, dir string, modules ...core.Module) {
	t.Helper()
	Kit{Modules: modules}.Run(t, dir)
}

// Run is [Run] with the kit's own settings.
func (k Kit) Run(t testing.TB, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.lua"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no *.lua in %s: %v", dir, err)
	}
	for _, file := range files {
		sub(t, filepath.Base(file), func(t testing.TB) {
			t.Helper()
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("%v", err)
			}
			k.Script(t, file, string(source))
		})
	}
}

// Script runs one script; name is what positions begin with.
func (k Kit) Script(t testing.TB, name, source string) {
	t.Helper()
	wanted, err := expectations(name, source)
	if err != nil {
		t.Errorf("%v", err)
		return
	}
	got := k.Exec(t, name, source)
	for _, problem := range got.Undeclared {
		t.Errorf("%s", problem)
	}
	compare(t, name, got, wanted)
	if len(wanted) == 0 && got.Assertions == 0 && got.Err == nil {
		t.Errorf("%s: expects nothing and asserts nothing", name)
	}
}

// expectation is a comment about one line of output, or about the error in the end.
type expectation struct {
	where string // file:line
	kind  byte
	text  string
	re    *regexp.Regexp // of the kind ~
}

// The kinds of expectations.
const (
	wholeLine = '='
	pattern   = '~'
	raised    = '!'
)

const marker = "--> "

// expectations reads the comments of a script.
func expectations(name, source string) ([]expectation, error) {
	var all []expectation
	for i, line := range strings.Split(source, "\n") {
		_, comment, ok := strings.Cut(strings.TrimRight(line, "\r"), marker)
		if !ok {
			continue
		}
		e := expectation{where: fmt.Sprintf("%s:%d", name, i+1)}
		if comment == "" {
			return nil, fmt.Errorf("%s: %q without an expectation", e.where, marker)
		}
		e.kind, e.text = comment[0], comment[1:]
		var err error
		switch e.kind {
		case wholeLine, raised:
		case pattern:
			e.re, err = regexp.Compile(e.text)
		default:
			err = fmt.Errorf("expectation %q does not begin with =, ~ or ! as it must", comment)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.where, err)
		}
		if len(all) > 0 && all[len(all)-1].kind == raised {
			return nil, fmt.Errorf("%s: an expectation after the error that ends the script", e.where)
		}
		all = append(all, e)
	}
	return all, nil
}

// compare reports the first line that is not as wanted, and the error.
func compare(t testing.TB, name string, got Result, wanted []expectation) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(got.Stdout, "\n"), "\n")
	if got.Stdout == "" {
		lines = nil
	}
	wantsError := len(wanted) > 0 && wanted[len(wanted)-1].kind == raised
	if wantsError {
		last := wanted[len(wanted)-1]
		wanted = wanted[:len(wanted)-1]
		if got.Err == nil {
			t.Errorf("%s: the script ended without an error, want one with %q", last.where, last.text)
		} else if !strings.Contains(got.Err.Error(), last.text) {
			t.Errorf("%s: error = %q, want one with %q", last.where, got.Err, last.text)
		}
	} else if got.Err != nil {
		t.Errorf("%s: %s", name, explain(got.Err))
	}
	for i, e := range wanted {
		switch {
		case i >= len(lines):
			t.Errorf("%s: no output line %d, want %q", e.where, i+1, e.text)
			return
		case !e.met(lines[i]):
			t.Errorf("%s: output line %d = %q, want %c %q\noutput:\n%s", e.where, i+1, lines[i], e.kind, e.text, got.Stdout)
			return
		}
	}
	if len(lines) > len(wanted) {
		t.Errorf("%s: output line %d = %q, want no more than %d", name, len(wanted)+1, lines[len(wanted)], len(wanted))
	}
}

func (e expectation) met(line string) bool {
	spaced := strings.ReplaceAll(line, "\t", " ")
	if e.kind == pattern {
		return e.re.MatchString(line) || e.re.MatchString(spaced)
	}
	// Editors strip what ends a line.
	want := strings.TrimRight(e.text, " \t")
	return strings.TrimRight(line, " \t") == want || strings.TrimRight(spaced, " ") == want
}
