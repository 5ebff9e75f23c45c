package jq

import (
	"context"
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/itchyny/gojq"
)

func decode(t *testing.T, text string) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// What the guards change must not be seen: each expression gives what gojq gives without them.
func TestGuardsKeepTheMeaning(t *testing.T) {
	input := `{"a":{"b":[3,1,2]},"s":"x,y","n":12345678901234567890,"l":[{"k":"p","v":1},{"k":"q","v":2}],"z":null,"t":true}`
	for _, text := range []string{
		`.`, `.a.b`, `.a.b|add`, `[(1,2)+(10,20)]`, `[(1,2)*(10,20)]`, `.a.b|sort`, `.a.b|map(.*2)`, `.s/","`,
		`.a.b[1]=7`, `.a.b[]|=.+1`, `.a.b+=[4]`, `.a.x//="d"`, `.a.b[0]*=3`, `.a.b[1]-=5`, `.a.b[2]/=2`, `.a.b[2]%=2`,
		`.l|group_by(.k)`, `.l|map({(.k):.v})|add`, `.l|INDEX(.k)`, `"\(.a) and \(.s)"`, `@json "v=\(.a.b)"`, `.a|@json`,
		`.a|tojson|fromjson`, `del(.a.b[0])`, `delpaths([["a"]])|keys`, `pick(.a.b[1])`, `setpath(["a","c"];1)`,
		`.n+1`, `.n==12345678901234567890`, `.n>1`, `.t==true`, `.missing==null`, `[.a.b[]|select(.>1)]`, `.s|test("x")`,
		`.s|gsub("x";"z")`, `[.s|match("[xy]";"g").string]`, `.s|split(",")`, `reduce .a.b[] as $x (0;.+$x)`,
		`[foreach .a.b[] as $x (0;.+$x)]`, `def f($x;g): $x+g; f(1;2)`, `def tojson: "mine"; 1|tojson`, `[limit(3;range(10))]`,
		`first(.a.b[])`, `path(.a.b[0])`, `[paths]`, `[paths(type=="number")]`, `[.a.b[]] as [$x,$y] | $x-$y`, `. as {a:{b:[$q]}} | $q`,
		`try error("boom") catch .`, `.a.b as [$f] | $f*2`, `[.[]?]|length`, `[..|numbers]`, `to_entries|from_entries`,
		`with_entries(.key|=ascii_upcase)`, `[1,[2,[3]]]|flatten`, `[[1,2],[3]]|transpose`, `fromstream(.a|tostream)`,
		`walk(if type=="number" then .+1 else . end)`, `[1,2]-[2]`, `{a:1}*{b:2}`, `"ab"*3`, `"ab"*0`, `[.a.b[]|if .>1 then "big" elif .==1 then "one" else "x" end]`,
		`label $out | 1, break $out`, `.l[0]|="w"`, `.["a"]["b"][1:]`, `.a.b[-1]`, `-(.a.b[0])`, `[.a.b[]|.*.]`, `add(.a.b[])`, `.a.b|min,max`,
		`.l|any(.v>1)`, `.l|all(.v>1)`, `getpath(["a","b",0])`, `[splits("a";"b")]?`, `.a.b|contains([1])`, `.a.b|index(1)`, `"abcb"|indices("b")`,
		`[.l[]|.v+=1]`, `.l[].v=0`, `.a.b|=map(.+1)`, `(.a.b[0],.a.b[1])|=9`, `.a.b|bsearch(2)`, `1 as $x | 2 as $y | [$x,$y,$x+$y*2]`, `.s|explode|implode`,
		`[.a.b[]|tostring]|join("-")`, `$v.x+1`, `@base64 "\(.s)"`, `.s|@base64|@base64d`, `.l|unique_by(.k)|map(.v)`, `.l|max_by(.v)`, `.l|sort_by(-.v)`,
		`[range(0;10;3)]`, `.a|has("b")`, `.a.b|inside([1,2,3,4])`, `{(.s):1}`, `{a,s}|keys`, `.a.b?//1`, `(.x//1)+(.y//2)`, `[.a.b[]|floor]`,
	} {
		t.Run(text, func(t *testing.T) {
			q, err := Compile(text, "$v")
			if err != nil {
				t.Fatal(err)
			}
			vars := map[string]any{"x": 1}
			got, gotErr := q.Run(t.Context(), decode(t, input), vars)
			parsed, err := gojq.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			code, err := gojq.Compile(parsed, gojq.WithVariables([]string{"$v"}))
			if err != nil {
				t.Fatal(err)
			}
			var want []any
			var wantErr error
			iter := code.Run(decode(t, input), vars)
			for v, ok := iter.Next(); ok; v, ok = iter.Next() {
				if wantErr, _ = v.(error); wantErr != nil {
					break
				}
				want = append(want, v)
			}
			if (gotErr == nil) != (wantErr == nil) {
				t.Fatalf("error = %v, want %v", gotErr, wantErr)
			}
			if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 })); wantErr == nil && diff != "" {
				t.Errorf("guarded differs from plain (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOneInstructionCannotTakeMuch(t *testing.T) {
	doubling := `reduce range(64) as $i ("x"; %s)`
	for _, text := range []string{
		`"x" * 1e9`, `1e9 * "x"`, `"x" | . *= 1000000000`, `"x" as $x | $x * 2e8`,
		`.[500000000] = 1`, `null | .[500000000] |= 1`, `null | .[5e8] += 1`, `null | setpath([500000000]; 1)`, `null | pick(.[500000000])`,
		`fromstream([[500000000], 1], [[500000000]])`, `null | .a[0][99999999] //= 1`, `null|(.[1],.[77777777]) = 1`,
		strings.ReplaceAll(doubling, "%s", ". + ."), strings.ReplaceAll(doubling, "%s", `"\(.)\(.)"`), strings.ReplaceAll(doubling, "%s", `[., .] | add`),
		strings.ReplaceAll(doubling, "%s", `[., .] | join("")`), strings.ReplaceAll(doubling, "%s", `. += .`),
		`reduce range(64) as $i ([1]; . + .)`, `reduce range(64) as $i ([1]; [., .]) | tojson`, `reduce range(64) as $i ([1]; [., .]) | . == .`,
		`reduce range(64) as $i ([1]; [., .])`, `reduce range(100000) as $i (0; [.]) | tojson`, `reduce range(100000) as $i (0; [.])`,
		`reduce range(64) as $i ({}; {a: ., b: .}) | flatten`, `reduce range(64) as $i ({}; {a: ., b: .}) | @text`,
		`reduce range(64) as $i ([1]; [., .]) | sort`, `reduce range(64) as $i (10; . * .)`, `[range(100000)] | . - .`,
		`"x" * 16000000 | explode`, `"x" * 16000000 | [match("";"g")]`, `"1" * 100000 | tonumber`, `("x"*16000000) as $s | [range(1000)|$s] | add`,
		`try ("x" * 1e9) catch "hidden"`, `("x" * 1e9)?`, `[.[500000000] = 1]?`, `def f: ("x" * 1e9)?; [f] | length == 0`,
		`"guard value" as $x | "x" * 1e9`,
	} {
		t.Run(text, func(t *testing.T) {
			q, err := Compile(text)
			if err != nil {
				t.Fatal(err)
			}
			out, err := q.Run(t.Context(), nil)
			if limit := (*LimitError)(nil); !errors.As(err, &limit) {
				t.Errorf("Run = %d outputs, error %v; want a *LimitError", len(out), err)
			}
		})
	}
}

func TestMemoryIsBounded(t *testing.T) {
	for _, text := range []string{`[range(1e12)]`, `def f: 1 + f; f`} {
		q, err := Compile(text)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		_, err = q.Run(ctx, nil)
		cancel()
		if limit := (*LimitError)(nil); !errors.As(err, &limit) {
			t.Errorf("Run(%s) error = %v, want a *LimitError", text, err)
		}
	}
}

func TestCancelledRunStops(t *testing.T) {
	cause := errors.New("the cause")
	for _, text := range []string{`def f: f; f`, `repeat(1) | empty`, `last(range(1e15))`, `try (last(range(1e15))) catch 1`} {
		q, err := Compile(text)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(20*time.Millisecond, func() { cancel(cause) })
		if _, err = q.Run(ctx, nil); !errors.Is(err, cause) {
			t.Errorf("Run(%s) error = %v, want the cause of the cancellation", text, err)
		}
	}
}

func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		`.a ==`: "ends too early", `.a )`: `unexpected ")"`, `foo(1)`: "function not defined: foo/1", `$x`: "variable not defined: $x",
		`import "a" as a; 1`: "cannot be imported", strings.Repeat("(", 70000): "at most",
	} {
		if _, err := Compile(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Compile(%.20q) error = %v, want one with %q", text, err, want)
		}
	}
	for text, want := range map[string]string{`halt`: "halted", `halt_error`: "halted", `error("boom")`: "boom", `.a.b.c`: "expected an object", `1,error(null)`: "null", `"x"|halt_error`: "halted"} {
		q, err := Compile(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := q.Run(t.Context(), map[string]any{"a": "s"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Run(%s) error = %v, want one with %q", text, err, want)
		}
	}
}

func TestRunTellsNoOutputFromNull(t *testing.T) {
	for text, want := range map[string]int{`empty`: 0, `null`: 1, `1,2`: 2} {
		q, err := Compile(text)
		if err != nil {
			t.Fatal(err)
		}
		if out, err := q.Run(t.Context(), nil); len(out) != want || err != nil {
			t.Errorf("Run(%s) = %v, %v; want %d outputs", text, out, err, want)
		}
	}
}

func FuzzCompileAndRun(f *testing.F) {
	for _, s := range []string{`.a == 1`, `[.[]|tostring]|join("x")`, `.a |= . + 1`, `"\(1)"`, `reduce .[] as $x (0; . + $x)`, `@csv`, `.. | .a?`, `. as [$a, {b: $c}] ?// $d | $c`, `try error catch .`, `limit(3; repeat(1))`} {
		f.Add(s, `{"a":[1,"b",null]}`)
	}
	f.Fuzz(func(t *testing.T, text, input string) {
		q, err := Compile(text)
		if err != nil {
			return
		}
		var v any
		if json.Unmarshal([]byte(input), &v) != nil {
			return
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, _ = q.Run(ctx, v)
	})
}
