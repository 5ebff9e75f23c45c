package stdio

import (
	"errors"
	"fmt"
	iofs "io/fs"
	"os"
	"strings"

	"assay.rs/core"
)

// New is the table io.
func New() core.Module {
	files := fileClass()
	stdin, stdout := &file{stream: standardInput}, &file{stream: standardOutput}
	return core.Module{
		Name: "io", Doc: "Lua's standard streams and open files. The table fs reads and writes whole files.",
		Funcs: []core.Func{
			core.FnRest(core.Doc{
				Name: "read", Text: "Reads from standard input, or what io.input has set; see the method of files.", Needs: core.Read, Level: core.Script,
				Examples: []string{`local line = io.read()  if line == nil then print("nothing") end`},
			}, core.NoArg(), core.Rest("formats", core.Any(), formatsText), core.ReturnsAll("What was read; nil at the end."),
				func(c core.Call, _ core.None, formats []core.Value) ([]core.Value, error) {
					wanted, err := parseFormats(formats, 1)
					if err != nil {
						return nil, err
					}
					return currentInput(c, stdin).read(c, wanted)
				}),
			core.FnRest(core.Doc{
				Name: "write", Text: "Writes strings and numbers to standard output, or what io.output has set, with nothing between or behind them.", Needs: core.Log, Level: core.Script,
				Examples: []string{"io.write(\"a\", 1, \"\\n\")\n--> =a1"},
			}, core.NoArg(), core.Rest("values", core.String(), "What to write."), core.Returns(files.Type(), "The file, to write more."),
				func(c core.Call, _ core.None, values []string) (*file, error) {
					f := currentOutput(c, stdout)
					return f, f.write(c, values)
				}),
			core.IterRest(core.Doc{
				Name: "lines", Text: "Goes through the lines of a file, or of standard input, without their newlines, or through what the formats ask for.", Needs: core.Read, Level: core.Script,
				Raises:   []*core.Code{core.ErrDenied},
				Examples: []string{`for line in io.lines("/dev/null") do print(line) end`},
			}, core.Opt("path", core.String(), "", "The file; standard input when it is left out."), core.Rest("formats", core.Any(), formatsText), linesText,
				func(c core.Call, path string, formats []core.Value) (func(core.Call) ([]core.Value, error), error) {
					wanted, err := parseFormats(formats, 2)
					if err != nil {
						return nil, err
					}
					if path == "" {
						return currentInput(c, stdin).each(wanted), nil
					}
					return lines(c, path, wanted)
				}),
			core.Fn1(core.Doc{
				Name: "input", Text: "Sets the file that io.read and io.lines read, and gives it.", Needs: core.Read, Level: core.Script,
				Raises: []*core.Code{core.ErrDenied}, Examples: []string{`io.input("/dev/null")  assert.is_nil(io.read())`},
			}, core.Opt("file", choiceType(files.Type()), choice{}, "The file, or its path; the one that is set when it is left out."), core.Returns(files.Type(), "The file."),
				func(c core.Call, to choice) (*file, error) {
					err := to.set(c, os.O_RDONLY, func(d *defaults) **file { return &d.input })
					return currentInput(c, stdin), err
				}),
			core.Fn1(core.Doc{
				Name: "output", Text: "Sets the file that io.write writes, and gives it.", Needs: core.Write, Level: core.Script,
				Raises: []*core.Code{core.ErrDenied}, Examples: []string{`io.output(io.stdout)`},
			}, core.Opt("file", choiceType(files.Type()), choice{}, "The file, or the path of one that is written anew; the one that is set when it is left out."), core.Returns(files.Type(), "The file."),
				func(c core.Call, to choice) (*file, error) {
					err := to.set(c, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, func(d *defaults) **file { return &d.output })
					return currentOutput(c, stdout), err
				}),
			core.Fn1(core.Doc{
				Name: "close", Text: "Closes a file, or what io.output has set.", Needs: core.Wait, Level: core.Script,
				Examples: []string{`local f = io.open("/dev/null")  io.close(f)`},
			}, core.Opt("file", core.Nullable(files.Type()), nil, "The file."), core.ReturnsNothing(),
				func(c core.Call, f **file) (core.None, error) {
					if f == nil {
						return core.None{}, currentOutput(c, stdout).close(c)
					}
					return core.None{}, (*f).close(c)
				}),
			core.Fn1(core.Doc{
				Name: "type", Text: "Tells whether a value is a file.", Needs: core.Pure, Level: core.Script,
				Examples: []string{`assert.eq(io.type(io.stdout), "file")  assert.is_nil(io.type("x"))`},
			}, core.Arg("value", fileOrNil(files.Type()), "Any value."), core.Returns(core.Nullable(core.String()), `"file", "closed file", or nil.`),
				func(_ core.Call, f *file) (*string, error) { return f.state(), nil }),
			core.Fn0(core.Doc{
				Name: "tmpfile", Text: "Opens a new file without a name to read and write, which is gone when it is closed.", Needs: core.Write, Level: core.Script,
				Raises: []*core.Code{core.ErrDenied}, Examples: []string{`local f = io.tmpfile()  f:write("x")  f:seek("set")  assert.eq(f:read("a"), "x")`},
			}, core.Returns(files.Type(), "The file, closed with its task at the latest."), tempFile),
			core.Fn2(core.Doc{
				Name: "open", Text: "Opens a file. As in Lua, it gives nil and a message when the system does not; what the policy does not permit raises.",
				Needs: core.Read, Level: core.Script, Raises: []*core.Code{core.ErrDenied},
				Examples: []string{`local f, message = io.open("no/such/file")  assert.is_nil(f)  assert.contains(message, "no such file")`},
			}, core.Arg("path", core.String(), "The file."),
				core.Opt("mode", core.String(), "r", `"r" to read, "w" to write anew, "a" to add at the end; with "+" to read and write.`).Default(`"r"`),
				core.Returns2(core.Nullable(files.Type()), "The file, closed with its task at the latest.", core.Nullable(core.String()), "Why there is none."), open),
		},
		Consts: []core.Const{
			core.NewConst("stdin", files.Type(), stdin, "Standard input."),
			core.NewConst("stdout", files.Type(), stdout, "Standard output."),
			core.NewConst("stderr", files.Type(), &file{stream: standardError}, "Standard error output."),
		},
	}
}

