package core

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestRunErrors(t *testing.T) {
	for _, test := range []struct{ name, source, message, traceback string }{
		{"raised text", "local function f() error('deep') end\nf()", "test.lua:1: deep", "test.lua:1: in function 'f'\ntest.lua:2: in main chunk"},
		{"raised table", "error({code = 3, list = {1, 'x'}})", `{code = 3, list = {1, "x"}}`, "test.lua:1: in main chunk"},
		{"raised nil", "error()", "(error object is a nil value)", "test.lua:1: in main chunk"},
		{"raised table with a tostring that raises", "error(setmetatable({}, {__tostring = error}))", "(error object is a table value)", "test.lua:1: in main chunk"},
		{"table with tostring", "error(setmetatable({}, {__tostring = function() return 'mine' end}))", "mine", "test.lua:1: in main chunk"},
		{"bad argument", "sleep('x')", `sleep: argument 1 'seconds': bad duration "x": write it like "500ms", "1m30s" or "2d"`, "test.lua:1: in main chunk"},
		{"missing argument", "sleep()", `sleep: argument 1 'seconds': seconds or text such as "500ms" expected, got no value`, "test.lua:1: in main chunk"},
		{"panic of a builtin", "crash()", "crash: internal error: broken", "test.lua:1: in main chunk"},
		{"too many values", "unpack({}, 1, 1e7)", "too many results to unpack", "*"},
		{"stack overflow", "local function f() return 1 + f() end f()", "stack overflow", "*"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := runScript(t, context.Background(), test.source)
			var script *ScriptError
			if !errors.As(err, &script) {
				t.Fatalf("error = %T %v, want a *ScriptError", err, err)
			}
			if !strings.Contains(script.Message, test.message) {
				t.Errorf("message = %q, want %q", script.Message, test.message)
			}
			if test.traceback != "*" && test.traceback != "" && script.Traceback != test.traceback {
				t.Errorf("traceback = %q, want %q", script.Traceback, test.traceback)
			}
			if strings.Contains(script.Message+script.Traceback, "goroutine") {
				t.Errorf("a Go trace reached the script: %s %s", script.Message, script.Traceback)
			}
		})
	}
}

func TestRunIsInterrupted(t *testing.T) {
	for name, source := range map[string]string{
		"loop":            "while true do end",
		"loop in pcall":   "while true do pcall(function() while true do end end) end",
		"loop in xpcall":  "xpcall(function() while true do end end, function() while true do end end)",
		"wait":            "sleep('1h')",
		"wait in pcall":   "while true do pcall(sleep, '1h') end",
		"coroutine":       "coroutine.wrap(function() while true do end end)()",
		"coroutine waits": "while true do coroutine.resume(coroutine.create(function() sleep(3600) end)) end",
		"task":            "spawn(function() while true do end end).await()",
		"tail call":       "local function f() return f() end f()",
	} {
		t.Run(name, func(t *testing.T) {
			cause := errors.New("time limit of 50ms exceeded")
			ctx, cancel := context.WithTimeoutCause(context.Background(), 50*time.Millisecond, cause)
			defer cancel()
			_, err := runScript(t, ctx, source)
			var stopped *Interrupted
			if !errors.As(err, &stopped) || !errors.Is(err, cause) {
				t.Errorf("error = %T %v, want *Interrupted by %v", err, err, cause)
			}
		})
	}
}

func TestErrorValue(t *testing.T) {
	code := NewCode("kit.refused", "it was refused")
	refuse := Module{Name: "kit", Funcs: []Func{Fn0(Doc{Name: "refuse", Text: "Refuses.", Needs: Pure, Level: Check, Raises: []*Code{code}},
		ReturnsNothing(), func(Call) (None, error) { return None{}, code.With(errors.New("no way"), "ask nicely") })}}
	got, err := runScript(t, context.Background(), `
		local ok, e = pcall(kit.refuse)
		print(ok, e, e.code, e.message, e.hint, type(e))
		print("error: " .. e, e:find("way"), e:upper())
		print(select(2, pcall(error, e)) == e)
		kit.refuse()`, refuse)
	want := "false\tkit.refuse: no way\tkit.refused\tno way\task nicely\tuserdata\nerror: kit.refuse: no way\t16\tKIT.REFUSE: NO WAY\ntrue"
	if got != want {
		t.Errorf("printed\n%s\nwant\n%s", got, want)
	}
	var e *Error
	if !errors.As(err, &e) || e.Code != code || e.Hint != "ask nicely" || e.Where != "test.lua:6" {
		t.Errorf("error = %#v, want the code, the hint and the place", e)
	}
}

