package yaml

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScalarsOfTheCoreSchema(t *testing.T) {
	huge, _ := new(big.Int).SetString("123456789012345678901234567890", 10)
	for text, want := range map[string]any{
		"010": 10, "0o10": 8, "0x1F": 31, "-7": -7, "+7": 7, "9223372036854775807": math.MaxInt64, "123456789012345678901234567890": huge,
		"1_000": "1_000", "0b11": "0b11", "1:30": "1:30", "2024-01-01": "2024-01-01", "2024-01-01T10:00:00Z": "2024-01-01T10:00:00Z",
		"1e3": 1000.0, "1.5": 1.5, ".5": 0.5, "5.": 5.0, "-1.5e-3": -0.0015, "1e999": math.Inf(1), ".inf": math.Inf(1), "-.INF": math.Inf(-1),
		"yes": "yes", "no": "no", "on": "on", "off": "off", "y": "y", "true": true, "FALSE": false, "tRue": "tRue", "null": nil, "~": nil, "": nil, "nil": "nil",
		"\"010\"": "010", "'1'": "1", "1.2.3": "1.2.3", "1e": "1e", ".": ".", "-": nil, "+": "+", "NaN": "NaN", "Infinity": "Infinity", "0x": "0x", "0o9": "0o9",
		"!!str 1": "1", "!!float 1": 1.0, "!!int 0x10": 16, "!!binary aGk=": "hi", "<<": "<<", "|\n  a\n  b": "a\nb\n",
	} {
		if text == "-" {
			continue // an empty list item
		}
		t.Run(text, func(t *testing.T) {
			n, err := Parse([]byte("k: " + text + "\n"))
			if err != nil {
				t.Fatal(err)
			}
			got := n.Get("k").Go()
			if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 })); diff != "" {
				t.Errorf("value of %q (-want +got):\n%s", text, diff)
			}
		})
	}
	if n, _ := Parse([]byte("a: .nan")); !math.IsNaN(n.Get("a").Value.(float64)) {
		t.Errorf(".nan = %v, want NaN", n.Get("a").Value)
	}
}

func TestDocuments(t *testing.T) {
	for text, want := range map[string]string{
		"": "[]", "# only\n\n# comments\n": "[]", "---\n": "[<nil>]", "a: 1\n---\nb: 2\n": "[map[a:1] map[b:2]]", "null": "[<nil>]", "---\na: 1\n...\n": "[map[a:1]]",
		"a: &x {k: 1}\nb: *x\n": "[map[a:map[k:1] b:map[k:1]]]", "d: &d {a: 1, b: 2}\nc:\n  <<: *d\n  b: 3\n": "[map[c:map[a:1 b:3] d:map[a:1 b:2]]]",
		"c:\n  <<: [{a: 1}, {a: 2, b: 2}]\n": "[map[c:map[a:1 b:2]]]", "1: a\ntrue: b\nnull: c\n0x10: d": "[map[1:a 16:d null:c true:b]]", "1.10: a\n0100: b": "[map[0100:b 1.10:a]]", "\ufeffa: 1": "[map[a:1]]",
		"'<<': 1": "[map[<<:1]]", "a: 1\n---\n": "[map[a:1] <nil>]",
	} {
		docs, err := ParseAll([]byte(text))
		if err != nil {
			t.Errorf("ParseAll(%q): %v", text, err)
			continue
		}
		got := []any{}
		for _, d := range docs {
			got = append(got, d.Go())
		}
		if s := fmt.Sprint(got); s != want {
			t.Errorf("ParseAll(%q) = %s, want %s", text, s, want)
		}
	}
}

