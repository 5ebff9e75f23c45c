package core_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"assay.rs/core"
	"assay.rs/core/prelude"
)

// cases is how many calls of each kind are compared.
const cases = 4000

// call is Lua that prints one line: what the expression gives, byte by byte, or that it raises.
const call = `
local function show(ok, ...)
	if not ok then print("raises") return end
	local shown = {}
	for i = 1, select("#", ...) do
		shown[i] = type(select(i, ...)) .. ":" .. tostring((select(i, ...))):gsub("[^%w%p ]", function(c) return "\\" .. c:byte() end)
	end
	print(table.concat(shown, " "))
end
local function all(s, p)
	local found = {}
	for a, b in s:gmatch(p) do found[#found + 1] = tostring(a) .. "," .. tostring(b) end
	return table.concat(found, ";")
end
local function exactly(s)
	local n = tonumber(s)
	return n and ("%.17g"):format(n)
end
`

// interpreter is real Lua to compare with. Under CI it has to be there.
func interpreter(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(name + " is not installed")
		}
		t.Skip(name + " is not installed")
	}
	return path
}

// The library answers as Lua 5.1 itself does, but for what docs/explain/language.md lists.
func TestLibraryAnswersAsLua51(t *testing.T) {
	lua := interpreter(t, "lua5.1")
	for name, make := range map[string]func(*rand.Rand) string{
		"string.format": formatCall, "string.find": findCall, "string.gsub": gsubCall, "string.gmatch": gmatchCall,
		"tostring": tostringCall, "tonumber": tonumberCall, "string": stringCall, "table": tableCall, "math": mathCall,
	} {
		t.Run(name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(5, 1)) // the same calls each time
			calls := distinct(random, make)
			script := call + strings.Join(calls, "\n")
			cmd := exec.CommandContext(t.Context(), lua, "-")
			cmd.Stdin = strings.NewReader(script)
			want, err := cmd.Output()
			if err != nil {
				t.Fatalf("lua5.1: %v", err)
			}
			compare(t, calls, lines(want), lines(ours(t, script)))
		})
	}
}

func distinct(random *rand.Rand, make func(*rand.Rand) string) []string {
	calls := []string{}
	seen := map[string]bool{}
	for range cases {
		if c := "show(pcall(" + make(random) + "))"; !seen[c] {
			seen[c] = true
			calls = append(calls, c)
		}
	}
	return calls
}

