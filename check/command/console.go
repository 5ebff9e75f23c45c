package command

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"
)

// Console is a terminal whose last lines change while a run goes on. What is written through it meanwhile, such as
// records of the log, stands above them. Make one with [NewConsole].
type Console struct {
	file *os.File
	mu   sync.Mutex
	live []string
}

// NewConsole gives a *Console for a terminal that can move its cursor, and w itself for anything else.
func NewConsole(w io.Writer) io.Writer {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" {
		return w
	}
	return &Console{file: f}
}

// Fd and Read make a Console a terminal for those who ask, as for its colours.
func (c *Console) Fd() uintptr { return c.file.Fd() }

// Read reads from the terminal.
func (c *Console) Read(p []byte) (int, error) { return c.file.Read(p) }

func (c *Console) Write(p []byte) (int, error) { return c.above(c.file, p) }

// Through is a writer to the same terminal, as stdout is beside stderr.
func (c *Console) Through(w io.Writer) io.Writer {
	return writer(func(p []byte) (int, error) { return c.above(w, p) })
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

func (c *Console) above(w io.Writer, p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.live) == 0 {
		return w.Write(p)
	}
	c.show(erasing(len(c.live)))
	n, err := w.Write(p)
	c.show(strings.Join(c.live, "\n") + "\n")
	return n, err
}

// SetLive replaces the last lines. Each must fit the width of the terminal.
func (c *Console) SetLive(lines []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var text strings.Builder
	if len(c.live) > 0 {
		text.WriteString(erasing(len(c.live)))
	}
	for _, l := range lines {
		text.WriteString(l + "\n")
	}
	c.live = lines
	c.show(text.String())
}

// show writes what only decorates: that it could not be written is no fault of the run.
func (c *Console) show(text string) {
	if text != "" {
		_, _ = io.WriteString(c.file, text)
	}
}

// Size is that of the terminal; 80 by 24 when it does not tell.
func (c *Console) Size() (width, height int) { return sizeOf(c.file) }

func sizeOf(f *os.File) (width, height int) {
	width, height, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 || height <= 0 {
		return 80, 24
	}
	return width, height
}

// erasing goes up so many lines and clears from there on (ECMA-48: CUU, ED).
func erasing(lines int) string { return fmt.Sprintf("\x1b[%dA\r\x1b[J", lines) }
