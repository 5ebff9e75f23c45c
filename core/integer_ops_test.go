package core

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
)

func TestInteger64(t *testing.T) {
	for source, want := range map[string]string{
		`big + 1`:                          "9007199254740994",
		`big - 1`:                          "9007199254740992",
		`type(big - 1)`:                    "number",
		`big // 2`:                         "4503599627370496",
		`-big // 2`:                        "-4503599627370497",
		`big % 10`:                         "3",
		`big & 1`:                          "1",
		`big | 2`:                          "9007199254740995",
		`big ~ big`:                        "0",
		`~big`:                             "-9007199254740994",
		`big >> 1`:                         "4503599627370496",
		`big << 1`:                         "18014398509481986",
		`(1 << 62) | 1`:                    "4611686018427387905",
		`1 << 63`:                          "-9223372036854775808",
		`1 << 64`:                          "0",
		`7 // 2`:                           "3",
		`7.5 // 2`:                         "3",
		`-7 // 2`:                          "-4",
		`1 // 0 == 1/0`:                    "true",
		`5 & 3.0`:                          "1",
		`"id-" .. big`:                     "id-9007199254740993",
		`tostring(big)`:                    "9007199254740993",
		`big == int64("9007199254740993")`: "true",
		`big < int64("9007199254740994")`:  "true",
		`({[big] = 1})[int64("9007199254740993")]`:                      "1",
		`pcall(function() return 5 & 3.5 end)`:                          "false",
		`pcall(function() return int64("9223372036854775807") + 1 end)`: "false",
	} {
		got, err := runScript(t, context.Background(), `local big = int64("9007199254740993") print((`+source+`))`, int64Module())
		if err != nil || got != want {
			t.Errorf("%s = %s, %v, want %s", source, got, err, want)
		}
	}
}

// Comparisons of int64 values with numbers are exact in every form that an instruction can have.
func TestInteger64ComparesWithNumbers(t *testing.T) {
	const most, least = `int64("9223372036854775807")`, `int64("-9223372036854775808")`
	for _, pair := range []struct {
		a, b  string
		order int // of a and b; 2 where nothing holds
	}{
		{most, "5", 1},
		{least, "5", -1},
		{least, "-5.5", -1},
		{most, "2^53", 1},
		{most, "2^63", -1}, // the nearest float64 of both is the same
		{least, "-2^63", 0},
		{`int64("9007199254740993")`, "9007199254740992", 1},
		{`int64("9007199254740994")`, "9007199254740994", 0},
		{`int64("1152921504606846976")`, "2^60", 0},
		{`int64("1152921504606846977")`, "2^60", 1},
		{most, "1/0", -1},
		{least, "-1/0", 1},
		{most, "0/0", 2},
		{most, least, 1},
		{most, most, 0},
	} {
		forward := answers{pair.order == 0, pair.order == -1, pair.order == -1 || pair.order == 0}
		backward := answers{pair.order == 0, pair.order == 1, pair.order == 1 || pair.order == 0}
		for _, form := range []string{
			"local a, b = %s, %s return a == b, a < b, a <= b",
			"local a, b = %s, %s return not (a ~= b), b > a, b >= a",
			"local a, b = %s, %s return not not (a == b), not (a >= b), not (a > b)",
			"local a, b = %s, %s local eq, lt, le = false, false, false if a == b then eq = true end while a < b do lt = true break end if a <= b then le = true end return eq, lt, le",
			"local a, b, t = %s, %s, {} local i = coroutine.wrap(function() coroutine.yield(a == b, a < b, a <= b) end) return i()",
			"local a, b = %s, %s local _, eq, lt, le = pcall(function() return a == b, a < b, a <= b end) return eq, lt, le",
		} {
			expectAnswers(t, fmt.Sprintf(form, pair.a, pair.b), forward, pair.order)
			expectAnswers(t, fmt.Sprintf(form, pair.b, pair.a), backward, pair.order)
		}
	}
}

// answers are those to ==, < and <=.
type answers [3]bool

// expectAnswers runs a form of the three comparisons. Where nothing holds, one that denies the opposite is left out.
func expectAnswers(t *testing.T, source string, want answers, order int) {
	t.Helper()
	if order == 2 && strings.Contains(source, "not (a >") {
		return
	}
	got, err := runScript(t, t.Context(), `print((function() `+source+` end)())`, int64Module())
	if want := fmt.Sprintf("%t\t%t\t%t", want[0], want[1], want[2]); err != nil || got != want {
		t.Errorf("%s: %s, %v, want %s", source, got, err, want)
	}
}

func TestInteger64ComparesWithConstants(t *testing.T) {
	for source, want := range map[string]string{
		`big > 5`:                   "true",
		`5 < big`:                   "true",
		`big <= 5`:                  "false",
		`big == 5`:                  "false",
		`big ~= 5`:                  "true",
		`9007199254740992 < big`:    "true",
		`big == "9007199254740993"`: "false",
		`big == nil`:                "false",
		`math.max(3, big) == big`:   "true",
		`math.min(0/0, big) ~= big`: "true",
		`(function() local t = {big, 3, -big, 2^60} table.sort(t) return t[1] == -big and t[2] == 3 and t[3] == big end)()`:                "true",
		`(function() local t = {big, 3, -big} table.sort(t, function(a, b) return a > b end) return t[1] == big and t[3] == -big end)()`:   "true",
		`(function() local n = big for _ = 1, 1000 do n = n + 1 end return n > 9007199254741992 and n <= int64("9007199254741993") end)()`: "true",
		`select(2, pcall(function() return big < "5" end))`:                                                                                "test.lua:1: attempt to compare int64 with string",
		`select(2, pcall(function() return nil < big end))`:                                                                                "test.lua:1: attempt to compare nil with int64",
		`select(2, pcall(function() return big <= {} end))`:                                                                                "test.lua:1: attempt to compare int64 with table",
	} {
		got, err := runScript(t, t.Context(), `local big = int64("9007199254740993") print((`+source+`))`, int64Module())
		if err != nil || got != want {
			t.Errorf("%s = %s, %v, want %s", source, got, err, want)
		}
	}
}

// int64Module has int64 values of digits.
func int64Module() Module {
	return Module{Funcs: []Func{Fn1(Doc{Name: "int64", Text: "Makes one.", Needs: Pure, Level: Check},
		Arg("text", String(), "Digits."), Returns(Integer(), "The integer."), func(_ Call, s string) (int64, error) {
			return strconv.ParseInt(s, 10, 64)
		})}}
}
