package jq

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/itchyny/gojq"
)

// verdicts is how checks read their expressions.
func verdicts(vars map[string]any) Strict {
	return Strict{
		Roots: []string{"vars", "captures"}, Fixed: []string{"vars"}, Verdict: true,
		Env: func(name string) (string, bool) { return "prod", name == "DEPLOY" },
		Names: func(root, name string, _ ...any) error {
			if _, ok := vars[name]; root == "vars" && !ok {
				return fmt.Errorf("%s.%s: no var has this name", root, name)
			}
			return nil
		},
	}
}

func TestStrictRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`.s == "ok" or "degraded"`:                  "the right side of 'or' is the constant \"degraded\": did you mean .s == \"degraded\"?",
		`.s == "a" or .s == "b" or "c"`:             `did you mean .s == "c"?`,
		`.a and true`:                               "the right side of 'and' is the constant true",
		`false or .a`:                               "the left side of 'or' is the constant false",
		`.a and ("x")`:                              "the constant (\"x\")",
		`.a and [1]`:                                "the constant [1]",
		`.a or {b: 1}`:                              "the constant",
		`.s == "ok" or "\($__value1)"`:              "is the constant",
		`[.l[] | select(.a or "x")] | length > 0`:   "is the constant \"x\"",
		`1 == 1 and .a`:                             "the left side of 'and' is the constant 1 == 1",
		`[.l[] | select(1 < 2)] == .l`:              "compares two constants",
		`"a" < "b"`:                                 "is a constant",
		`.a == .a`:                                  "compares .a with itself",
		`.l | length >= length`:                     "compares length with itself",
		`true`:                                      "true is a constant",
		`"yes"`:                                     "is a constant",
		`.ok // true`:                               "gives true for false as well: write it as .ok != false",
		`.l[] | (.ok // true)`:                      "gives true for false as well",
		`.x == 1 and (.ok // true)`:                 "gives true for false as well",
		`if .a then .b // true else false end`:      "gives true for false as well",
		`try (.a | error) catch true`:               "gives true for every error",
		`.items | length >= 0`:                      "a length is never less than 0",
		`0 <= (.items | length)`:                    "a length is never less than 0",
		`if .a then true else true end`:             "is true for every input",
		`. as $x | true`:                            "is true for every input",
		`.a.b | true`:                               "is true for every input",
		`.. | true`:                                 "is true for every input",
		`type | true`:                               "is true for every input",
		`.a | tojson | true`:                        "is true for every input",
		`(.a == "b") | true`:                        "is true for every input",
		`.a != null | true`:                         "is true for every input",
		`def ok: true; ok`:                          "is true for every input",
		`label $f | (true, true)`:                   "is true for every input",
		`.s != "a" or .s != "b"`:                    "is true for every input: did you mean 'and'?",
		`.s | (. != "a" or . != "b")`:               "is true for every input",
		`.n == 1 or (.n == 1.0 | not)`:              "is true for every input",
		`.ok or .s == "a" or .s != "a"`:             "is true for every input",
		`[.l[] | select(.s != 1 or .s != 2)] != []`: "is true for every input",
		`.s == "a" and .s == "b"`:                   "is false for every input: nothing could pass",
		`(.s | type) != "strng"`:                    "no type has this name",
		`"int" == (.n | type)`:                      "no type has this name",
		`$vars.env == "x"`:                          "reads nothing of the input",
		`[range(3)] | length == 3`:                  "reads nothing of the input",
		`try error("x") catch (. == "x")`:           "reads nothing of the input",
		`[limit(0; .l[])] == []`:                    "gives nothing, whatever there is",
		`.n < infinite`:                             "each number is within what is infinite",
		`-infinite <= .n`:                           "each number is within what is infinite",
		`.n != nan`:                                 "nothing is equal to nan",
		`(.ok = true) | .ok`:                        "puts true in before it is looked at",
		`.ok //= true | .ok`:                        "puts true in before it is looked at",
		`setpath(["ok"]; true) | .ok`:               "puts true in before it is looked at",
		`. + {ok: true} | .ok`:                      "puts { ok: true } in before it is looked at",
		`.v | test(".*"; "i")`:                      "the pattern matches any",
		`.v | test([".*", "i"])`:                    "the pattern matches any",
		`[.v] | contains([""])`:                     "is true whatever is in it",
		`contains({v: "", w: [{}]})`:                "is true whatever is in it",
		`(.v | ascii_downcase) != "BAD"`:            "ascii_downcase never gives \"BAD\"",
		`(.n | tostring) != 9`:                      "tostring never gives 9",
		`(.s | tonumber) != "9"`:                    "tonumber never gives \"9\"",
		`(.l | length) != "0"`:                      "a length is never \"0\"",
		`[.ok] | length == 1`:                       "has the same length whatever there is",
		`([.a, .b] | length) > 0`:                   "has the same length whatever there is",
		`length as $n | $n >= 0`:                    "a length is never less than 0",
		`.l | length as $n | $n > -1`:               "a length is never less than 0",
		`def n: length; .l | n >= 0`:                "a length is never less than 0",
		`(.x | tostring | length) > 0`:              "holds for null as well",
		`.x | tojson | length >= 1`:                 "holds for null as well",
		`(.x | @json | length) != 0`:                "holds for null as well",
		`.x | tostring != ""`:                       "holds for null as well",
		`"\(.x)" != ""`:                             "holds for null as well",
		`"" != (.x | type)`:                         "holds for null as well",
		`first(true, .ok)`:                          "has true among what it looks at",
		`limit(1; true, .ok)`:                       "has true among what it looks at",
		`last(.ok, true)`:                           "has true among what it looks at",
		`any(.ok, true; .)`:                         "has true among what it looks at",
		`[.ok, true] | any`:                         "has true among what it looks at",
		`(.l | length) != -1`:                       "a length is never less than 0",
		`now > 5`:                                   "reads nothing of the input",
		`any(..; true)`:                             "asks for what is true of every item",
		`.l | all(true)`:                            "asks for what is true of every item",
		`(.l | length) > -1`:                        "a length is never less than 0",
		`(.l | length) != null`:                     "a length is never null",
		`.l | contains([])`:                         "is true whatever is in it",
		`contains({})`:                              "is true whatever is in it",
		`.s | test("z*")`:                           "the pattern matches any",
		`.s | contains("")`:                         "is true for every text",
		`.s | test("")`:                             "is true for every text",
		`$vars.evn == "x"`:                          "vars.evn: no var",
		`.a == $vars["evn"]`:                        "vars.evn: no var",
		`.a == $vars."evn"`:                         "vars.evn: no var",
		`.l | map($vars.evn)`:                       "vars.evn: no var",
		`"\($vars.evn)" == .a`:                      "vars.evn: no var",
		`def f: $vars.evn; .a == f`:                 "vars.evn: no var",
		`.a == $vars`:                               "write $vars.name",
		`$vars | .evn == .a`:                        "write $vars.name",
		`$vars[.k] == .a`:                           "write $vars.name",
		`$captures | length == 0`:                   "write $captures.name",
		`. as $x | $vars | .evn`:                    "write $vars.name",
		`$vars as {evn: $e} | $e == .a`:             "write $vars.name",
		`.v != $ENV.BAD`:                            "$ENV.BAD: no environment variable has this name",
		`.v != env.BAD`:                             "env.BAD: no environment variable",
		`.v != env["BAD"]`:                          "env.BAD: no environment variable",
		`env | .BAD == .v`:                          "write env.name",
		`$ENV | length == .n`:                       "write $ENV.name",
	} {
		_, err := CompileStrict(text, verdicts(map[string]any{"env": "prod"}), "$vars", "$captures", "$__value1")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("CompileStrict(%s) = %v, want an error with %q", text, err, want)
		}
	}
}

