package syntax

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// checkLossless fails unless the pieces of the tree add up to its source and its
// nodes are well formed.
func checkLossless(t *testing.T, tree *Tree) {
	t.Helper()
	var b strings.Builder
	at := 0
	for p := range tree.Pieces() {
		if p.Start != at {
			t.Fatalf("piece %+v of %q starts at %d, want %d", p, shorten(tree.Source), p.Start, at)
		}
		text := tree.Source[p.Start:p.End]
		if p.Token == NoToken && p.Trivia == Space && strings.Trim(text, " \t\r\n\v\f") != "" {
			t.Fatalf("white space %q of %q", text, shorten(tree.Source))
		}
		b.WriteString(text)
		at = p.End
	}
	if b.String() != tree.Source {
		t.Fatalf("pieces of %q add up to %q", shorten(tree.Source), shorten(b.String()))
	}
	for id := 1; id < len(tree.Nodes); id++ {
		n := tree.Node(NodeID(id))
		if n.First > n.End || int(n.End) > len(tree.Tokens) {
			t.Fatalf("node %d of %q covers tokens %d to %d", id, shorten(tree.Source), n.First, n.End)
		}
		for _, kid := range tree.Kids(NodeID(id)) {
			if k := tree.Node(kid); kid >= NodeID(id) || k.First < n.First || k.End > n.End {
				t.Fatalf("node %d of %q [%d %d) has child %d [%d %d)", id, shorten(tree.Source), n.First, n.End, kid, k.First, k.End)
			}
		}
	}
	for _, e := range tree.Errors {
		if e.Start < 0 || e.Start > e.End || e.End > len(tree.Source) || e.Message == "" {
			t.Fatalf("error %+v of %q", e, shorten(tree.Source))
		}
		tree.Render("x", e)
	}
}

func TestRoundTrip(t *testing.T) {
	for name, text := range corpus(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			checkLossless(t, Parse(text))
			checkLossless(t, Parse(strings.ReplaceAll(text, "\n", "\r\n")))
			checkLossless(t, Parse(text[:len(text)/2]))
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range corpus(f) {
		if len(text) < 3000 {
			f.Add(text)
		}
	}
	f.Add("\xef\xbb\xbf#!x\nlocal <const> a <close>>= '\\u{")
	f.Add("function f(...a) x.\nend end until elseif then [==[")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > MaxSource {
			return
		}
		tree := Parse(text)
		checkLossless(t, tree)
		Resolve(tree)
		tree.PathAt(len(text) / 2)
		for id, tok := range tree.Tokens {
			switch tok.Kind {
			case String, LongString:
				Unquote(tree.Text(TokenID(id)))
			case Number:
				ParseNumber(tree.Text(TokenID(id)))
			}
		}
	})
}

func TestTree(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"precedence", "return a or b and c < d | e ~ f & g << h .. i + j * -k ^ l", "(block (return (binary or (name a) (binary and (name b) (binary < (name c) (binary | (name d) " +
			"(binary ~ (name e) (binary & (name f) (binary << (name g) (concat (name h) (binary + (name i) (binary * (name j) (unary - (binary ^ (name k) (name l)))))))))))))))"},
		{"association", "return a - b - c, a ^ b ^ c, a .. b .. c", "(block (return (binary - (binary - (name a) (name b)) (name c)) " +
			"(binary ^ (name a) (binary ^ (name b) (name c))) (concat (name a) (name b) (name c))))"},
		{
			"global is a name", "global = global + global(1) global.x = 1 global 'x' global {}",
			"(block (assign (name global) (binary + (name global) (call (name global) (number 1)))) (assign (index (name global) (field x)) (number 1)) " +
				"(call-statement (call (name global) (string 'x'))) (call-statement (call (name global) (table))))",
		},
		{
			"global declares", "global x, y <const> = 1 global * global <const> * global function f() end global <const> z",
			"(block (global (declared x) (declared y) (number 1)) (global-all) (global-all) (global-function (declared f) (body (block))) (global (declared z)))",
		},
		{"named varargs", "function f(a, ...b) end function g(...) end", "(block (function (name f) (body (declared a) (vararg b) (block))) (function (name g) (body (vararg ...) (block))))"},
		{"if", "if a then elseif b then else end", "(block (if (name a) (block) (name b) (block) (block)))"},
		{"method", "function a.b:c() end", "(block (function (method (index (name a) (field b)) (field c)) (body (block))))"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tree := Parse(c.text)
			if len(tree.Errors) > 0 {
				t.Errorf("Parse(%q) errors = %v", c.text, tree.Errors)
			}
			if diff := cmp.Diff(c.want, show(tree, tree.Root)); diff != "" {
				t.Errorf("Parse(%q) (-want +got):\n%s", c.text, diff)
			}
		})
	}
}

func TestUnquote(t *testing.T) {
	for text, want := range map[string]string{
		`'a'`: "a", `""`: "", `"\a\b\f\n\r\t\v\\\"\'\065\10\x41\q"`: "\a\b\f\n\r\t\v\\\"'A\nAq",
		"'a\\\nb'": "a\nb", "'a\\\r\nb'": "a\nb", "'a\\z \n\t b'": "ab",
		`"\u{41}\u{E9}\u{20AC}\u{10FFFF}\u{7FFFFFFF}"`: "Aé€\U0010FFFF\xFD\xBF\xBF\xBF\xBF\xBF",
		"[[\na]]": "a", "[==[\r\na\r\nb]]]==]": "a\nb]]", "[[\n\na]]": "\na", "[[]]": "",
	} {
		if got := Unquote(text); got != want {
			t.Errorf("Unquote(%q) = %q, want %q", text, got, want)
		}
		if tree := Parse("x = " + text); len(tree.Errors) > 0 || len(tree.Tokens) != 4 {
			t.Errorf("Parse(x = %s) = %d tokens, errors %v", text, len(tree.Tokens), tree.Errors)
		}
	}
}

