package regex

import "regexp"

// Bounded compiles a pattern for one search in a text of n bytes. A pattern that the builtins refuse is an
// error, and so is one that could take minutes for such a text.
func Bounded(text string, n int) (*regexp.Regexp, error) {
	p, err := compile(text)
	if err != nil {
		return nil, err
	}
	const mostWork = 16 * maxWork
	if n > mostWork/p.size {
		return nil, errLimit.Errorf("the pattern compiles to %d instructions, which is too much for a text of %d bytes", p.size, n)
	}
	return p.re, nil
}
