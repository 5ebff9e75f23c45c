package core

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"
)

// Embedded are Lua modules inside the program: require finds them by their names. Each is compiled once for
// the whole process, when it is first required.
type Embedded struct {
	prefix string
	files  fs.FS

	mu     sync.Mutex
	chunks map[string]*Chunk
}

// Embed makes the *.lua files of a tree modules: a/b.lua and a/b/init.lua are PREFIX.a.b.
func Embed(prefix string, files fs.FS) *Embedded {
	return &Embedded{prefix: prefix, files: files, chunks: make(map[string]*Chunk)}
}

// Prefix is what the names of the modules begin with, up to the dot.
func (e *Embedded) Prefix() string { return e.prefix }

// Chunk is the compiled module of a path such as "a/b", without an extension, and the folder of its file.
// The error of one that does not exist Is fs.ErrNotExist.
func (e *Embedded) Chunk(module string) (chunk *Chunk, folder string, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, file := range []string{module + ".lua", path.Join(module, "init.lua")} {
		if chunk := e.chunks[file]; chunk != nil {
			return chunk, path.Dir(file), nil
		}
		source, err := fs.ReadFile(e.files, file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, "", err
		}
		chunk, err := Compile(e.prefix+"/"+file, source)
		if err != nil {
			return nil, "", err
		}
		e.chunks[file] = chunk
		return chunk, path.Dir(file), nil
	}
	return nil, "", fmt.Errorf("embedded module %s: %w", module, fs.ErrNotExist)
}

// Names are the names of the modules, sorted as their files are.
func (e *Embedded) Names() []string {
	var names []string
	err := fs.WalkDir(e.files, ".", func(file string, entry fs.DirEntry, err error) error {
		if module, ok := strings.CutSuffix(file, ".lua"); ok && err == nil && !entry.IsDir() {
			module = strings.TrimSuffix(module, "/init")
			names = append(names, e.prefix+"."+strings.ReplaceAll(module, "/", "."))
		}
		return err
	})
	if err != nil {
		return nil
	}
	return names
}

// Embedded are the Lua modules inside the program.
func (c Call) Embedded() []*Embedded { return c.t.vm.rt.embedded }

// ModuleFiles says where require finds modules that are files. The zero value is nowhere.
type ModuleFiles struct {
	Folder  string   // of the script: where require("./x") starts, or empty
	Folders []string // in which other modules are looked for, in this order
}

// ModuleFiles says where require finds modules that are files.
func (c Call) ModuleFiles() ModuleFiles { return c.t.vm.host.Modules }

// Compile compiles a source, or gives what the runtime has compiled for the same name and text before.
func (c Call) Compile(name string, source []byte) (*Chunk, error) {
	return c.t.vm.rt.compile(name, source)
}

// compiled remembers a chunk with its text.
type compiled struct {
	source string
	chunk  *Chunk
}

func (rt *Runtime) compile(name string, source []byte) (*Chunk, error) {
	if known, ok := rt.compiled.Load(name); ok && known.(compiled).source == string(source) {
		return known.(compiled).chunk, nil
	}
	chunk, err := Compile(name, source)
	if err != nil {
		return nil, err
	}
	rt.compiled.Store(name, compiled{string(source), chunk})
	return chunk, nil
}

// Caller is the name of the chunk that has called the builtin, or empty when no script has. It needs the
// baton.
func (c Call) Caller() string {
	source := callerIn(c.t.L)
	for i := len(c.t.below) - 1; source == "" && i >= 0; i-- {
		source = callerIn(c.t.below[i])
	}
	return source
}

// Where is the script's position, "verify.lua:3", or empty when no script has called the builtin. It needs the baton.
func (c Call) Where() string { return c.t.where() }

// Task is the task that the body runs in.
func (c Call) Task() *Task { return c.t.task }
