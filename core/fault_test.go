package core_test

import (
	"os/exec"
	"strings"
	"testing"
)

// failing are snippets that Lua 5.4 and we end with the same words.
func failing() []string {
	return []string{
		// What is indexed.
		`local conf conf.db = 1`, `local conf print(conf.db)`, `local conf = {} print(conf.db.host)`, `local conf = {} conf.db.host = 1`,
		`local conf = {} conf.db.host.name = 1`, `print(zzz.q)`, `zzz.q = 1`, `local u local function f() return u.x end f()`,
		`local u local function f() u.x = 1 end f()`, `print((nil).x)`, `print((1).x)`, `local t = {} local k = "a" print(t[k].x)`,
		`local s = "x" print(s.y.z)`, `local s = "x" s.y = 1`, `local a = {} print((a.x or a.y).z)`, `local a = {} print((a.x and a.y).z)`,
		`local a = {} local b = a.x print(b.z)`, `local t = setmetatable({}, {__index = 5}) print(t.x)`, `local t = {} t.f(t.x.y)`,
		`local function f() end print(f().x)`, `local t = {{}} for _, v in ipairs(t) do print(v.name.first) end`, `zzz = 1 zzz.y.z()`,
		`local a <const> = {} print(a.b.c)`, `do local x = 1 end local y print(y.x)`, `local function f(a, b) return b.x end f({})`,
		`local t = {} print(t["a b"].c)`, `local t = setmetatable({}, {}) getmetatable(t).__index = t print(t.x)`,
		`local t = setmetatable({}, {}) getmetatable(t).__newindex = t t.x = 1`, `print(#zzz.list)`, `local x for i = 1, 2 do local y = x.z end`,
		`local x while true do if x.z then break end end`, `local x repeat local y = x.z until y`, `local x = nil if x.a then end`,
		`local a, b = {} b.x = a.x.y`, `local t = {a = {}} t.a.b.c = 1`, `return zzz.q`, `local t = {} return t.a.b`, `local t = {} return #t.a`,
		// What is called.
		`zzz()`, `return zzz()`, `local f f()`, `local t = {} t.gett()`, `local t = {} t:jsn()`, `local t = {} t.a.b.c()`, `("x")()`,
		`local s = "x" s:nope()`, `local u local function f() u() end f()`, `zzz = 1 zzz()`, `local t = {} local k = "a" t[k]()`,
		`(nil)()`, `({})()`, `local t = {} t.f{}`, `local t = {} t.f"x"`, `print(zzz(1))`, `local t = {} return t:jsn()`, `zzz.y:z()`, `local t = {} t.a:b()`,
		`for k in {} do end`, `for k in nil do end`, `local t = {} for k in t.each do end`, `local t = {} for i = 1, t.n() do end`,
		// Arithmetic.
		`print(zzz + 1)`, `print(1 + zzz)`, `local x print(-x)`, `local t = {} print(t.x * 2)`, `local t = {} print(2 ^ t.x)`, `local t = {} print(t.a.b - 1)`,
		`print({} + 1)`, `print(1 % {})`, `local b print(b // 2)`, `local t = {} print(2 // t.x)`, `local t = {} t.n = t.n + 1`, `local t = {} print(1 + (2 * t.x))`,
		`local function f(n) return n / 2 end f()`, `local u local function f() return u + 1 end f()`, `print(print + 1)`, `local n, m = 1 print(n + m)`,
		// Bits.
		`local x print(~x)`, `print(1 & {})`, `local t = {} print(t.x | 1)`, `print("3" & 1)`, `print(1 << "a")`, `local x = 1.5 print(x & 1)`,
		`local t = {x = 1.5} print(1 ~ t.x)`, `print(zzz >> 1)`, `print(2^64 | 0)`, `local t = {} print(1 | 2 | t.x)`,
		// Concatenation.
		`local n print("a" .. n .. "b")`, `local n = {} print("a" .. "b" .. n.name)`, `print(1 .. {})`, `print({} .. 1)`, `print(nil .. "x")`, `print("a" .. zzz)`,
		`local a, b print(a .. b)`, `local a, b print(a .. "x" .. b)`, `local t = {} print("x" .. t.a.b)`, `local t = {} t.s = t.s .. "x"`,
		`local function f(name) return "hello " .. name end f()`, `print("a" .. true)`, `print("a" .. print .. "b")`,
		// Comparison.
		`print(1 < nil)`, `print(nil < 1)`, `print(1 > nil)`, `print({} < {})`, `print({} <= 1)`, `print("a" < 1)`, `print(1 >= "a")`, `local a, b print(a < b)`,
		`print(print < print)`, `local x if x > 1 then end`, `local t = {} while t.n < 3 do end`, `print(true < false)`,
		// Lengths, keys, loops, calls of the library.
		`local x print(#x)`, `print(#5)`, `local t = {} print(#t.x)`, `local t = {} t[nil] = 1`, `local t = {} t[0/0] = 1`, `for i = 1, 2, 0 do end`,
		`local u local function f() return #u end f()`, `string.rep()`, `string.rep("x")`, `setmetatable(1, {})`,
	}
}

// say prints what a snippet raises.
const say = `
local print_ = print
function print() end
local function say(source)
	local f, why = load(source, "=x")
	local ok
	if f then ok, why = pcall(f) end
	print_((tostring(why):gsub("\n", "/")))
end
`

