package core_test

import (
	"os/exec"
	"strings"
	"testing"
)

// showing prints what an expression gives, byte by byte, or what it raises.
const showing = `
local function show(source)
	local values = table.pack(pcall(load("return " .. source, "=x")))
	for i = 1, values.n do
		local v = values[i]
		if type(v) == "number" and v == math.floor(v) and math.abs(v) < 2^53 then v = string.format("%d", v) end
		values[i] = tostring(v):gsub("[^%w%p ]", function(c) return "\\" .. c:byte() end)
	end
	print(source, table.concat(values, " "))
end
`

// under54 compares what a script prints with Lua 5.4, line by line.
func under54(t *testing.T, script string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), interpreter(t, "lua5.4"), "-")
	cmd.Stdin = strings.NewReader(script)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("lua5.4: %v", err)
	}
	got, want := lines(ours(t, script)), lines(out)
	if len(got) != len(want) {
		t.Fatalf("%d lines, and %d under lua5.4", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("got  %s\nwant %s", got[i], want[i])
		}
	}
}

func TestPackAsUnderLua54(t *testing.T) {
	var script strings.Builder
	script.WriteString(showing)
	show := func(source string) { script.WriteString("show(" + quote(source) + ")\n") }
	for _, format := range []string{"b", "B", "<h", ">h", "H", "i3", ">i3", "I5", "<i8", ">j", "l", "i16", ">i16", "!4 i1 i4", "!8 b d", "!2 b i8", "!i1 Xi4 i4", "b Xi8"} {
		for _, v := range []string{"0", "1", "-1", "127", "128", "255", "-128", "-129", "65535", "1000", "2^40", "-(2^40)", "2^53 - 1", "3.5", `"7"`, "{}"} {
			values := strings.Repeat(", "+v, 2)
			show("string.pack(" + quote(format) + values + ")")
			show("string.unpack(" + quote(format) + ", string.pack(" + quote(format) + values + "))")
		}
		show("string.packsize(" + quote(format) + ")")
	}
	for _, source := range []string{
		`string.pack("z", "abc")`, `string.pack("z", "a\0c")`, `string.pack("s1", "abc")`, `string.pack("s1", ("x"):rep(300))`, `string.pack("s", "abc")`,
		`string.pack("c5", "abc")`, `string.pack("c2", "abc")`, `string.pack("c", "abc")`, `string.pack(">s2 z", "ab", "cd")`, `string.pack("i17", 1)`, `string.pack("q", 1)`,
		`string.pack("<d", 1.5)`, `string.pack(">f", -0.25)`, `string.pack("n", 1e300)`, `string.pack("x x b", 1)`, `string.pack("X", 1)`, `string.pack("Xz", 1)`,
		`string.pack("!3 i3", 1)`, `string.unpack("z", "abc")`, `string.unpack("z", "ab\0c")`, `string.unpack("s1", "\3ab")`, `string.unpack("s1", "\3abcd")`,
		`string.unpack("i4", "abc")`, `string.unpack("b", "abc", 2)`, `string.unpack("b", "abc", -1)`, `string.unpack("b", "abc", 4)`, `string.unpack("b", "abc", 5)`,
		`string.unpack("<i9", "\1\0\0\0\0\0\0\0\1")`, `string.unpack("<i9", ("\255"):rep(9))`, `string.unpack("<I9", ("\255"):rep(9))`, `string.unpack(">d f", string.pack(">d f", 0.1, 0.5))`,
		`string.packsize("i4 s")`, `string.packsize("z")`, `string.packsize("c100 !8 d b j")`, `string.unpack("", "")`,
		`string.unpack("<I2 >I2 =b", "\1\2\1\2\5")`, `string.unpack("<j", string.pack("<j", math.mininteger))`, `string.pack("<J", -1)`,
	} {
		show(source)
	}
	under54(t, script.String())
}
