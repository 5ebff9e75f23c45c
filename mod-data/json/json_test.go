package json

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestParseAndEncode(t *testing.T) {
	for script, want := range map[string]string{
		`out(json.encode(json.parse('{"b":[1,null,3],"a":{},"c":[]}')))`:                                                  `{"a":{},"b":[1,null,3],"c":[]}`,
		`out(json.parse('{"a":null}').a)`:                                                                                 `nil`,
		`out(json.parse('{"a":null}', {null = "keep"}).a == json.null, tostring(json.null))`:                              `true null`,
		`out(json.encode({json.null, a = json.null}))`:                                                                    `{"1":null,"a":null}`,
		`out(json.encode({1, {a = {}}}, {indent = 1}))`:                                                                   "[\n 1,\n {\n  \"a\": {}\n }\n]",
		`out(json.encode({1}, {indent = "\t"}), json.encode({1}, {indent = 0}))`:                                          "[\n\t1\n] [1]",
		`out(json.encode(json.array()), json.encode(json.array({})), json.encode(json.array({1,nil,3})))`:                 `[] [] [1,null,3]`,
		`out(json.encode(json.object()), json.encode(json.object({"a"})), json.encode(json.object(json.parse("[1,2]"))))`: `{} {"1":"a"} {"1":1,"2":2}`,
		`local t = {} out(json.array(t) == t, json.object(t) == t)`:                                                       `true true`,
		`out(json.parse("9007199254740993") + 1, json.encode({json.parse("9223372036854775807")}))`:                       `9007199254740994 [9223372036854775807]`,
		`out(json.encode(setmetatable(json.array({}), nil)))`:                                                             `{}`,
		`out(json.encode(nil), json.encode(), json.encode("x"), json.encode(1.5))`:                                        `null null "x" 1.5`,
	} {
		got, err := eval(t, time.Minute, script)
		if err != nil || got != want {
			t.Errorf("%s = %s, %v, want %s", script, got, err, want)
		}
	}
}

func TestQuery(t *testing.T) {
	for script, want := range map[string]string{
		`out(json.encode(json.query({items={{n="a"},{n="b"}}}, ".items[].n")))`:                          `["a","b"]`,
		`out(json.encode(json.query({}, "empty")), json.first({}, "empty"))`:                             `[] nil`,
		`out(json.encode(json.query({}, ".a, 1, null")), json.first({}, ".a"))`:                          `[null,1,null] nil`,
		`out(json.first({{n=1},{n=5}}, "map(.n) | max"))`:                                                `5`,
		`out(json.first(nil, "[range(3)] # three"), json.encode(json.first(nil, "range(1; infinite)")))`: "",
		`out(json.first({a=1}, "def f: .a; f + 1"))`:                                                     `2`,
		// Whole numbers are exact on the way in, inside, and on the way out.
		`out(json.first({json.parse("9007199254740993")}, ".[0] + 1"))`:                              `9007199254740994`,
		`out(json.first({json.parse("9223372036854775807")}, ".[0]"))`:                               `9223372036854775807`,
		`out(json.first(json.parse("9223372036854775807"), "(. + 1) - 1"))`:                          `9223372036854775807`,
		`out(json.first(json.parse("9223372036854775807"), ". + 1") == 2^63)`:                        `true`,
		`out(json.first(nil, "123456789012345678"), json.first(nil, "1.5"), json.first(nil, "3.0"))`: `123456789012345678 1.5 3`,
		`out(json.first(2^53, ". + 1"))`:                                                             `9007199254740993`,
		// Shapes stay what they were.
		`out(json.encode(json.first(json.parse('{"a":[],"b":{},"c":[null]}'), ".")))`: `{"a":[],"b":{},"c":[null]}`,
		`out(json.encode(json.query({json.null}, ".[]")))`:                            `[null]`,
		`local t = {x=1} out(json.encode(json.first({t, t}, ".")))`:                   `[{"x":1},{"x":1}]`,
		`out(json.encode(json.first({[1]="a",[3]="c"}, "keys")))`:                     `["1","3"]`,
		`out(json.first("\195\169", "utf8bytelength"))`:                               `2`,
	} {
		got, err := eval(t, time.Minute, script)
		if strings.HasPrefix(got, "table: ") {
			continue // it ended, which is all that is asked
		}
		if err != nil || got != want {
			t.Errorf("%s = %s, %v, want %s", script, got, err, want)
		}
	}
}

