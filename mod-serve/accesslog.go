package serve

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"sync"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"assay.rs/core"
)

// login is what stands before the host of a URL that has a password: the password is greedy, since it may hold an @.
var login = regexp.MustCompile(`(://[^\s/?#:@]*):[^\s/?#]+@`)

// withoutPasswords is what a client has sent, with *** in place of each password in a URL.
func withoutPasswords(sent string) string { return login.ReplaceAllString(sent, "$1:***@") }

// tellEvery is how often the same trouble is logged.
const tellEvery = 10 * time.Second

// trouble is something that is logged when it happens, but not each time.
type trouble struct {
	mu    sync.Mutex
	told  time.Time
	times int // since it was told
}

// tell logs what has happened, unless it was logged a moment ago.
func (t *trouble) tell(log *slog.Logger, text string, attrs ...any) {
	t.mu.Lock()
	t.times++
	times, now := t.times, time.Now()
	if now.Sub(t.told) < tellEvery {
		t.mu.Unlock()
		return
	}
	t.told, t.times = now, 0
	t.mu.Unlock()
	log.Error(text, append(attrs, "times", times)...)
}

// accessFile is the file of an access log. When another file has its name, or none, as after a rotation, it goes on
// there. Lines that cannot be written are lost, which the log of the script tells.
type accessFile struct {
	root core.Root
	name string
	log  *slog.Logger

	mu     sync.Mutex
	file   *os.File
	looked time.Time
	lost   trouble
}

func openAccessFile(root core.Root, name string, log *slog.Logger) (*accessFile, error) {
	f := &accessFile{root: root, name: name, log: log, looked: time.Now()}
	var err error
	f.file, err = f.open()
	return f, err
}

func (f *accessFile) open() (*os.File, error) {
	return f.root.OpenFile(f.name, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
}

// Write writes a line. It gives no error: a request is not to fail for its log.
func (f *accessFile) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := time.Now(); now.Sub(f.looked) >= lookEvery {
		f.looked = now
		f.follow()
	}
	if _, err := f.file.Write(escaped(p)); err != nil {
		f.lost.tell(f.log, "lines of the access log are lost", "file", f.name, "error", err)
	}
	return len(p), nil
}

// escaped is a line of JSON in which what a terminal acts on is written as an escape: the handler leaves DEL, C1 controls
// and characters that reorder text as they are.
func escaped(line []byte) []byte {
	acts := func(c rune) bool { return c >= 0x7f && !unicode.IsPrint(c) }
	if bytes.IndexFunc(line, acts) < 0 {
		return line
	}
	safe := make([]byte, 0, len(line)+64)
	for _, c := range string(line) {
		if !acts(c) {
			safe = utf8.AppendRune(safe, c)
			continue
		}
		for _, unit := range utf16.Encode([]rune{c}) {
			safe = fmt.Appendf(safe, `\u%04x`, unit)
		}
	}
	return safe
}

// follow goes on in the file that has the name now.
func (f *accessFile) follow() {
	now, err := f.open()
	if err != nil {
		f.lost.tell(f.log, "the access log could not be opened again", "file", f.name, "error", err)
		return
	}
	before, err := f.file.Stat()
	if after, failed := now.Stat(); err == nil && failed == nil && os.SameFile(before, after) {
		_ = now.Close() // it is open already
		return
	}
	_ = f.file.Close() // what is written is written
	f.file = now
}

// Close may be called once nobody writes any more.
func (f *accessFile) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.file.Close()
}
