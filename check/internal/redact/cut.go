package redact

import "strings"

// shortestPiece is how many bytes of a secret betray it where a text was cut.
const shortestPiece = 4

// withoutPieces masks what a cut has left of a form of a secret: on either side of a mark that says "something is
// missing here". Quotes and blanks may stand between.
func withoutPieces(s, corpus string) string {
	at, mark := nextMark(s)
	if at < 0 {
		return s
	}
	var b strings.Builder
	for at >= 0 {
		before, after := s[:at], s[at+len(mark):]
		kept := before
		piece := tail(kept, corpus)
		if piece == 0 {
			kept = strings.TrimRight(before, between)
			piece = tail(kept, corpus)
		}
		if piece > 0 {
			b.WriteString(kept[:len(kept)-piece] + Mask + before[len(kept):])
		} else {
			b.WriteString(before)
		}
		b.WriteString(mark)
		kept = after
		if piece = head(kept, corpus); piece == 0 {
			kept = strings.TrimLeft(after, between)
			piece = head(kept, corpus)
		}
		if piece > 0 {
			b.WriteString(after[:len(after)-len(kept)] + Mask)
			after = kept[piece:]
		}
		s = after
		at, mark = nextMark(s)
	}
	b.WriteString(s)
	return b.String()
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