func TestStrictComparisons(t *testing.T) {
	input := `{"n":69,"s":"69","t":true,"l":[1,null],"m":{"a":1},"z":null,"f":"false"}`
	for text, want := range map[string]string{
		`.latency < 5`:                        "compares null with a number: .latency is missing",
		`5 > .latency`:                        "compares a number with null: .latency is missing",
		`.s > 100`:                            `compares a string with a number: .s is "69"; to compare the number in it, write (.s | tonumber)`,
		`.n > "100"`:                          "compares a number with a string",
		`.t >= 1`:                             "compares a boolean with a number",
		`.l >= 1`:                             "compares a list with a number",
		`.m >= .l`:                            "compares a map with a list",
		`.l < [1, 2]`:                         "compares null with a number: .l[1] is missing",
		`{a: .z} < {a: 1}`:                    "compares null with a number: { a: .z }.a is missing",
		`(.latency < 5)?`:                     "compares null with a number",
		`try (.latency < 5) catch . == 1`:     "compares null with a number",
		`(.latency < 5) // .t`:                "compares null with a number",
		`[.l[] | select(. > 0)] | length > 0`: "compares null with a number: . is missing",
		`(.n * nan < 5)`:                      "compares NaN",
		`if .f then .t else false end`:        `takes the text "false" for true`,
		`select(.f) | .t`:                     `takes the text "false" for true`,
		`[.f] | any`:                          `takes the text "false" for true`,
		`any(.f, .t; .)`:                      `takes the text "false" for true`,
		`[.s] | all`:                          "",
		`if .s then .t else false end`:        "",
		`.errors | length == 0`:               "takes the length of null",
		`(.errors | length) == 0`:             "takes the length of null",
		`[.errors, .l] | map(length) | .[1] == 2`:    "takes the length of null",
		`(.errors // []) | length == 0`:              "",
		`.l | length == 2`:                           "",
		`.l | any(. > 0)`:                            "",
		`def low: . < 5; .z | low`:                   "compares null with a number",
		`.n > 5 and .n < 100`:                        "",
		`.s | tonumber > 5`:                          "",
		`[.n, 2, 3] < [69, 3] and .t`:                "",
		`.z == null`:                                 "",
		`.n != "69"`:                                 "",
		`.missing.deep <= 5 or .t`:                   "compares null with a number: .missing.deep is missing",
		`env.DEPLOY == "prod" and $ENV.DEPLOY > "a"`: "",
	} {
		s := verdicts(nil)
		s.Verdict = false
		q, err := CompileStrict(text, s)
		if err != nil {
			if want == "" || !strings.Contains(err.Error(), "constants") {
				t.Errorf("CompileStrict(%s): %v", text, err)
			}
			continue
		}
		out, err := q.Run(t.Context(), decode(t, input))
		if want == "" {
			if err != nil || !slices.Equal(out, []any{true}) {
				t.Errorf("Run(%s) = %v, %v; want true", text, out, err)
			}
			continue
		}
		if wrong, ok := errors.AsType[*ComparisonError](err); !ok || !strings.Contains(wrong.Message, want) {
			t.Errorf("Run(%s) = %v, %v; want a *ComparisonError with %q", text, out, err, want)
		}
	}
}

