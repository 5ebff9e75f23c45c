package conformance

import (
	"encoding/json"
	"io/fs"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	tomltest "github.com/toml-lang/toml-test/v2"
)

// tomlScript prints a line for each case: its number, and what was read or that it was refused. What was read
// is written and read again too.
const tomlScript = `
local function dump(v)
	if type(v) == "table" then
		local parts = {}
		if #v > 0 or next(v) == nil and json.encode(v) == "[]" then
			for i = 1, #v do parts[i] = dump(v[i]) end
			return "[" .. table.concat(parts, ",") .. "]"
		end
		local keys = {}
		for k in pairs(v) do keys[#keys + 1] = k end
		table.sort(keys)
		for i, k in ipairs(keys) do parts[i] = json.encode(k) .. ":" .. dump(v[k]) end
		return "{" .. table.concat(parts, ",") .. "}"
	end
	if type(v) == "number" then
		if v ~= v then return "nan" end
		if v == 0 and 1 / v < 0 then return "-0" end
		return v % 1 == 0 and v > -2^53 and v < 2^53 and string.format("%d", v) or string.format("%.17g", v)
	end
	if type(v) == "string" then return json.encode(v) end
	return tostring(v)
end
for i, text in ipairs(cases) do
	local ok, v = pcall(toml.parse, text)
	if not ok then
		assert(v.code == "toml.syntax" and v.message:find("^%d+:%d+: "), "case " .. i .. ": " .. tostring(v))
		print(i, "refused")
	else
		local again = toml.parse(toml.encode(v))
		assert.eq(dump(again), dump(v), "case " .. i .. " written and read again")
		print(i, dump(v))
	end
end
`

// TestTOMLSuite runs the suite of the authors of TOML, version 1.1, whole.
func TestTOMLSuite(t *testing.T) {
	runner := tomltest.NewRunner(tomltest.Runner{Files: tomltest.TestCases(), Version: "1.1.0"})
	names, err := runner.List()
	if err != nil {
		t.Fatal(err)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return strings.HasPrefix(name, "encoder/") })
	if len(names) < 500 {
		t.Fatalf("%d cases in the suite, want hundreds", len(names))
	}
	right := 0
	for chunk := range slices.Chunk(names, 200) {
		var texts []string
		for _, name := range chunk {
			text, err := fs.ReadFile(runner.Files, name+".toml")
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, string(text))
		}
		for i, got := range answers(t, texts, tomlScript) {
			if want := tomlWanted(t, runner.Files, chunk[i]); got != want {
				t.Errorf("%s\n got %s\nwant %s", chunk[i], got, want)
				continue
			}
			right++
		}
	}
	tally(t, "toml-test 2.2", right, len(names))
}

// tomlWanted is the line that a case must give.
func tomlWanted(t *testing.T, files fs.FS, name string) string {
	t.Helper()
	if strings.HasPrefix(name, "invalid/") {
		return "refused"
	}
	data, err := fs.ReadFile(files, name+".json")
	if err != nil {
		t.Fatal(err)
	}
	var typed any
	if err := json.Unmarshal(data, &typed); err != nil {
		t.Fatal(err)
	}
	return tomlDump(t, typed)
}

func tomlDump(t *testing.T, typed any) string {
	t.Helper()
	switch v := typed.(type) {
	case []any:
		var parts []string
		for _, item := range v {
			parts = append(parts, tomlDump(t, item))
		}
		return "[" + strings.Join(parts, ",") + "]"
	case map[string]any:
		kind, isKind := v["type"].(string)
		value, isValue := v["value"].(string)
		if len(v) == 2 && isKind && isValue {
			return tomlScalar(t, kind, value)
		}
		var keys []string
		for key := range v {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for i, key := range keys {
			keys[i] = jsonText(key) + ":" + tomlDump(t, v[key])
		}
		return "{" + strings.Join(keys, ",") + "}"
	}
	t.Fatalf("a %T in the suite", typed)
	return ""
}

var trailingZeros = regexp.MustCompile(`(\.\d*?[1-9])0+`)

func tomlScalar(t *testing.T, kind, value string) string {
	t.Helper()
	switch kind {
	case "integer", "bool":
		return value
	case "float":
		f, err := strconv.ParseFloat(value, 64)
		switch {
		case err != nil && !math.IsInf(f, 0):
			t.Fatal(err)
		case math.IsNaN(f):
			return "nan"
		case f == math.Trunc(f) && math.Abs(f) < 1<<53:
			return strconv.FormatFloat(f, 'f', 0, 64)
		case math.IsInf(f, 0):
			return strings.TrimPrefix(value, "+")
		}
		return strconv.FormatFloat(f, 'g', 17, 64)
	case "datetime", "datetime-local", "time-local":
		// The suite writes three digits of a fraction where the text may have fewer; we keep those of the text.
		value = trailingZeros.ReplaceAllString(value, "$1")
	}
	return jsonText(value)
}

func jsonText(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
