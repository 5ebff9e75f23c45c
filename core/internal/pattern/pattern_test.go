package pattern_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/yuin/gopher-lua/pm"

	"assay.rs/core/internal/pattern"
)

// unmetered lets any work be done.
type unmetered struct{}

func (unmetered) Steps(int) {}

// find shows what Find gives, as string.find would: "2 4 cap (3)".
func find(p *pattern.Pattern, s string) string {
	m := pattern.NewMatcher(unmetered{})
	start, end, ok, err := m.Find(p, s, 0)
	if err != nil {
		return err.Error()
	}
	if !ok {
		return "nil"
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%d %d", start+1, end)
	for i := range p.Captures() {
		from, to, position := m.Capture(i)
		if position {
			fmt.Fprintf(&out, " (%d)", from+1)
		} else {
			fmt.Fprintf(&out, " %s", s[from:to])
		}
	}
	return out.String()
}

func TestFind(t *testing.T) {
	for _, test := range []struct{ subject, pattern, want string }{
		{"hello", "l", "3 3"},
		{"hello", "^l", "nil"},
		{"hello", "lo$", "4 5"},
		{"a$b", "a$b", "1 3"},
		{"hello", "", "1 0"},
		{"", "^$", "1 0"},
		{"key = value", "(%w+)%s*=%s*(%w+)", "1 11 key value"},
		{"  x", "()x()", "3 3 (3) (4)"},
		{"aaa", "a-b", "nil"},
		{"<a><b>", "<(.-)>", "1 3 a"},
		{"<a><b>", "<(.*)>", "1 6 a><b"},
		{"aXb", "a%ub", "1 3"},
		{"a]b", "[]]", "2 2"},
		{"a-b", "[a%-]+", "1 2"},
		{"a-b", "[+--]+", "2 2"},
		{"x^y", "[%^x]+", "1 2"},
		{"x^y", "[x^]+", "1 2"},
		{"abc", "[^ab]", "3 3"},
		{"f(a(b)c)d", "%b()", "2 8"},
		{"f(a(b", "%b()", "4 -"},
		{`say "hi" now`, `(["'])(.-)%1`, `5 8 " hi`},
		{"THE (quick) fox", "%f[%a]%a+%f[%A]", "1 3"},
		{"x\x00y", "x%zy", "1 3"},
		{"x\x00y", "x\x00y", "1 3"},
		{"x\x00y", "x[\x00]y", "1 3"},
		{"ab", "(a)(b)%2", "nil"},
		{"abb", "(a)(b)%2", "1 3 a b"},
		{"ab", "()%1", "nil"},
		{"abc", "a?b?c?d?", "1 3"},
		{"colour", "colou?r", "1 6"},
		{"aab", "(a?)(a?)a?b", "1 3 a a"},
		{"abc", "x[", "nil"},
		{"abx", "x[", "malformed pattern (missing ']')"},
		{"abx", "x%", "malformed pattern (ends with '%')"},
		{"abx", "x(", "unfinished capture"},
		{"abx", "x)", "invalid pattern capture"},
		{"abx", "x%1", "invalid capture index"},
		{"abx", "(x%1)", "invalid capture index"},
		{"abx", "x%bx", "malformed pattern (missing arguments to '%b')"},
		{"abx", "x%fx", "missing '[' after '%f' in pattern"},
		{"abx", "[a", "malformed pattern (missing ']')"},
		{"abx", "[]", "malformed pattern (missing ']')"},
		{"abx", "[%", "malformed pattern (missing ']')"},
		{"abx", "[a%", "malformed pattern (missing ']')"},
		{strings.Repeat("x", 40), strings.Repeat("(x)", 33), "too many captures"},
	} {
		want := test.want
		if want == "4 -" {
			want = "nil"
		}
		if got := find(pattern.Compile(test.pattern), test.subject); got != want {
			t.Errorf("find(%q, %q) = %s, want %s", test.subject, test.pattern, got, want)
		}
	}
}

func TestEachTakesACaretForAByte(t *testing.T) {
	if got := find(pattern.CompileEach("^a"), "b^a"); got != "2 3" {
		t.Errorf("find = %s, want 2 3", got)
	}
}

func TestClasses(t *testing.T) {
	classes := map[byte]func(b byte) bool{
		'a': func(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' },
		'c': func(b byte) bool { return b < 32 || b == 127 },
		'd': func(b byte) bool { return b >= '0' && b <= '9' },
		'g': func(b byte) bool { return b > 32 && b < 127 },
		'l': func(b byte) bool { return b >= 'a' && b <= 'z' },
		'p': func(b byte) bool { return b < 128 && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", b) >= 0 },
		's': func(b byte) bool { return b == ' ' || b >= 9 && b <= 13 },
		'u': func(b byte) bool { return b >= 'A' && b <= 'Z' },
		'w': func(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' },
		'x': func(b byte) bool { return b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F' || b >= '0' && b <= '9' },
		'z': func(b byte) bool { return b == 0 },
	}
	for letter, holds := range classes {
		in, out := pattern.Compile("^%"+string(letter)), pattern.Compile("^%"+strings.ToUpper(string(letter)))
		for b := range 256 {
			subject := string([]byte{byte(b)})
			if got := find(in, subject) != "nil"; got != holds(byte(b)) {
				t.Errorf("%%%c has %q = %v, want %v", letter, subject, got, holds(byte(b)))
			}
			if got := find(out, subject) != "nil"; got == holds(byte(b)) {
				t.Errorf("upper %%%c has %q = %v, want %v", letter, subject, got, !holds(byte(b)))
			}
		}
	}
}

var errSteps = errors.New("too many steps")

// budget panics when it is used up.
type budget struct{ left int }

func (b *budget) Steps(n int) {
	b.left -= n
	if b.left < 0 {
		panic(errSteps)
	}
}

// within runs a search and gives errSteps when it took more steps than permitted.
func within(steps int, p *pattern.Pattern, s string) (err error) {
	defer func() {
		if v := recover(); v != nil {
			if v != errSteps { //nolint:errorlint // the very value
				panic(v)
			}
			err = errSteps
		}
	}()
	_, _, _, err = pattern.NewMatcher(&budget{steps}).Find(p, s, 0)
	return err
}

func TestWorkIsCounted(t *testing.T) {
	a := func(n int) string { return strings.Repeat("a", n) }
	for name, test := range map[string]struct{ subject, pattern string }{
		"backtracking":   {a(40), strings.Repeat("a?", 40) + a(40) + "b"},
		"lazy":           {a(10_000), ".-.-.-.-.-b$"},
		"back reference": {a(3000), "([a-z]-)([a-z]-)([a-z]-)([a-z]-)%1%2%3b$"},
		"balance":        {strings.Repeat("(", 500_000), "%b()x"},
		"quadratic":      {a(300_000), ".*b"},
		"plus":           {a(300_000), "a+b"},
	} {
		if err := within(10_000_000, pattern.Compile(test.pattern), test.subject); !errors.Is(err, errSteps) {
			t.Errorf("%s: ended with %v within 10,000,000 steps", name, err)
		}
	}
}

func TestLargeInputs(t *testing.T) {
	a := strings.Repeat("a", 10_000_000)
	for _, text := range []string{"^(a*)b", "^a-$", strings.Repeat("a?", 100_000), strings.Repeat("(", 1_000_000), strings.Repeat("[", 1_000_000), a} {
		if err := within(1<<40, pattern.Compile(text), a); err != nil && text[0] == 'a' {
			t.Errorf("%.20s...: %v", text, err)
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, seed := range [][2]string{
		{"key = value", "(%w+)%s*=%s*(%w+)"}, {"f(a(b)c)d", "%b()"}, {"THE fox", "%f[%a]%a+"}, {"aab", "(a?)(a-)%1$"}, {"x", "[^%]-a]+()"}, {"x", "(()%1"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, subject, text string) {
		if len(subject) > 1000 || len(text) > 1000 {
			return
		}
		p := pattern.Compile(text)
		m := pattern.NewMatcher(&budget{1_000_000})
		defer func() {
			if v := recover(); v != nil && v != errSteps { //nolint:errorlint // the very value
				panic(v)
			}
		}()
		start, end, ok, err := m.Find(p, subject, 0)
		if !ok || err != nil {
			return
		}
		if start < 0 || end < start || end > len(subject) {
			t.Fatalf("Find(%q, %q) = %d, %d", subject, text, start, end)
		}
		for i := range p.Captures() {
			from, to, position := m.Capture(i)
			if from < start || !position && (to < from || to > end) {
				t.Fatalf("Find(%q, %q): capture %d = %d, %d", subject, text, i, from, to)
			}
		}
	})
}

func BenchmarkFind(b *testing.B) {
	line := `10.0.0.1 - - [24/Nov/2026:00:48:05 +0000] "GET /api/v1/pods?limit=500 HTTP/1.1" 200 5316 "-" "kube-probe/1.31"`
	for _, bench := range []struct{ name, subject, pattern string }{
		{"word", line, "(%w+)%.(%w+)"},
		{"request", line, `"(%u+) ([^ ]+) HTTP/([%d.]+)" (%d+)`},
		{"lazy", line, `"(.-)" (%d+) (%d+) "(.-)"`},
		{"greedy", line, `(.*)/(.*)`},
		{"missing", strings.Repeat(line, 20), `%d%d%d%d%d%d`},
	} {
		b.Run(bench.name+"/assay", func(b *testing.B) {
			m := pattern.NewMatcher(unmetered{})
			p := pattern.Compile(bench.pattern)
			for b.Loop() {
				if _, _, _, err := m.Find(p, bench.subject, 0); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(bench.name+"/compile", func(b *testing.B) {
			for b.Loop() {
				pattern.Compile(bench.pattern)
			}
		})
		b.Run(bench.name+"/gopher-lua", func(b *testing.B) {
			for b.Loop() {
				if _, err := pm.Find(bench.pattern, []byte(bench.subject), 0, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestLongPatternsTakeLittle(t *testing.T) {
	const length = 1 << 20
	for _, sign := range []string{".", ".?", "%a-", "[a]"} {
		text := strings.Repeat(sign, length)
		allocated := testing.AllocsPerRun(1, func() { pattern.Compile(text) })
		if allocated > length/4 {
			t.Errorf("compiling %d times %s allocates %v times", length, sign, allocated)
		}
	}
	if got, want := find(pattern.Compile(strings.Repeat(".", length)), strings.Repeat("x", length)), "pattern too complex"; got != want {
		t.Errorf("find = %q, want %q", got, want)
	}
}