// What may be asked gives what it gives without being strict.
func TestStrictKeepsTheMeaning(t *testing.T) {
	input := `{"a":{"b":[3,1,2]},"s":"x,y","l":[{"k":"p","v":1},{"k":"q","v":2}],"t":true}`
	for _, text := range []string{
		`[.a.b[]|select(.>1)]`, `.a.b|map(.<2)`, `[.a.b[] < (1,2)]`, `[(.a.b[0],.a.b[1]) >= (1,2,3)]`, `.l|any(.v>1)`, `.l|all(.v>1)`,
		`.l|map(select(.v>=2).k)`, `[.a.b[]|if .>1 then "big" else "x" end]`, `"\(.a.b[0] > 2)"`, `{x: (.a.b[0] <= 3)}`, `.s < "y"`,
		`[.a.b | .[] > .[1]]`, `.a.b as [$x, $y] | $x > $y`, `reduce .a.b[] as $x (0; if $x > . then $x else . end)`, `def big(f): f > 2; [.a.b[]|big(.)]`,
		`[limit(2; .a.b[] > 1)]`, `[.a.b[] | . > 1 and . < 3]`, `(.a.b[0] > 1) as $x | $x`, `.a.b | sort | .[0] < .[-1]`,
	} {
		q, err := CompileStrict(text, verdicts(nil))
		if err != nil {
			t.Errorf("CompileStrict(%s): %v", text, err)
			continue
		}
		got, err := q.Run(t.Context(), decode(t, input))
		if err != nil {
			t.Errorf("Run(%s): %v", text, err)
			continue
		}
		loose, err := Compile(text)
		if err != nil {
			t.Fatal(err)
		}
		want, err := loose.Run(t.Context(), decode(t, input))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b json.Number) bool { return gojq.Compare(a, b) == 0 })); diff != "" {
			t.Errorf("Run(%s) (-loose +strict):\n%s", text, diff)
		}
	}
}

