package repl

import (
	"io"
	"strings"

	"golang.org/x/term"
)

const moreLines = "-- more: space, Enter for a line, q to end --"

// page shows a text, a screen at a time. Keys count from the first line on: the terminal is raw all the while.
func (s *screen) page(text string) error {
	if err := s.raw(); err != nil {
		return err
	}
	defer s.restore()
	_, height, err := term.GetSize(int(s.out.Fd()))
	if err != nil || height < 3 {
		height = 24
	}
	lines := strings.SplitAfter(strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\r\n"), "\n")
	for room := height - 1; ; {
		n := min(room, len(lines))
		if _, err := io.WriteString(s.out, strings.Join(lines[:n], "")); err != nil {
			return err
		}
		if lines = lines[n:]; len(lines) == 0 {
			_, err := io.WriteString(s.out, "\r\n")
			return err
		}
		key, err := s.askMore()
		switch {
		case err != nil:
			return err
		case key == '\r' || key == '\n':
			room = 1
		case key == ' ':
			room = height - 1
		default:
			return nil
		}
	}
}

// askMore waits for a key beneath what is shown; 0 is Ctrl-C.
func (s *screen) askMore() (byte, error) {
	if _, err := io.WriteString(s.out, moreLines); err != nil {
		return 0, err
	}
	defer func() { _, _ = io.WriteString(s.out, "\r\x1b[K") }() // it only tidies up
	return s.keys.one()
}
