package yaml

import (
	"strings"
	"testing"
	"time"

	"assay.rs/core"

	"assay.rs/mod-data/internal/kit"
	yamlv3 "go.yaml.in/yaml/v3"
)

func TestParseToLua(t *testing.T) {
	for script, want := range map[string]string{
		`local v = yaml.parse("a: 1\nb: [x, ~, 2.5]\nc: {}\nd: []\ne: ~") out(v.a, v.b[1], v.b[2], v.b[3], v.e) out(yaml.encode(v))`:         "1 x nil 2.5 nil\na: 1\nb:\n  - x\n  - null\n  - 2.5\nc: {}\nd: []\n",
		`out(yaml.parse(""), yaml.parse("# only"), yaml.parse("null"), yaml.parse("text"), yaml.parse("1e3"))`:                               "nil nil nil text 1000",
		`out(yaml.parse("010"), yaml.parse("0o10"), yaml.parse("yes"), yaml.parse("2024-01-01"), yaml.parse("0x1F"))`:                        "10 8 yes 2024-01-01 31",
		`out(yaml.parse("9007199254740993") + 1, yaml.parse("9223372036854775808") == 2^63, yaml.parse("-9223372036854775808"))`:             "9007199254740994 true -9223372036854775808",
		`out(yaml.parse("a: &x {k: 1}\nb: *x\nc: {<<: *x, m: 2}").c.k)`:                                                                      "1",
		`out(yaml.encode(yaml.parse_all("a: 1\n---\n---\n- 2\n")))`:                                                                          "- a: 1\n- null\n- - 2\n",
		`out(yaml.encode(yaml.parse_all("")), yaml.encode(yaml.parse_all("a: 1\n---\n")))`:                                                   "[]\n - a: 1\n- null\n",
		`out(yaml.encode(yaml.parse_all("---\n---\n")), yaml.parse("---\n---\n"), yaml.parse("a: 1\n---\n# end\n").a)`:                       "- null\n- null\n nil 1",
		`local t = yaml.parse("a: ~\nb: [~, 1]", {null = "keep"}) out(t.a == yaml.parse("~", {null = "keep"}), t.a ~= nil, yaml.encode(t))`:  "true true a: null\nb:\n  - null\n  - 1\n",
		`local ok, e = pcall(yaml.parse, "a: !Ref b") out(e, e.hint) out(yaml.parse("a: !Ref b\nb: !X [1]\nc: !Y 12", {tags = "ignore"}).c)`: "yaml.parse: 1:4: unknown tag !Ref: remove it, or quote the value if it is text the option tags = \"ignore\" reads values as if they had no such tag\n12",
		`out(yaml.parse('{"url": "http:\\/\\/host\\/path", "mood": "\\ud83d\\ude00"}').url)`:                                                 "http://host/path",
		`local a = yaml.parse("a: &x {k: 1}\nb: *x") a.a.k = 2 out(a.b.k)`:                                                                   "1",
		`local ok, e = pcall(yaml.parse, "a: [1, 2\nb: 3") out(e.code, e)`:                                                                   "yaml.syntax yaml.parse: 2:1: the bracket at 1:4 is still open: close it before this line, or indent the line",
		`local ok, e = pcall(yaml.parse, "a: 1\n---\nb: 2") out(e.code, e, e.hint)`:                                                          "yaml.syntax yaml.parse: 3:1: a second document: only one is allowed here yaml.parse_all reads texts with several documents",
		`local ok, e = pcall(yaml.parse, "a: 1\na: 2") out(e.code, e)`:                                                                       `yaml.syntax yaml.parse: 2:1: duplicate key "a", first at 1:1`,
	} {
		got, err := eval(t, time.Minute, script)
		if err != nil || got != want {
			t.Errorf("%s\n got %s, %v\nwant %s", script, got, err, want)
		}
	}
}