func lines(out []byte) []string { return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n") }

func compare(t *testing.T, calls, want, got []string) {
	t.Helper()
	if len(want) != len(calls) || len(got) != len(calls) {
		t.Fatalf("%d calls gave %d lines, and %d under lua5.1", len(calls), len(got), len(want))
	}
	differ := 0
	for i, c := range calls {
		if got[i] != want[i] {
			if differ++; differ <= 20 {
				t.Errorf("%s\n got %s\nwant %s", c, got[i], want[i])
			}
		}
	}
	if differ > 20 {
		t.Errorf("%d calls of %d differ", differ, len(calls))
	}
}

func ours(t *testing.T, script string) []byte {
	t.Helper()
	return oursAgain(t, script, 1)
}

// oursAgain is what the script prints in so many VMs, one after another.
func oursAgain(t *testing.T, script string, vms int) []byte {
	t.Helper()
	rt, err := core.New(core.Config{Modules: prelude.Modules(), Policy: core.FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := core.Compile("calls.lua", []byte(script))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for range vms {
		vm := rt.Open(core.Host{Stdout: &out})
		if err := vm.Run(t.Context(), chunk); err != nil {
			t.Fatal(err)
		}
		vm.Close()
	}
	return out.Bytes()
}

func pick(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }

// some is up to most picks, joined.
func some(r *rand.Rand, most int, from ...string) string {
	var b strings.Builder
	for range r.IntN(most + 1) {
		b.WriteString(pick(r, from...))
	}
	return b.String()
}

// quote is text as Lua source.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			fmt.Fprintf(&b, "\\%03d", c)
		} else {
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func subject(r *rand.Rand) string {
	return quote(some(r, 12, "a", "b", "ab", "1", "2", " ", "-", "(", ")", "[", "]", "%", ".", "A", "_", "\n", "\x00", "\xe9"))
}

func luaPattern(r *rand.Rand) string {
	item := func() string {
		return pick(r, "a", "b", ".", "%a", "%d", "%s", "%w", "%p", "%A", "%W", "%x", "%u", "%l", "%c", "%z", "[ab]", "[^ab]", "[a-z]", "[%d_]", "[]]", "[^%s]", "[a-]",
			"%%", "%.", "%-", "%(", "(a)", "()", "(.)", "(%a*)", "(.-)", "%b()", "%b[]", "%f[%a]", "%f[%A]", "%1", "(", ")", "[", "[a", "%") + pick(r, "", "", "", "*", "+", "-", "?")
	}
	p := pick(r, "", "", "^")
	for range r.IntN(4) {
		p += item()
	}
	return p + pick(r, "", "", "$")
}

func findCall(r *rand.Rand) string {
	at := pick(r, "", ", 1", ", 2", ", -1", ", -3", ", 0", ", 20")
	if pick(r, "find", "match") == "match" {
		return "string.match, " + subject(r) + ", " + quote(luaPattern(r)) + at
	}
	if at != "" {
		at += pick(r, "", ", true", ", false")
	}
	return "string.find, " + subject(r) + ", " + quote(luaPattern(r)) + at
}

func gsubCall(r *rand.Rand) string {
	p := luaPattern(r)
	with := pick(r, quote(some(r, 3, "x", "%0", "%1", "%2", "%%", "<", ">")), `{a = "A", b = true, ab = false, [""] = "e"}`,
		`function(a, b) return a end`, `function(a, b) return b end`, `function() return nil end`, `function() return 1 end`, `function() return {} end`)
	if strings.Count(p, "(") != strings.Count(p, ")") {
		with = "function(a) return a end" // it gets every capture, so that Lua 5.1 sees which one is not finished
	}
	return "string.gsub, " + subject(r) + ", " + quote(p) + ", " + with + pick(r, "", "", ", 1", ", 0", ", 2", ", -1")
}

func gmatchCall(r *rand.Rand) string {
	return "all, " + subject(r) + ", " + quote(strings.TrimPrefix(luaPattern(r), "^"))
}

// number is a numeral, also of numbers that only expressions make. Whole ones are shorter than what Lua 5.1
// writes with an exponent, which here are written in full.
func number(r *rand.Rand) string {
	switch r.IntN(6) {
	case 0:
		return strconv.Itoa(r.IntN(2000) - 1000)
	case 1:
		return pick(r, "0", "1e308*10", "-1e308*10", "123456789", "2^31", "-2^45", "0.1", "1/3", "-1/3", "1e-5", "1e-7", "5e-324", "1.7976931348623157e308")
	case 2:
		return strconv.FormatFloat(r.Float64()*1000-500, 'g', -1, 64)
	case 3:
		return strconv.FormatFloat(r.NormFloat64()*1e10, 'g', -1, 64)
	case 4:
		return strconv.FormatFloat(r.ExpFloat64()*1e-8, 'g', -1, 64)
	default:
		return strconv.FormatInt(r.Int64N(1e14), 10)
	}
}

func formatCall(r *rand.Rand) string {
	spec := func() (string, string) {
		flags := some(r, 2, "-", "+", " ", "#", "0")
		width := pick(r, "", "", "1", "5", "12", "99", "100")
		precision := pick(r, "", "", ".", ".0", ".3", ".12", ".99")
		conversion := pick(r, "d", "i", "u", "o", "x", "X", "e", "E", "f", "g", "G", "c", "s", "q", "%", "y")
		var arg string
		switch conversion {
		case "d", "i", "u", "o", "x", "X":
			arg = strconv.Itoa(r.IntN(200000) - 1000)
			if conversion != "d" && conversion != "i" {
				arg = strings.TrimPrefix(arg, "-")
			}
		case "e", "E", "f", "g", "G":
			arg = number(r)
		case "c":
			arg = strconv.Itoa(r.IntN(255) + 1)
		case "q":
			return "%q", subject(r)
		case "%":
			return "%%", ""
		default:
			arg = pick(r, quote(some(r, 6, "a", "b", " ", "xyz")), number(r))
		}
		return "%" + flags + width + precision + conversion, arg
	}
	format, args := "", ""
	for range 1 + r.IntN(2) {
		s, arg := spec()
		format += pick(r, "", "<", "n=") + s
		if arg != "" {
			args += ", " + arg
		}
	}
	return "string.format, " + quote(format) + args
}

func tostringCall(r *rand.Rand) string { return "tostring, " + number(r) }

func tonumberCall(r *rand.Rand) string {
	if r.IntN(2) == 0 {
		return "exactly, " + quote(some(r, 2, " ")+some(r, 4, "1", "9", "0x", "a", "F", ".", "e", "-", "+", "5")+some(r, 2, " ", "\t"))
	}
	return "tonumber, " + quote(some(r, 6, "1", "7", "a", "Z", " ", "g")) + ", " + pick(r, "2", "8", "10", "16", "36", "1", "37")
}

func stringCall(r *rand.Rand) string {
	at := func() string { return strconv.Itoa(r.IntN(20) - 8) }
	switch r.IntN(6) {
	case 0:
		return "string.sub, " + subject(r) + ", " + at() + pick(r, "", ", "+at())
	case 1:
		return "string.byte, " + subject(r) + pick(r, "", ", "+at()+pick(r, "", ", "+at()))
	case 2:
		return "string.rep, " + subject(r) + ", " + at()
	case 3:
		return "string." + pick(r, "upper", "lower", "reverse", "len") + ", " + pick(r, subject(r), number(r))
	case 4:
		return "string.char" + some(r, 4, ", 65", ", 0", ", 255", ", 97.0", ", -1", ", 256", ", '66'")
	default:
		return "string.len, " + pick(r, subject(r), "nil", "true", "12")
	}
}

func tableCall(r *rand.Rand) string {
	list := func() string { return "{" + some(r, 5, "1, ", "'b', ", "3.5, ", "'', ") + "}" }
	switch r.IntN(4) {
	case 0:
		return "table.concat, " + list() + pick(r, "", ", ','", ", 5", ", nil, 2", ", ',', 2, 3", ", ',', 0, 1", ", ',', 3, 1")
	case 1:
		return "unpack, " + list() + pick(r, "", ", 2", ", 1, 3", ", 3, 1", ", -1, 1")
	case 2:
		return "function(t, ...) return table.remove(t, ...), #t, unpack(t) end, " + list() + pick(r, "", ", 1", ", 2")
	default:
		return "function(t, ...) table.insert(t, ...) return #t, unpack(t) end, " + list() + pick(r, ", 'x'", ", 1, 'x'")
	}
}

func mathCall(r *rand.Rand) string {
	one := "math." + pick(r, "abs", "ceil", "floor", "exp", "sin", "cos", "tan", "atan", "sinh", "cosh", "tanh", "deg", "rad", "frexp", "modf")
	switch r.IntN(4) {
	case 3:
		return "math." + pick(r, "log", "log10", "sqrt") + ", " + pick(r, "1", "0.5", "2", "100", "7.25")
	case 0:
		return one + ", " + pick(r, "0", "1", "0.5", "-0.5", "2", "-2.5", "100", "7.25")
	case 1:
		return "math." + pick(r, "fmod", "pow", "atan2", "max", "min") + ", " + pick(r, "7", "1.5", "0.5", "2") + ", " + pick(r, "3", "-3", "0.25", "2")
	default:
		return "math." + pick(r, "max", "min") + some(r, 3, ", 3", ", -1", ", '2'", ", 0.5")
	}
}
