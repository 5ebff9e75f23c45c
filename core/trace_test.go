package core

import (
	"errors"
	"testing"
)

// An error that a builtin passes on keeps the lines that led to it.
func TestTracebackThroughBuiltins(t *testing.T) {
	module := Module{Funcs: []Func{Fn1(Doc{Name: "fail", Text: "Raises a value.", Needs: Pure, Level: Check}, Arg("v", Any(), "What."), ReturnsNothing(),
		func(_ Call, v Value) (None, error) { return None{}, Raise(v) })}}
	for source, want := range map[string]string{
		"local function f() error('x') end\ncall(f)":                              "test.lua:1: in function <test.lua:1>\ntest.lua:2: in main chunk",
		"local function f()\nlocal x = nil + 1 end\ncall(function() call(f) end)": "test.lua:2: in function <test.lua:1>\ntest.lua:3: in function <test.lua:3>\ntest.lua:3: in main chunk",
		"fail('x')": "test.lua:1: in main chunk",
		"local function f() error('x') end\nlocal function g() return f() end\nlocal function h() local v = g() return v end\nh()": "test.lua:1: in function <test.lua:1>\ntest.lua:3: in function 'h'\ntest.lua:4: in main chunk",
		"local function f() fail({}) end\ncall(f)":                      "test.lua:1: in function <test.lua:1>\ntest.lua:2: in main chunk",
		"pcall(call, function() error('x', 0) end)\n\nerror('x', 0)":    "test.lua:3: in main chunk",
		"local task = spawn(function() error('x') end)\n\ntask.await()": "test.lua:1: in function <test.lua:1>\ntest.lua:3: in main chunk",
	} {
		_, err := runScript(t, t.Context(), source, module)
		script, ok := errors.AsType[*ScriptError](err)
		if !ok {
			t.Errorf("%s: error = %v, want one of the script", source, err)
			continue
		}
		if script.Traceback != want {
			t.Errorf("%s: traceback\n%s\nwant\n%s", source, script.Traceback, want)
		}
	}
}
