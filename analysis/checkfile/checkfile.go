// Package checkfile reads check files as an editor needs them: where each key and value stands, and the Lua inside.
//
// [Read] goes by lines and indentation, so that it finds keys and scripts while the rest of the file is being
// written and is no YAML yet. It knows what check files are made of: maps and lists in block style, scalars, and
// block scalars. What stands in braces is one value to it.
//
// A [Script] is Lua in a file. [Script.Outer] and [Script.Inner] map offsets of its text to offsets of the file and
// back.
package checkfile

import "strings"

// File is a check file read.
type File struct {
	Source  string
	Entries []Entry // in order
	Flows   []Flow
	Scripts []Script
}

// Entry is one key of a map.
type Entry struct {
	Key        string
	Start, End int    // of the key
	Indent     int    // its column, from 0
	Parent     int    // index of the entry whose value it is in; -1 at the top
	Item       int    // which item of a list it is in, from 1; 0 for none
	Value      string // what stands behind it on the line, without a comment
	ValueStart int
	BlockEnd   int  // the end of what belongs to it
	Flow       bool // it stands in a map in flow style
}

// Is reports whether the file has what makes it a check file: a list of checks at its top, or of files to include.
func (f *File) Is() bool {
	for _, e := range f.Entries {
		if e.Parent == -1 && e.Indent == 0 && (e.Key == "checks" || e.Key == "include") {
			return true
		}
	}
	return false
}

// Read reads a check file. It makes something of every text.
func Read(source string) *File {
	r := reader{file: &File{Source: source}}
	for r.at < len(source) {
		r.line()
	}
	for i := range r.file.Entries {
		if r.file.Entries[i].BlockEnd == 0 {
			r.file.Entries[i].BlockEnd = len(source)
		}
	}
	if r.file.Is() {
		r.scripts()
	}
	return r.file
}

type reader struct {
	file  *File
	at    int   // start of the line to be read
	open  []int // entries that the next may be below, outermost first
	items map[int]int
}

// next takes a line without its end.
func (r *reader) next() (start int, text string) {
	start = r.at
	text = r.file.Source[start:]
	if end := strings.IndexByte(text, '\n'); end >= 0 {
		r.at = start + end + 1
		return start, strings.TrimSuffix(text[:end], "\r")
	}
	r.at = len(r.file.Source)
	return start, text
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

func (r *reader) line() {
	start, text := r.next()
	column := indentOf(text)
	rest := text[column:]
	if rest == "" || rest[0] == '#' || strings.HasPrefix(text, "---") || strings.HasPrefix(text, "...") {
		return
	}
	for rest == "-" || strings.HasPrefix(rest, "- ") {
		r.close(column+1, start) // a list may stand as far left as its key
		if r.items == nil {
			r.items = make(map[int]int)
		}
		r.items[r.parent()]++
		inner := len(rest[1:]) - len(strings.TrimLeft(rest[1:], " ")) + 1
		column += inner
		rest = rest[inner:]
	}
	key, length, ok := keyOf(rest)
	if !ok {
		if rest != "" && column > indentOf(text) && (rest[0] == '{' || rest[0] == '[') { // behind a dash
			r.skip(rest, column-1)
			r.flow(start+column, r.at, r.parent(), r.items[r.parent()])
		}
		return
	}
	r.close(column, start)
	value := strings.TrimLeft(rest[length+1:], " ")
	valueStart := start + len(text) - len(value)
	value = withoutComment(value)
	parent := r.parent()
	r.file.Entries = append(r.file.Entries, Entry{
		Key: key, Start: start + column, End: start + column + length, Indent: column, Parent: parent, Item: r.items[parent],
		Value: value, ValueStart: valueStart,
	})
	r.open = append(r.open, len(r.file.Entries)-1)
	r.skip(value, column)
	if value != "" && (value[0] == '{' || value[0] == '[') {
		r.flow(valueStart, r.at, len(r.file.Entries)-1, 0)
	}
}

func (r *reader) parent() int {
	if len(r.open) == 0 {
		return -1
	}
	return r.open[len(r.open)-1]
}

// close ends the entries that a line at the column is not below.
func (r *reader) close(column, at int) {
	for len(r.open) > 0 {
		last := r.open[len(r.open)-1]
		if r.file.Entries[last].Indent < column {
			return
		}
		r.file.Entries[last].BlockEnd = at
		r.open = r.open[:len(r.open)-1]
		if r.items != nil {
			delete(r.items, last)
		}
	}
}

// keyOf is the key that a line begins with, and its length in the source.
func keyOf(line string) (key string, length int, ok bool) {
	if line == "" {
		return "", 0, false
	}
	if q := line[0]; q == '"' || q == '\'' {
		end := strings.IndexByte(line[1:], q)
		if end < 0 || end+2 >= len(line) || line[end+2] != ':' {
			return "", 0, false
		}
		return line[1 : end+1], end + 2, true
	}
	if strings.ContainsRune("{}[]&*!|>%@`,", rune(line[0])) {
		return "", 0, false
	}
	for i := range len(line) {
		switch {
		case line[i] == '#' && i > 0 && line[i-1] == ' ':
			return "", 0, false
		case line[i] == ':' && (i+1 == len(line) || line[i+1] == ' '):
			return strings.TrimRight(line[:i], " "), i, i > 0
		}
	}
	return "", 0, false
}

func withoutComment(value string) string {
	if value != "" && (value[0] == '"' || value[0] == '\'') {
		if end := strings.LastIndexByte(value, value[0]); end > 0 {
			return value[:end+1]
		}
	}
	if strings.HasPrefix(value, "#") {
		return ""
	}
	if i := strings.Index(value, " #"); i >= 0 {
		value = value[:i]
	}
	return strings.TrimRight(value, " ")
}

// skip takes the lines that belong to a value which is not written on one.
func (r *reader) skip(value string, indent int) {
	switch {
	case value == "":
		return
	case value[0] == '|' || value[0] == '>':
	case value[0] == '{' || value[0] == '[':
		if strings.Count(value, "{")+strings.Count(value, "[") <= strings.Count(value, "}")+strings.Count(value, "]") {
			return
		}
	case value[0] == '"' || value[0] == '\'':
		if len(value) > 1 && value[len(value)-1] == value[0] {
			return
		}
	}
	// The lines that follow and are indented more are the rest of the value, whatever they look like.
	for r.at < len(r.file.Source) {
		before := r.at
		_, text := r.next()
		if strings.TrimLeft(text, " ") != "" && indentOf(text) <= indent {
			r.at = before
			return
		}
	}
}