// Texts that other readers take for something else, and all that JSON has.
func TestValues(t *testing.T) {
	for text, want := range map[string]string{
		"[?x]": `["?x"]`, "{ ?foo: bar }": `{"?foo":"bar"}`, "[? x]": `[{"x":null}]`, "{? x : y}": `{"x":"y"}`, "&an:chor value": `"value"`, "! 12": `"12"`, "! [a]": `["a"]`,
		"{x: :x}": `{"x":":x"}`, "[::v]": `["::v"]`, "[a?b]": `["a?b"]`, "[a:b, http://h:1/x]": `["a:b","http://h:1/x"]`, "{a: b:c}": `{"a":"b:c"}`, "{a, b: }": `{"a":null,"b":null}`,
		"%YAML 1.2\n---\nname: web\n": `{"name":"web"}`, "%YAML 1.1\n%TAG !e! tag:yaml.org,2002:\n--- # x\na: !e!str 1": `{"a":"1"}`, "%FUTURE x\n--- a": `"a"`,
		`{"url": "http:\/\/h\/p"}`: `{"url":"http://h/p"}`, `"\ud83d\ude00\u00e9"`: `"😀é"`, `{"a":1,"b":[true,null]}`: `{"a":1,"b":[true,null]}`, "{\"foo\"\n: 1}": `{"foo":1}`, "\t{\n\t\"a\":\t1\t}": `{"a":1}`,
		"a:\t1\nb:\t[\t]\t# c": `{"a":1,"b":[]}`, "-\ta": `["a"]`, "--- >\nline\n": `"line\n"`, "--- |\na\n b": `"a\n b\n"`, "--- |1\n a": `"a\n"`, "a: |+\n\nb: 1": `{"a":"\n","b":1}`,
		"a: >\n x\n y\n\n z\n  w\n v": `{"a":"x y\nz\n w\nv\n"}`, "a: >-\n\n x\n\n": `{"a":"\nx"}`, "a: |2\n   x": `{"a":" x\n"}`, "- |\n x\n# c\n- 1": `["x\n",1]`,
		"a: b\n  c\n\n  d": `{"a":"b c\nd"}`, "a: 'it''s\n\n  x'": `{"a":"it's\nx"}`, "\"a \\\n  b\\\n \\ c\"": `"a b c"`, "\"a\\tb \n c\"": `"a\tb c"`,
		"a:\n- 1\n- 2\nb:\n  - 3": `{"a":[1,2],"b":[3]}`, "- - 1\n  - 2\n- a: 1\n  b: 2": `[[1,2],{"a":1,"b":2}]`, "-\n- a\n-": `[null,"a",null]`, "? a\n: - 1\n? b": `{"a":[1],"b":null}`,
		"&x a: &y b\n*y : *x": `{"a":"b","b":"a"}`, "a: &x\n  b: 1\nc: *x": `{"a":{"b":1},"c":{"b":1}}`, "&m\n&k a: 1\nb: *k": `{"a":1,"b":"a"}`, "!!map\n!!str 1: 2": `{"1":2}`,
		"a: !!str\nb: !!null ''": `{"a":"","b":null}`, "!!omap [a: 1]": `[{"a":1}]`, "a: ! ": `{"a":""}`, "[a: 1, \"b\":2]": `[{"a":1},{"b":2}]`, "[a, b\n c,]": `["a","b c"]`, "a: [\n  1\n]": `{"a":[1]}`,
		"a #b": `"a"`, "a#b": `"a#b"`, "- #c\n- 1": `[null,1]`, "a: http://x:80/#y": `{"a":"http://x:80/#y"}`, "-a": `"-a"`, "-1": `-1`, "a: -": ``, "---": `null`, "a\rb: 1": ``, "a: 1\rb: 2\r\nc: 3": `{"a":1,"b":2,"c":3}`,
		"a: 1\n---": `{"a":1}`, "a: 1\n---\n# end\n---\n": `{"a":1}`, "\ufeff# x\n---\na: 1": `{"a":1}`, "a: \"\x7f\uffff\"": "{\"a\":\"\x7f\uffff\"}",
	} {
		n, err := Parse([]byte(text))
		if want == "" {
			if err == nil {
				t.Errorf("Parse(%q) is no error", text)
			}
			continue
		}
		if err != nil {
			t.Errorf("Parse(%q): %v", text, err)
			continue
		}
		var got any
		if n != nil {
			got = n.Go()
		}
		var b strings.Builder
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(got); err != nil {
			t.Fatal(err)
		}
		if s := strings.TrimSpace(b.String()); s != want {
			t.Errorf("Parse(%q) = %s, want %s", text, s, want)
		}
	}
}

func TestSeveralDocuments(t *testing.T) {
	for text, want := range map[string]string{
		"---\n---\n": "[<nil> <nil>]", "a\n...\nb\n": "[a b]", "a\n...\n...\n": "[a]", "--- a\n--- b\n...\n%YAML 1.2\n--- c": "[a b c]", "--- |\n a\n---\nb": "[a\n b]",
		"&x a\n---\nb": "[a b]", "...\n# x\n": "[]", "a\n...\n\ufeffb": "[a b]",
	} {
		docs, err := ParseAll([]byte(text))
		if err != nil {
			t.Errorf("ParseAll(%q): %v", text, err)
			continue
		}
		got := make([]any, len(docs))
		for i, d := range docs {
			got[i] = d.Go()
		}
		if s := fmt.Sprint(got); s != want {
			t.Errorf("ParseAll(%q) = %s, want %s", text, s, want)
		}
	}
	if _, err := ParseAll([]byte("&x a\n---\n*x")); err == nil || err.Error() != "3:1: unknown anchor 'x' referenced" {
		t.Errorf("an anchor of another document: %v, want an error", err)
	}
}