// Errors of the machine have the words of Lua 5.4, so that what people know and find about them helps.
func TestFaultsReadAsUnderLua54(t *testing.T) {
	var script strings.Builder
	script.WriteString(say)
	for _, source := range failing() {
		script.WriteString("say(" + quote(source) + ")\n")
	}
	cmd := exec.CommandContext(t.Context(), interpreter(t, "lua5.4"), "-")
	cmd.Stdin = strings.NewReader(script.String())
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("lua5.4: %v", err)
	}
	got, want := lines(ours(t, script.String())), lines(out)
	if len(got) != len(want) || len(got) != len(failing()) {
		t.Fatalf("%d snippets gave %d lines, and %d under lua5.4", len(failing()), len(got), len(want))
	}
	for i, source := range failing() {
		if got[i] != want[i] {
			t.Errorf("%s\n got %s\nwant %s", source, got[i], want[i])
		}
	}
}

// What Lua 5.4 does not say, or says in other words.
func TestFaultsNameWhatIsWrong(t *testing.T) {
	for source, want := range map[string]string{
		`for i = nil, 1 do end`:                                      "x:1: 'for' initial value must be a number, got a nil value",
		`local t = {} for i = 1, t.count do end`:                     "x:1: 'for' limit must be a number, got a nil value (field 'count')",
		`for i = 1, 2, "1" do end`:                                   "x:1: 'for' step must be a number, got a string value (constant '1')",
		`local n = int64("9007199254740993") n()`:                    "x:1: attempt to call a int64 value (local 'n')",
		`local n = int64("9007199254740993") print(n + {})`:          "x:1: attempt to perform arithmetic on a table value",
		`local t, n = {}, int64("9007199254740993") print(t.x + n)`:  "x:1: attempt to perform arithmetic on a nil value (field 'x')",
		`local t, n = {}, int64("9007199254740993") print(n .. t.x)`: "x:1: attempt to concatenate a nil value (field 'x')",
		`print("x" + 1)`:                                    "x:1: attempt to perform arithmetic on a string value (constant 'x')",
		`local t = {} t[("k"):rep(1000)].x = 1`:             "x:1: attempt to index a nil value (field '?')",
		`local t = {} t.` + strings.Repeat("k", 200) + `()`: "x:1: attempt to call a nil value (field '" + strings.Repeat("k", 60) + "...')",
		`error((select(2, pcall(5))), 0)`:                   "attempt to call a number value",
		"local t = {}\n\nt.a = 1\nt.b.c = 2":                "x:4: attempt to index a nil value (field 'b')",
		"local t\nprint(1,\n  t.x)":                         "x:3: attempt to index a nil value (local 't')",
		`setfenv(1, {})`:                                    "x:1: attempt to call a nil value (global 'setfenv'); use load(text, name, mode, env) for an environment of its own",
		`package.path = package.path .. ";x"`:               "x:1: attempt to concatenate a nil value (field 'path'); modules are found in ./modules, and beside the script by ./",
		`print(debug.traceback())`:                          "x:1: attempt to index a nil value (global 'debug'); an error that ends a script has its traceback",
	} {
		got := string(ours(t, say+"say("+quote(source)+")"))
		if got != want+"\n" {
			t.Errorf("%s\n got %s\nwant %s", source, got, want)
		}
	}
}

func TestFaultsAskWhatWasMeant(t *testing.T) {
	for source, want := range map[string]string{
		`pritn("x")`:                          "attempt to call a nil value (global 'pritn'); did you mean 'print'?",
		`stirng.rep("x", 1)`:                  "attempt to index a nil value (global 'stirng'); did you mean 'string'?",
		`string.fromat("x")`:                  "attempt to call a nil value (field 'fromat'); did you mean 'string.format'?",
		`local s = string s.fromat("x")`:      "attempt to call a nil value (field 'fromat'); did you mean 'string.format'?",
		`("x"):uper()`:                        "attempt to call a nil value (method 'uper'); did you mean 'upper'?",
		`local s = "x" s:uper()`:              "attempt to call a nil value (method 'uper'); did you mean 's:upper'?",
		`local M = {query = print} M.qurey()`: "attempt to call a nil value (field 'qurey'); did you mean 'M.query'?",
		`local M = {query = print} M:qurey()`: "attempt to call a nil value (method 'qurey'); did you mean 'M:query'?",
		`local C = {get = print} C.__index = C local o = setmetatable({}, C) o:gte()`: "attempt to call a nil value (method 'gte'); did you mean 'o:get'?",
		`local conf = {database = {}} print(conf.databse.host)`:                       "attempt to index a nil value (field 'databse'); did you mean 'conf.database'?",
		`local conf = {a = {host = 1}} print(conf.a.hots.x)`:                          "attempt to index a nil value (field 'hots'); did you mean 'a.host'?",
		`function helper() end helpre()`:                                              "attempt to call a nil value (global 'helpre'); did you mean 'helper'?",
		`local M = {query = print} local function f() M.qurey() end f()`:              "attempt to call a nil value (field 'qurey'); did you mean 'M.query'?",
		`local h = async.spawn(function() end) h.await() h:cancle()`:                  "attempt to call a nil value (method 'cancle'); did you mean 'h:cancel'?",
		`something_else()`:                           "attempt to call a nil value (global 'something_else')",
		`local t = {} t[("n"):rep(1e6)] = 1 t.nnn()`: "attempt to call a nil value (field 'nnn')",
	} {
		if got, want := string(ours(t, say+"say("+quote(source)+")")), "x:1: "+want+"\n"; got != want {
			t.Errorf("%s\n got %s\nwant %s", source, got, want)
		}
	}
}
