package stdio

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"assay.rs/core"
)

// The standard streams.
const (
	notStandard = iota
	standardInput
	standardOutput
	standardError
)

// file is a standard stream, or a file that was opened.
type file struct {
	stream int

	path   string
	source // its lock is that of the file
	f      *os.File
	closed bool
}

var (
	errClosed    = errors.New("the file is closed")
	errNotInput  = errors.New("the file is not for reading")
	errNotOutput = errors.New("the file is not for writing")
)

func newFile(path string, f *os.File) *file {
	return &file{path: path, f: f, source: source{r: bufio.NewReader(f)}}
}

const fileName = "io.File"

func fileClass() *core.Object[*file] {
	class := core.NewObject[*file](fileName, "A standard stream, or a file that io.open has opened.").
		Close(func(f *file) error { return f.Close() }).ToString((*file).String)
	doc := func(name, text string, needs core.Needs, example string) core.Doc {
		return core.Doc{Name: name, Text: text, Needs: needs, Level: core.Script, Examples: []string{example}}
	}
	return class.Method(
		core.FnRest(doc("read", "Reads from the file.", core.Read, `local f = io.open("/dev/null")  assert.is_nil(f:read("l"))  f:close()`),
			class.Self(), core.Rest("formats", core.Any(), formatsText), core.ReturnsAll("What was read; nil at the end."),
			func(c core.Call, f *file, formats []core.Value) ([]core.Value, error) {
				wanted, err := parseFormats(formats, 1)
				if err != nil {
					return nil, err
				}
				return f.read(c, wanted)
			}),
		core.IterRest(doc("lines", "Goes through the lines that are left, without their newlines, or what the formats ask for.", core.Read,
			`local f = io.open("/dev/null")  for line in f:lines() do print(line) end`),
			class.Self(), core.Rest("formats", core.Any(), formatsText), linesText,
			func(_ core.Call, f *file, formats []core.Value) (func(core.Call) ([]core.Value, error), error) {
				wanted, err := parseFormats(formats, 1)
				return f.each(wanted), err
			}),
		core.FnRest(doc("write", "Writes strings and numbers, with nothing between or behind them.", core.Wait, "io.stdout:write(\"a\", 1, \"\\n\")\n--> =a1"),
			class.Self(), core.Rest("values", core.String(), "What to write."), core.Returns(class.Type(), "The file, to write more."),
			func(c core.Call, f *file, values []string) (*file, error) { return f, f.write(c, values) }),
		core.Fn3(doc("seek", "Sets the position of the next read or write, and gives it.", core.Read,
			`local f = io.open("/dev/null")  assert.eq(f:seek("set", 0), 0)`),
			class.Self(), core.Opt("whence", core.Enum("set", "cur", "end"), "cur", "From where to count: the beginning, the position, or the end.").Default(`"cur"`),
			core.Opt("offset", core.Integer(), 0, "How many bytes from there.").Default("0"), core.Returns(core.Integer(), "The position, from 0."),
			func(_ core.Call, f *file, whence string, offset int64) (int64, error) { return f.seek(whence, offset) }),
		core.Fn1(doc("flush", "Does nothing: what was written is with the system already.", core.Pure, `io.stdout:flush()`),
			class.Self(), core.ReturnsNothing(), func(core.Call, *file) (core.None, error) { return core.None{}, nil }),
		core.Fn1(doc("close", "Closes the file. A standard stream stays open.", core.Wait, `local f = io.open("/dev/null")  f:close()`),
			class.Self(), core.ReturnsNothing(), func(c core.Call, f *file) (core.None, error) { return core.None{}, f.close(c) }),
	)
}

// String is what tostring gives.
func (f *file) String() string {
	switch f.stream {
	case standardInput:
		return "file (standard input)"
	case standardOutput:
		return "file (standard output)"
	case standardError:
		return "file (standard error)"
	}
	return "file (" + f.path + ")"
}

func (f *file) read(c core.Call, formats []format) ([]core.Value, error) {
	switch f.stream {
	case standardInput:
		return standard(c).read(c, formats)
	case notStandard:
		results, err := f.source.read(c, formats)
		return results, f.named(err)
	}
	return nil, errNotInput
}

// each reads the same again and again, until there is nothing.
func (f *file) each(formats []format) func(core.Call) ([]core.Value, error) {
	return func(c core.Call) ([]core.Value, error) {
		results, err := f.read(c, formats)
		if err == nil && len(results) > 0 && results[0].Kind() == core.KindNil {
			return nil, io.EOF
		}
		return results, err
	}
}

func (f *file) write(c core.Call, values []string) error {
	joined := c.Buffer()
	for _, value := range values {
		if _, err := joined.WriteString(value); err != nil {
			return err
		}
	}
	text := joined.String()
	switch f.stream {
	case standardInput:
		return errNotOutput
	case standardError:
		_, err := io.WriteString(c.Stderr(), text)
		return err
	case standardOutput:
		if c.Stdout() == nil {
			return errNotOutput
		}
		// One write, so that those of several tasks do not mix.
		if _, err := io.WriteString(c.Stdout(), text); err != nil {
			return fmt.Errorf("write to standard output: %w", err)
		}
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.settle(); err != nil {
		return f.named(err)
	}
	_, err := f.f.WriteString(text)
	return f.named(err)
}

// settle puts the file where the script has read to: the buffer is ahead of it.
func (f *file) settle() error {
	ahead := f.r.Buffered()
	if ahead == 0 {
		return nil
	}
	_, err := f.f.Seek(int64(-ahead), io.SeekCurrent)
	f.r.Reset(f.f)
	return err
}

func (f *file) seek(whence string, offset int64) (int64, error) {
	if f.stream != notStandard {
		return 0, errors.New("a standard stream has no position")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.settle(); err != nil {
		return 0, f.named(err)
	}
	f.r.Reset(f.f)
	at, err := f.f.Seek(offset, map[string]int{"set": io.SeekStart, "cur": io.SeekCurrent, "end": io.SeekEnd}[whence])
	return at, f.named(err)
}

// named is an error of the file under the path that the script has given.
func (f *file) named(err error) error {
	var system *os.PathError
	switch {
	case errors.Is(err, os.ErrClosed):
		return errClosed
	case errors.As(err, &system):
		return &os.PathError{Op: system.Op, Path: f.path, Err: system.Err}
	}
	return err
}

func (f *file) close(c core.Call) error {
	c.Disown(f)
	return f.Close()
}

// Close closes the file, once.
func (f *file) Close() error {
	if f.stream != notStandard {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil
	}
	f.closed = true
	return f.named(f.f.Close())
}