func TestHintKeepsTheCode(t *testing.T) {
	code := NewCode("kit.refused", "it was refused")
	for name, err := range map[string]error{"bare": code.Errorf("no"), "wrapped": fmt.Errorf("try: %w", code.Errorf("no"))} {
		if e := WithHint(err, "ask nicely"); e.Code != code || e.Hint != "ask nicely" || e.Message != err.Error() {
			t.Errorf("%s: WithHint = %#v, want the code, the hint and the text", name, e)
		}
	}
	if e := WithHint(errors.New("no"), "ask"); e.Code != nil {
		t.Errorf("WithHint of a plain error has the code %v", e.Code)
	}
}

func TestExit(t *testing.T) {
	exit := Module{Name: "os", Funcs: []Func{Fn1(Doc{Name: "exit", Text: "Ends.", Needs: Exec, Level: Script},
		Opt("status", Int(), 0, "Status."), ReturnsNothing(), func(c Call, status int) (None, error) { return None{}, c.Exit(status) })}}
	for _, source := range []string{
		"os.exit(3)", "pcall(os.exit, 3) while true do end",
		"spawn(function() os.exit(3) end) sleep('1h')", "coroutine.wrap(function() pcall(os.exit, 3) sleep(100) end)()",
	} {
		_, err := runScript(t, context.Background(), source, exit)
		var status *Exit
		if !errors.As(err, &status) || status.Status != 3 {
			t.Errorf("%s: error = %v, want exit status 3", source, err)
		}
	}
}

func TestPolicyHidesBuiltins(t *testing.T) {
	module := Module{Name: "kit", Funcs: []Func{
		Fn0(Doc{Name: "low", Text: "Low.", Needs: Pure, Level: Check}, ReturnsNothing(), func(Call) (None, error) { return None{}, nil }),
		Fn0(Doc{Name: "high", Text: "High.", Needs: Pure, Level: Script}, ReturnsNothing(), func(Call) (None, error) { return None{}, nil }),
		Fn0(Doc{Name: "files", Text: "Files.", Needs: Read, Level: Check}, ReturnsNothing(), func(Call) (None, error) { return None{}, nil }),
	}}
	files := Module{Name: "fs", Funcs: []Func{
		Fn0(Doc{Name: "read", Text: "Reads.", Needs: Read, Level: Script}, ReturnsNothing(), func(Call) (None, error) { return None{}, nil }),
	}}
	run := func(policy Policy, source string) (string, error) {
		rt, err := New(Config{Modules: []Module{kitModule(), module, files}, Policy: policy})
		if err != nil {
			t.Fatal(err)
		}
		chunk, err := Compile("test.lua", []byte(source))
		if err != nil {
			t.Fatal(err)
		}
		out := &output{}
		vm := rt.Open(Host{Stdout: out})
		defer vm.Close()
		err = vm.Run(context.Background(), chunk)
		return strings.TrimSpace(out.String()), err
	}
	const probe = "print(kit.low ~= nil, kit.high ~= nil, kit.files ~= nil, fs ~= nil and fs.read ~= nil)"
	for _, test := range []struct {
		policy Policy
		want   string
	}{
		{FullPolicy(), "true\ttrue\ttrue\ttrue"},
		{CheckPolicy(), "true\tfalse\tfalse\tfalse"},
		{Policy{Level: Check, Needs: Pure | Log, Permissions: []string{"kit.high", "fs"}}, "true\ttrue\tfalse\ttrue"},
	} {
		if got, err := run(test.policy, probe); got != test.want || err != nil {
			t.Errorf("%+v: got %q, %v, want %q", test.policy, got, err, test.want)
		}
	}
	const permissions = "; a check of type script gets it with permissions: ["
	for _, test := range []struct {
		policy       Policy
		source, hint string
	}{
		{CheckPolicy(), `fs.read()`, "fs exists in scripts only" + permissions + "fs]"},
		{CheckPolicy(), `local f = fs f.read()`, "fs exists in scripts only" + permissions + "fs]"},
		{CheckPolicy(), `kit.high()`, "kit.high exists in scripts only" + permissions + "kit.high]"},
		{CheckPolicy(), `local k = kit call(function() k.high() end)`, "kit.high exists in scripts only" + permissions + "kit.high]"},
		{CheckPolicy(), `local ok, why = pcall(function() kit.high() end) error(why, 0)`, "kit.high exists in scripts only" + permissions + "kit.high]"},
		{CheckPolicy(), `kit.lwo()`, ""},
		{FullPolicy(), `kit.higher.up()`, ""},
		{SandboxPolicy(Destinations{}), `kit.high()`, "kit.high exists in scripts only; a sandbox does not have it"},
		{SandboxPolicy(Destinations{}), `os.time()`, "os does not exist in a sandbox"},
		{FullPolicy(), `for k in {} do end`, "go through a table with pairs(t), or with ipairs(t) for its items alone"},
	} {
		_, err := run(test.policy, test.source)
		script, ok := errors.AsType[*ScriptError](err)
		if !ok {
			t.Errorf("%s: error = %v, want one of the script", test.source, err)
		} else if script.Hint != test.hint {
			t.Errorf("%s: hint of %v = %q, want %q", test.source, err, script.Hint, test.hint)
		}
	}
}

