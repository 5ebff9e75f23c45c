package core

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestStringLibrary(t *testing.T) {
	for source, want := range map[string]string{
		`("abc"):sub(2)`:                       "bc",
		`("abc"):sub(-2, -2)`:                  "b",
		`("abc"):sub(0, 99)`:                   "abc",
		`("abc"):sub(3, 2)`:                    "",
		`("abc"):sub(-2^60, 2^60)`:             "abc",
		`("abc"):byte(1, -1)`:                  "97\t98\t99",
		`("abc"):byte(10)`:                     "",
		`("abc"):byte(-2^53, 2^53)`:            "97\t98\t99",
		`string.char()`:                        "",
		`string.char(72, 105)`:                 "Hi",
		`("ab"):rep(3)`:                        "ababab",
		`("ab"):rep(3, ", ")`:                  "ab, ab, ab",
		`("ab"):rep(1, ", ")`:                  "ab",
		`("ab"):rep(0)`:                        "",
		`("ab"):rep(-1)`:                       "",
		`(""):rep(1e300)`:                      "",
		`("Grüße\255"):upper()`:                "GRüßE\xff",
		`("GRÜSSE\255"):lower()`:               "grÜsse\xff",
		`("abc"):reverse()`:                    "cba",
		`(("ab"):rep(95) .. "c"):reverse()`:    "c" + strings.Repeat("ba", 95),
		`(("1aZ"):rep(65)):upper()`:            strings.Repeat("1AZ", 65),
		`(("1aZ"):rep(64)):lower()`:            strings.Repeat("1az", 64),
		`string.len("a\0b")`:                   "3",
		`string.upper(12)`:                     "12",
		`("hello"):find("l")`:                  "3\t3",
		`("hello"):find("l", 4)`:               "4\t4",
		`("hello"):find("xyz")`:                "nil",
		`("hello"):find("")`:                   "1\t0",
		`("hello"):find("", 10)`:               "6\t5",
		`("hello"):find("l", -1)`:              "nil",
		`("a.b"):find(".", 1, true)`:           "2\t2",
		`("hello"):find("(l)(l)")`:             "3\t4\tl\tl",
		`("key=val"):match("(%w+)=(%w+)")`:     "key\tval",
		`("key=val"):match("()=()")`:           "4\t5",
		`("key=val"):match("=.*")`:             "=val",
		`("abc"):gsub("%w", "%0%0")`:           "aabbcc\t3",
		`("abc"):gsub("", "-")`:                "-a-b-c-\t4",
		`("abc"):gsub("b*", "x")`:              "xaxxcx\t4",
		`("abc"):gsub("^a", "x")`:              "xbc\t1",
		`("aaa"):gsub("a", "b", 2)`:            "bba\t2",
		`("aaa"):gsub("a", "b", 0)`:            "aaa\t0",
		`("abc"):gsub("z", "x")`:               "abc\t0",
		`("abc"):gsub("b", "")`:                "ac\t1",
		`("hello world"):gsub("o", {o = "0"})`: "hell0 w0rld\t2",
		`("hello"):gsub("l", {})`:              "hello\t2",
		`("hello"):gsub("(h)(e)", "%2%1")`:     "ehllo\t1",
		`("hello"):gsub("()l", "%1")`:          "he34o\t2",
		`("a%b"):gsub("%%", "%%%%")`:           "a%%b\t1",
		`("abc"):gsub("%w", function(c) if c ~= "b" then return c:upper() end end)`: "AbC\t3",
		`("abc"):gsub("(a)(b)", function(a, b) return b .. a end)`:                  "bac\t1",
		`("abc"):gsub("b", 7)`: "a7c\t1",
		`("x y"):gsub("%w", setmetatable({}, {__index = function(_, k) return k .. k end}))`:                                           "xx yy\t2",
		`(function() local t = {} for k, v in ("a=1, b=2"):gmatch("(%w)=(%w)") do t[#t + 1] = k .. v end return unpack(t) end)()`:      "a1\tb2",
		`(function() local t = {} for w in ("one two"):gmatch("%a*") do t[#t + 1] = "[" .. w .. "]" end return table.concat(t) end)()`: "[one][][two][]",
		`(function() local n = 0 for _ in ("^a^a"):gmatch("^a") do n = n + 1 end return n end)()`:                                      "2",
		`("%d items, %s"):format(3, "x")`:                                              "3 items, x",
		`("%s %s %s"):format(nil, true, 0.1)`:                                          "nil true 0.1",
		`("%s"):format(setmetatable({}, {__tostring = function() return "mine" end}))`: "mine",
		`("%5.1f|%-5s|%05d|%x"):format(3.14159, "ab", 42, 255)`:                        "  3.1|ab   |00042|ff",
		`("%d"):format("10")`:                                                          "10",
		`("%d"):format(2^53)`:                                                          "9007199254740992",
		`("%x"):format(-1)`:                                                            "ffffffffffffffff",
		`("%q"):format('a "b"')`:                                                       `"a \"b\""`,
		`("%c%c"):format(72, 105)`:                                                     "Hi",
		`("100%%"):format()`:                                                           "100%",
	} {
		got, err := runScript(t, context.Background(), "print("+source+")")
		if err != nil || got != want {
			t.Errorf("%s = %q, %v, want %q", source, got, err, want)
		}
	}
}

