package core_test

import (
	"strings"
	"testing"
)

// computing prints what an expression gives as a number, or that it raises.
const computing = `
local function compute(source)
	local ok, v = pcall(load("return " .. source))
	print(source, not ok and "raises" or type(v) == "number" and string.format("%.14g", v) or tostring(v))
end
`

// Texts are numbers to arithmetic as they are to tonumber: in decimal, whatever they begin with.
func TestTextsAreNumbersAsUnderLua54(t *testing.T) {
	var script strings.Builder
	script.WriteString(computing)
	for _, text := range []string{"010", "0x10", "0xA", " 7 ", "-5", "+5", "1e2", "0b11", "0o17", "1_000", "inf", "nan", "", "5x", "0x", ".5", "5.", "0xA.8", "0x1p4", "- 5"} {
		for _, expression := range []string{"T + 0.5", "0.5 - T", "T * 1.5", "-T", "T ^ 2", "T % 4.5", "-7.5 % T", "T / 4", "T // 1.5", "T + T", "T + {}", "tonumber(T) + 1"} {
			script.WriteString("compute(" + quote(strings.ReplaceAll(expression, "T", quote(text))) + ")\n")
		}
	}
	for _, expression := range []string{`tonumber("+1Z", 36)`, `tonumber("-1z", 36)`, `tonumber("+-1", 10)`, `5 % math.huge`, `-5 % math.huge`, `5.5 % -2`} {
		script.WriteString("compute(" + quote(expression) + ")\n")
	}
	under54(t, script.String())
}

func TestMetamethodsAsUnderLua54(t *testing.T) {
	var script strings.Builder
	script.WriteString(showing + `
V = {}
V.__lt = function(a, b) return (a.v or 100) < (b.v or 100) end
V.__le = function(a, b) return (a.v or 100) <= (b.v or 100) end
V.__add = function(a, b) return type(a) .. " + " .. type(b) end
V.__unm = function(a) return "minus" end
V.__pairs = function(t) return function(_, k) if not k then return 1, t.v end end, t, nil end
W = {__lt = function() return nil end, __le = function() return 1 end}
function val(v) return setmetatable({v = v}, V) end
function odd() return setmetatable({}, W) end
`)
	for _, source := range []string{
		`val(1) < val(2)`, `val(2) <= val(1)`, `val(1) > val(2)`, `val(1) < odd()`, `odd() < val(1)`, `odd() <= odd()`, `odd() >= val(1)`, `val(1) < {}`, `{} < val(1)`,
		`not (val(1) < val(2))`, `"1" + val(1)`, `val(1) + "1"`, `"x" + val(1)`, `-val(1)`, `(function() for k, v in pairs(val(7)) do return k, v end end)()`,
		`-math.maxinteger`, `math.mininteger`, `select("#", pairs({}))`,
	} {
		script.WriteString("show(" + quote(source) + ")\n")
	}
	under54(t, script.String())
}

// An int64 value has no negative counterpart for the least one, however it is asked for.
func TestLeastIntegerHasNoOpposite(t *testing.T) {
	for _, source := range []string{`-math.mininteger`, `0 - math.mininteger`, `math.mininteger * -1`, `math.abs(math.mininteger)`, `math.mininteger // -1`} {
		script := "print((select(2, pcall(function() return " + source + " end))))"
		if got, want := string(ours(t, script)), "integer overflow: the result does not fit 64 bits\n"; !strings.HasSuffix(got, want) {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}

func TestWhatLuaHasAndWeRefuseSaysWhy(t *testing.T) {
	for source, want := range map[string]string{
		`string.format("%p", {})`:  "invalid conversion '%p' to 'format': values have no addresses here; tostring tells tables and functions apart",
		`string.format("%d", 3.7)`: "bad argument #2 to 'format' (number has no integer representation)",
	} {
		if got := string(ours(t, "print((select(2, pcall(function() "+source+" end))))")); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}
