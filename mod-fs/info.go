package fs

import (
	"errors"
	"fmt"
	iofs "io/fs"
	"strconv"
	"syscall"

	"assay.rs/core"
)

// info is what fs.stat tells.
type info struct {
	size                  int64
	isFile, isDir, isLink bool
	mode                  int
	modified              float64
	created               *float64
}

func infoType() core.Type[info] {
	return core.Record("fs.Stat", "What a file is.",
		core.NewKey("size", core.Integer(), func(i *info) *int64 { return &i.size }, "Its size in bytes."),
		core.NewKey("is_file", core.Bool(), func(i *info) *bool { return &i.isFile }, "Whether it is a file with content."),
		core.NewKey("is_dir", core.Bool(), func(i *info) *bool { return &i.isDir }, "Whether it is a folder."),
		core.NewKey("is_symlink", core.Bool(), func(i *info) *bool { return &i.isLink }, "Whether the path itself is a symbolic link; all else is about what it leads to, unless that does not exist."),
		core.NewKey("mode", core.Int(), func(i *info) *int { return &i.mode }, `Its permissions as a number: string.format("%04o", mode) gives "0644".`),
		core.NewKey("modified", core.Number(), func(i *info) *float64 { return &i.modified }, "When its content changed, in seconds since 1970, as `time()` counts."),
		core.NewKey("created", core.Nullable(core.Number()), func(i *info) **float64 { return &i.created }, "When it was made, where the file system knows."))
}

func infoFuncs() []core.Func {
	return []core.Func{
		core.Fn1(doc("stat", "Tells what a file is: its size, kind, permissions and times.", core.Read,
			`local f = fs.tempfile()  fs.write(f, "12345")  local s = fs.stat(f)  assert.eq(s.size, 5)  assert.is_true(s.is_file)
assert.eq(string.format("%04o", s.mode), "0600")`),
			pathArg("The file."), core.Returns(infoType(), "What it is."), stat),
		core.Fn1(doc("exists", "Tells whether there is a file or a folder. A symbolic link that leads nowhere is none.", core.Read,
			`assert.is_false(fs.exists("no/such/file"))`),
			pathArg("The file."), core.Returns(core.Bool(), "Whether it exists."), exists),
		core.Fn2(doc("chmod", "Sets the permissions of a file.", core.Write,
			`local f = fs.tempfile()  fs.chmod(f, "0640")  assert.eq(fs.stat(f).mode, tonumber("640", 8))`),
			pathArg("The file."), core.Arg("mode", modeType(), `Octal digits as text, "0644", or a number as fs.stat gives it.`),
			core.ReturnsNothing(), chmod),
	}
}

func stat(c core.Call, path string) (info, error) {
	root := c.Root()
	at, err := root.Lstat(path)
	if err != nil {
		return info{}, coded(err)
	}
	isLink, follow := at.Mode()&iofs.ModeSymlink != 0, false
	if isLink {
		to, err := root.Stat(path)
		switch {
		case err == nil:
			at, follow = to, true
		case !errors.Is(err, iofs.ErrNotExist):
			return info{}, coded(err)
		}
	}
	return info{
		size: at.Size(), isFile: at.Mode().IsRegular(), isDir: at.IsDir(), isLink: isLink, mode: bits(at.Mode()),
		modified: float64(at.ModTime().UnixNano()) / 1e9, created: created(root, path, at, !isLink || follow),
	}, nil
}

// The bits beyond the permissions, as systems number them.
const (
	setUID = 0o4000
	setGID = 0o2000
	sticky = 0o1000
)

func bits(mode iofs.FileMode) int {
	n := int(mode.Perm())
	for bit, flag := range map[int]iofs.FileMode{setUID: iofs.ModeSetuid, setGID: iofs.ModeSetgid, sticky: iofs.ModeSticky} {
		if mode&flag != 0 {
			n |= bit
		}
	}
	return n
}

func fromBits(n int) iofs.FileMode {
	mode := iofs.FileMode(n) & iofs.ModePerm
	for bit, flag := range map[int]iofs.FileMode{setUID: iofs.ModeSetuid, setGID: iofs.ModeSetgid, sticky: iofs.ModeSticky} {
		if n&bit != 0 {
			mode |= flag
		}
	}
	return mode
}

// modeType takes octal text or the bits. Bits beyond the permissions are refused as a number: most likely
// somebody wrote 644 and meant octal.
func modeType() core.Type[iofs.FileMode] {
	return core.Custom(core.AnyOf("string", "integer"), func(_ core.Call, v core.Value) (iofs.FileMode, error) {
		if v.Kind() == core.KindString {
			text, _ := v.Text()
			n, err := strconv.ParseUint(text, 8, 12)
			if err != nil {
				return 0, fmt.Errorf(`bad mode %q: write octal digits, such as "0644"`, text)
			}
			return fromBits(int(n)), nil
		}
		n, ok := v.Integer()
		if !ok {
			return 0, fmt.Errorf("octal digits as text expected, got %s", v.TypeName())
		}
		if n < 0 || n > 0o777 {
			return 0, fmt.Errorf(`bad mode %d: write octal digits as text, such as "0644"`, n)
		}
		return fromBits(int(n)), nil
	}, nil)
}

func chmod(c core.Call, path string, mode iofs.FileMode) (core.None, error) {
	return core.None{}, coded(c.Root().Chmod(path, mode))
}

func exists(c core.Call, path string) (bool, error) {
	_, err := c.Root().Stat(path)
	if errors.Is(err, iofs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return false, nil
	}
	return err == nil, coded(err)
}