func TestStringLibraryRaises(t *testing.T) {
	for source, want := range map[string]string{
		`string.rep("x", 1e10)`:                               "memory limit of 16 MB exceeded",
		`("x"):rep(1e300)`:                                    "resulting string too large",
		`("x"):rep(2^62, "xyz")`:                              "resulting string too large",
		`("x"):rep(0/0)`:                                      "number has no integer representation",
		`string.char(256)`:                                    "invalid value",
		`string.char(-1)`:                                     "invalid value",
		`string.sub()`:                                        "string expected, got no value",
		`string.sub({})`:                                      "string expected, got table",
		`string.sub("x")`:                                     "number expected, got no value",
		`string.format("%99999d", 1)`:                         "width or precision too long",
		`string.format("%.999f", 1)`:                          "width or precision too long",
		`string.format("%v", {})`:                             "invalid conversion '%v'",
		`string.format("%p", {})`:                             "invalid conversion '%p'",
		`string.format("%#v", {})`:                            "invalid conversion '%#v'",
		`string.format("%[2]d", {})`:                          "invalid conversion '%['",
		`string.format("%")`:                                  "invalid conversion '%'",
		`string.format("%d")`:                                 "bad argument #2 to 'format' (no value)",
		`string.format("%d", "x")`:                            "number expected, got string",
		`string.format("%d", 1.5)`:                            "number has no integer representation",
		`string.format("%d", 2^63)`:                           "number has no integer representation",
		`string.format("%d", 0/0)`:                            "number has no integer representation",
		`string.format("%f", {})`:                             "number expected, got table",
		`string.format("%q", {})`:                             "string expected, got table",
		`string.find("x", ("("):rep(100000))`:                 "too many captures",
		`string.find("x", "[")`:                               "malformed pattern (missing ']')",
		`string.gsub("x", "x", "%2")`:                         "invalid capture index",
		`string.gsub("x", "x", "%")`:                          "invalid use of '%' in replacement string",
		`string.gsub("x", "x")`:                               "string/function/table expected, got no value",
		`string.gsub("x", "x", true)`:                         "string/function/table expected, got boolean",
		`string.gsub("x", "x", function() return {} end)`:     "invalid replacement value (a table)",
		`string.gsub("x", "x", function() error("mine") end)`: "mine",
		`local s = ("x"):rep(1e6) return s:gsub(".", "%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0")`:              "memory limit of 16 MB exceeded",
		`local s = ("x"):rep(1e6) return s:gsub(".", function() return "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" end)`: "memory limit of 16 MB exceeded",
		`local s = ("a"):rep(1e6) return s:gsub("a", ("b"):rep(1e5))`:                                          "memory limit of 16 MB exceeded",
		`local s = ("x"):rep(6e6) return ("%s%s%s%s"):format(s, s, s, s)`:                                      "memory limit of 16 MB exceeded",
		`local t = {} for i = 1, 100 do t[i] = ("x"):rep(1e6):upper() end`:                                     "memory limit of 16 MB exceeded",
		`local t = {} for i = 1, 100 do t[i] = ("x"):rep(1e6):reverse() end`:                                   "memory limit of 16 MB exceeded",
		`("x"):rep(1e6):byte(1, -1)`:                                                     "string slice too long",
		`string.find(("a"):rep(40), ("a?"):rep(40) .. ("a"):rep(40) .. "b")`:             "deadline exceeded",
		`string.find(("a"):rep(1e4), ".-.-.-.-.-b$")`:                                    "deadline exceeded",
		`local s = ("("):rep(5e5) s:gsub("%b()", "")`:                                    "deadline exceeded",
		`local s = ("a"):rep(3e5) s:gsub("a*b", "")`:                                     "deadline exceeded",
		`("a"):rep(3e3):match("([a-z]-)([a-z]-)([a-z]-)([a-z]-)%1%2%3b$")`:               "deadline exceeded",
		`pcall(string.find, ("a"):rep(1e4), ".-.-.-.-.-b$") error("on")`:                 "deadline exceeded",
		`for _ in ("a"):rep(1e6):gmatch(".*b") do end`:                                   "deadline exceeded",
		`string.gsub(("a"):rep(1e6), "a", function() while true do end end)`:             "deadline exceeded",
		`coroutine.wrap(function() ("a"):rep(1e4):find(".-.-.-.-.-b$") end)() error("")`: "deadline exceeded",
	} {
		limit := time.Minute
		if want == "deadline exceeded" {
			limit = 200 * time.Millisecond
		}
		err := runFor(t, limit, source)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error = %v, want %q", source, err, want)
		}
	}
}

