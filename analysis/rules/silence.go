package rules

import (
	"slices"
	"strings"

	"assay.rs/core/syntax"
)

// silence is what comments of a source silence.
type silence []silencer

// silencer silences codes, or all if there are none, on the lines from..to.
type silencer struct {
	codes    []string
	from, to int
}

const everLine = 1 << 30

// silenced reads "-- assay: ignore CODE" and lua-language-server's "---@diagnostic disable-next-line: CODE".
func silenced(t *syntax.Tree) silence {
	var s silence
	for _, c := range t.Trivia {
		if c.Kind != syntax.LineComment {
			continue
		}
		text := strings.TrimSpace(strings.TrimLeft(t.Source[c.Start:c.End], "-"))
		line := int(c.Line)
		if codes, ok := strings.CutPrefix(text, "assay: ignore"); ok {
			// Above a line it is for that one.
			start := t.Position(int(c.Start)).Column - 1
			if strings.TrimSpace(t.LineText(line)[:start]) == "" {
				line++
			}
			s = append(s, silencer{words(codes), line, line})
			continue
		}
		verb, codes, _ := strings.Cut(text, ":")
		switch verb {
		case "@diagnostic disable-next-line":
			s = append(s, silencer{words(codes), line + 1, line + 1})
		case "@diagnostic disable-line":
			s = append(s, silencer{words(codes), line, line})
		case "@diagnostic disable":
			s = append(s, silencer{words(codes), line, everLine})
		case "@diagnostic enable":
			for i := range s {
				if s[i].to == everLine && slices.Equal(s[i].codes, words(codes)) {
					s[i].to = line
				}
			}
		}
	}
	return s
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
}

func (s silence) silences(code string, line int) bool {
	if code == "syntax" {
		return false
	}
	return slices.ContainsFunc(s, func(q silencer) bool {
		return q.from <= line && line <= q.to && (len(q.codes) == 0 || slices.Contains(q.codes, code))
	})
}
