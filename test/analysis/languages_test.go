package analysis

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/itchyny/gojq"
	"github.com/prometheus/prometheus/promql/parser"

	"assay.rs/analysis/checkfile"
	"assay.rs/analysis/document"
	"assay.rs/analysis/jq"
	"assay.rs/analysis/promql"
	"assay.rs/stdlib/catalog"
)

// language is one that analysis reads by itself, beside the parser of the program that runs it.
type language struct {
	name     string
	mistake  func(string) (int, string)
	accepts  func(string) bool
	programs []string
	pieces   []string // what mutations put in
	told     float64  // of what the parser refuses, the part that has to be told
}

func languages() []language {
	prom := parser.NewParser(parser.Options{
		EnableExperimentalFunctions: true, EnableBinopFillModifiers: true, EnableUnquotedUTF8Names: true,
	})
	return []language{
		{
			name: "jq", mistake: jq.Mistake, told: 0.95,
			accepts: func(s string) bool { _, err := gojq.Parse(s); return err == nil },
			programs: []string{
				`.`, `..`, `.a`, `.a.b?`, `."a b"`, `.["a"]`, `.[0]`, `.[1:2]`, `.[:2]`, `.[1:]`, `.[]`, `.[]?`, `.a[].b`, `.a."b"`, `.a.[0]`, `..|.a?`, `. as $x | $x`, `. as [$a, {b: $c}] | $a + $c`,
				`. as {$a, b: [$c]} ?// [$a, $c] | $a`, `.items | map(select(.status == "ok")) | length > 0`, `if . then 1 elif .a then 2 else 3 end`, `if . then 1 end`, `try error("x") catch .`, `try -1`, `.a // "b"`,
				`reduce .[] as $x (0; . + $x)`, `foreach .[] as $x (0; . + $x)`, `foreach .[] as [$x] (0; . + $x; [$x, .])`, `label $out | foreach .[] as $x (0; .+1; if . > 3 then ., break $out else . end)`,
				`def f: . + 1; f`, `def f(g; $x): g + $x; f(.; 1) | def h: 2; h`, `{a: 1, "b": 2, (.c): 3, $d, f, "g", if: 1}`, `{a: 1 | 2}`, `{a: .b + 1, c}`, `{"a\(1)": 2}`, `{$__loc__}`, `[.[] | {name, id: .uid}]`,
				`"a \(.b + "c \(1)") d"`, `@base64 "x\(.)"`, `@json`, `@base32d`, `.a |= . + 1`, `.a += 1 | .b //= 2`, `.[-1]`, `-1`, `1 - -1`, `1e3 + .5 + 1.`, `not and true or false`, `"\u00e9\n"`, `[]`, `{}`, `[1, 2][0]`, `$ENV.PATH`, `$__loc__`,
				`input_line_number # says`, "1 # a\n| 2", "# c\\\n1\n2", `splits("a"; "g")`, `limit(3; .[])`, `.a as $x | .b as $y | $x + $y`, `.a?//1`, `.a?.b`, `first(.[] | select(.type == "Ready")).status == "True"`, `any(.[]; . > 1) and all(. < 3)`,
				`ltrimstr("a") | test("^a.*b$"; "x")`, `.["a", "b"]`, `.a["b"].c[0:2][]`, `. == 1`, `1 as $x | 2 as $y | [$x, $y, $__loc__]`, `path(..)`, `to_entries[] | "\(.key)=\(.value)"`, `{(1, 2 | tostring): 3}`, `.. == 1`, `import "a" as b; b::c`, `a::b`, `$a::b`, ``, `def f: 1;`,
			},
			pieces: []string{".", "..", ".a", "[", "]", "{", "}", "(", ")", "|", ",", ":", ";", "\"", "\\(", "$x", " as ", "if ", " then ", " else ", " end", "//", "?", "==", "+", "-", "*", "and", "or", "1", "1.5", "a", "def f: ", "reduce ", "try ", "@text", "#", "\n", "?//", "=", "<", "%", "label $x | ", "break $x", "catch", "elif", "not", "::"},
		},
		{
			name: "promql", mistake: promql.Mistake, told: 0.85, // the rest are types and functions
			accepts: func(s string) bool { _, err := prom.ParseExpr(s); return err == nil },
			programs: []string{
				`up`, `up == 0`, `up{job="a"}`, `{__name__="up"}`, `{"up", job!~"a|b"}`, `sum(rate(http_requests_total{code=~"5.."}[5m]))`, `sum by (job, instance) (up) > bool 0`, `sum(up) without (job)`, `topk(3, up)`, `quantile(0.9, up)`, `count_values("v", up)`,
				`histogram_quantile(0.99, sum(rate(a_bucket[5m])) by (le))`, `a / on(job) group_left(x, y) b`, `a * ignoring(job) group_right b`, `a and b or c unless d`, `-up + 1`, `2 ^ -1`, `up[5m]`, `up[1h30m]`, `rate(up[5m])[1h:5m]`, `max_over_time(rate(up[5m])[1h:])`,
				`up offset 5m`, `up offset -1h`, `up[5m] offset 1d`, `up @ 1609746000`, `up @ start()`, `up[5m] @ end() offset 5m`, `0x1F + 1e3 + .5 + 5. + Inf + NaN`, `-inf`, `5m`, `"text"`, `'a\'b'`, "`raw`", `vector(1)`, `time()`, `absent(up{job="x"})`, `label_replace(up, "a", "$1", "b", "(.*)")`,
				`up # says`, "up\n  + 1", `a:b:c`, `:a`, `sum`, `by`, `offset`, `sum{by="x"}`, `avg(sum) by (on)`, `start`, `end`, `a atan2 b`, `(up)`, `((1))`, `up{}`, `up{a="b",}`, `sum by (a,) (up)`, `sum by () (up)`, `a % b == c`, `up[5]`, `up[5m:1m]`, `up{on="x", by='y'}`, `group(up)`, `stddev(up)`,
				`1_000`, `up[5m+1m]`, `up[step()]`, `up offset (5m)`, `up anchored`, `rate(up[5m] smoothed)`, `a + fill(0) b`, `a + on(x) fill_left(1) b`, `limitk(2, up)`, `info(up)`, `sum by ("a.b") (up)`, `{"a.b", "c.d"="e"}`, `inf`, `nan_total`, `a[5ms]`, `a[1y2w3d4h5m6s7ms]`, `up{a="\u00e9"}`,
			},
			pieces: []string{"(", ")", "{", "}", "[", "]", "[5m]", ",", "=", "=~", "\"", "'", "a", "up", "sum", "by", " by (x) ", "on(x) ", "offset ", " offset 5m", "5m", "1", ".5", "+", "-", "*", "/", "^", "%", " and ", " or ", " unless ", "==", "<", "bool ", ":", "@ 1", "#", "\n", "rate(", "group_left ", "inf", "0x", "e", " "},
		},
	}
}

