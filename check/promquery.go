package check

import (
	"regexp"
	"slices"
	"strings"
)

// The pieces of PromQL, as far as they are told apart here.
var (
	promText    = regexp.MustCompile("(?s)\"(?:\\\\.|[^\"\\\\])*\"|'(?:\\\\.|[^'\\\\])*'|`[^`]*`|#[^\n]*")
	promWord    = regexp.MustCompile(`[0-9][\w.]*|[a-zA-Z_:][\w:.]*\s*\(?`)
	promDefault = regexp.MustCompile(`(?i)\bor\s+(?:(?:on|ignoring)\s*\([^()]*\)\s*)?(vector\s*\([^()]*\))`)
)

// promQL is a text whose schema tells editors what it is.
func promQL(into *Template) Value {
	v := Text(into)
	return Value{func() schema { return schema{"type": "string", "contentMediaType": "application/promql"} }, v.read}
}

// pointlessQuery is why whatever a query gives says nothing, or nothing. bounded says that min or max judge it.
func pointlessQuery(query string, bounded bool) string {
	bare := promText.ReplaceAllString(query, `""`)
	if !readsMetric(bare) {
		return "the query reads no metric: it gives the same whatever happens"
	}
	if bounded {
		return ""
	}
	if strings.Contains(bare, " bool ") {
		return "a comparison with bool gives 0 or 1, and without bounds both pass: add expect: {min: 1}"
	}
	if m := promDefault.FindStringSubmatch(bare); m != nil {
		return "with 'or " + m[1] + "' the result is never empty, and without bounds every answer passes: give min or max"
	}
	return ""
}

// readsMetric tells whether a query without texts has a selector. In doubt it has.
func readsMetric(query string) bool {
	if strings.Contains(query, "{") {
		return true
	}
	for _, word := range promWord.FindAllString(query, -1) {
		switch {
		case word[0] >= '0' && word[0] <= '9', strings.HasSuffix(word, "("): // a number or time, a function
		case slices.Contains([]string{"and", "or", "unless", "bool", "offset", "inf", "nan"}, strings.ToLower(strings.TrimSpace(word))):
		default:
			return true
		}
	}
	return false
}
