package repl

import "strings"

// search looks for lines of the history while it is on. Ctrl-R turns it on, for what stands on the line; further
// characters add to what is looked for, and another Ctrl-R finds what is older. Any other key leaves it with the line
// that was found.
type search struct {
	history *History
	on      bool
	wanted  string
	at      int    // the line of the history that was found
	shown   string // what the line was left as
}

const ctrlR = 0x12

// key takes a key, and gives the line that there is now; false when the key is none of its own.
func (s *search) key(line string, key rune) (string, bool) {
	s.on = s.on && line == s.shown
	switch {
	case key == ctrlR && !s.on:
		s.on, s.wanted, s.at = true, line, -1
	case key == ctrlR:
	case s.on && key >= ' ' && key != 0x7f && key < 0xd800:
		s.wanted += string(key)
		s.at--
	default:
		s.on = false
		return "", false
	}
	s.shown = line
	for i := max(0, s.at+1); s.wanted != "" && i < s.history.Len(); i++ {
		if strings.Contains(s.history.At(i), s.wanted) {
			s.at, s.shown = i, s.history.At(i)
			break
		}
	}
	return s.shown, true
}