func TestEncode(t *testing.T) {
	long := strings.Repeat("k", 300)
	for expression, want := range map[string]string{
		`nil`: "null\n", `true`: "true\n", `1`: "1\n", `1.5`: "1.5\n", `2^53`: "9007199254740992\n", `2^63`: "9.223372036854776e+18\n", `1e300`: "1.0e+300\n",
		`1e-7`: "1.0e-07\n", `0/0`: ".nan\n", `1/0`: ".inf\n", `-1/0`: "-.inf\n", `-0.0`: "-0.0\n", `int`: "9007199254740993\n",
		`{}`: "{}\n", `{{}, {{}}}`: "- {}\n- - {}\n", `{1, {2, {3}}, {a = {4}}}`: "- 1\n- - 2\n  - - 3\n- a:\n    - 4\n", `{1, 2, x = 3}`: "\"1\": 1\n\"2\": 2\nx: 3\n",
		`{b = {1, 2}, a = {c = {d = "x"}}}`: "a:\n  c:\n    d: x\nb:\n  - 1\n  - 2\n", `{{b = 1, a = {2}}}`: "- a:\n    - 2\n  b: 1\n",
		`{["true"] = "true", [""] = "", ["a b"] = "a: b", ["<<"] = "#x"}`:                             "\"\": \"\"\n\"<<\": \"#x\"\na b: \"a: b\"\n\"true\": \"true\"\n",
		`{"yes", "No", "1", "1.5", "1_000", "2024-01-01", "12:30", "0x1f", "null", "~", ".5", "1e3"}`: "- \"yes\"\n- \"No\"\n- \"1\"\n- \"1.5\"\n- \"1_000\"\n- \"2024-01-01\"\n- \"12:30\"\n- \"0x1f\"\n- \"null\"\n- \"~\"\n- \".5\"\n- \"1e3\"\n",
		`{"-v", "- v", "-", "---", "a #b", "a#b", "x:", "x:y", " x", "x ", "@x", "v1.2.3", "a,b"}`:    "- -v\n- \"- v\"\n- \"-\"\n- \"---\"\n- \"a #b\"\n- a#b\n- \"x:\"\n- x:y\n- \" x\"\n- \"x \"\n- \"@x\"\n- v1.2.3\n- a,b\n",
		`{'"quoted"', "it's", "C:\\dir\\", "a\tb", "\0\27", "\194\133", "\226\128\168", "a\r\nb"}`:    "- '\"quoted\"'\n- it's\n- C:\\dir\\\n- \"a\\tb\"\n- \"\\x00\\x1b\"\n- \"\\x85\"\n- \"\\u2028\"\n- \"a\\r\\nb\"\n",
		`"a\nb"`: "|-\n  a\n  b\n", `"a\nb\n"`: "|\n  a\n  b\n", `"a\n\n"`: "|+\n  a\n\n", `{k = "a\n\n  b\n"}`: "k: |\n  a\n\n    b\n", `{{"  a\nb"}}`: "- - |2-\n      a\n    b\n",
		`{k = "\n\na\n"}`: "k: |2\n\n\n  a\n", `"\n a"`: "\"\\n a\"\n", `{k = "\ta\n"}`: "k: |2\n  \ta\n", `{k = "a \nb"}`: "k: \"a \\nb\"\n", `{k = "\n"}`: "k: \"\\n\"\n",
		`{[("k"):rep(300)] = {1}, a = 2}`: "a: 2\n? " + long + "\n:\n  - 1\n", `{{[("k"):rep(300)] = 1}}`: "- ? " + long + "\n  : 1\n",
		`f`: "!yaml.value a function has no form in YAML", `{a = {{b = f}}}`: "!yaml.value .a[1].b: a function has no form in YAML", `{[1.5] = 1}`: "!yaml.value the key 1.5 is no whole number",
		`{a = "\255"}`: "!yaml.value .a: text that is not UTF-8 has no form in YAML", `{a = "x\n\255"}`: "!yaml.value .a: text that is not UTF-8 has no form in YAML",
		`(function() local t = {} t.a = t return t end)()`:                                    "!yaml.value .a: a table contains itself",
		`(function() local t = {} for i = 1, 300 do t = {t} end return t end)()`:              "!yaml.limit ",
		`(function() local t = "x" for i = 1, 40 do t = {t, t} end return t end)()`:           "!yaml.limit more than",
		`(function() local s = "x" for i = 1, 24 do s = s .. s end return s end)()`:           "!yaml.limit more than 10485760 bytes",
		`(function() local s = "\1" for i = 1, 23 do s = s .. s end return s end)()`:          "!yaml.limit more than 10485760 bytes",
		`(function() local s = "x\n" for i = 1, 21 do s = s .. s end return {{{{s}}}} end)()`: "!yaml.limit more than 10485760 bytes",
	} {
		script := `local f, int = yaml.parse, yaml.parse("9007199254740993") local ok, e = pcall(yaml.encode, ` + expression + `) out(ok and e or "!" .. e.code .. " " .. e.message)`
		got, err := eval(t, time.Minute, script)
		if err != nil || got != want && !(strings.HasPrefix(want, "!yaml.limit") && strings.HasPrefix(got, want)) {
			t.Errorf("encode(%s)\n got %.300q, %v\nwant %q", expression, got, err, want)
		}
	}
}