func TestStrictInput(t *testing.T) {
	vars := map[string]any{"env": "prod", "list": []any{true}}
	s := verdicts(vars)
	s.RootsAreInput, s.Verdict = true, false
	for text, want := range map[string]any{
		`.vars.env == "prod"`: true, `.vars["env"] == "prod"`: true, `.["vars"].env == "prod"`: true, `."vars"."env" == "prod"`: true,
		`.captures.ready`: true, `.captures.ready and .vars.env == "prod"`: true, `.vars.env | . == "prod"`: true, `.vars.list | any(. == true)`: true,
		`any(.vars.list[]; .)`: true, `if .captures.ready then .vars.env else "x" end`: "prod", `.vars.env as $e | $e + .vars.env`: "prodprod",
		`[.captures.ready]`: []any{true}, `"\(.vars.env)"`: "prod", `select(.captures.ready) | 1`: 1, `false`: false,
	} {
		q, err := CompileStrict(text, s, "$vars", "$captures")
		if err != nil {
			t.Errorf("CompileStrict(%s): %v", text, err)
			continue
		}
		got, err := q.Run(t.Context(), "the input", vars, map[string]any{"ready": true})
		if err != nil || len(got) != 1 || !cmp.Equal(got[0], want) {
			t.Errorf("Run(%s) = %v, %v; want %v", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		`.vars.evn == "prod"`: "no var", `.vars["evn"]`: "no var", `.vars`: "write $vars.name", `.vars | .evn`: "write $vars.name", `.evn == "prod"`: "nothing else",
		`. == 1`: "nothing else", `..`: "nothing else", `.[]`: "nothing else", `.["x"]`: "nothing else", `. as {vars: $v} | $v.evn == 1`: "nothing else",
		`.captures | length == 0`: "write $captures.name",
	} {
		if _, err := CompileStrict(text, s, "$vars", "$captures"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("CompileStrict(%s) = %v, want an error with %q", text, err, want)
		}
	}
}

func TestExplain(t *testing.T) {
	input := `{"status":"ok","n":3,"items":[{"v":1},{"v":2}],"a":1,"b":2,"ready":false}`
	for text, want := range map[string]string{
		`.status == "nope"`:                      `got "ok"`,
		`"nope" == .status`:                      `got "ok"`,
		`.n > 5`:                                 "got 3",
		`.a == .b`:                               "got 1, .b is 2",
		`.a == $vars.want`:                       "got 1, $vars.want is 7",
		`.items | length > 5`:                    "got 2",
		`(.items | length) == 5`:                 "got 2",
		`.status == "ok" and .n == 4`:            ".n is 3",
		`.status == "ok" and .n == 3 and .ready`: ".ready is false",
		`.status == "x" and .n == 4`:             `.status is "ok"`,
		`.items[].v == 1`:                        "",
		`.ready`:                                 "",
		`.ready or .n == 4`:                      "",
		`. as $x | .n == 4`:                      "",
		`.n == env.DEPLOY`:                       `got 3, env.DEPLOY is "prod"`,
	} {
		s := verdicts(map[string]any{"want": 7})
		q, err := CompileStrict(text, s, "$vars")
		if err != nil {
			t.Fatalf("CompileStrict(%s): %v", text, err)
		}
		show := func(v any) string {
			raw, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			return string(raw)
		}
		if got := q.Explain(t.Context(), decode(t, input), show, map[string]any{"want": 7}); got != want {
			t.Errorf("Explain(%s) = %q, want %q", text, got, want)
		}
	}
}

// What looks like it, and asks something.
func TestStrictAllowsWhatMayFail(t *testing.T) {
	for _, text := range []string{
		`.l[] | select(.ok) | true`, `if .a then true else false end`, `if .a then true else error("no") end`, `any(.l[]; .ok)`, `.s | test("^$")`, `.s | test("^[a-z]*$")`,
		`(.l | length) > 0`, `(.l | length) != 3`, `.l | contains(["a"])`, `def ok(f): f; ok(.a)`, `.a? | true`,
		`.s == "a" or .s == "b"`, `.s != "a" and .s != "b"`, `.s != "a" or .t != "b"`, `.l[] != 1 or .l[] != 2`, `.n < 5 or .n >= 5`, `(.a == 1 or .b) and .c != 2`,
		`(.s | type) == "string" or (.s | type) == "null"`, `$captures.a == "x"`, `$vars.a as $a | .b == $a`, `{a} == {a: 1}`, `"\(.a)" == "x"`,
		`.l | length as $n | $n >= 1`, `.n | tostring | length == 3`, `.l as $n | $n[0] >= 0`, `def n(f): length; n(.) >= 0`, `.n as $n | (length as $n | $n) != 3 and $n >= 0`,
		`.v | test("x"; "i")`, `contains({v: "a"})`, `contains([1])`, `contains({a: {b: 1}})`, `contains({a: ["x"]})`, `contains({"a": null})`, `(.v | ascii_downcase) != "bad"`,
		`[.l[]] | length == 1`, `[.a?] | length == 1`, `.x |= tonumber | .x > 5`, `{ok: true} + . | .ok`, `.n == infinite`, `first(.l[] | .ok)`, `first(.a, .b)`, `all(.l[]; .ok)`, `(.x | tostring) != "null"`, `(now - .at) < 60`,
	} {
		if _, err := CompileStrict(text, verdicts(map[string]any{"a": 1}), "$vars", "$captures"); err != nil {
			t.Errorf("CompileStrict(%s): %v", text, err)
		}
	}
}

func TestStrictPaths(t *testing.T) {
	for text, want := range map[string]string{
		`$vars.a == .x`:                            "a",
		`$vars.a.b["c"]."d" == .x`:                 "a b c d",
		`$vars["a"][0].b[-1] == .x`:                "a 0 b -1",
		`[$vars.a[].b[][1]] == .x`:                 "a <nil> b <nil> 1",
		`$vars.a[.i].b == .x`:                      "a",
		`$vars.a.b[1:2].c == .x`:                   "a b",
		`$vars.a["b\(.x)"].c == .x`:                "a",
		`$vars.a.b?.c == .x`:                       "a",
		`$vars.a?.b == .x`:                         "a b",
		`$vars.a.b.c[]? == .x`:                     "a b c",
		`($vars.a.b // $vars.c.d) == .x`:           "a | c d",
		`($vars.a.b // 1 | $vars.c.d) == .x`:       "a | c d",
		`(($vars.a.b | not) // $vars.c[0]) == .x`:  "a | c 0",
		`[.l[] | select(.k == $vars.a[0].k)] == 1`: "a 0 k",
	} {
		var seen []string
		s := verdicts(nil)
		s.Names = func(_, name string, below ...any) error {
			seen = append(seen, strings.TrimSuffix(fmt.Sprintln(append([]any{name}, below...)...), "\n"))
			return nil
		}
		if _, err := CompileStrict(text, s, "$vars", "$captures"); err != nil {
			t.Errorf("CompileStrict(%s): %v", text, err)
			continue
		}
		if got := strings.Join(seen, " | "); got != want {
			t.Errorf("CompileStrict(%s) names %q, want %q", text, got, want)
		}
	}
}
