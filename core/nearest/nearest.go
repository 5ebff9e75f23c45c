// Package nearest finds the name that a person most likely meant to write.
//
// [Name] serves every "did you mean 'timeout'?" of the program: unknown options in Lua, unknown keys
// in YAML, unknown commands and flags. [Hint] writes that question.
package nearest

import "strings"

// Name gives the known name closest to got, and false when none is close enough to be a likely slip.
//
// Close enough is an edit distance of at most a third of got's length, and of one for short names; two
// neighbouring letters swapped count as one edit and a difference of case as none. Of several names
// equally close the first in known wins.
func Name(got string, known []string) (string, bool) {
	best, found := "", false
	want := []rune(strings.ToLower(got))
	limit := max(1, len(want)/3)
	for _, name := range known {
		candidate := []rune(strings.ToLower(name))
		// A slip keeps something of the word: "x" is no misspelling of "y".
		within := min(limit, max(len(want), len(candidate))-1)
		if d := distance(want, candidate, within); d <= within {
			best, found, limit = name, true, d-1
		}
		if limit < 0 {
			break
		}
	}
	return best, found
}

// Hint gives "did you mean 'timeout'?", or the empty string when no known name is close to got.
func Hint(got string, known []string) string {
	name, ok := Name(got, known)
	if !ok {
		return ""
	}
	return "did you mean '" + name + "'?"
}

// distance counts the insertions, deletions, replacements and swaps of neighbours between a and b
// (optimal string alignment). Beyond limit it only promises a result greater than limit.
func distance(a, b []rune, limit int) int {
	if diff := len(a) - len(b); diff > limit || -diff > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