func TestErrors(t *testing.T) {
	for script, want := range map[string]string{
		`json.parse('{"a": }')`:                                           "json.syntax json.parse: 1:7: a value expected, got '}', near `{\"a\": }` nil",
		`json.parse("<html>")`:                                            "json.syntax json.parse: 1:1: a value expected, got '<', near `<html>` the text begins like HTML or XML",
		`json.parse("1", {nul = "keep"})`:                                 "nil json.parse: unknown option 'nul': did you mean 'null'? nil",
		`json.parse("1", {null = "kept"})`:                                `nil json.parse: option 'null': unknown value "kept": use one of nil, keep nil`,
		`json.parse()`:                                                    "nil json.parse: argument 1 'text': string expected, got no value nil",
		`json.encode({a = {print}})`:                                      "json.value json.encode: .a[1]: a function has no form in JSON nil",
		`json.encode({a = {json.parse}})`:                                 "json.value json.encode: .a[1]: a function has no form in JSON nil",
		`json.encode({}, {indent = 17})`:                                  "nil json.encode: option 'indent': 0 to 16 spaces expected, got 17 nil",
		`json.encode({}, {indent = "x"})`:                                 `nil json.encode: option 'indent': at most 16 spaces or tabs expected, got "x" nil`,
		`json.encode({}, {indent = true})`:                                "nil json.encode: option 'indent': a number of spaces or a text of blanks expected, got boolean nil",
		`json.array({a = 1})`:                                             `nil json.array: an array cannot have the key "a" nil`,
		`json.array({[1.5] = 1})`:                                         `nil json.array: an array cannot have the key 1.5 nil`,
		`json.array("x")`:                                                 "nil json.array: argument 1 't': table expected, got string nil",
		`json.query({}, ".a |")`:                                          "json.query json.query: jq expression 1:5: the expression ends too early nil",
		`json.query({}, ".a\n| nope(")`:                                   "json.query json.query: jq expression 2:8: the expression ends too early nil",
		`json.query({}, ".a ] .b")`:                                       `json.query json.query: jq expression 1:4: unexpected "]" nil`,
		`json.first({}, "nope")`:                                          "json.query json.first: function not defined: nope/0 nil",
		`json.first({}, ".a) | (.b")`:                                     `json.query json.first: jq expression 1:3: unexpected ")" nil`,
		`json.first({}, ".a[0]")`:                                         "",
		`json.first({a = "x"}, ".a + 1")`:                                 `json.query json.first: cannot add: string ("x") and number (1) nil`,
		`json.query({f = json.parse}, ".")`:                               "json.value json.query: argument 1 'v': .f: a function is no data nil",
		`json.query(1, "\"x\" * 1e9")`:                                    "*json.limit json.query: ",
		`json.query(1, "[range(1e6)] as $a | range(100) | $a")`:           "*json.limit json.query: the outputs hold more than 1048576 values",
		`local t = {} for i = 1, 40 do t = {t, t} end json.query(t, ".")`: "*json.limit json.query: ",
		`local t = {} t[1] = t json.query(t, ".")`:                        "json.value json.query: argument 1 'v': [1]: a table contains itself nil",
		`local t = {} for i = 1, 300 do t = {t} end json.query(t, ".")`:   "*json.limit json.query: argument 1 'v': ",
		`json.query(1, "env")`:                                            "",
		`json.query(1, "import \"x\" as x; 1")`:                           "*json.query json.query: jq expression 1:1: modules cannot",
	} {
		got, err := eval(t, time.Minute, `local ok, e = pcall(function() `+script+` end) if ok then return end out(e.code, e, e.hint)`)
		if prefix, ok := strings.CutPrefix(want, "*"); ok && strings.HasPrefix(got, prefix) {
			continue
		}
		if err != nil || got != want {
			t.Errorf("%s\n got %s, %v\nwant %s", script, got, err, want)
		}
	}
}

func TestQueryKeepsNulls(t *testing.T) {
	for script, want := range map[string]string{
		`out(json.encode(json.query({a = 1}, "{a, b: null}, [null], null", {null = "keep"})))`:                       `[{"a":1,"b":null},[null],null]`,
		`out(json.encode(json.query({a = 1}, "{a, b: null}, [null], null")))`:                                        `[{"a":1},[null],null]`,
		`out(json.first({}, ".a", {null = "keep"}) == json.null, json.first({}, ".a"))`:                              "true nil",
		`out(json.first({}, "empty", {null = "keep"}))`:                                                              "nil",
		`local v = json.parse('{"a": null}', {null = "keep"}) out(json.encode(json.query(v, ".", {null = "keep"})))`: `[{"a":null}]`,
	} {
		if got, err := eval(t, time.Minute, script); err != nil || got != want {
			t.Errorf("%s\n got %s, %v\nwant %s", script, got, err, want)
		}
	}
}

func TestQueryEndsWithItsTask(t *testing.T) {
	start := time.Now()
	_, err := eval(t, 50*time.Millisecond, `json.query(1, "last(range(1e12))")`)
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 5*time.Second {
		t.Errorf("error = %v after %v, want the deadline at once", err, time.Since(start))
	}
}