// flags are how a mode opens a file.
func flags(mode string) (int, error) {
	switch strings.Replace(mode, "b", "", 1) {
	case "r":
		return os.O_RDONLY, nil
	case "w":
		return os.O_WRONLY | os.O_CREATE | os.O_TRUNC, nil
	case "a":
		return os.O_WRONLY | os.O_CREATE | os.O_APPEND, nil
	case "r+":
		return os.O_RDWR, nil
	case "w+":
		return os.O_RDWR | os.O_CREATE | os.O_TRUNC, nil
	case "a+":
		return os.O_RDWR | os.O_CREATE | os.O_APPEND, nil
	}
	return 0, fmt.Errorf("argument 2 'mode': unknown mode %q: use r, w, a, r+, w+ or a+", mode)
}

func open(c core.Call, path, mode string) (core.Two[**file, *string], error) {
	flag, err := flags(mode)
	if err != nil {
		return core.Two[**file, *string]{}, err
	}
	f, err := openFile(c, path, flag)
	if system, ok := errors.AsType[*iofs.PathError](err); ok {
		message := path + ": " + system.Err.Error()
		return core.Two[**file, *string]{B: &message}, nil
	}
	if err != nil {
		return core.Two[**file, *string]{}, err
	}
	return core.Two[**file, *string]{A: &f}, nil
}

// tempFile is a file that has lost its name already.
func tempFile(c core.Call) (*file, error) {
	opened, err := temporary(c)
	if err != nil {
		return nil, err
	}
	f := newFile("temporary", opened)
	c.Own(f)
	return f, c.Root().Remove(opened.Name())
}

func openFile(c core.Call, path string, flag int) (*file, error) {
	opened, err := c.Root().OpenFile(path, flag, 0o666)
	if err != nil {
		return nil, err
	}
	f := newFile(path, opened)
	c.Own(f)
	return f, nil
}

func lines(c core.Call, path string, formats []format) (func(core.Call) ([]core.Value, error), error) {
	f, err := openFile(c, path, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	next := f.each(formats)
	var ended error
	return func(c core.Call) ([]core.Value, error) {
		if ended != nil {
			return nil, ended
		}
		values, err := next(c)
		if err != nil {
			ended = err
			_ = f.close(c) // it was read alone
		}
		return values, err
	}, nil
}
