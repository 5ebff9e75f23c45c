package regex

import (
	"regexp/syntax"
	"testing"
)

// programOf is what a pattern really compiles to.
func programOf(t *testing.T, pattern string) []syntax.Inst {
	t.Helper()
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		t.Fatal(err)
	}
	compiled, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		t.Fatal(err)
	}
	return compiled.Inst
}
