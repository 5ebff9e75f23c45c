package main

import (
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     counts
		shown    []string
	}{
		{"tests and subtests count", `
{"Action":"run","Package":"p","Test":"A"}
{"Action":"output","Package":"p","Test":"A/x","Output":"quiet\n"}
{"Action":"pass","Package":"p","Test":"A/x"}
{"Action":"pass","Package":"p","Test":"A"}
{"Action":"pass","Package":"p","Elapsed":1.2}
`, counts{passed: 2}, []string{"ok    p (2 passed) 1.2s"}},
		{"a failure is shown with its output", `
{"Action":"output","Package":"p","Test":"A","Output":"got 1, want 2\n"}
{"Action":"fail","Package":"p","Test":"A"}
{"Action":"fail","Package":"p"}
`, counts{failed: 1}, []string{"FAIL  p A\ngot 1, want 2", "FAIL  p (0 passed, 1 failed)"}},
		{"a package that does not build is a failure", `
{"ImportPath":"p [p.test]","Action":"build-output","Output":"x.go:1: undefined: y\n"}
{"ImportPath":"p [p.test]","Action":"build-fail"}
{"Action":"fail","Package":"p","FailedBuild":"p [p.test]"}
`, counts{failed: 1}, []string{"undefined: y"}},
		{"a package that gives up is a failure", `
{"Action":"output","Package":"p","Output":"no server\n"}
{"Action":"fail","Package":"p"}
`, counts{failed: 1}, []string{"no server"}},
		{"a skip says why", `
{"Action":"output","Package":"p","Test":"A","Output":"prometheus is missing\n"}
{"Action":"skip","Package":"p","Test":"A"}
{"Action":"pass","Package":"p"}
`, counts{skipped: 1}, []string{"prometheus is missing"}},
		{"a package without tests counts nothing", `{"Action":"skip","Package":"p"}`, counts{}, nil},
		{"words of the go command are passed on", "go: no such module\n", counts{}, []string{"go: no such module"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			got, err := read(strings.NewReader(strings.TrimLeft(tt.in, "\n")), &out)
			if err != nil || got != tt.want {
				t.Errorf("read = %+v, %v, want %+v", got, err, tt.want)
			}
			for _, s := range tt.shown {
				if !strings.Contains(out.String(), s) {
					t.Errorf("shown %q, want %q in it", out.String(), s)
				}
			}
		})
	}
}
