package core

import (
	"context"
	"testing"
)

func TestInteger64(t *testing.T) {
	int64s := Module{Funcs: []Func{Fn1(Doc{Name: "int64", Text: "Makes one.", Needs: Pure, Level: Check},
		Arg("text", String(), "Digits."), Returns(Integer(), "The integer."), func(_ Call, s string) (int64, error) {
			var n int64
			for _, digit := range s {
				n = n*10 + int64(digit-'0')
			}
			return n, nil
		})}}
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
		got, err := runScript(t, context.Background(), `local big = int64("9007199254740993") print((`+source+`))`, int64s)
		if err != nil || got != want {
			t.Errorf("%s = %s, %v, want %s", source, got, err, want)
		}
	}
}
