package regex

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/core/coretest"
	"assay.rs/mod-data/internal/kit"
)

func TestExamples(t *testing.T) { coretest.Examples(t, []core.Module{New()}, nil) }

func TestScripts(t *testing.T) { coretest.Run(t, "testdata", New()) }

func places(s *search) ([][]int, error) {
	var all [][]int
	err := s.each(func(found []int) error {
		all = append(all, found)
		return nil
	})
	return all, err
}

// Matches are those of the library, whether the text is read as a string or through a reader.
func FuzzMatches(f *testing.F) {
	for _, seed := range [][2]string{
		{"a1b22", `\d+`},
		{"foo bar", `\b`},
		{"a\nb", `(?m)^`},
		{"aaa", "^a"},
		{"\xffa\xc3", "."},
		{"äöü", ""},
		{"baac", "a*"},
		{"xay", "(?:a|(b))y?"},
		{"abab", "(a|ab)(c|bcd)?(d*)"},
		{"\u2028x", `\B`},
		{"a", "$|^"},
		{"aab", "a*?"},
		{"x\x00y", `\x00`},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, text, source string) {
		p, err := compile(source)
		if err != nil || len(text) > 1000 {
			return
		}
		want := p.re.FindAllStringSubmatchIndex(text, -1)
		err = kit.Body(t, t.Context(), func(c core.Call) error {
			got, err := places(&search{call: c, p: p, text: text, results: c.Meter()})
			if err != nil || !slices.EqualFunc(got, want, slices.Equal) {
				t.Errorf("matches of %q in %q = %v, %v, want %v", source, text, got, err, want)
			}
			watched := &pattern{re: p.re, size: maxWork + 1, names: p.names, looksBack: p.looksBack}
			got, err = places(&search{call: c, p: watched, text: text})
			if err != nil || !slices.EqualFunc(got, want, slices.Equal) {
				t.Errorf("matches of %q in %q through a reader = %v, %v, want %v", source, text, got, err, want)
			}
			parts, err := (&search{call: c, p: p, text: text, results: c.Meter()}).split()
			if want := p.re.Split(text, -1); err != nil || !slices.Equal(parts, want) {
				t.Errorf("parts of %q at %q = %q, %v, want %q", text, source, parts, err, want)
			}
			replaced, err := (&search{call: c, p: p, text: text, results: c.Meter()}).replace(replacement{template: "<${0}>"})
			if want := p.re.ReplaceAllString(text, "<${0}>"); err != nil || replaced != want {
				t.Errorf("%q with matches of %q replaced = %q, %v, want %q", text, source, replaced, err, want)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestSearchEndsWithItsTask(t *testing.T) {
	text := strings.Repeat("ab", 1<<20)
	for name, run := range map[string]func(s *search) error{
		"match": func(s *search) error { _, err := s.matches(); return err },
		"find":  func(s *search) error { _, err := s.next(0); return err },
		"all":   func(s *search) error { _, err := places(s); return err },
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		err := kit.Body(t, ctx, func(c core.Call) error {
			s, err := newSearch(c, &cache{}, text, "(?:(a|b|ab)*c){50}x|(?:a*b*){30}y")
			if err != nil {
				return err
			}
			return run(s)
		})
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: error = %v, want the deadline's", name, err)
		}
	}
}

func TestCacheIsBounded(t *testing.T) {
	k := &cache{}
	for i := range 3 * maxKept {
		if _, err := k.get(fmt.Sprintf("a{%d}b%d", 1+i%900, i)); err != nil {
			t.Fatal(err)
		}
		if len(k.kept) > maxKept || k.size > maxKeptSize {
			t.Fatalf("%d patterns of %d instructions are kept, want at most %d of %d", len(k.kept), k.size, maxKept, maxKeptSize)
		}
	}
	first, _ := k.get("x+")
	if again, _ := k.get("x+"); first != again {
		t.Error("a pattern that was just compiled is compiled again")
	}
}

// The estimate may be too high, but not far too low: it is what memory is bounded by.
func TestInstructionsAreNotUnderestimated(t *testing.T) {
	for _, pattern := range []string{"abc", "a{1000}", "(a{30}){30}", `\pL{100}`, "(?i)straße", "[^a]{3,7}?", "(a|b|c|dd)*", "()()()"} {
		p, err := compile(pattern)
		if err != nil {
			t.Fatal(err)
		}
		compiled := len(programOf(t, pattern))
		if 2*p.size+2 < compiled {
			t.Errorf("%q: estimated %d instructions, compiled to %d", pattern, p.size, compiled)
		}
	}
}

func TestResultsAreCharged(t *testing.T) {
	rt, err := core.New(core.Config{Modules: []core.Module{New()}, Policy: core.FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{`regex.find_all(T, "a")`, `regex.replace(T, "a", ("$0"):rep(1000))`} {
		chunk, err := core.Compile("test.lua", []byte(source))
		if err != nil {
			t.Fatal(err)
		}
		vm := rt.Open(core.Host{Limits: core.Limits{Memory: 16 << 20}})
		if err := vm.SetGlobal("T", strings.Repeat("a", 512<<10)); err != nil {
			t.Fatal(err)
		}
		err = vm.Run(t.Context(), chunk)
		vm.Close()
		if _, limited := errors.AsType[*core.LimitError](err); !limited {
			t.Errorf("%s: error = %v, want the memory limit", source, err)
		}
	}
}

func BenchmarkFindAll(b *testing.B) {
	text := strings.Repeat("level=info msg=\"ready\" port=8080\n", 1<<15)
	re := regexp.MustCompile(`port=(\d+)`)
	b.Run("assay", func(b *testing.B) {
		known := &cache{}
		err := kit.Body(b, context.Background(), func(c core.Call) error {
			for b.Loop() {
				s, err := newSearch(c, known, text, re.String())
				if err != nil {
					return err
				}
				if _, err := places(s); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	})
	b.Run("regexp", func(b *testing.B) {
		for b.Loop() {
			re.FindAllStringSubmatchIndex(text, -1)
		}
	})
}
