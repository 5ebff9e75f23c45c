package rules

import (
	"sort"
	"strings"
)

// Fixed is a text with the safe fixes of findings made, and how many those are. Of two that overlap, the first is
// made.
func Fixed(text string, findings []Finding) (string, int) {
	var edits []Edit
	made, end := 0, -1
	for _, f := range findings {
		if f.Fix == nil || !f.Fix.Safe || len(f.Fix.Edits) != 1 || f.Fix.Edits[0].Start < end {
			continue
		}
		edits = append(edits, f.Fix.Edits[0])
		end = f.Fix.Edits[0].End
		made++
	}
	sort.Slice(edits, func(i, j int) bool { return edits[i].Start < edits[j].Start })
	var b strings.Builder
	done := 0
	for _, e := range edits {
		b.WriteString(text[done:e.Start])
		b.WriteString(e.Text)
		done = e.End
	}
	b.WriteString(text[done:])
	return b.String(), made
}
