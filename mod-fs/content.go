package fs

import (
	"bufio"
	"errors"
	"io"
	iofs "io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"assay.rs/core"
	"assay.rs/mod-fs/internal/input"
)

func contentFuncs() []core.Func {
	return []core.Func{
		core.Fn1(doc("read", "Gives the whole content of a file.", core.Read,
			`local dir = fs.tempdir()  fs.write(dir .. "/a", "text")  assert.eq(fs.read(dir .. "/a"), "text")`,
			`local ok, e = pcall(fs.read, "no/such/file")  assert.eq(e.code, "fs.not_found")`),
			pathArg("The file."), core.Returns(core.String(), "The bytes."), read),
		core.Fn2(doc("write",
			"Makes `content` the whole content of a file, and makes the folders above it. The file is replaced at once: after a "+
				"crash, or when the disk is full, it is wholly old or wholly new. A file that exists keeps its mode. A device, a "+
				"file that is mounted by itself, and a file in a folder that takes no new ones are written in place instead.",
			core.Write,
			`local dir = fs.tempdir()  fs.write(dir .. "/etc/app.conf", "port = 1\n")  assert.eq(fs.read(dir .. "/etc/app.conf"), "port = 1\n")`),
			pathArg("The file."), core.Arg("content", core.String(), "Any bytes."), core.ReturnsNothing(), write),
		core.Fn2(doc("append", "Adds `content` at the end of a file, which is made, with the folders above it, if it does not exist.", core.Write,
			`local f = fs.tempfile()  fs.append(f, "a")  fs.append(f, "b")  assert.eq(fs.read(f), "ab")`),
			pathArg("The file."), core.Arg("content", core.String(), "Any bytes."), core.ReturnsNothing(), appendTo),
		core.Iter(doc("lines", "Goes through the lines of a file, without their newlines. Only one line at a time is in memory.", core.Read,
			"local f = fs.tempfile()  fs.write(f, \"a\\nb\")\nfor line in fs.lines(f) do print(line) end\n--> =a\n--> =b"),
			pathArg("The file."), core.String(), "The next line.", lines),
	}
}

func read(c core.Call, path string) (string, error) {
	f, err := c.Root().Open(path)
	if err != nil {
		return "", coded(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", coded(err)
	}
	text, err := input.All(c, f, info.Size())
	return text, coded(namedAs(err, path))
}

// namedAs is an error of an open file, under the path that the script knows it by.
func namedAs(err error, path string) error {
	if inner, ok := errors.AsType[*iofs.PathError](err); ok {
		return &iofs.PathError{Op: inner.Op, Path: path, Err: inner.Err}
	}
	return err
}

func write(c core.Call, path, content string) (core.None, error) {
	return core.None{}, inFolder(c.Root(), path, func() error {
		return c.Root().WriteFile(path, func(w io.Writer) error {
			_, err := io.WriteString(w, content)
			return err
		})
	})
}

// inFolder does what makes the file at path, and makes the folder first where it is missing.
func inFolder(root core.Root, path string, do func() error) error {
	err := do()
	if errors.Is(err, iofs.ErrNotExist) {
		if made := root.MkdirAll(filepath.Dir(path)); made != nil {
			return coded(made)
		}
		err = do()
	}
	return coded(err)
}

func appendTo(c core.Call, path, content string) (core.None, error) {
	return core.None{}, inFolder(c.Root(), path, func() error {
		f, err := c.Root().OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
		if err != nil {
			return err
		}
		_, err = f.WriteString(content)
		return namedAs(errors.Join(err, f.Close()), path)
	})
}

// lineReader goes through a file for a script.
type lineReader struct {
	path string
	f    *os.File
	r    *bufio.Reader // nil after the end
}

func lines(c core.Call, path string) (func(core.Call) (string, error), error) {
	f, err := c.Root().Open(path)
	if err != nil {
		return nil, coded(err)
	}
	c.Own(f)
	l := &lineReader{path: path, f: f, r: bufio.NewReader(f)}
	// A loop may be left by break: the file is closed with the iterator then, or with the task.
	runtime.AddCleanup(l, func(f *os.File) { _ = f.Close() }, f)
	return l.next, nil
}

func (l *lineReader) next(c core.Call) (string, error) {
	if l.r == nil {
		return "", io.EOF
	}
	line, err := input.Line(c, l.r)
	if err == nil {
		return strings.TrimSuffix(line, "\n"), nil
	}
	l.r = nil
	c.Disown(l.f)
	_ = l.f.Close() // it was read alone
	return "", coded(namedAs(err, l.path))
}
