package toml

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// str reads a string of one of the four forms.
func (s *scanner) str() (string, error) {
	switch {
	case s.take(`"""`):
		s.newline()
		return s.quoted(`"""`)
	case s.take(`'''`):
		s.newline()
		return s.quoted(`'''`)
	case s.take(`"`):
		return s.quoted(`"`)
	default:
		s.pos++
		return s.quoted(`'`)
	}
}

// quoted reads a string up to the given quotes.
func (s *scanner) quoted(closing string) (string, error) {
	start, long, literal := s.pos, len(closing) == 3, closing[0] == '\''
	var made strings.Builder
	done := start
	for s.pos < len(s.text) {
		c := s.text[s.pos]
		switch {
		case c == closing[0] && s.take(closing):
			// Up to two quotes in front of the closing ones belong to a long string.
			for more := 0; long && more < 2 && s.peek() == c; more++ {
				s.pos++
			}
			made.WriteString(s.text[done : s.pos-len(closing)])
			return made.String(), nil
		case c == '\\' && !literal:
			made.WriteString(s.text[done:s.pos])
			if err := s.escape(&made, long); err != nil {
				return "", err
			}
			done = s.pos
		case long && s.newline():
		case c == '\n' || c == '\r' && strings.HasPrefix(s.text[s.pos:], "\r\n"):
			return "", s.fail(s.pos, "the string that begins at column %d does not end on its line", s.column(start-1))
		case control(c):
			return "", s.fail(s.pos, "a string must not have the character %q as it is", c)
		default:
			s.pos++
		}
	}
	return "", s.fail(start-len(closing), "the string does not end")
}

func (s *scanner) column(at int) int {
	_, col := s.place(at)
	return col
}

// escape reads what a backslash begins.
func (s *scanner) escape(made *strings.Builder, long bool) error {
	at := s.pos
	s.pos++
	if long && s.lineEscape() {
		return nil
	}
	c := s.peek()
	if i := strings.IndexByte(`btnfre"\`, c); i >= 0 && c != 0 {
		made.WriteByte("\b\t\n\f\r\x1b\"\\"[i])
		s.pos++
		return nil
	}
	size := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
	if size == 0 {
		s.pos++
		r, _ := utf8.DecodeRuneInString(s.text[min(s.pos-1, len(s.text)):])
		return s.fail(at, "unknown escape '\\%c'", r)
	}
	s.pos++
	digits := s.text[s.pos:min(s.pos+size, len(s.text))]
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || len(digits) < size || !utf8.ValidRune(rune(n)) {
		return s.fail(at, "'\\%c' wants %d hexadecimal digits of a character", c, size)
	}
	made.WriteRune(rune(n))
	s.pos += size
	return nil
}

// lineEscape takes a backslash's line end and all blanks and line ends after it.
func (s *scanner) lineEscape() bool {
	at := s.pos
	s.blanks()
	if !s.newline() {
		s.pos = at
		return false
	}
	for s.blanks(); s.newline(); s.blanks() {
	}
	return true
}