// inRepository are the texts that check files of the repository have in a language.
func inRepository(t *testing.T, format string) []string {
	t.Helper()
	schema, err := checkfile.ReadSchema(catalog.Schema())
	if err != nil {
		t.Fatal(err)
	}
	names, err := document.Find([]string{"../.."})
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, name := range names {
		text, err := os.ReadFile(filepath.Clean(name))
		if err != nil {
			t.Fatal(err)
		}
		if f := checkfile.Read(string(text)); document.IsCheck(name) && schema.Judges(f) {
			f.Problems(schema, map[string]func(string) (int, string){format: func(s string) (int, string) { texts = append(texts, s); return -1, "" }})
		}
	}
	return texts
}

// A mistake is told only of what the real parser refuses: in what there is, and in mutations of it.
func TestLanguagesWithoutFalseAlarm(t *testing.T) {
	placeholder := regexp.MustCompile(`\$\{|\$\$`)
	for _, l := range languages() {
		t.Run(l.name, func(t *testing.T) {
			found := slices.DeleteFunc(inRepository(t, l.name), placeholder.MatchString)
			if len(found) < 10 {
				t.Fatalf("found %d in the repository", len(found))
			}
			for _, program := range l.programs {
				if !l.accepts(program) {
					t.Errorf("the parser refuses %q: it is no sample", program)
				}
			}
			programs := append(found, l.programs...)
			random := rand.New(rand.NewPCG(17, 1))
			refused, told := 0, 0
			look := func(program string) {
				at, message := l.mistake(program)
				good := l.accepts(program)
				switch {
				case good && at >= 0:
					t.Errorf("%q: false alarm at %d: %s", program, at, message)
				case at > len(program):
					t.Errorf("%q: a mistake at %d, behind its end", program, at)
				case !good:
					refused++
					if at >= 0 {
						told++
					}
				}
			}
			for _, program := range programs {
				look(program)
			}
			for range 60_000 {
				look(mutated(random, programs[random.IntN(len(programs))], programs, l.pieces))
			}
			if part := float64(told) / float64(refused); part < l.told {
				t.Errorf("told %d of %d mistakes, %.2f; want %.2f", told, refused, part, l.told)
			} else {
				t.Logf("told %d of %d mistakes, %.3f", told, refused, part)
			}
		})
	}
}

// mutated is a program with some changes.
func mutated(random *rand.Rand, program string, others, pieces []string) string {
	for range 1 + random.IntN(3) {
		at := random.IntN(len(program) + 1)
		end := min(len(program), at+random.IntN(4))
		switch random.IntN(5) {
		case 0: // less
			program = program[:at] + program[end:]
		case 1, 2:
			program = program[:at] + pieces[random.IntN(len(pieces))] + program[at:]
		case 3: // something of another
			other := others[random.IntN(len(others))]
			from := random.IntN(len(other) + 1)
			program = program[:at] + other[from:min(len(other), from+random.IntN(12))] + program[end:]
		case 4: // an end that is missing
			program = strings.TrimSpace(program[:at])
		}
	}
	if placeholder := strings.Index(program, "${"); placeholder >= 0 {
		program = program[:placeholder] + program[placeholder+1:]
	}
	return strings.ReplaceAll(program, "$$", "$")
}
