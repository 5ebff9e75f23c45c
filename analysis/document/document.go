// Package document opens what holds Lua: a script, or a check file with scripts inside.
//
// [Open] gives a [Document], whose chunks are trees of Lua with their places in the document. [Find] lists the
// files below a folder that are such documents.
package document

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"assay.rs/analysis/checkfile"
	"assay.rs/analysis/format"
	"assay.rs/core/syntax"
)

// Document is a text that was read. It is never changed and may be shared.
type Document struct {
	Name   string
	Text   string
	Check  *checkfile.File // nil for a script
	Chunks []*Chunk

	lines []int // where each line starts
}

// Chunk is the Lua of a script or a check.
type Chunk struct {
	Tree     *syntax.Tree
	Bindings *syntax.Bindings
	Script   *checkfile.Script // nil when the chunk is the document
}

// Open reads a text; its name tells a check file from a script.
func Open(name, text string) *Document {
	d := &Document{Name: name, Text: text, lines: []int{0}}
	for i := range len(text) {
		if text[i] == '\n' {
			d.lines = append(d.lines, i+1)
		}
	}
	if !IsCheck(name) {
		d.Chunks = []*Chunk{newChunk(text, nil)}
		return d
	}
	d.Check = checkfile.Read(text)
	for i := range d.Check.Scripts {
		s := &d.Check.Scripts[i]
		d.Chunks = append(d.Chunks, newChunk(s.Text, s))
	}
	return d
}

// IsCheck reports whether a file of this name is read as YAML.
func IsCheck(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return ext == ".yaml" || ext == ".yml"
}

func newChunk(text string, s *checkfile.Script) *Chunk {
	if len(text) > syntax.MaxSource {
		text = "" // nothing runs it
	}
	tree := syntax.Parse(text)
	return &Chunk{Tree: tree, Bindings: syntax.Resolve(tree), Script: s}
}

// Errors are those of the grammar or, if there are none, of names.
func (c *Chunk) Errors() []syntax.Error {
	if len(c.Tree.Errors) > 0 {
		return c.Tree.Errors
	}
	return c.Bindings.Errors
}

// Outer is the offset in the document of an offset of the chunk.
func (c *Chunk) Outer(offset int) int {
	if c.Script == nil {
		return offset
	}
	return c.Script.Outer(offset)
}

// Inner is the offset in the chunk of an offset of the document, and false for one outside of it.
func (c *Chunk) Inner(offset int) (int, bool) {
	if c.Script == nil {
		return offset, true
	}
	return c.Script.Inner(offset)
}

// At is the chunk at an offset of the document and the offset in it, or nil.
func (d *Document) At(offset int) (*Chunk, int) {
	for _, c := range d.Chunks {
		if inner, ok := c.Inner(offset); ok {
			return c, inner
		}
	}
	return nil, 0
}

// Position is the line and column of an offset, from 1 and in bytes.
func (d *Document) Position(offset int) syntax.Position {
	offset = max(0, min(offset, len(d.Text)))
	line := sort.Search(len(d.lines), func(i int) bool { return d.lines[i] > offset })
	return syntax.Position{Line: line, Column: offset - d.lines[line-1] + 1}
}

// Lines is the number of lines; Line is where one starts and ends, from 0 and without its end.
func (d *Document) Lines() int { return len(d.lines) }

// Line is where a line starts and where its text ends, counted from 0. A line beyond the last is empty.
func (d *Document) Line(line int) (start, end int) {
	if line < 0 || line >= len(d.lines) {
		return len(d.Text), len(d.Text)
	}
	start, end = d.lines[line], len(d.Text)
	if line+1 < len(d.lines) {
		end = d.lines[line+1] - 1
	}
	if end > start && d.Text[end-1] == '\r' {
		end--
	}
	return start, end
}

// Formatted is the text with its Lua formatted. A chunk that is broken is an error with its place.
func (d *Document) Formatted() (string, error) {
	var b strings.Builder
	done := 0
	for _, c := range d.Chunks {
		if len(c.Tree.Errors) > 0 {
			e := c.Tree.Errors[0]
			return "", fmt.Errorf("%s:%s: %s", d.Name, d.Position(c.Outer(e.Start)), e.Message)
		}
		switch {
		case c.Script == nil:
			return format.Tree(c.Tree), nil
		case c.Script.Block && strings.TrimSpace(c.Script.Text) != "":
			text := c.Script.Replaced(format.Tree(c.Tree))
			if strings.Contains(d.Text, "\r\n") {
				text = strings.ReplaceAll(text, "\n", "\r\n")
			}
			b.WriteString(d.Text[done:c.Script.Start])
			b.WriteString(strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r"))
			done = c.Script.Start + len(strings.TrimRight(d.Text[c.Script.Start:c.Script.End], " \r\n"))
		}
	}
	b.WriteString(d.Text[done:])
	return b.String(), nil
}

// Find lists the documents that the paths name: files as they are, and those with an extension of Lua or YAML
// below folders. Hidden files and folders are left out.
func Find(paths []string) ([]string, error) {
	var found []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			found = append(found, path)
			continue
		}
		err = filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
			hidden := name != path && strings.HasPrefix(d.Name(), ".")
			switch {
			case err != nil:
				return err
			case d.IsDir() && (hidden || d.Name() == "node_modules"):
				return fs.SkipDir
			case !hidden && d.Type().IsRegular() && (IsCheck(name) || strings.EqualFold(filepath.Ext(name), ".lua")):
				found = append(found, name)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}
