package core

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

// As main functions do; nothing runs yet.
func TestMain(m *testing.M) {
	BoundArrays()
	os.Exit(m.Run())
}

func TestLibrary(t *testing.T) {
	for source, want := range map[string]string{
		`print(1e15, 2^53, 2^62, 2^63, 0.1 + 0.2, 1e300, -1.5, 3.0)`:                                                                           "1000000000000000\t9007199254740992\t4611686018427387904\t9.2233720368548e+18\t0.3\t1e+300\t-1.5\t3",
		`print(1/0, -1/0, tostring(0.1), 0.1 .. "", table.concat({0.1, 2}, ","))`:                                                              "inf\t-inf\t0.1\t0.1\t0.1,2",
		`print(tostring(0/0):gsub("-", ""))`:                                                                                                   "nan\t1",
		`print(tonumber(" 0x1p4 "), tonumber("0x.8"), tonumber("1e1"), tonumber("1_0"), tonumber("in"))`:                                       "16\t0.5\t10\tnil\tnil",
		`print(tonumber("zz", 36), tonumber("-ff", 16), tonumber("8", 8), tonumber("0xff", 16))`:                                               "1295\t-255\tnil\t255",
		`print(tonumber("inf"), tonumber("nan"), tonumber(""), tonumber("0x"), tonumber("1e"), tonumber("010"))`:                               "nil\tnil\tnil\tnil\tnil\t10",
		`print(select(-1, 1, 2, 3), select("#", nil, nil), select(2, "a", "b"))`:                                                               "3\t2\tb",
		`print(pcall(select, 0)) print(pcall(select, -2, 1))`:                                                                                  "false\ttest.lua:1: bad argument #1 to '?' (index out of range)\nfalse\ttest.lua:1: bad argument #1 to '?' (index out of range)",
		`local t = {1, 2, 3} table.insert(t, 2, 9) table.insert(t, 7) print(unpack(t))`:                                                        "1\t9\t2\t3\t7",
		`local t = {1, 2, 3} print(table.remove(t, 1), table.remove(t), table.remove({}), #t)`:                                                 "1\t3\tnil\t1",
		`local t = {1, 2, 3} t[3] = nil print(table.remove(t), #t)`:                                                                            "2\t1",
		`print(table.unpack(table.move({1, 2, 3}, 1, 3, 2)))`:                                                                                  "1\t1\t2\t3",
		`local p = table.pack(nil, 2, nil) print(p.n, p[2])`:                                                                                   "3\t2",
		`print(table.maxn({1, 2, [10.5] = 1}))`:                                                                                                "10.5",
		`local t = {3, 1, 2} table.sort(t, function(a, b) return a > b end) print(unpack(t))`:                                                  "3\t2\t1",
		`local t = {} for i = 1, 100 do t[i] = (i * 37) % 101 end table.sort(t) for i = 2, 100 do assert(t[i - 1] < t[i]) end print("sorted")`: "sorted",
		`print(math.tointeger(3.0), math.tointeger(3.5), math.type(1), math.type(1.5), math.type("1"))`:                                        "3\tnil\tinteger\tfloat\tnil",
		`print(math.maxinteger, math.mininteger, math.ult(1, -1), math.max(1, math.maxinteger))`:                                               "9223372036854775807\t-9223372036854775808\ttrue\t9223372036854775807",
		`print(math.fmod(-5, 3), math.modf(-3.5), math.frexp(8), math.ldexp(0.5, 4), math.log(8, 2))`:                                          "-2\t-3\t0.5\t8\t3",
		`math.randomseed(7) local a = math.random(100) math.randomseed(7) print(a == math.random(100))`:                                        "true",
		`print(utf8.char(72, 228, 8364), utf8.len("ä€"), utf8.len("\255"), utf8.offset("aä€", 3))`:                                             "Hä€\t2\tnil\t4",
		`for p, c in utf8.codes("aä") do print(p, c) end print(utf8.codepoint("ä€", 1, -1))`:                                                   "1\t97\n2\t228\n228\t8364",
		`print(os.date("!%Y-%m-%d %H:%M:%S %a %j %U %W %w %p", 86400 * 59))`:                                                                   "1970-03-01 00:00:00 Sun 060 09 08 0 AM",
		`local d = os.date("*t", 0) print(os.time(d), os.difftime(5, 3), type(os.clock()))`:                                                    "0\t2\tnumber",
		`local d = {year = 2024, month = 14, day = -3} os.time(d) print(d.year, d.month, d.day, d.hour, d.yday, d.wday)`:                       "2025\t1\t28\t12\t28\t3",
		`print(os.time{year = 2024, month = 1, day = 32} == os.time{year = 2024, month = 2, day = 1})`:                                         "true",
		`getmetatable("").__index = nil print(("x"):upper())`:                                                                                  "X",
		`print((tostring({}):gsub("%x%x%x%x%x%x%x%x+$", "id")))`:                                                                               "table: id",
		`local t = {} print(tostring(t) == tostring(t), tostring(t) == tostring({}))`:                                                          "true\tfalse",
	} {
		// assert is no part of the kit.
		got, err := runScript(t, t.Context(), `local function assert(v) if not v then error("no") end end `+source)
		if got != want || err != nil {
			t.Errorf("%s\nprinted %q, %v\nwant    %q", source, got, err, want)
		}
	}
}

