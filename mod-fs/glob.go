package fs

import (
	"context"
	"errors"
	iofs "io/fs"
	"path"
	"slices"
	"strings"
	"syscall"

	"assay.rs/core"
)

func globFunc() core.Func {
	d := doc("glob", "Finds files and folders by a pattern, sorted: `*` and `?` stand for characters of a name, `[a-z]` for one of a "+
		"set, `[!a-z]` for one that is not in it, `**` for any number of folders, and a backslash takes the meaning away. As in a shell, a name that begins with a dot "+
		"is found only by a pattern with that dot, and `**` does not follow symbolic links. What may not be read is passed over.", core.Read,
		`local dir = fs.tempdir()  fs.write(dir .. "/a/b/c.yaml", "")  assert.eq(fs.glob(dir .. "/**/*.yaml"), {dir .. "/a/b/c.yaml"})`)
	d.Raises = codes(errPattern)
	return core.Fn1(d, core.Arg("pattern", core.String(), "The pattern. A slash at its end finds folders alone."),
		core.Returns(core.ListOf(core.String()), "The paths; none is an empty array."), glob)
}

func glob(c core.Call, pattern string) ([]string, error) {
	pattern = carets(pattern)
	if _, err := path.Match(pattern, ""); err != nil {
		return nil, errPattern.Errorf("pattern %q: a [ is not closed, or a \\ stands at the end", pattern)
	}
	g := &globbing{c: c, root: c.Root(), seen: make(map[position]bool)}
	start := ""
	if strings.HasPrefix(pattern, "/") {
		start = "/"
	}
	for part := range strings.SplitSeq(pattern, "/") {
		again := part == "**" && len(g.parts) > 0 && g.parts[len(g.parts)-1] == "**"
		if part != "" && !again {
			g.parts = append(g.parts, part)
		}
	}
	if len(g.parts) > 0 && g.parts[len(g.parts)-1] == "**" {
		g.parts = append(g.parts, "*")
	}
	g.folders = strings.HasSuffix(pattern, "/")
	if err := g.expand(start, 0); err != nil {
		return nil, coded(err)
	}
	slices.Sort(g.found)
	return g.found, nil
}

// carets writes [^ for [!, which is how a shell negates a set.
func carets(pattern string) string {
	if !strings.Contains(pattern, "[!") {
		return pattern
	}
	b, set := []byte(pattern), false
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '\\':
			i++
		case set && b[i] == ']':
			set = false
		case !set && b[i] == '[':
			set = true
			if i+1 < len(b) && b[i+1] == '!' {
				i++
				b[i] = '^'
			}
		}
	}
	return string(b)
}

// globbing is one search.
type globbing struct {
	c       core.Call
	root    core.Root
	parts   []string // of the pattern, between slashes
	folders bool     // folders alone
	seen    map[position]bool
	found   []string
}

// position is a folder from which the parts from index are searched; several ways may lead there.
type position struct {
	at    string
	index int
}

// expand finds what the parts from index match in the folder.
func (g *globbing) expand(at string, index int) error {
	if ctx := g.c.Context(); ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if key := (position{at, index}); g.seen[key] {
		return nil
	} else {
		g.seen[key] = true
	}
	if index == len(g.parts) {
		return g.add(at)
	}
	part := g.parts[index]
	if !strings.ContainsAny(part, `*?[\`) {
		return g.expand(join(at, part), index+1)
	}
	if part == "**" {
		if err := g.expand(at, index+1); err != nil {
			return err
		}
	}
	entries, err := g.list(at)
	if err != nil {
		return err
	}
	for _, d := range entries {
		next := index + 1
		if part == "**" {
			if !d.IsDir() || strings.HasPrefix(d.Name(), ".") {
				continue
			}
			next = index
		} else if !matches(part, d.Name()) {
			continue
		}
		if next < len(g.parts) && !g.isFolder(d, join(at, d.Name())) {
			continue
		}
		if err := g.expand(join(at, d.Name()), next); err != nil {
			return err
		}
	}
	return nil
}

// matches tells whether a part of the pattern matches a name.
func matches(part, name string) bool {
	if strings.HasPrefix(name, ".") && !strings.HasPrefix(strings.TrimPrefix(part, `\`), ".") {
		return false
	}
	ok, err := path.Match(part, name)
	return ok && err == nil
}

// isFolder tells whether an entry is a folder, or a link to one that may be entered.
func (g *globbing) isFolder(d iofs.DirEntry, at string) bool {
	if d.Type()&iofs.ModeSymlink == 0 {
		return d.IsDir()
	}
	info, err := g.root.Stat(at)
	return err == nil && info.IsDir()
}

func (g *globbing) list(at string) ([]iofs.DirEntry, error) {
	if at == "" {
		at = "."
	}
	entries, err := g.root.ReadDir(at)
	var denied *core.Error
	switch {
	case errors.As(err, &denied):
		return nil, err
	case errors.Is(err, iofs.ErrNotExist) || errors.Is(err, iofs.ErrPermission) || errors.Is(err, syscall.ENOTDIR):
		return nil, nil
	}
	return entries, err
}

// add takes a path for found if there is something.
func (g *globbing) add(at string) error {
	info, err := g.root.Lstat(at)
	if err == nil && g.folders {
		info, err = g.root.Stat(at)
	}
	var denied *core.Error
	switch {
	case errors.As(err, &denied):
		return err
	case err != nil || g.folders && !info.IsDir():
		return nil //nolint:nilerr // nothing there
	}
	g.found = append(g.found, at)
	if len(g.found)%256 == 0 {
		return g.c.Charge(len(g.found) * entrySize)
	}
	return nil
}
