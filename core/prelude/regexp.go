package prelude

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
)

// Bounds that keep a regular expression from eating memory and time: RE2 is linear in the text, but
// also in what its repeats unfold to.
const (
	maxPattern = 4 << 10
	maxProgram = 10_000
	maxWork    = 1 << 30 // length of the text times what the pattern unfolds to
)

var errRegexpSize = errors.New("the regular expression is too large")

// compileRegexp compiles a pattern for a text of n bytes. A pattern that is malformed, or that would
// take too much memory or time, is an error.
func compileRegexp(pattern string, n int) (*regexp.Regexp, error) {
	if len(pattern) > maxPattern {
		return nil, fmt.Errorf("%w: %d bytes, %d at most", errRegexpSize, len(pattern), maxPattern)
	}
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("bad regular expression: %w", err)
	}
	size := programSize(parsed)
	if size > maxProgram || n > maxWork/max(1, size) {
		return nil, fmt.Errorf("%w for a text of %d bytes: its repeats unfold to %d steps", errRegexpSize, n, size)
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("bad regular expression: %w", err)
	}
	return re, nil
}

// programSize is about how many instructions re compiles to, never more than just over maxProgram.
func programSize(re *syntax.Regexp) int {
	size := 1 + len(re.Rune)
	for _, sub := range re.Sub {
		if size += programSize(sub); size > maxProgram {
			return maxProgram + 1
		}
	}
	if re.Op == syntax.OpRepeat {
		size *= max(1, re.Min, re.Max)
	}
	return min(size, maxProgram+1)
}