func TestLibraryRaises(t *testing.T) {
	for source, want := range map[string]string{
		`unpack({}, 1, 1e7)`:             "too many results to unpack",
		`table.unpack({}, -2^60, 2^62)`:  "too many results to unpack",
		`unpack({}, -1e308, 1e308)`:      "too many results to unpack",
		`table.concat({1, {}, 3})`:       "invalid value (at index 2) in table for 'concat'",
		`table.concat({}, "x", 1, 2^53)`: "invalid value (at index 1)",
		`local u, t = ("x"):rep(1e6), {} for i = 1, 1e5 do t[i] = u end table.concat(t)`: "memory limit of 64 MB exceeded",
		`table.insert({}, 5, 1)`:                                              "position out of bounds",
		`table.insert({}, 1, 2, 3)`:                                           "wrong number of arguments to 'insert'",
		`table.sort({1, "x"})`:                                                "attempt to compare",
		`table.sort({3, 2, 1}, function() error("mine") end)`:                 "mine",
		`table.move({}, 1, 1e15, 2)`:                                          "deadline exceeded",
		`table.move({}, -2^62, 2^63, 1)`:                                      "too many elements to move",
		`tonumber("1", 99)`:                                                   "base out of range",
		`tostring(setmetatable({}, {__tostring = function() return {} end}))`: "'__tostring' must return a string",
		`math.random(0)`:                                                      "interval is empty",
		`math.random(2, 1)`:                                                   "interval is empty",
		`math.random(1, 2^63)`:                                                "interval too large",
		`math.random(0/0)`:                                                    "interval is empty",
		`math.floor({})`:                                                      "number expected, got table",
		`utf8.char(-1)`:                                                       "value out of range",
		`utf8.codepoint("\255")`:                                              "invalid UTF-8 code",
		`os.time{year = 2024}`:                                                "field 'month' missing in date table",
		`os.time{year = 2^40, month = 1, day = 1}`:                            "field 'year' is out-of-bound",
		`os.date("%Q")`:                                                       "invalid conversion specifier '%Q'",
		`os.date("%Y", 2^60)`:                                                 "time out-of-bounds",
		`rawset({}, nil, 1)`:                                                  "table index is nil",
		`rawset({}, 0/0, 1)`:                                                  "table index is NaN",
	} {
		if err := runBriefly(t, source); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error = %v, want %q", source, err, want)
		}
	}
}

// What a hostile script does ends soon: by itself, or by a limit.
func TestLibraryUnderAttack(t *testing.T) {
	for name, source := range map[string]string{
		"contradicting order": `local t = {} for i = 1, 20000 do t[i] = i % 7 end table.sort(t, function() return true end)`,
		"random order":        `local t = {} for i = 1, 20000 do t[i] = i end table.sort(t, function() return math.random() < 0.5 end)`,
		"order that shrinks":  `local t = {} for i = 1, 2000 do t[i] = i end table.sort(t, function(a, b) t[#t] = nil return a > b end)`,
		"sort for ever":       `local t = {} for i = 1, 1000 do t[i] = i end while true do table.sort(t) end`,
		"long number":         `local s = ("9"):rep(2^20) for i = 1, 20 do tonumber(s) tonumber(s, 36) tonumber("0x" .. s) end`,
		"select flood":        `local function f(n, ...) return select("#", ...) < n and f(n, 1, ...) end f(1e7)`,
		"select of many":      `local t = {} for i = 1, 1e5 do t[i] = i end while true do select("#", unpack(t)) select(-1, unpack(t)) end`,
		"unpack afresh":       `local t = {} for i = 1, 2e5 do t[i] = i end while true do coroutine.wrap(function() return select("#", unpack(t)) end)() end`,
		"many arguments":      `local t = {} for i = 1, 2e5 do t[i] = i end while true do pcall(select, "#", unpack(t)) end`,
		"one index":           `local t = {} t[67108863] = 1`,
		"rawset of one index": `for i = 1, 30 do rawset({}, 4194303 - i, 1) end`,
		"next over holes":     `local t = {} for i = 1, 20000 do t["k" .. i] = i end for i = 1, 20000 do t["k" .. i] = nil end while true do next(t) end`,
		"insert in front":     `local t = {} while true do table.insert(t, 1, 1) end`,
	} {
		t.Run(name, func(t *testing.T) {
			started := time.Now()
			err := runBriefly(t, source)
			if took := time.Since(started); took > 8*time.Second {
				t.Errorf("took %v, %v", took, err)
			}
			if crash, ok := errors.AsType[*Crash](err); ok {
				t.Errorf("crashed: %v", crash)
			}
		})
	}
}

func runBriefly(t *testing.T, source string) error {
	t.Helper()
	rt, err := New(Config{Modules: []Module{kitModule()}, Policy: FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := Compile("test.lua", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	vm := rt.Open(Host{Stdout: &output{}, Limits: Limits{Memory: 64 << 20}})
	defer vm.Close()
	return vm.Run(ctx, chunk)
}
