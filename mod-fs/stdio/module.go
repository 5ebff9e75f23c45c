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
	stdout := &file{stream: standardOutput}
	return core.Module{
		Name: "io", Doc: "Lua's standard streams and open files. The table fs reads and writes whole files.",
		Funcs: []core.Func{
			core.FnRest(core.Doc{
				Name: "read", Text: "Reads from standard input; see the method of files.", Needs: core.Read, Level: core.Script,
				Examples: []string{`local line = io.read()  if line == nil then print("nothing") end`},
			}, core.NoArg(), core.Rest("formats", core.Any(), formatsText), core.ReturnsAll("What was read; nil at the end."),
				func(c core.Call, _ core.None, formats []core.Value) ([]core.Value, error) {
					wanted, err := parseFormats(formats)
					if err != nil {
						return nil, err
					}
					return standard(c).read(c, wanted)
				}),
			core.FnRest(core.Doc{
				Name: "write", Text: "Writes strings and numbers to standard output, with nothing between or behind them.", Needs: core.Log, Level: core.Script,
				Examples: []string{"io.write(\"a\", 1, \"\\n\")\n--> =a1"},
			}, core.NoArg(), core.Rest("values", core.String(), "What to write."), core.Returns(files.Type(), "Standard output, to write more."),
				func(c core.Call, _ core.None, values []string) (*file, error) {
					return stdout, stdout.write(c, values)
				}),
			core.Iter(core.Doc{
				Name: "lines", Text: "Goes through the lines of a file, or of standard input, without their newlines.", Needs: core.Read, Level: core.Script,
				Raises:   []*core.Code{core.ErrDenied},
				Examples: []string{`for line in io.lines("/dev/null") do print(line) end`},
			}, core.Opt("path", core.String(), "", "The file; standard input when it is left out."), core.String(), "The next line.", lines),
			core.Fn2(core.Doc{
				Name: "open", Text: "Opens a file. As in Lua, it gives nil and a message when the system does not; what the policy does not permit raises.",
				Needs: core.Read, Level: core.Script, Raises: []*core.Code{core.ErrDenied},
				Examples: []string{`local f, message = io.open("no/such/file")  assert.is_nil(f)  assert.contains(message, "no such file")`},
			}, core.Arg("path", core.String(), "The file."),
				core.Opt("mode", core.String(), "r", `"r" to read, "w" to write anew, "a" to add at the end; with "+" to read and write.`).Default(`"r"`),
				core.Returns2(core.Nullable(files.Type()), "The file, closed with its task at the latest.", core.Nullable(core.String()), "Why there is none."), open),
		},
		Consts: []core.Const{
			core.NewConst("stdin", files.Type(), &file{stream: standardInput}, "Standard input."),
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

func openFile(c core.Call, path string, flag int) (*file, error) {
	opened, err := c.Root().OpenFile(path, flag, 0o666)
	if err != nil {
		return nil, err
	}
	f := newFile(path, opened)
	c.Own(f)
	return f, nil
}

func lines(c core.Call, path string) (func(core.Call) (string, error), error) {
	if path == "" {
		return standard(c).line, nil
	}
	f, err := openFile(c, path, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	var ended error
	return func(c core.Call) (string, error) {
		if ended != nil {
			return "", ended
		}
		line, err := f.line(c)
		if err != nil {
			ended = err
			_ = f.close(c) // it was read alone
		}
		return line, err
	}, nil
}
