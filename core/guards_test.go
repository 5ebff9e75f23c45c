package core

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestGuardedLibrary(t *testing.T) {
	for source, want := range map[string]string{
		`string.rep("x", 1e10)`:               "memory limit of 16 MB exceeded",
		`pcall(string.rep, "x", 1e10)`:        "memory limit of 16 MB exceeded",
		`("x"):rep(1e300)`:                    "resulting string too large",
		`string.format("%99999d", 1)`:         "width or precision too long",
		`string.format("%.999f", 1)`:          "width or precision too long",
		`string.format("%v", {})`:             "invalid conversion '%v'",
		`string.format("%p", {})`:             "invalid conversion '%p'",
		`string.format("%")`:                  "invalid conversion",
		`string.find("x", ("("):rep(100000))`: "pattern too complex",
		`unpack({}, 1, 1e7)`:                  "too many results to unpack",
		`table.concat({}, "x", 1, 1e9)`:       "invalid value (at index 1)",
		`local s = ("x"):rep(1e6) return s:gsub(".", "%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0")`: "memory limit of 16 MB exceeded",
		`local t = {} for i = 1, 100 do t[i] = ("x"):rep(1e6):upper() end`:                        "memory limit of 16 MB exceeded",
	} {
		err := runLimited(t, 16<<20, source)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error = %v, want %q", source, err, want)
		}
	}
}

func TestStringFunctionsTakeErrors(t *testing.T) {
	code := NewCode("kit.refused", "it was refused")
	refuse := Module{Name: "kit", Funcs: []Func{Fn0(Doc{Name: "refuse", Text: "Refuses.", Needs: Pure, Level: Check, Raises: []*Code{code}},
		ReturnsNothing(), func(Call) (None, error) { return None{}, code.With(errors.New("no way"), "") })}}
	got, err := runScript(t, context.Background(), `
		local _, e = pcall(kit.refuse)
		print(string.find(e, "no", 1, true), string.format("%s!", e), string.upper(e), (string.gsub(e, "way", "how")))`, refuse)
	if want := "13\tkit.refuse: no way!\tKIT.REFUSE: NO WAY\tkit.refuse: no how"; got != want || err != nil {
		t.Errorf("printed %q, %v, want %q", got, err, want)
	}
}
