package repl

import (
	"strings"
	"testing"
)

func TestLasting(t *testing.T) {
	for source, want := range map[string]string{
		"local x = 1":                       "      x = 1",
		"local x":                           "      x = nil;",
		"local x local y = 2":               "      x = nil;       y = 2",
		"local a, b <const>, c = f()":       "      a,  b,          c = f()",
		"local <const> k = 5":               "              k = 5",
		"a = 1 local function f(x) end b=2": "a = 1       function f(x) end b=2",
		"do local x = 1 end":                "do local x = 1 end",
		"local f <close> = g()":             "local f <close> = g()",
		"local x = = 1":                     "local x = = 1",
		"print(1)":                          "print(1)",
		"local a --[[why]] = 1\nlocal b":    "      a --[[why]] = 1\n      b = nil;",
	} {
		if got := lasting(source); got != want {
			t.Errorf("lasting(%q) = %q, want %q", source, got, want)
		}
	}
}

// Of a long table the first items are shown, and how many more there are.
func TestShowCounts(t *testing.T) {
	s, out := open(t)
	for source, want := range map[string]string{
		"local t = {} for i = 1, 250 do t[i] = i end return t":        "... 150 more",
		"local t = {} for i = 1, 103 do t['k' .. i] = 1 end return t": "... 3 more",
	} {
		out.Reset()
		if err := s.Run(t.Context(), source); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); len(got) > 2000 || !strings.Contains(got, want) {
			t.Errorf("%s printed %q, want %q in it", source, got, want)
		}
	}
}