func TestEncodeAll(t *testing.T) {
	for expression, want := range map[string]string{
		`{}`: "", `{{a = 1}, "x", {}}`: "a: 1\n---\nx\n---\n{}\n", `{1}`: "1\n", `{"a\nb\n", 2}`: "|\n  a\n  b\n---\n2\n", `{"a\n\n", 2}`: "|+\n  a\n\n---\n2\n",
		`{a = 1}`: "!an array of documents expected, got table", `1`: "!an array of documents expected, got number", `{{}, {a = yaml.parse}}`: "![2].a: a function has no form in YAML",
	} {
		got, err := eval(t, time.Minute, `local ok, e = pcall(yaml.encode_all, `+expression+`) out(ok and e or "!" .. e.message)`)
		if err != nil || got != want {
			t.Errorf("encode_all(%s) = %q, %v, want %q", expression, got, err, want)
		}
	}
}

// FuzzRoundTrip: what comes from JSON comes back from YAML as it was, and another reader takes strings
// for strings.
func FuzzRoundTrip(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,null,{"b":[]}],"c":{},"d":"x\ny\n"}`, `["yes","1_0","- a","a: b","|","\n\n","  x\ny","a\n ","\t\n","a\n\n\n"]`, `{"k\nk":{"?":"#"},"":[[[""]]]}`,
		`[1e300,-0,9007199254740993,1.5e-9,18446744073709551616]`, `"\u0085\u2028\ufeff\u0000\u007f\ud83d\ude00"`, `{"---":"...","<<":"%","a":"\\\"'"}`, `[null,null]`,
		`{"` + strings.Repeat("k", 300) + `":["\na"]}`, `"2024-01-01"`, `"1e3"`, `"a\nb"`, `"--- x"`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		kit.WithCall(t, func(c core.Call) { roundTrip(t, c, text) })
	})
}

func roundTrip(t *testing.T, c core.Call, text string) {
	v, err := core.DecodeJSON(c, text, false)
	if err != nil {
		return
	}
	want, err := core.EncodeJSON(c, v, "")
	if err != nil {
		t.Fatal(err)
	}
	for name, back := range map[string]func([]byte) (core.Value, error){
		"parse": func(out []byte) (core.Value, error) { return parse(c, string(out), parseOptions{}) },
		"parse_all": func(out []byte) (core.Value, error) {
			docs, err := parseAll(c, "a: 1\n---\n"+string(out)+"---\nb: 2\n", parseOptions{})
			list, _ := docs.Table()
			return list.At(2), err
		},
	} {
		out, err := encode(c, v)
		if err != nil {
			t.Fatalf("encode %s: %v", text, err)
		}
		again, err := back(out)
		if err != nil {
			t.Fatalf("%s: %s was written as %q: %v", name, want, out, err)
		}
		got, err := core.EncodeJSON(c, again, "")
		if err != nil || string(got) != string(want) {
			t.Fatalf("%s: %s came back as %s (%v) by way of %q", name, want, got, err, out)
		}
		if s, ok := v.Text(); ok && v.Kind() == core.KindString {
			var other any
			if err := yamlv3.Unmarshal(out, &other); err != nil || other != s {
				t.Fatalf("another reader takes %q for %#v (%v), want %q", out, other, err, s)
			}
		}
	}
}

// FuzzText puts one text in every place that a text can have.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"", "yes", "1_0", "- a", "a: b", "|", "\n\n", "  x\ny", "a\n ", "\t\n", "a\n\n\n", "#", "a #", "'", "\"", "\\", "\u0085", "0x", "12:30:45", "2001-12-14 21:59:43", "?", "? a", ":", "---\n...", "%YAML", "!!str", "&a", "\r\n", "a\n\tb\n", "\n#x\n", ".", "-", "+1", "+_0", "NULL"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		kit.WithCall(t, func(c core.Call) {
			text := core.TextValue(s)
			root, list, inner := c.NewTable(2), c.NewArray(3), c.NewTable(1)
			inner.Set(s, text)
			list.Append(text)
			list.Append(inner.Value())
			list.Append(text)
			root.Set("k", list.Value())
			root.Set("t", text)
			root.Set("u"+s, core.BoolValue(true))
			v := root.Value()
			want, err := core.EncodeJSON(c, v, "")
			if err != nil {
				return // not UTF-8
			}
			roundTrip(t, c, string(want))
			if quoted, err := core.EncodeJSON(c, text, ""); err == nil {
				roundTrip(t, c, string(quoted))
			}
		})
	})
}
