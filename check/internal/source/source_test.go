package source

import (
	"strings"
	"testing"
)

func TestProblemShowsItsLineWithACaret(t *testing.T) {
	text := "a: 1\nAuthorization: Bearer ${secrets.x}\nkey hunter22: wrong\n" + strings.Repeat("x", 300) + " far\n"
	hide := func(line string) string {
		if before, _, found := strings.Cut(line, "Authorization: "); found {
			return before + "Authorization: ***"
		}
		return strings.ReplaceAll(line, "hunter22", "***")
	}
	file := &File{"f.yaml", text}
	for _, tt := range []struct {
		name string
		at   Place
		want string
	}{
		{"the word at the column", Place{File: file, Line: 1, Col: 4}, "f.yaml:1:4: no\n   1 | a: 1\n     |    ^"},
		{"the column is hidden", Place{File: file, Line: 2, Col: 23}, "f.yaml:2:23: no\n   2 | Authorization: ***\n     |                ^^^"},
		{"behind what is hidden", Place{File: file, Line: 3, Col: 15}, "f.yaml:3:15: no\n   3 | key ***: wrong\n     |          ^^^^^"},
		{"no line", Place{File: file}, "f.yaml: no"},
		{"no file", Place{}, "no"},
		{"a line that is not there", Place{File: file, Line: 9, Col: 1}, "f.yaml:9:1: no"},
	} {
		if got := (Problem{tt.at, "no"}).Render(hide); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
	if got := (Problem{Place{File: file, Line: 4, Col: 302}, "no"}).Render(hide); !strings.HasSuffix(got, "^^^") || len(got) > 400 {
		t.Errorf("a long line:\n%s\nwant a part of it with three carets", got)
	}
}
