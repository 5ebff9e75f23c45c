package command

import (
	"slices"
	"testing"
)

func TestList(t *testing.T) {
	for _, c := range []struct {
		texts []string
		want  []string
	}{
		{[]string{"a"}, []string{"a"}},
		{[]string{"a,b c,d"}, []string{"a", "b c", "d"}},
		{[]string{"a", "b,c"}, []string{"a", "b", "c"}},
		{[]string{`"a, b",c`}, []string{"a, b", "c"}},
		{[]string{`"say ""hi"""`}, []string{`say "hi"`}},
		{[]string{`5" disk`}, []string{`5" disk`}},
		{[]string{"a,"}, []string{"a", ""}},
		{[]string{""}, nil},
	} {
		var got List
		for _, text := range c.texts {
			if err := got.Set(text); err != nil {
				t.Errorf("Set(%q): %v", text, err)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q = %q, want %q", c.texts, got, c.want)
		}
	}
	for _, text := range []string{`"a`, `"a"b`, `"a""`} {
		if err := new(List).Set(text); err == nil {
			t.Errorf("Set(%q): no error", text)
		}
	}
}