func TestTagsMayBeIgnored(t *testing.T) {
	const text = "a: !Ref b\nc: !Sub [1, !If 2]\nd: !Map {e: !X}\nf: !!set {g}\nh: !!int x"
	if _, err := (Options{IgnoreTags: true}).Parse([]byte(text)); err == nil || err.Error() != `5:4: "x" does not fit the tag !!int` {
		t.Errorf("with a known tag that does not fit: %v", err)
	}
	n, err := Options{IgnoreTags: true}.Parse([]byte(strings.TrimSuffix(text, "\nh: !!int x")))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(n.Go()), "map[a:b c:[1 2] d:map[e:<nil>] f:map[g:<nil>]]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// The text of a scalar is there beside its value: 1.10 is a number, and may be meant as a version.
func TestTextOfScalars(t *testing.T) {
	n, err := Parse([]byte("a: 1.10\nb: 0100\nc: ~\nd: 'x'\ne: &e 1e3\nf: *e"))
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"a": "1.10", "b": "0100", "c": "~", "d": "x", "e": "1e3", "f": "1e3"} {
		if got := n.Get(key).Text; got != want {
			t.Errorf("text of %s = %q, want %q", key, got, want)
		}
	}
}

func TestErrorsHavePlaceAndReason(t *testing.T) {
	for text, want := range map[string]string{
		"a: 1\nb: 2\na: 3\n":            `3:1: duplicate key "a", first at 1:1`,
		"x: {k: 1, 'k': 2}":             `1:11: duplicate key "k", first at 1:5`,
		"16: a\n0x10: b":                `2:1: duplicate key "16", first at 1:1`,
		"a: 1\n---\nb: 2\n":             `3:1: a second document: only one is allowed here`,
		"a: &a [*a]":                    `1:8: alias *a contains itself`,
		"a: &a {b: *a}":                 `1:11: alias *a contains itself`,
		"x: 1\ny: 2\nz:\n  - *foo\n":    `4:5: unknown anchor 'foo' referenced`,
		"a: &x 1\n*x: 2":                `2:1: unknown anchor 'x:' referenced: put a blank before the colon of a key`,
		"a: !foo 1":                     `1:4: unknown tag !foo: remove it, or quote the value if it is text`,
		"a: !e!x 1":                     `1:4: nothing declares the handle of the tag !e!x: %TAG does`,
		"a: !!int x":                    `1:4: "x" does not fit the tag !!int`,
		"a: !!str !!int 1":              `1:10: a second tag for one value`,
		"a: &b &c 1":                    `1:7: a second anchor for one value`,
		"a: &b\n  &c 1":                 `2:3: a second anchor for one value`,
		"a: &b 1\nc: &d *b":             `2:4: an alias has no tag and no anchor of its own`,
		"a: !!set {b}":                  `1:4: unknown tag !!set: remove it, or quote the value if it is text`,
		"? [1, 2]\n: 3":                 `1:3: a key must be a string, not a list or a map`,
		"a:\n  b: 1\n c: 2\n":           `3:2: this line is indented by 1, the entries of the list or map around it by 0`,
		"a: [1, 2\nb: 3":                `2:1: the bracket at 1:4 is still open: close it before this line, or indent the line`,
		"a: [1, 2":                      `1:4: the bracket is never closed`,
		"a: [1 2}":                      `1:8: expected ',' or ']' here, for the bracket at 1:4`,
		"a: [b, , c]":                   `1:8: expected a value, got ','`,
		"[a\n---\n]":                    `2:1: the bracket at 1:1 is not closed before the document ends`,
		"a: \"x":                        `1:4: this quote is never closed`,
		"a: 'x\ny'":                     `2:1: the quote at 1:4 is still open: close it before this line, or indent the line`,
		"a: \"\\q\"":                    `1:5: no escape begins with \q: write \\ for a backslash, or single quotes`,
		"a: \"\\x1\"":                   `1:5: \x wants 2 hexadecimal digits`,
		"a: \"\\ud83d\"":                `1:5: \ud83d is no character`,
		"a: \"x\" y":                    `1:8: text after the end of the value: quote the whole of it`,
		"a: \"x\"#y":                    `1:7: a comment needs a blank before its #`,
		"a: \xff":                       `1:4: not UTF-8 text`,
		"a: \x01":                       `1:4: the control character 0x01: in double quotes write \x01`,
		"\tb: 1":                        `1:1: a tab indents this line: use spaces`,
		"a:\n\tb: 1":                    `2:1: a tab indents this line: use spaces`,
		"a:\n  b: 1\n\tc: 2":            `3:1: a tab indents this line: use spaces`,
		"-\t- a":                        `1:3: a tab indents this line: use spaces`,
		"a: |\n\tb":                     `2:1: a tab indents this line: use spaces`,
		"a: b: c":                       `1:5: a map cannot begin on this line: quote the text if ':' belongs to it`,
		"message: failed: no":           `1:16: a map cannot begin on this line: quote the text if ':' belongs to it`,
		"a: - b":                        `1:4: a list or a map cannot begin on this line: put it on lines of its own`,
		"a: b\n  c: d":                  `2:4: a key must be on one line: quote the text if ':' belongs to it`,
		"a: 1\nb\n":                     `2:1: expected ':' and a blank behind this key`,
		"a: 1\n- b\n":                   `2:1: an item of a list among the keys of a map: indent it as the other items`,
		"- a\nb: 1\n":                   `2:1: expected "- ", as in front of the other items of the list`,
		"a: @b":                         `1:4: no value begins with '@': quote it`,
		"a: %b":                         `1:4: no value begins with '%': quote it`,
		"a: |x\n b":                     `1:5: the text of a block begins on the next line; + or - and a digit from 1 to 9 may stand here`,
		"a: |\n    \n  b":               `2:1: this empty line has more spaces than the first line of the text: remove them, or write a digit after | or >`,
		"%YAML 2.0\n---\na":             `1:1: YAML 2.0: versions 1.x are read`,
		"%YAML 1.2\na: 1":               `2:1: --- must follow the directives (the lines that begin with %)`,
		"a\n... b":                      `2:5: only a comment may follow ... on its line`,
		"\u00e4\u00f6: \u00fc: \u00df":  `1:6: a map cannot begin on this line: quote the text if ':' belongs to it`,
		"<<: 1":                         `1:5: << wants a map or a list of maps, not an integer`,
		"a: 1\na: 2":                    `2:1: duplicate key "a", first at 1:1`,
		strings.Repeat("[", 300):        "1:201: nested deeper than 200",
		strings.Repeat("x", MaxBytes+1): "10485761 bytes: at most 10485760 are read",
	} {
		_, err := Parse([]byte(text))
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("Parse(%.30q) error = %v, want a *Error", text, err)
			continue
		}
		if e.Error() != want {
			t.Errorf("Parse(%.30q) error = %q, want %q", text, e, want)
		}
	}
}

