package cli

import (
	"bytes"
	"io"
	"sync"
)

// lines passes on what is written, line by line, each as clean gives it: what stands in one line is looked at as a whole,
// in however many writes it comes.
type lines struct {
	w     io.Writer
	clean func(text string) string

	mu   sync.Mutex
	rest []byte // of a line that has not ended
}

// maxRest is how much of a line waits for its end.
const maxRest = 256 << 10

// Write implements [io.Writer].
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, p...)
	whole := bytes.LastIndexByte(l.rest, '\n') + 1
	if whole == 0 && len(l.rest) > maxRest {
		whole = len(l.rest)
	}
	return len(p), l.pass(whole)
}

// end passes on the line that has not ended.
func (l *lines) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.pass(len(l.rest)) // who wrote it has ended
}

// pass writes the first n bytes.
func (l *lines) pass(n int) error {
	if n == 0 {
		return nil
	}
	text := l.clean(string(l.rest[:n]))
	l.rest = append(l.rest[:0], l.rest[n:]...)
	_, err := io.WriteString(l.w, text)
	return err
}
