package repl

import (
	"bytes"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"
)

// lineWidth is how long lines are where the screen does not say.
const lineWidth = 76

// screen is the terminal. While a line is read it is raw, and what tasks print goes above the line.
type screen struct {
	in, out *os.File
	editor  *term.Terminal
	keys    *keys

	mu      sync.Mutex
	cooked  *term.State // while it is raw
	session *Session
	search  search
}

func newScreen(in, out *os.File, session *Session, history *History) *screen {
	s := &screen{in: in, out: out, keys: &keys{from: in}}
	s.editor = term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{s.keys, out}, "")
	s.editor.History = history
	s.editor.AutoCompleteCallback = s.complete
	s.session, s.search.history = session, history
	return s
}

// Write prints, above the line that is read if there is one.
func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cooked != nil {
		return s.editor.Write(p)
	}
	return s.out.Write(p)
}

// readLine reads one line with editing. The error is io.EOF at the end of the input, and errInterrupted
// after Ctrl-C.
func (s *screen) readLine(prompt string) (string, error) {
	if err := s.raw(); err != nil {
		return "", err
	}
	defer s.restore()
	if width, height, err := term.GetSize(int(s.out.Fd())); err == nil && width > 0 {
		_ = s.editor.SetSize(width, height) // an old size only looks worse
	}
	s.editor.SetPrompt(prompt)
	line, err := s.editor.ReadLine()
	if s.keys.interrupted() {
		return "", errInterrupted
	}
	if err == term.ErrPasteIndicator { //nolint:errorlint // it is given bare
		err = nil
	}
	return line, err
}

func (s *screen) raw() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	cooked, err := term.MakeRaw(int(s.in.Fd()))
	if err == nil {
		s.cooked = cooked
	}
	return err
}

// restore makes the terminal what it was before readLine.
func (s *screen) restore() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cooked != nil {
		_ = term.Restore(int(s.in.Fd()), s.cooked) // nothing is left to try
		s.cooked = nil
	}
}

// complete is what Tab does: it completes a name, lists several, and explains the function of an open
// parenthesis.
func (s *screen) complete(line string, pos int, key rune) (string, int, bool) {
	if found, ok := s.search.key(line, key); ok {
		return found, len(found), true
	}
	if key != '\t' {
		return "", 0, false
	}
	before := line[:pos]
	if name, ok := strings.CutSuffix(before, "("); ok && lastWord(name) != "" {
		var text bytes.Buffer
		if s.session.Explain(&text, lastWord(name), lineWidth) == nil {
			_, _ = s.editor.Write(text.Bytes()) // a terminal that is gone ends the loop
		}
		return line, pos, true
	}
	word := lastWord(before)
	if word == "" {
		return before + "  " + line[pos:], pos + 2, true
	}
	words := s.session.Complete(before)
	if len(words) == 0 {
		return line, pos, true
	}
	if longest := common(words); len(longest) > len(word) {
		return before[:len(before)-len(word)] + longest + line[pos:], pos + len(longest) - len(word), true
	}
	if len(words) > 1 {
		_, _ = s.editor.Write([]byte(columns(words, lineWidth))) // as above
	}
	return line, pos, true
}

// columns are words side by side, in lines of at most width.
func columns(words []string, width int) string {
	longest := 0
	for _, word := range words {
		longest = max(longest, len(word)+2)
	}
	perLine := max(1, width/longest)
	var b strings.Builder
	for i, word := range words {
		b.WriteString(word)
		if i%perLine == perLine-1 || i == len(words)-1 {
			b.WriteByte('\n')
		} else {
			b.WriteString(strings.Repeat(" ", longest-len(word)))
		}
	}
	return b.String()
}

// keys reads the terminal. It makes Ctrl-C the end of an emptied line: the editor would take it for the end
// of the input.
type keys struct {
	from io.Reader

	mu      sync.Mutex
	pending []byte
	pressed bool
}

const (
	ctrlC    = 0x03
	emptied  = "\x05\x15\r" // to the end, delete to the beginning, enter
	keyBytes = 256
)

func (k *keys) Read(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.pending) == 0 {
		buf := make([]byte, keyBytes)
		k.mu.Unlock()
		n, err := k.from.Read(buf)
		k.mu.Lock()
		if n == 0 {
			return 0, err
		}
		read := buf[:n]
		if at := bytes.IndexByte(read, ctrlC); at >= 0 {
			k.pressed = true
			read = []byte(emptied) // what was typed around it is of no use any more
		}
		k.pending = read
	}
	n := copy(p, k.pending)
	k.pending = k.pending[n:]
	return n, nil
}

// one reads one key; 0 is Ctrl-C.
func (k *keys) one() (byte, error) {
	p := make([]byte, 1)
	if _, err := io.ReadFull(k, p); err != nil {
		return 0, err
	}
	if k.interrupted() {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.pending = nil
		return 0, nil
	}
	return p[0], nil
}

// interrupted tells whether Ctrl-C was pressed since it was last asked.
func (k *keys) interrupted() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	pressed := k.pressed
	k.pressed = false
	return pressed
}