func TestBounds(t *testing.T) {
	laughs := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 10; i++ {
		laughs += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	deepAlias := "a0: &a0 [x]\n"
	for i := 1; i < 300; i++ {
		deepAlias += fmt.Sprintf("a%d: &a%d [*a%d]\n", i, i, i-1)
	}
	for name, text := range map[string]string{
		"a billion laughs": laughs,
		"many values":      "[" + strings.Repeat("1,", MaxNodes+10) + "]",
		"deep list":        strings.Repeat("[", 201) + strings.Repeat("]", 201),
		"deep by alias":    deepAlias,
		"much by alias":    "a: &a " + strings.Repeat("x", 1<<20) + "\nb: [" + strings.Repeat("*a, ", 50) + "]",
		"deep block":       strings.Repeat("- ", 5000) + "x",
		"very deep":        strings.Repeat("[", 1_000_000),
	} {
		if _, err := Parse([]byte(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestAliasIsReportedWhereItStands(t *testing.T) {
	n, err := Parse([]byte("a: &x\n  k: 1\nb: *x\n"))
	if err != nil {
		t.Fatal(err)
	}
	if k := n.Get("b").Get("k"); k.Line != 3 || k.Col != 4 {
		t.Errorf("position = %d:%d, want 3:4", k.Line, k.Col)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"a: 1", "- x\n- [y, {z: 1}]", "a: &a [b]\nc: *a\nd: {<<: {x: 1}}", "|\n x\n", "? a\n: b", "!!binary aa==", "---\n...\n---\n", "'a': \"\\u0000\"", "a: *a", "%YAML 1.2\n---\na"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		docs, err := ParseAll(data)
		var e *Error
		if err != nil && !errors.As(err, &e) {
			t.Errorf("error %T, want *Error", err)
		}
		for _, d := range docs {
			_ = d.Go()
		}
	})
}
