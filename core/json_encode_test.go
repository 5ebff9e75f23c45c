package core

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

// jsonKit gives scripts what they need to make every kind of value.
func jsonKit() Module {
	type pod struct {
		name  string
		ready bool
	}
	pods := NewObject[*pod]("kit.Pod", "A pod.")
	Prop(pods, "name", String(), func(p *pod) string { return p.name }, "Its name.")
	Prop(pods, "ready", Bool(), func(p *pod) bool { return p.ready }, "Whether it is.")
	Prop(pods, "node", Nullable(String()), func(*pod) *string { return nil }, "Where it runs.")
	mark := func(array bool) func(c Call, v Value) (Value, error) {
		return func(c Call, v Value) (Value, error) {
			t, _ := v.Table()
			c.Mark(t, array)
			return v, nil
		}
	}
	doc := func(name string) Doc { return Doc{Name: name, Text: "Kit.", Needs: Pure, Level: Check} }
	value := Arg("v", Any(), "Value.")
	return Module{
		Funcs: []Func{
			Fn1(doc("array"), value, Returns(Any(), "It."), mark(true)),
			Fn1(doc("object"), value, Returns(Any(), "It."), mark(false)),
			Fn1(doc("parse"), Arg("text", String(), "JSON."), Returns(Any(), "Value."),
				func(c Call, text string) (Value, error) { return DecodeJSON(c, text, false) }),
			Fn1(doc("keep"), Arg("text", String(), "JSON."), Returns(Any(), "Value."),
				func(c Call, text string) (Value, error) { return DecodeJSON(c, text, true) }),
			Fn2(doc("encode"), value, Opt("indent", String(), "", "Indent."), Returns(Bytes(), "JSON."), EncodeJSON),
			Fn0(doc("pod"), Returns(pods.Type(), "A pod."), func(Call) (*pod, error) { return &pod{"web", true}, nil }),
			Fn0(doc("fail"), ReturnsNothing(), func(Call) (None, error) { return None{}, errors.New("no luck") }),
		},
	}
}

func TestJSONEncode(t *testing.T) {
	for expression, want := range map[string]string{
		`{}`: `{}`, `{1,2,3}`: `[1,2,3]`, `{a=1,b={}}`: `{"a":1,"b":{}}`, `{b=1,a=2,["C"]=3,[""]=4}`: `{"":4,"C":3,"a":2,"b":1}`,
		`{1,2,x=3}`: `{"1":1,"2":2,"x":3}`, `{[1]="a",[3]="c"}`: `{"1":"a","3":"c"}`, `{[0]="z","a"}`: `{"0":"z","1":"a"}`, `{[-1]=1}`: `{"-1":1}`,
		`{nil,2}`: `{"2":2}`, `array({})`: `[]`, `array({nil,2})`: `[null,2]`, `object({1,2})`: `{"1":1,"2":2}`, `object({})`: `{}`, `array({a=1})`: `{"a":1}`, `array({1,[1.5]=2})`: `!.*1.5 is no whole`,
		`parse("[1,null]")`: `[1,null]`, `array(parse("[1,null]"))`: `[1,null]`, `keep('{"a":null,"b":[null]}')`: `{"a":null,"b":[null]}`, `parse('{"a":null,"b":[null]}')`: `{"b":[null]}`,
		`(function() local a = parse("[]") a.x = 1 return a end)()`: `{"x":1}`, `(function() local a = parse("[]") a[1] = 1 return a end)()`: `[1]`,
		`(function() local a = parse("[1,2]") a[9] = 1 return a end)()`: `[1,2,null,null,null,null,null,null,1]`, `(function() local a = array({}) a[100000] = 1 return a end)()`: `{"100000":1}`,
		`nil`: `null`, `true`: `true`, `"é\n\0\"\\/<>&"`: `"é\n\u0000\"\\/<>&"`, `"\226\128\168"`: "\"\u2028\"",
		`1`: `1`, `-0.0`: `-0`, `1.5`: `1.5`, `0.1+0.2`: `0.30000000000000004`, `2^53`: `9007199254740992`, `2^62`: `4611686018427387904`, `-2^63`: `-9223372036854775808`, `2^63`: `9223372036854776000`, `1e300`: `1e+300`, `1e-9`: `1e-9`, `1e-10`: `1e-10`, `123456.789`: `123456.789`,
		`parse("9007199254740993")`: `9007199254740993`, `parse("9007199254740993") + 1`: `9007199254740994`, `{[parse("9007199254740993")]=1}`: `{"9007199254740993":1}`,
		`pod()`: `{"name":"web","ready":true}`, `{p=pod()}`: `{"p":{"name":"web","ready":true}}`, `{e=select(2, pcall(fail))}`: `{"e":"fail: no luck"}`,
		`setmetatable({}, {__index={a=1}})`: `{}`,
		// What cannot be written names its place.
		`print`: `!a function has no form in JSON`, `{a={b={1,2,print}}}`: `!.a.b[3]: a function has no form in JSON`, `{["x y"]={0/0}}`: `!["x y"][1]: NaN has no form in JSON`,
		`{a=1/0}`: `!.a: an infinite number has no form in JSON`, `{{}, -1/0}`: `![2]: an infinite number has no form in JSON`, `coroutine.create(print)`: `!a thread has no form in JSON`,
		`{a={[true]=1}}`: `!.a: a boolean cannot be a key of an object`, `{[1.5]=1}`: `!the key 1.5 is no whole number`, `{1,2,[{}]=1}`: `!a table cannot be a key of an object`, `{a={[1]=1,["1"]=2}}`: `!.a["1"]: the table has this key as a number and as text`,
		`{a="\255"}`: `!.a: text that is not UTF-8 has no form in JSON`, `{["\255"]=1}`: `!["\xff"]: text that is not UTF-8 has no form in JSON`, `"\237\160\128"`: `!text that is not UTF-8 has no form in JSON`,
		`(function() local t = {} t.a = {t} return t end)()`: `!.a[1]: a table contains itself`, `(function() local t = {} for i = 1, 200 do t = {t} end return t end)()`: `!` + strings.Repeat("[1]", 66) + "[1...: nested deeper than 200",
		`(function() local t = {x=1} return {t,t} end)()`: `[{"x":1},{"x":1}]`,
	} {
		out, err := runScript(t, context.Background(), `local ok, e = pcall(encode, `+expression+`) print(ok and e or "!" .. e.message)`, jsonKit())
		if err != nil {
			t.Errorf("encode(%s): %v", expression, err)
		} else if !strings.HasPrefix(want, "!.*") && out != want || strings.HasPrefix(want, "!.*") && !strings.Contains(out, want[3:]) {
			t.Errorf("encode(%s) = %s, want %s", expression, out, want)
		}
	}
}

