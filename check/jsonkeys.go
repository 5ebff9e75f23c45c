package check

import (
	"bytes"
	"encoding/json"
	"strings"
)

// contradiction is a key that stands twice in one object of a valid JSON text, with different values: one reader takes
// the first, another the last.
func contradiction(text []byte) (key string, found bool) {
	s := keyScanner{rest: text}
	s.value()
	return s.twice, s.found
}

// keyScanner reads JSON that is known to be valid, and looks at keys alone.
type keyScanner struct {
	rest  []byte
	twice string
	found bool
}

func (s *keyScanner) space() { s.rest = bytes.TrimLeft(s.rest, " \t\r\n") }

// value reads one value and gives its text.
func (s *keyScanner) value() []byte {
	s.space()
	begun := s.rest
	switch {
	case len(s.rest) == 0:
	case s.rest[0] == '{':
		s.object()
	case s.rest[0] == '[':
		s.items(func() { s.value() })
	case s.rest[0] == '"':
		s.text()
	default:
		end := bytes.IndexAny(s.rest, ",]} \t\r\n")
		if end < 0 {
			end = len(s.rest)
		}
		s.rest = s.rest[end:]
	}
	return begun[:len(begun)-len(s.rest)]
}

func (s *keyScanner) object() {
	values := map[string][]byte{}
	s.items(func() {
		name := string(s.text())
		if strings.Contains(name, `\`) {
			_ = json.Unmarshal([]byte(name), &name) // it is a text, as all is valid
		} else {
			name = strings.Trim(name, `"`)
		}
		s.space()
		s.skip() // the colon
		value := s.value()
		first, twice := values[name]
		if twice && !s.found && !bytes.Equal(first, value) {
			s.found, s.twice = true, name
		}
		values[name] = value
	})
}

// items reads what stands between brackets or braces.
func (s *keyScanner) items(read func()) {
	s.skip()
	for s.space(); len(s.rest) > 0; s.space() {
		switch s.rest[0] {
		case ']', '}':
			s.skip()
			return
		case ',':
			s.skip()
		default:
			read()
		}
	}
}

// text reads a text with its quotes.
func (s *keyScanner) text() []byte {
	s.space()
	for i := 1; i < len(s.rest); i++ {
		switch s.rest[i] {
		case '\\':
			i++
		case '"':
			text := s.rest[:i+1]
			s.rest = s.rest[i+1:]
			return text
		}
	}
	s.rest = nil
	return nil
}

func (s *keyScanner) skip() {
	if len(s.rest) > 0 {
		s.rest = s.rest[1:]
	}
}
