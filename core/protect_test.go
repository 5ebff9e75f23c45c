package core

import "testing"

// gopher-lua alone fails these: see [thread.protect].
func TestClosuresKeepTheirVariablesAcrossErrors(t *testing.T) {
	for _, tt := range []struct{ name, source, want string }{
		{"a function called again after it raised", `
			local n = 0
			local function f() n = n + 1 error("x", 0) end
			pcall(f) pcall(f) pcall(f)
			print(n)`, "3"},
		{"another function after an error elsewhere", `
			local state = 0
			local function set(v) state = v end
			pcall(error, "x")
			set(5)
			print(state)`, "5"},
		{"xpcall", `
			local n = 0
			local function f() n = n + 1 error("x", 0) end
			local function h(e) n = n + 10 return e .. "!" end
			print(xpcall(f, h)) print(xpcall(f, h))
			print(n)`, "false\tx!\nfalse\tx!\n22"},
		{"a callback of a builtin", `
			local n = 0
			local function f() n = n + 1 error("x", 0) end
			pcall(call, f) pcall(call, f)
			print(n)`, "2"},
		{"a coroutine", `
			local n = 0
			local function f() n = n + 1 error("x", 0) end
			local co = coroutine.wrap(function()
				pcall(f) coroutine.yield() pcall(f) coroutine.yield()
			end)
			co() co()
			n = n + 10
			print(n)`, "12"},
		{"what outlives the function that raised", `
			local get, set
			pcall(function()
				local v = 1
				get, set = function() return v end, function(to) v = to end
				error("x")
			end)
			set(7)
			pcall(function() local a, b, c = 4, 5, 6 error(function() return a, b, c end) end)
			print(get())`, "7"},
		{"what outlives the function that xpcall called", `
			local get
			xpcall(function() local v = 1 get = function() return v end error("x") end, print)
			xpcall(function() local v = 2 error("x") end, tostring)
			print(get())`, "test.lua:3: x\n1"},
		{"the same thread inside pcall", `
			local main = coroutine.running()
			print(select(2, pcall(coroutine.running)) == main, pcall(coroutine.status, main))`, "true\ttrue\trunning"},
		{"pcall within pcall without end", `
			local depth = 0
			local function f() depth = depth + 1 return pcall(f) end
			f()
			print(depth > 100 and depth < 1000, pcall(error, "x", 0))`, "true\tfalse\tx"},
		{"positions", `
			local function f() error("own") end
			local function g() error("callers", 2) end
			print(pcall(f))
			print(pcall(function()
				g()
			end))
			print(pcall(error, "direct"))
			print(pcall(error, " bare", 0))
			print(pcall(g))
			print(pcall(string.rep))
			print(pcall(pcall))`, "false\ttest.lua:2: own\nfalse\ttest.lua:6: callers\nfalse\ttest.lua:8: direct\nfalse\t bare\nfalse\tcallers\n" +
			"false\ttest.lua:11: bad argument #1 to '?' (string expected, got no value)\nfalse\ttest.lua:12: bad argument #1 to '?' (value expected)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := runScript(t, t.Context(), tt.source)
			if got != tt.want || err != nil {
				t.Errorf("output = %q, error %v, want %q", got, err, tt.want)
			}
		})
	}
}
