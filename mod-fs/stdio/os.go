package stdio

import (
	"crypto/rand"
	"errors"
	iofs "io/fs"
	"os"
	"path/filepath"

	"assay.rs/core"
)

// OS is what Lua's table os does to files. As in Lua, its functions give nil and a message when the system refuses.
func OS() core.Module {
	doc := func(name, text, example string) core.Doc {
		return core.Doc{Name: name, Text: text, Needs: core.Write, Level: core.Script, Raises: []*core.Code{core.ErrDenied}, Examples: []string{example}}
	}
	done := core.Returns2(core.Nullable(core.Bool()), "true, or nil.", core.Nullable(core.String()), "Why it was not done.")
	return core.Module{
		Name: "os", Doc: "Lua's functions on the names of files.",
		Funcs: []core.Func{
			core.Fn1(doc("remove", "Removes a file or an empty folder; fs.remove takes whole trees.", `local name = os.tmpname()  assert.is_true(os.remove(name))`),
				core.Arg("path", core.String(), "The file."), done,
				func(c core.Call, path string) (core.Two[*bool, *string], error) {
					return outcome(path, c.Root().Remove(path))
				}),
			core.Fn2(doc("rename", "Gives a file another name, in place of a file that has it.",
				`local name = os.tmpname()  assert.is_true(os.rename(name, name .. ".old"))  os.remove(name .. ".old")`),
				core.Arg("path", core.String(), "The file."), core.Arg("to", core.String(), "Its new name."), done,
				func(c core.Call, path, to string) (core.Two[*bool, *string], error) {
					return outcome(path, c.Root().Rename(path, to))
				}),
			core.Fn0(doc("tmpname", "Makes a new empty file that nobody else can read. It stays until it is removed.", `local name = os.tmpname()  os.remove(name)`),
				core.Returns(core.String(), "Its path."), func(c core.Call) (string, error) {
					f, err := temporary(c)
					if err != nil {
						return "", err
					}
					return f.Name(), f.Close()
				}),
		},
	}
}

// outcome is how a change went that the policy permits.
func outcome(path string, err error) (core.Two[*bool, *string], error) {
	done := true
	var system *iofs.PathError
	var link *os.LinkError
	switch {
	case err == nil:
		return core.Two[*bool, *string]{A: &done}, nil
	case errors.As(err, &link):
		err = link.Err
	case errors.As(err, &system):
		err = system.Err
	default:
		return core.Two[*bool, *string]{}, err
	}
	message := path + ": " + err.Error()
	return core.Two[*bool, *string]{B: &message}, nil
}

// temporary makes a file with a name that nobody has guessed.
func temporary(c core.Call) (*os.File, error) {
	return c.Root().OpenFile(filepath.Join(c.Root().TempFolder(), "lua_"+rand.Text()), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
}
