package redact

import "strings"

// shortestPiece is how many bytes of a secret betray it where a text was cut.
const shortestPiece = 4

// pieceSpans finds what a cut has left of a form of a secret: on either side of a mark that says "something is
// missing here". Quotes and blanks may stand between.
func pieceSpans(s, corpus string) []span {
	var spans []span
	for from := 0; ; {
		at, mark := nextMark(s[from:])
		if at < 0 {
			return spans
		}
		before, after := s[from:from+at], s[from+at+len(mark):]
		for _, kept := range []string{before, strings.TrimRight(before, between)} {
			end := from + len(kept)
			spans = append(spans, span{end - tail(kept, corpus), end})
		}
		for _, kept := range []string{after, strings.TrimLeft(after, between)} {
			start := len(s) - len(kept)
			spans = append(spans, span{start, start + head(kept, corpus)})
		}
		from += at + len(mark)
	}
}

// between are the characters that may stand between a piece and the mark beside it.
const between = "\"'` "

// nextMark finds where something was left out, and what says so.
func nextMark(s string) (at int, mark string) {
	one, three := strings.Index(s, "…"), strings.Index(s, "...")
	if one >= 0 && (three < 0 || one < three) {
		return one, "…"
	}
	return three, "..."
}

// tail is how many bytes at the end of s are a piece of the corpus; 0 when they are too few to matter.
func tail(s, corpus string) int {
	n := 0
	for n < len(s) && (n+1 < shortestPiece || strings.Contains(corpus, s[len(s)-n-1:])) {
		n++
	}
	if n < shortestPiece {
		return 0
	}
	return n
}

// head is likewise for the beginning of s.
func head(s, corpus string) int {
	n := 0
	for n < len(s) && (n+1 < shortestPiece || strings.Contains(corpus, s[:n+1])) {
		n++
	}
	if n < shortestPiece {
		return 0
	}
	return n
}
