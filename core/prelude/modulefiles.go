package prelude

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"assay.rs/core"
	"assay.rs/core/nearest"
)

// origin is where a chunk comes from: what it requires with ./ stands beside it.
type origin struct {
	embedded *core.Embedded // nil is a file
	folder   string
}

// module is one that exists.
type module struct {
	origin

	identity string
	chunk    func(c core.Call) (*core.Chunk, error)
}

// maxModule is the largest file that is a module.
const maxModule = 1 << 20

// find finds the module that a script means by a name.
func (r *required) find(c core.Call, name, caller string) (module, error) {
	files := c.ModuleFiles()
	if strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../") {
		from, known := r.origins[caller]
		if !known {
			from.folder = files.Folder
		}
		return findBeside(c, name, from)
	}
	module := strings.ReplaceAll(name, ".", "/")
	if !fs.ValidPath(module) || module == "." || strings.Contains(name, `\`) {
		return none(), errName
	}
	s := search{c: c}
	inner := module
	for _, e := range c.Embedded() {
		if rest, ok := strings.CutPrefix(module, e.Prefix()+"/"); ok {
			inner = rest
		}
	}
	for _, folder := range files.Folders {
		if m, ok := s.file(filepath.Join(folder, filepath.FromSlash(inner))); ok || s.err != nil {
			return m, s.err
		}
	}
	for _, e := range c.Embedded() {
		if rest, ok := strings.CutPrefix(module, e.Prefix()+"/"); ok {
			if m, ok := s.embedded(e, rest); ok || s.err != nil {
				return m, s.err
			}
		}
	}
	return none(), s.notFound(name)
}

// findBeside finds a module relative to the script that requires it.
func findBeside(c core.Call, name string, from origin) (module, error) {
	s := search{c: c}
	if from.embedded != nil {
		inside := path.Join(from.folder, name)
		if !fs.ValidPath(inside) {
			return none(), errName
		}
		if m, ok := s.embedded(from.embedded, inside); ok || s.err != nil {
			return m, s.err
		}
		return none(), s.notFound(name)
	}
	if from.folder == "" {
		return none(), core.ErrDenied.With(fmt.Errorf("module %q: files cannot be required here", name), "only modules that come with assay can")
	}
	if m, ok := s.file(filepath.Join(from.folder, filepath.FromSlash(name))); ok || s.err != nil {
		return m, s.err
	}
	return none(), s.notFound(name)
}

func none() module { return module{} }

// search looks in one place after the other.
type search struct {
	c     core.Call
	tried []string
	err   error // why there is no point in going on
}

// file looks for path.lua and path/init.lua, and for a path that ends in .lua itself.
func (s *search) file(base string) (module, bool) {
	candidates := []string{base + ".lua", filepath.Join(base, "init.lua")}
	if strings.HasSuffix(base, ".lua") {
		candidates = []string{base}
	}
	for _, file := range candidates {
		source, err := s.c.Root().ReadFile(file, maxModule)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			s.tried = append(s.tried, file)
			continue
		case denied(err):
			s.tried = append(s.tried, file+" (not permitted)")
			continue
		case err != nil:
			s.err = err
			return none(), false
		}
		identity, err := filepath.Abs(file)
		if err != nil {
			identity = file
		}
		compile := func(c core.Call) (*core.Chunk, error) { return c.Compile(file, source) }
		return module{origin: origin{folder: filepath.Dir(file)}, identity: identity, chunk: compile}, true
	}
	return none(), false
}

func denied(err error) bool {
	e, ok := errors.AsType[*core.Error](err)
	return ok && e.Code == core.ErrDenied || errors.Is(err, fs.ErrPermission)
}

func (s *search) embedded(e *core.Embedded, inside string) (module, bool) {
	chunk, folder, err := e.Chunk(inside)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.tried = append(s.tried, "what comes with assay")
		return none(), false
	case err != nil:
		s.err = err
		return none(), false
	}
	compiled := func(core.Call) (*core.Chunk, error) { return chunk, nil }
	return module{origin: origin{e, folder}, identity: chunk.Name(), chunk: compiled}, true
}

func (s *search) notFound(name string) error {
	if len(s.tried) == 0 {
		s.tried = []string{"nothing: only modules whose names begin with assay. exist here"}
		if len(s.c.Embedded()) == 0 {
			s.tried[0] = "nothing: no modules are in this binary, the full assay has them"
		}
	}
	err := fmt.Errorf("module %q not found; tried %s", name, strings.Join(s.tried, ", "))
	var names []string
	for _, e := range s.c.Embedded() {
		names = append(names, e.Names()...)
	}
	return core.WithHint(err, nearest.Hint(name, names))
}