func TestNewRefusesIncompleteDeclarations(t *testing.T) {
	ok := func(Call) (None, error) { return None{}, nil }
	for want, module := range map[string]Module{
		"Needs is not set":     {Name: "m", Funcs: []Func{Fn0(Doc{Name: "f", Text: "F.", Level: Check}, ReturnsNothing(), ok)}},
		"Level is not set":     {Name: "m", Funcs: []Func{Fn0(Doc{Name: "f", Text: "F.", Needs: Pure}, ReturnsNothing(), ok)}},
		"Text is not set":      {Name: "m", Funcs: []Func{Fn0(Doc{Name: "f", Needs: Pure, Level: Check}, ReturnsNothing(), ok)}},
		"m.f: declared twice":  {Name: "m", Funcs: []Func{Fn0(Doc{Name: "f", Text: "F.", Needs: Pure, Level: Check}, ReturnsNothing(), ok), Fn0(Doc{Name: "f", Text: "F.", Needs: Pure, Level: Check}, ReturnsNothing(), ok)}},
		"make it with Fn0 to ": {Name: "m", Funcs: []Func{{}}},
	} {
		if _, err := New(Config{Modules: []Module{module}, Policy: FullPolicy()}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error = %v, want %q", err, want)
		}
	}
}

func TestLazyGlobals(t *testing.T) {
	for _, test := range []struct{ source, want string }{
		{`print(_G["str" .. "ing"] == string, _G.nothing)`, "true\tnil"},
		{`setmetatable(_G, {__index = function(_, k) return "mine:" .. k end}) print(undefined, math.floor(1.5))`, "mine:undefined\t1"},
		{`math = nil print(math, load("return math")())`, "nil\tnil"},
		{`print(load("return math.floor(2.5)")())`, "2"},
		{`local n = 0 for _ in pairs(_G) do n = n + 1 end print(n > 20)`, "true"},
		{`print(("x"):rep(3), #"abc", string == nil)`, "xxx\t3\tfalse"},
		{`print(dofile, loadfile, debug, newproxy, module, io, setfenv, getfenv, _printregs, require)`, strings.Repeat("nil\t", 9) + "nil"},
	} {
		got, err := runScript(t, context.Background(), test.source)
		if err != nil || got != test.want {
			t.Errorf("%s: got %q, %v, want %q", test.source, got, err, test.want)
		}
	}
}