// runFor runs source with 16 MB for a second at most.
func runFor(t *testing.T, limit time.Duration, source string) error {
	t.Helper()
	rt, err := New(Config{Modules: []Module{kitModule()}, Policy: FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := Compile("test.lua", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	vm := rt.Open(Host{Stdout: &output{}, Limits: Limits{Memory: 16 << 20}})
	defer vm.Close()
	return vm.Run(ctx, chunk)
}

func TestGsubYields(t *testing.T) {
	got, err := runScript(t, context.Background(), `
		local co = coroutine.wrap(function() return (("abc"):gsub(".", function(c) return coroutine.yield(c) end)) end)
		print(co(), co("x"), co(("b"):find("b") and "y"), co("z"))`)
	if want := "a\tb\tc\txyz"; got != want || err != nil {
		t.Errorf("printed %q, %v, want %q", got, err, want)
	}
}

func TestStringFunctionsTakeErrors(t *testing.T) {
	code := NewCode("kit.refused", "it was refused")
	refuse := Module{Name: "kit", Funcs: []Func{
		Fn0(Doc{Name: "refuse", Text: "Refuses.", Needs: Pure, Level: Check, Raises: []*Code{code}},
			ReturnsNothing(), func(Call) (None, error) { return None{}, code.With(errors.New("no way"), "") }),
		Fn0(Doc{Name: "big", Text: "Is large.", Needs: Pure, Level: Check},
			Returns(Integer(), "It."), func(Call) (int64, error) { return 1<<53 + 1, nil }),
	}}
	got, err := runScript(t, context.Background(), `
		local _, e = pcall(kit.refuse)
		print(string.find(e, "no", 1, true), string.format("%s!", e), string.upper(e), (string.gsub(e, "way", "how")))
		print((("x"):gsub("x", e)), (("x"):gsub("x", function() return e end)), string.match(e, "^kit"), string.rep(e, 2, "/"))
		local big = kit.big()
		print(string.format("%d %s %x", big, big, big), string.len(big), string.sub(big, 1, 4), table.concat({big, e}, " "))`, refuse)
	want := "13\tkit.refuse: no way!\tKIT.REFUSE: NO WAY\tkit.refuse: no how\n" +
		"kit.refuse: no way\tkit.refuse: no way\tkit\tkit.refuse: no way/kit.refuse: no way\n" +
		"9007199254740993 9007199254740993 20000000000001\t16\t9007\t9007199254740993 kit.refuse: no way"
	if got != want || err != nil {
		t.Errorf("printed\n%s, %v, want\n%s", got, err, want)
	}
}
