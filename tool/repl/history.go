package repl

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxHistory is how many lines are remembered.
const maxHistory = 1000

// History is what was entered, the latest first. It is kept in a file, so that the next session has it too.
type History struct {
	path  string
	lines []string // the latest last
}

// OpenHistory reads the history in a file; one that does not exist is empty, and an empty path is none.
func OpenHistory(path string) (*History, error) {
	h := &History{path: path}
	if path == "" {
		return h, nil
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	if err != nil {
		return h, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		h.lines = append(h.lines, lines.Text())
	}
	h.trim()
	return h, lines.Err()
}

func (h *History) trim() {
	if extra := len(h.lines) - maxHistory; extra > 0 {
		h.lines = slices.Delete(h.lines, 0, extra)
	}
}

// Add adds a line, unless it is empty or the one before.
func (h *History) Add(line string) {
	if strings.TrimSpace(line) == "" || len(h.lines) > 0 && h.lines[len(h.lines)-1] == line {
		return
	}
	h.lines = append(h.lines, line)
	h.trim()
}

// Len is how many lines there are.
func (h *History) Len() int { return len(h.lines) }

// At is the line i, from 0 for the latest.
func (h *History) At(i int) string { return h.lines[len(h.lines)-1-i] }

// Save writes the file anew; only its owner can read it.
func (h *History) Save() error {
	if h.path == "" || len(h.lines) == 0 {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(h.path), 0o700); err != nil {
		return err
	}
	whole := filepath.Join(filepath.Dir(h.path), ".history.new")
	if err := os.WriteFile(whole, []byte(strings.Join(h.lines, "\n")+"\n"), 0o600); err != nil {
		return err
	}
	return os.Rename(whole, h.path)
}
