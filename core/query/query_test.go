package query

import (
	"errors"
	"testing"
)

func TestEach(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "",
		"a=1&b=2&a=3":             "a:1;b:2;a:3;",
		"a=1+2%2B%20%&%C3%A9=%c3": "a:1 2+ %;é:\xc3;",
		"&&a&=b&c=d=e":            "a:;:b;c:d=e;",
		"a;b=%zz%41%4":            "a;b:%zzA%4;",
		"%":                       "%:;",
	} {
		got := ""
		if err := Each(text, func(name, value string) error { got += name + ":" + value + ";"; return nil }); err != nil || got != want {
			t.Errorf("%q = %q (%v), want %q", text, got, err, want)
		}
	}
}

func TestEachEnds(t *testing.T) {
	end, n := errors.New("end"), 0
	if err := Each("a&b&c", func(_, _ string) error { n++; return end }); !errors.Is(err, end) || n != 1 {
		t.Errorf("after %d fields: %v, want %v after one", n, err, end)
	}
}
