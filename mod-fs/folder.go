package fs

import (
	"context"
	"errors"
	iofs "io/fs"
	"math"
	"path/filepath"
	"strings"
	"syscall"

	"assay.rs/core"
)

// entry is one thing in a folder.
type entry struct{ path, name, kind string }

func entryKey(name string, at func(*entry) *string, text string) core.Key[entry] {
	return core.NewKey(name, core.String(), at, text)
}

func entryKeys() []core.Key[entry] {
	return []core.Key[entry]{
		entryKey("name", func(e *entry) *string { return &e.name }, "Its name in the folder."),
		entryKey("type", func(e *entry) *string { return &e.kind }, `"file", "directory", "symlink" or "other".`),
	}
}

// depth is the option of readdir.
type depth struct{ n int }

func folderFuncs() []core.Func {
	entries := core.ListOf(core.Record("fs.Entry", "One thing in a folder.", entryKeys()...))
	found := core.ListOf(core.Record("fs.Found", "One thing in or below a folder.", append(entryKeys(),
		entryKey("path", func(e *entry) *string { return &e.path }, "Its path from the folder that was read."))...))
	options := core.Record("fs.ReaddirOptions", "How far to look.",
		core.NewKey("depth", core.Int(), func(d *depth) *int { return &d.n }, "How deep to go; 1 is the folder alone. All the way down by default."))
	return []core.Func{
		core.Fn1(doc("list", "Lists what is in a folder, sorted by name.", core.Read,
			`local dir = fs.tempdir()  fs.write(dir .. "/a", "")  assert.eq(fs.list(dir), {{name = "a", type = "file"}})`),
			pathArg("The folder."), core.Returns(entries, "What is in it."), list),
		core.Fn2(doc("readdir", "Lists what is in and below a folder, each folder before what is in it, sorted by name. Symbolic links are not followed.", core.Read,
			`local dir = fs.tempdir()  fs.write(dir .. "/a/b", "")
local all = fs.readdir(dir)  assert.eq(all[2].path, "a/b")  assert.len(fs.readdir(dir, {depth = 1}), 1)`),
			pathArg("The folder."), core.Opt("options", options, depth{math.MaxInt}, "How far to look."), core.Returns(found, "What was found."), readdir),
		core.Fn1(doc("mkdir", "Makes a folder and the folders above it. A folder that exists already is fine.", core.Write,
			`local dir = fs.tempdir()  fs.mkdir(dir .. "/a/b")  assert.is_true(fs.stat(dir .. "/a/b").is_dir)`),
			pathArg("The folder."), core.ReturnsNothing(),
			func(c core.Call, path string) (core.None, error) { return core.None{}, coded(c.Root().MkdirAll(path)) }),
		core.Fn1(doc("remove", "Removes a file, or a folder with all that is in it. Of a symbolic link only the link is removed.", core.Write,
			`local dir = fs.tempdir()  fs.write(dir .. "/a/b", "")  fs.remove(dir)  assert.is_false(fs.exists(dir))`),
			pathArg("What to remove."), core.ReturnsNothing(), remove),
		core.Fn2(doc("copy", "Copies a file, or a folder with all that is in it. Files keep their mode and replace what has their name; symbolic links inside a folder stay links.",
			core.Read|core.Write,
			`local dir = fs.tempdir()  fs.write(dir .. "/a", "x")  fs.copy(dir .. "/a", dir .. "/b")  assert.eq(fs.read(dir .. "/b"), "x")`),
			core.Arg("from", core.String(), "What to copy."), core.Arg("to", core.String(), "The name of the copy. Folders above it are made."),
			core.ReturnsNothing(), copyTree),
		core.Fn2(doc("rename", "Gives a file or folder another name, also in another folder of the same file system. A file that has the name is replaced.", core.Write,
			`local dir = fs.tempdir()  fs.write(dir .. "/a", "x")  fs.rename(dir .. "/a", dir .. "/b")  assert.is_true(fs.exists(dir .. "/b"))`),
			core.Arg("from", core.String(), "The old name."), core.Arg("to", core.String(), "The new name."), core.ReturnsNothing(), rename),
		globFunc(),
	}
}

func kind(mode iofs.FileMode) string {
	switch {
	case mode.IsRegular():
		return "file"
	case mode.IsDir():
		return "directory"
	case mode&iofs.ModeSymlink != 0:
		return "symlink"
	}
	return "other"
}

func list(c core.Call, path string) ([]entry, error) {
	found, err := c.Root().ReadDir(path)
	if err != nil {
		return nil, coded(err)
	}
	entries := make([]entry, len(found))
	for i, d := range found {
		entries[i] = entry{name: d.Name(), kind: kind(d.Type())}
	}
	return entries, c.Charge(len(entries) * entrySize)
}

// entrySize is about what an entry takes in Lua.
const entrySize = 300

// errDepth is a depth at which there is nothing.
var errDepth = errors.New("option 'depth': must be at least 1")

func readdir(c core.Call, path string, to depth) ([]entry, error) {
	if to.n < 1 {
		return nil, errDepth
	}
	w := &walk{c: c, root: c.Root()}
	err := w.folder(path, "", to.n)
	return w.found, coded(err)
}

// walk goes through a tree.
type walk struct {
	c     core.Call
	root  core.Root
	found []entry
}

func (w *walk) folder(path, relative string, levels int) error {
	if ctx := w.c.Context(); ctx.Err() != nil {
		return context.Cause(ctx)
	}
	entries, err := w.root.ReadDir(path)
	if err != nil {
		return err
	}
	for _, d := range entries {
		e := entry{path: join(relative, d.Name()), name: d.Name(), kind: kind(d.Type())}
		w.found = append(w.found, e)
		if len(w.found)%256 == 0 {
			if err := w.c.Charge(len(w.found) * entrySize); err != nil {
				return err
			}
		}
		if d.IsDir() && levels > 1 {
			if err := w.folder(join(path, d.Name()), e.path, levels-1); err != nil {
				return err
			}
		}
	}
	return nil
}

// join is a name in a folder; an empty folder is none.
func join(folder, name string) string {
	if folder == "" || strings.HasSuffix(folder, "/") {
		return folder + name
	}
	return folder + "/" + name
}

// errAll is a removal that nobody can mean.
var errAll = errors.New("is not a thing to remove")

func remove(c core.Call, path string) (core.None, error) {
	// A link with a slash behind it would be the folder that it leads to.
	trimmed := strings.TrimRight(path, "/")
	switch filepath.Clean(path) {
	case "/", ".", "..":
		return core.None{}, core.WithHint(&iofs.PathError{Op: "remove", Path: path, Err: errAll}, "name a file or a folder")
	}
	info, err := c.Root().Lstat(trimmed)
	switch {
	case err != nil:
	case info.IsDir():
		err = c.Root().RemoveAll(trimmed)
	default:
		err = c.Root().Remove(trimmed)
	}
	return core.None{}, coded(err)
}

func rename(c core.Call, from, to string) (core.None, error) {
	err := coded(c.Root().Rename(from, to))
	if errors.Is(err, syscall.EXDEV) {
		err = core.WithHint(err, "to another file system: fs.copy, then fs.remove")
	}
	return core.None{}, err
}
