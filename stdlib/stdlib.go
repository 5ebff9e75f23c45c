// Package stdlib is the Lua modules that come with assay: require("assay.prometheus").
//
// They are the files in the folder lua, written in Lua on top of the builtins and annotated with LuaCATS. A
// program composes them with [Files]: core.Module{Embedded: core.Embed("assay", stdlib.Files())}. [Specs] reads
// their annotations, for the reference, for editors and for `assay doc`.
//
// Programs carry them compressed, in the folder packed, which go generate writes from the folder lua. Modules are much alike:
// each is compressed with a dictionary that some of them are (RFC 1951), which makes it a fifth smaller.
package stdlib

import (
	"bytes"
	"compress/flate"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"
)

//go:generate go test -run TestPackedIsCurrent -update .

//go:embed packed
var packed embed.FS

const (
	extension      = ".z"
	dictionaryFile = "dictionary" + extension
)

// Files are the modules: x.lua is assay.x. A file is unpacked each time that it is opened.
func Files() fs.FS {
	files, err := fs.Sub(packed, "packed")
	if err != nil {
		panic(err) // the name is a constant
	}
	return unpacking{files, sync.OnceValues(func() ([]byte, error) { return inflate(files, dictionaryFile, nil) })}
}

// unpacking shows a tree of x.z as one of x.
type unpacking struct {
	packed     fs.FS
	dictionary func() ([]byte, error)
}

func inflate(files fs.FS, name string, dictionary []byte) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it is memory
	text, err := io.ReadAll(flate.NewReaderDict(f, dictionary))
	if err != nil {
		return nil, fmt.Errorf("unpack %s: %w", name, err)
	}
	return text, nil
}

// Open implements [fs.FS].
func (u unpacking) Open(name string) (fs.File, error) {
	if folder, err := u.packed.Open(name); err == nil {
		return folder, nil
	}
	text, err := u.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return &file{Reader: bytes.NewReader(text), info: info{name[strings.LastIndexByte(name, '/')+1:], int64(len(text))}}, nil
}

// ReadFile implements [fs.ReadFileFS].
func (u unpacking) ReadFile(name string) ([]byte, error) {
	dictionary, err := u.dictionary()
	if err != nil {
		return nil, err
	}
	text, err := inflate(u.packed, name+extension, dictionary)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return text, err
}

// ReadDir implements [fs.ReadDirFS].
func (u unpacking) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(u.packed, name)
	if err != nil {
		return nil, fmt.Errorf("modules: %w", err)
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() == dictionaryFile })
	for i, e := range entries {
		if !e.IsDir() {
			entries[i] = entry{e}
		}
	}
	return entries, nil
}

// entry is a packed file under the name that it has unpacked.
type entry struct{ fs.DirEntry }

func (e entry) Name() string { return strings.TrimSuffix(e.DirEntry.Name(), extension) }

// file is one that is unpacked.
type file struct {
	*bytes.Reader

	info info
}

func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *file) Close() error               { return nil }

type info struct {
	name string
	size int64
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return 0o444 }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return false }
func (i info) Sys() any           { return nil }
