package core

import (
	"fmt"
	"testing"
)

// deepCalls are functions that nest n calls, each in another way.
func deepCalls() map[string]string {
	return map[string]string{
		"calls":        `local function deep(n) if n == 0 then return 0 end return 1 + deep(n - 1) end`,
		"many locals":  `local function deep(n) local a, b, c, d, e, f, g, h, i, j, k, l, m = n if n == 0 then return 0 end local r = deep(a - 1) return r + 1 end`,
		"varargs":      `local function f(n, ...) if n == 0 then return select("#", ...) - 30 end return 1 + f(n - 1, ...) end local function deep(n) return f(n, unpack({}, 1, 30)) end`,
		"metamethod":   `local t = setmetatable({}, {__index = function(t, n) if n == 0 then return 0 end return 1 + t[n - 1] end}) local function deep(n) return t[n] end`,
		"behind pcall": `local function deep(n) pcall(error) if n == 0 then return 0 end return 1 + deep(n - 1) end`,
		"through a builtin": `
			local left
			local t = setmetatable({}, {__add = tostring, __tostring = function(t) left = left - 1 if left == 0 then return "" end return t + 1 end})
			local function deep(n) left = n / 2 return #(t + 1) + n end`,
	}
}

// deepPlaces are where a script may call them.
func deepPlaces() map[string]string {
	return map[string]string{
		"the main task":    "%s",
		"a task":           "spawn(function() %s end).await()",
		"a coroutine":      "local co = coroutine.wrap(function() coroutine.yield() %s end) co() co()",
		"pcall":            "pcall(function() %s end)",
		"a callback":       "call(function() %s end)",
		"pcall for longer": "pcall(function() for i = 1, 1000 do end %s end)",
	}
}

func TestCallsNestDeep(t *testing.T) {
	for how, function := range deepCalls() {
		for where, place := range deepPlaces() {
			t.Run(how+" in "+where, func(t *testing.T) {
				got, err := runScript(t, t.Context(), function+"\n"+fmt.Sprintf(place, " print(deep(10), deep(5900), deep(5900))"))
				if want := "10\t5900\t5900"; got != want || err != nil {
					t.Errorf("printed %q, error %v, want %q", got, err, want)
				}
			})
		}
	}
}

// Calls that never end are an error like others, and what comes after it has its stack.
func TestCallsNestTooDeep(t *testing.T) {
	for how, function := range deepCalls() {
		for where, place := range deepPlaces() {
			t.Run(how+" in "+where, func(t *testing.T) {
				got, err := runScript(t, t.Context(), function+"\n"+fmt.Sprintf(place, `
					for i = 1, 2 do
						local ok, e = pcall(deep, 1e6)
						print(ok, (e:gsub("test.lua:%d+:", "at")))
					end
					print(deep(5900))`))
				if want := "false\tat stack overflow\nfalse\tat stack overflow\n5900"; got != want || err != nil {
					t.Errorf("printed %q, error %v, want %q", got, err, want)
				}
			})
		}
	}
}
