package coretest

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"assay.rs/core"
)

// Examples runs every example of the modules' declarations with the given global variables, and fails
// for those that fail and for what [Declared] finds.
func Examples(t testing.TB, modules []core.Module, globals map[string]any) {
	t.Helper()
	Kit{Modules: modules, Globals: globals}.Examples(t)
}

// Examples is [Examples] with the kit's own settings. Each example runs in a VM of its own; it must name
// the builtin that it shows, and what it prints is checked where it says what it expects.
func (k Kit) Examples(t testing.TB) {
	t.Helper()
	Declared(t, k.Modules...)
	for _, m := range core.Specs(k.Modules...) {
		for _, d := range declarations(m) {
			for i, example := range d.Examples {
				name := d.full + " example " + strconv.Itoa(i+1)
				sub(t, name, func(t testing.TB) {
					t.Helper()
					k.example(t, name, d, example)
				})
			}
		}
	}
}

func (k Kit) example(t testing.TB, name string, d declaration, source string) {
	t.Helper()
	if !shows(d.full, source) {
		t.Errorf("%s does not show %s:\n%s", name, d.full, numbered(source))
	}
	wanted, err := expectations(name, source)
	if err != nil {
		t.Errorf("%v", err)
		return
	}
	got := k.Exec(t, name, source)
	for _, problem := range got.Undeclared {
		t.Errorf("%s", problem)
	}
	if len(wanted) > 0 {
		compare(t, name, got, wanted)
	} else if got.Err != nil {
		t.Errorf("%s\n%s", explain(got.Err), numbered(source))
	}
}

// shows tells whether the source names the builtin: a method by its own name.
func shows(full, source string) bool {
	name := full
	if at := strings.LastIndexByte(full, ':'); at >= 0 {
		name = full[at+1:]
	}
	if strings.Contains(source, name) {
		return true
	}
	// A function of a table for values may be called as a method: s:trim().
	if at := strings.LastIndexByte(full, '.'); at >= 0 {
		return strings.Contains(source, ":"+full[at+1:])
	}
	return false
}

func numbered(source string) string {
	var b strings.Builder
	for i, line := range strings.Split(source, "\n") {
		fmt.Fprintf(&b, "%4d  %s\n", i+1, line)
	}
	return strings.TrimRight(b.String(), "\n")
}

// sub runs f as a subtest where t can have such.
func sub(t testing.TB, name string, f func(t testing.TB)) {
	t.Helper()
	parent, ok := t.(interface {
		Run(name string, f func(*testing.T)) bool
	})
	if !ok {
		f(t)
		return
	}
	parent.Run(name, func(t *testing.T) {
		t.Helper()
		f(t)
	})
}
