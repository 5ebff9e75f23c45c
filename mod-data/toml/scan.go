package toml

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// scanner is a text that is being read.
type scanner struct {
	text string
	pos  int
}

// fail is the error of a text that is not TOML at an offset.
func (s *scanner) fail(at int, format string, args ...any) error {
	line, col := s.place(at)
	return errSyntax.Errorf("%d:%d: %s", line, col, fmt.Sprintf(format, args...))
}

// place is the line and the column, in characters, of an offset; both begin at 1.
func (s *scanner) place(at int) (line, col int) {
	before := s.text[:at]
	return 1 + strings.Count(before, "\n"), 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
}

// begin checks the text as a whole.
func (s *scanner) begin() error {
	for at := 0; at < len(s.text); {
		r, size := utf8.DecodeRuneInString(s.text[at:])
		if r == utf8.RuneError && size == 1 {
			return s.fail(at, "not UTF-8 text")
		}
		at += size
	}
	if strings.HasPrefix(s.text, "\ufeff") {
		s.pos = len("\ufeff")
	}
	return nil
}

// peek is the byte at the position, or 0 at the end. A NUL in the text is nowhere valid either.
func (s *scanner) peek() byte {
	if s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}

// got names what stands at the position.
func (s *scanner) got() string {
	switch {
	case s.pos >= len(s.text):
		return "the end of the text"
	case s.text[s.pos] == '\n' || strings.HasPrefix(s.text[s.pos:], "\r\n"):
		return "the end of the line"
	}
	r, _ := utf8.DecodeRuneInString(s.text[s.pos:])
	return fmt.Sprintf("%q", r)
}

func (s *scanner) take(prefix string) bool {
	if !strings.HasPrefix(s.text[s.pos:], prefix) {
		return false
	}
	s.pos += len(prefix)
	return true
}

func (s *scanner) expect(what string) error {
	if !s.take(what) {
		return s.fail(s.pos, "'%s' expected, got %s", what, s.got())
	}
	return nil
}

func (s *scanner) blanks() {
	for s.peek() == ' ' || s.peek() == '\t' {
		s.pos++
	}
}

// newline takes the end of a line.
func (s *scanner) newline() bool { return s.take("\n") || s.take("\r\n") }

// lineEnd takes what may stand between a value and the next line: blanks and a comment.
func (s *scanner) lineEnd() error {
	s.blanks()
	if err := s.comment(); err != nil {
		return err
	}
	if s.pos == len(s.text) || s.newline() {
		return nil
	}
	return s.fail(s.pos, "the end of the line expected, got %s", s.got())
}

// lines takes blanks, comments and ends of lines.
func (s *scanner) lines() error {
	for {
		s.blanks()
		if err := s.comment(); err != nil {
			return err
		}
		if !s.newline() {
			return nil
		}
	}
}

func (s *scanner) comment() error {
	if s.peek() != '#' {
		return nil
	}
	for ; s.pos < len(s.text); s.pos++ {
		switch c := s.text[s.pos]; {
		case c == '\n' || c == '\r' && strings.HasPrefix(s.text[s.pos:], "\r\n"):
			return nil
		case control(c):
			return s.fail(s.pos, "a comment must not have the character %q", c)
		}
	}
	return nil
}

// control tells whether a byte may not stand in a comment or on a line of a string.
func control(c byte) bool { return c < ' ' && c != '\t' || c == 0x7f }

// bare takes a key or a part of one that has no quotes.
func (s *scanner) bare() string {
	start := s.pos
	for s.pos < len(s.text) && bareByte(s.text[s.pos]) {
		s.pos++
	}
	return s.text[start:s.pos]
}

func bareByte(c byte) bool {
	return c == '_' || c == '-' || digit(c) || c|0x20 >= 'a' && c|0x20 <= 'z'
}

func digit(c byte) bool { return c >= '0' && c <= '9' }
