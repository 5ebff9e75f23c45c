package regex

import (
	"context"
	"io"
	"unicode/utf8"

	"assay.rs/core"
)

// Bounds of a search. RE2 is linear in the text, but a search of the library cannot be stopped: where it
// could take more than a fraction of a second it reads the text through something that can.
const (
	maxText = 64 << 20 // bytes
	maxWork = 16 << 20 // bytes of text times instructions that are searched without a look at the clock
	lookAt  = 1 << 14  // characters between two looks
)

// search is a text in which a pattern is looked for.
type search struct {
	call    core.Call
	p       *pattern
	text    string
	results *core.Meter
}

func newSearch(c core.Call, known *cache, text, pattern string) (*search, error) {
	if len(text) > maxText {
		return nil, errLimit.Errorf("a text of %d bytes: at most %d are searched", len(text), maxText)
	}
	p, err := known.get(pattern)
	if err != nil {
		return nil, err
	}
	return &search{call: c, p: p, text: text, results: c.Meter()}, nil
}

// long tells whether to search from pos could take long.
func (s *search) long(pos int) bool { return (len(s.text) - pos) > maxWork/s.p.size }

// matches tells whether the pattern matches anywhere.
func (s *search) matches() (bool, error) {
	if !s.long(0) {
		return s.p.re.MatchString(s.text), nil
	}
	r := &reader{ctx: s.call.Context(), text: s.text}
	found := s.p.re.MatchReader(r)
	return found, r.err
}

// next gives where the first match at or after pos and its groups begin and end, or nil.
func (s *search) next(pos int) ([]int, error) {
	re, from, groups := s.p.re, pos, 0
	if pos > 0 && s.p.looksBack {
		_, size := utf8.DecodeLastRuneInString(s.text[:pos])
		re, from, groups = s.p.behind(), pos-size, 1
	}
	var found []int
	if s.long(from) {
		r := &reader{ctx: s.call.Context(), text: s.text[from:]}
		found = re.FindReaderSubmatchIndex(r)
		if r.err != nil {
			return nil, r.err
		}
	} else {
		found = re.FindStringSubmatchIndex(s.text[from:])
	}
	if found == nil {
		return nil, nil
	}
	found = found[2*groups:]
	for i := range found {
		if found[i] >= 0 {
			found[i] += from
		}
	}
	return found, nil
}

// each calls f for all matches that do not overlap. An empty match directly behind another one is none.
func (s *search) each(f func(found []int) error) error {
	last := -1
	for pos := 0; pos <= len(s.text); {
		if err := context.Cause(s.call.Context()); err != nil {
			return err
		}
		found, err := s.next(pos)
		if err != nil || found == nil {
			return err
		}
		if found[1] > found[0] || found[0] != last {
			if err := f(found); err != nil {
				return err
			}
		}
		last = found[1]
		pos = found[1]
		if found[0] == found[1] {
			_, size := utf8.DecodeRuneInString(s.text[pos:])
			pos += max(size, 1)
		}
	}
	return nil
}

// reader gives the characters of a text until the task is stopped.
type reader struct {
	ctx   context.Context //nolint:containedctx // it lives as long as one search
	text  string
	pos   int
	reads int
	err   error
}

func (r *reader) ReadRune() (rune, int, error) {
	if r.reads++; r.reads%lookAt == 0 {
		if r.err = context.Cause(r.ctx); r.err != nil {
			return 0, 0, r.err
		}
	}
	if r.pos == len(r.text) {
		return 0, 0, io.EOF
	}
	c, size := utf8.DecodeRuneInString(r.text[r.pos:])
	r.pos += size
	return c, size, nil
}
