package redact

import (
	"slices"
	"sort"
	"strings"
)

// span is the part s[from:to] of a text s.
type span struct{ from, to int }

// spansOf finds where the text holds what is sought, occurrences that overlap included: what one leaves of another is
// still a piece of a secret.
func spansOf(text, sought string) []span {
	var spans []span
	for from := 0; ; {
		at := strings.Index(text[from:], sought)
		if at < 0 {
			return spans
		}
		from += at
		spans = append(spans, span{from, from + len(sought)})
		from++
	}
}

// masked is the text with one mask in place of the spans that overlap each other.
func masked(s string, spans []span) string {
	spans = slices.DeleteFunc(spans, func(x span) bool { return x.from == x.to })
	if len(spans) == 0 {
		return s
	}
	sort.Slice(spans, func(i, j int) bool { return spans[i].from < spans[j].from })
	var b strings.Builder
	done := 0
	for i := 0; i < len(spans); {
		all := spans[i]
		for i++; i < len(spans) && spans[i].from < all.to; i++ {
			all.to = max(all.to, spans[i].to)
		}
		b.WriteString(s[done:all.from] + Mask)
		done = all.to
	}
	return b.String() + s[done:]
}
