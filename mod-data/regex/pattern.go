package regex

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"slices"
	"sync"

	"assay.rs/core"
)

// What a pattern may cost before it is refused. A matcher holds the places of all groups for each
// instruction, so both together are bounded too.
const (
	maxPattern = 32 << 10 // bytes
	maxProgram = 20_000   // instructions that it compiles to
	maxPlaces  = 4 << 20  // instructions times groups
)

// pattern is a compiled pattern.
type pattern struct {
	re        *regexp.Regexp
	size      int      // about how many instructions it has
	names     []string // of the groups, from 0; empty for those without
	looksBack bool     // a match depends on what stands before it: ^ \b

	once  sync.Once
	after *regexp.Regexp // a character, and then the pattern as group 1
}

// compile compiles a pattern. One that is malformed or would take too much memory is an error.
func compile(text string) (*pattern, error) {
	if len(text) > maxPattern {
		return nil, errLimit.Errorf("a pattern of %d bytes: at most %d are compiled", len(text), maxPattern)
	}
	parsed, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, syntaxError(err)
	}
	size := instructions(parsed)
	if size > maxProgram {
		return nil, errLimit.Errorf("the pattern compiles to more than %d instructions", maxProgram)
	}
	if size*(parsed.MaxCap()+1) > maxPlaces {
		return nil, errLimit.Errorf("the pattern has too many groups for its size: %d instructions with %d groups", size, parsed.MaxCap())
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, syntaxError(err)
	}
	return &pattern{re: re, size: size, names: re.SubexpNames(), looksBack: looksBack(parsed)}, nil
}

func syntaxError(err error) error {
	if e, ok := errors.AsType[*syntax.Error](err); ok {
		err = errors.New(e.Code.String())
		if e.Expr != "" {
			return errSyntax.Errorf("%w: %s", err, excerpt(e.Expr))
		}
	}
	return errSyntax.With(err, "")
}

// excerpt keeps a message readable when the part of the pattern that is wrong is long.
func excerpt(s string) string {
	const limit = 60
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit]) + "…"
	}
	return s
}

// instructions is about how many instructions re compiles to, never more than just over maxProgram.
func instructions(re *syntax.Regexp) int {
	size := 1 + len(re.Rune)
	if re.Op == syntax.OpCharClass {
		size = 1 + len(re.Rune)/16 // one instruction, which is larger than others
	}
	for _, sub := range re.Sub {
		if size += instructions(sub); size > maxProgram {
			return maxProgram + 1
		}
	}
	if re.Op == syntax.OpRepeat {
		size *= max(1, re.Min, re.Max)
	}
	return min(size, maxProgram+1)
}

func looksBack(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginLine, syntax.OpBeginText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return true
	default:
	}
	return slices.ContainsFunc(re.Sub, looksBack)
}

// behind is the pattern for a place inside a text: it begins one character before.
func (p *pattern) behind() *regexp.Regexp {
	p.once.Do(func() { p.after = regexp.MustCompile("(?s:.)(" + p.re.String() + ")") })
	return p.after
}

// index is the number of the group called name, or -1.
func (p *pattern) index(name string) int { return p.re.SubexpIndex(name) }

// What is kept of compiled patterns: a script uses the same few again and again.
const (
	maxKept     = 256
	maxKeptSize = 200_000 // instructions
)

// cache keeps compiled patterns.
type cache struct {
	mu   sync.Mutex
	kept map[string]*pattern
	size int
}

func (k *cache) get(text string) (*pattern, error) {
	k.mu.Lock()
	known := k.kept[text]
	k.mu.Unlock()
	if known != nil {
		return known, nil
	}
	p, err := compile(text)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.kept) >= maxKept || k.size+p.size > maxKeptSize {
		k.kept, k.size = nil, 0
	}
	if k.kept == nil {
		k.kept = make(map[string]*pattern)
	}
	k.kept[text] = p
	k.size += p.size
	return p, nil
}

var (
	errSyntax = core.NewCode("regex.syntax", "the pattern is not a regular expression in RE2 syntax")
	errLimit  = core.NewCode("regex.limit", "the pattern compiles to too much, or the text is larger than 64 MB")
)
