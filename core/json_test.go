package core

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// withCall runs f as the body of a builtin.
func withCall(tb testing.TB, f func(c Call)) {
	tb.Helper()
	body := Fn0(Doc{Name: "body", Text: "Runs the test.", Needs: Pure, Level: Check}, ReturnsNothing(), func(c Call) (None, error) {
		f(c)
		return None{}, nil
	})
	runJSONScript(tb, "body()", Module{Funcs: []Func{body}})
}

func runJSONScript(tb testing.TB, script string, modules ...Module) {
	tb.Helper()
	rt, err := New(Config{Modules: modules, Policy: FullPolicy()})
	if err != nil {
		tb.Fatal(err)
	}
	vm := rt.Open(Host{})
	defer vm.Close()
	chunk, err := Compile("test.lua", []byte(script))
	if err != nil {
		tb.Fatal(err)
	}
	if err := vm.Run(context.Background(), chunk); err != nil {
		tb.Fatal(err)
	}
}

func TestJSONRoundTrip(t *testing.T) {
	deep := strings.Repeat("[", 200) + strings.Repeat("]", 200)
	sparse := "[" + strings.Repeat("null,", 5000) + "1]"
	for text, want := range map[string]string{
		`{}`: "", `[]`: "", `[{}]`: "", `[[],{}]`: "", `{"a":[]}`: "", `[1,null,3]`: "", `[1,null]`: "", `[null]`: "", `[null,null]`: "", `null`: "", `true`: "", `false`: "",
		` {"b" : 1 , "a" : [ ] } `: `{"a":[],"b":1}`, `{"a":1,"a":2}`: `{"a":2}`, `{"a":1,"a":null}`: `{}`, `{"a":null,"a":1}`: `{"a":1}`, `{"a":null}`: `{}`,
		`{"1":"a","2":"b"}`: "", `{"":0}`: "", "\ufeff[1]": `[1]`, "\t\r\n 1 ": `1`,
		`0`: "", `-0`: "", `-1`: "", `1.0`: `1`, `1.5`: "", `1e2`: `100`, `1E+2`: `100`, `-1.5e-3`: `-0.0015`, `1e21`: `1e+21`, `1e20`: `100000000000000000000`, `1e-7`: `1e-7`,
		`9007199254740992`: "", `9007199254740993`: "", `-9007199254740993`: "", `9223372036854775807`: "", `-9223372036854775808`: "",
		`9223372036854775808`: `9223372036854776000`, `18446744073709551615`: `18446744073709552000`, `1152921504606846976`: "", `1e18`: `1000000000000000000`, `1.152921504606846976e18`: `1152921504606846976`,
		`0.1`: "", `1e-400`: `0`, `5e-324`: "", `1.7976931348623157e308`: `1.7976931348623157e+308`, `123456789012345678`: "", `1234567890123456789`: "",
		`"a\u0041\n\t\"\\\/\b\f\r"`: `"aA\n\t\"\\/\b\f\r"`, `"\ud83d\ude00"`: `"😀"`, `"\u0000\u001f\u007f"`: "\"\\u0000\\u001f\u007f\"", `"</script>&<\u2028"`: "\"</script>&<\u2028\"",
		`"\u00E9é"`: `"éé"`, `"\uFFFE"`: "\"\ufffe\"", deep: "", sparse: "",
	} {
		if want == "" {
			want = text
		}
		withCall(t, func(c Call) {
			v, err := DecodeJSON(c, text, false)
			if err != nil {
				t.Errorf("DecodeJSON(%.40q): %v", text, err)
				return
			}
			got, err := EncodeJSON(c, v, "")
			if err != nil || string(got) != want {
				t.Errorf("EncodeJSON(DecodeJSON(%.40q)) = %.60s, %v, want %.60s", text, got, err, want)
			}
		})
	}
}

func TestJSONErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "1:1: the text is empty",
		" \n":                  "2:1: the text is empty",
		`{"a":1} x`:            "1:9: nothing may follow the value, got 'x', near `{\"a\":1} x`",
		`1 2`:                  "1:3: nothing may follow the value, got '2', near `1 2`",
		`[1,]`:                 "1:4: a value expected, got ']', near `[1,]`",
		`[1 2]`:                "1:4: ',' or ']' expected, got '2', near `[1 2]`",
		`[1`:                   "1:3: ',' or ']' expected, got the end of the text, near `[1`",
		`[`:                    "1:2: a value expected, got the end of the text, near `[`",
		`[1}`:                  "1:3: ',' or ']' expected, got '}', near `[1}`",
		`{"a":1,}`:             "1:8: a key in double quotes expected, got '}', near `{\"a\":1,}`",
		`{a:1}`:                "1:2: a key in double quotes or '}' expected, got 'a', near `{a:1}`",
		`{'a':1}`:              "1:2: a key in double quotes or '}' expected, got '\\'', near `{'a':1}`",
		`{"a" 1}`:              "1:6: ':' expected after a key, got '1', near `{\"a\" 1}`",
		"{\n  \"é\": }":        "2:8: a value expected, got '}', near `\"é\": }`",
		`tru`:                  "1:1: a value expected: only true, false and null are written without quotes, near `tru`",
		`nan`:                  "1:1: a value expected: only true, false and null are written without quotes, near `nan`",
		`NaN`:                  "1:1: a value expected, got 'N', near `NaN`",
		`trueish`:              "1:5: nothing may follow the value, got 'i', near `trueish`",
		`01`:                   "1:1: a number must not begin with 0, near `01`",
		`-01`:                  "1:2: a number must not begin with 0, near `-01`",
		`-`:                    "1:2: a digit expected, got the end of the text, near `-`",
		`+1`:                   "1:1: a value expected, got '+', near `+1`",
		`.5`:                   "1:1: a value expected, got '.', near `.5`",
		`1.`:                   "1:3: a digit expected after the point, got the end of the text, near `1.`",
		`1.e1`:                 "1:3: a digit expected after the point, got 'e', near `1.e1`",
		`1e`:                   "1:3: a digit expected in the exponent, got the end of the text, near `1e`",
		`1e+x`:                 "1:4: a digit expected in the exponent, got 'x', near `1e+x`",
		`0x10`:                 "1:2: nothing may follow the value, got 'x', near `0x10`",
		`1e400`:                "1:1: no number of 64 bits is that large, near `1e400`",
		`-1e400`:               "1:1: no number of 64 bits is that large, near `-1e400`",
		`"abc`:                 "1:1: the string has no end, near `\"abc`",
		`"\`:                   "1:2: the string has no end, near `\"\\`",
		`"\n`:                  "1:1: the string has no end, near `\"\\n`",
		"\"a\nb\"":             "1:3: the string has no end on its line, near `\"a`",
		"\"a\tb\"":             "1:3: '\\t' in a string must be escaped, near `\"a b\"`",
		"\"\x00\"":             "1:2: '\\x00' in a string must be escaped, near `\" \"`",
		`"\x41"`:               "1:2: unknown escape in a string, near `\"\\x41\"`",
		`"\u12"`:               "1:2: four hexadecimal digits expected after \\u, near `\"\\u12\"`",
		`"\u12G4"`:             "1:2: four hexadecimal digits expected after \\u, near `\"\\u12G4\"`",
		`"\ud83d"`:             "1:2: half of a surrogate pair is no character, near `\"\\ud83d\"`",
		`"x\ude00"`:            "1:3: half of a surrogate pair is no character, near `\"x\\ude00\"`",
		`"\ud83d\u0041"`:       "1:2: half of a surrogate pair is no character, near `\"\\ud83d\\u0041\"`",
		"[\"\xff\"]":           "1:3: not UTF-8 text, near `[\"\"]`",
		"\"\xed\xa0\x80\"":     "1:2: not UTF-8 text, near `\"\"`",
		"// x\n1":              "1:1: a value expected, got '/', near `// x`",
		"[1]\u00a0":            "1:4: nothing may follow the value, got '\\u00a0', near `[1]`",
		"\ufeff\ufeff1":        "1:2: a value expected, got '\\ufeff', near `1`",
		`{"a":1 "b":2}`:        "1:8: ',' or '}' expected, got '\"', near `{\"a\":1 \"b\":2}`",
		`{,}`:                  "1:2: a key in double quotes or '}' expected, got ',', near `{,}`",
		`[,1]`:                 "1:2: a value expected, got ',', near `[,1]`",
		`{"a":1,,"b":2}`:       "1:8: a key in double quotes expected, got ',', near `{\"a\":1,,\"b\":2}`",
		`{1:2}`:                "1:2: a key in double quotes or '}' expected, got '1', near `{1:2}`",
		`]`:                    "1:1: a value expected, got ']', near `]`",
		"[\n1\n,\n\"1\"\n2\n]": "5:1: ',' or ']' expected, got '2', near `2`",
	} {
		withCall(t, func(c Call) {
			v, err := DecodeJSON(c, text, false)
			var place *JSONError
			var coded *Error
			if !errors.As(err, &place) || !errors.As(err, &coded) || coded.Code != ErrJSONSyntax || err.Error() != want {
				t.Errorf("DecodeJSON(%q) = %v, %v, want the error %s", text, v, err, want)
			}
		})
	}
}