func TestParseNumber(t *testing.T) {
	for text, want := range map[string]float64{
		"0": 0, "3": 3, "010": 10, "3.0": 3, "3.": 3, ".5": .5, "1e3": 1000, "1E-2": .01, "0xff": 255, "0XA": 10,
		"0x.8": .5, "0xA.8p1": 21, "0x1p-2": .25, "0x10p+1": 32, "0xffffffffffffffff": 1 << 64, "0xe+1": -1, "08": 8,
		"": -1, "0x": -1, "1e": -1, "1_0": -1, "0b1": -1, "0x1_0": -1, "inf": -1, "nan": -1, "-1": -1, " 1": -1, "1..2": -1, "0x1p": -1, "1x": -1, "0xx1": -1,
	} {
		got, ok := ParseNumber(text)
		if wantOK := want >= 0; ok != wantOK || ok && got != want {
			t.Errorf("ParseNumber(%q) = %v, %v, want %v", text, got, ok, want)
		}
	}
}

func TestLimits(t *testing.T) {
	deep := func(open, mid, end string, n int) string {
		return strings.Repeat(open, n) + mid + strings.Repeat(end, n)
	}
	for _, c := range []struct {
		name string
		text func(n int) string
		most int
	}{
		{"parentheses", func(n int) string { return "x = " + deep("(", "1", ")", n) }, MaxDepth},
		{"tables", func(n int) string { return "x = " + deep("{", "1", "}", n) }, MaxDepth},
		{"functions", func(n int) string { return deep("local function f() ", "", " end", n) }, MaxDepth},
		{"blocks", func(n int) string { return deep("do ", "", " end", n) }, MaxDepth},
		{"calls", func(n int) string { return deep("f(", "1", ")", n) }, MaxDepth},
		{"not", func(n int) string { return "x = " + deep("not ", "1", "", n) }, MaxDepth},
		{"powers", func(n int) string { return "x = " + deep("2^", "1", "", n) }, MaxDepth},
		{"subscripts", func(n int) string { return "x = " + deep("a[", "1", "]", n) }, MaxDepth},
		{"sums", func(n int) string { return "x = " + deep("1+", "1", "", n) }, MaxChain},
		{"concatenation", func(n int) string { return "x = " + deep("a..", "a", "", n) }, MaxChain + 1},
		{"fields", func(n int) string { return "f(a" + deep(".a", ")", "", n) }, MaxChain},
	} {
		if tree := Parse(c.text(c.most)); len(tree.Errors) > 0 {
			t.Errorf("%d %s: errors = %v, want none", c.most, c.name, tree.Errors)
		}
		for _, n := range []int{c.most + 1, c.most * 40} {
			tree := Parse(c.text(n))
			if len(tree.Errors) != 1 || !strings.Contains(tree.Errors[0].Message, "nesting deeper than 200") && !strings.Contains(tree.Errors[0].Message, "in a row") {
				t.Errorf("%d %s: errors = %v, want one about a limit", n, c.name, tree.Errors)
			}
		}
	}
}

func TestPositions(t *testing.T) {
	tree := Parse("#!/bin/x\na = 1\r\n\tb = = 2\n")
	if got := tree.Position(tree.Errors[0].Start); got != (Position{3, 6}) {
		t.Errorf("position = %v, want 3:6", got)
	}
	want := "x.lua:3:6: expected an expression, got '='\n  \tb = = 2\n  \t    ^"
	if got := tree.Render("x.lua", tree.Errors[0]); got != want {
		t.Errorf("Render = %q, want %q", got, want)
	}
	for offset := range len(tree.Source) {
		if pos := tree.Position(offset); tree.Source[offset] != '\n' && tree.Source[offset] != '\r' && tree.Offset(pos) != offset {
			t.Errorf("Offset(Position(%d)) = %d", offset, tree.Offset(pos))
		}
	}
	if got := tree.Offset(Position{99, 1}); got != len(tree.Source) {
		t.Errorf("Offset beyond the source = %d", got)
	}
	long := Parse("x = " + strings.Repeat("a + ", 100) + "= 1")
	if got := long.Render("x", long.Errors[0]); len(got) > 320 || !strings.Contains(got, "^") {
		t.Errorf("Render of a long line = %q", got)
	}
}

func TestPathAt(t *testing.T) {
	text := "local x = a.\nlocal y"
	tree := Parse(text)
	path := tree.PathAt(strings.Index(text, ".") + 1)
	if got := tree.Node(path[len(path)-1]).Kind; got != Field {
		t.Errorf("innermost node after the dot is kind %d, want an empty Field", got)
	}
}

func TestComments(t *testing.T) {
	text := "-- a\nx = 1 --[[b]] -- c\n"
	tree := Parse(text)
	var got []string
	for _, c := range tree.Comments(0, len(text)) {
		got = append(got, text[c.Start:c.End])
	}
	if diff := cmp.Diff([]string{"-- a", "--[[b]]", "-- c"}, got); diff != "" {
		t.Errorf("Comments (-want +got):\n%s", diff)
	}
}