func TestJSONEncodeIndent(t *testing.T) {
	out, err := runScript(t, context.Background(), `print(encode(parse('{"b":[1,{"c":[]},[]],"a":{},"z":{"y":null,"x":[true]}}'), "  "))`, jsonKit())
	want := `{
  "a": {},
  "b": [
    1,
    {
      "c": []
    },
    []
  ],
  "z": {
    "x": [
      true
    ]
  }
}`
	if err != nil || out != want {
		t.Errorf("indented = %s, %v, want %s", out, err, want)
	}
}

func TestJSONBounds(t *testing.T) {
	for script, want := range map[string]string{
		`local t = "xxxxxxxxxx" for i = 1, 40 do t = {t, t} end encode(t)`:                                        "encode: more than 67108864 bytes of JSON",
		`local t = {} for i = 1, 1e5 do t = {t} end encode(t)`:                                                    "nested deeper than 200",
		`local t = {} for i = 1, 300 do t = {a=t} end encode(t)`:                                                  "nested deeper than 200",
		`encode(("\1"):rep(2^24))`:                                                                                "encode: more than 67108864 bytes of JSON",
		`parse(("["):rep(201) .. ("]"):rep(201))`:                                                                 "parse: 1:201: nested deeper than 200, near `...[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]...`",
		`parse(("[1,"):rep(1e5))`:                                                                                 "nested deeper than 200",
		`parse("[" .. ("[],"):rep(3e6) .. "[]]")`:                                                                 "parse: the text takes more than 256 MB as values",
		`local a = parse("[1,null]") getmetatable(a).__jsonlen = 2^40 if encode(a) == "[1]" then error("ok") end`: "test.lua:1: ok",
	} {
		_, err := runScript(t, context.Background(), script, jsonKit())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %.300v, want %s", script, err, want)
		}
	}
}

func TestJSONStopsWithItsTask(t *testing.T) {
	// Each of a million visits looks through a table that was large once.
	script := `local t = {} for i = 1, 1e5 do t[i] = 1 end for i = 1, 1e5 do t[i] = nil end
		local all = {} for i = 1, 1e6 do all[i] = t end encode(all)`
	ctx, cancel := context.WithTimeoutCause(context.Background(), 2*time.Second, errors.New("time is up"))
	defer cancel()
	start := time.Now()
	_, err := runScript(t, ctx, script, jsonKit())
	if took := time.Since(start); err == nil || err.Error() != "time is up" || took > 10*time.Second {
		t.Errorf("error = %v after %v, want time is up at once", err, took)
	}
}

func TestWholeNumbersKeepTheirDigits(t *testing.T) {
	withCall(t, func(c Call) {
		for _, n := range []int64{math.MaxInt64, math.MinInt64, 1 << 53, 1<<53 + 1, -(1<<53 + 1), 999999999999999999, -999999999999999999, 1000000000000000000} {
			text, err := EncodeJSON(c, c.Integer(n), "")
			if err != nil {
				t.Fatal(err)
			}
			v, err := DecodeJSON(c, string(text), false)
			if got, ok := v.Integer(); err != nil || !ok || got != n {
				t.Errorf("%d came back as %d (%v), by way of %s", n, got, err, text)
			}
		}
	})
}
