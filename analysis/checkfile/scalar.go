package checkfile

import (
	"regexp"
	"strings"
)

// Kinds of values, as JSON Schema names them.
const (
	Unknown = ""
	Text    = "string"
	Integer = "integer"
	Number  = "number"
	Boolean = "boolean"
	Null    = "null"
	Array   = "array"
	Object  = "object"
)

// Scalar is a value that is no map and no list, with what stands in the file.
type Scalar struct {
	Start, End int // in the file, with quotes
	Kind       string
	Text       string // what it says; of a block, its lines
	Exact      bool   // Text is known: there is no escape in it that was not read

	block *Script
	skip  int // the quote
}

// Outer is the offset in the file of an offset in the text.
func (s *Scalar) Outer(offset int) int {
	if s.block != nil {
		return s.block.Outer(offset)
	}
	return min(s.Start+s.skip+offset, s.End)
}

// The plain scalars of YAML 1.2's core schema that are no texts.
var (
	integer = regexp.MustCompile(`^[-+]?[0-9]+$|^0o[0-7]+$|^0x[0-9a-fA-F]+$`)
	number  = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$|^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$`)
)

// scalarOf reads a scalar that stands on one line.
func scalarOf(text string, start int) Scalar {
	s := Scalar{Start: start, End: start + len(text), Text: text, Exact: true}
	switch {
	case text == "" || strings.ContainsRune("&*!|>{[%@`", rune(text[0])):
		s.Exact = false
	case text[0] == '"' || text[0] == '\'':
		s.Kind, s.skip = Text, 1
		inner := text[1:]
		closed := strings.HasSuffix(inner, text[:1])
		inner = strings.TrimSuffix(inner, text[:1])
		s.Text = inner
		s.Exact = closed && !strings.Contains(inner, text[:1]) && (text[0] == '\'' || !strings.Contains(inner, `\`))
	case text == "true" || text == "True" || text == "TRUE" || text == "false" || text == "False" || text == "FALSE":
		s.Kind, s.Text = Boolean, strings.ToLower(text)
	case text == "~" || text == "null" || text == "Null" || text == "NULL":
		s.Kind = Null
	case integer.MatchString(text):
		s.Kind = Integer
	case number.MatchString(text):
		s.Kind = Number
	default:
		s.Kind = Text
	}
	return s
}

// Scalar is the value of an entry. Its kind is Unknown when it cannot be told, Array or Object when it is none.
func (f *File) Scalar(entry int) Scalar {
	e := f.Entries[entry]
	rest := ""
	if after := e.ValueStart + len(e.Value); after < e.BlockEnd {
		rest = meant(f.Source[after:e.BlockEnd])
	}
	switch {
	case e.Value == "" && strings.HasPrefix(rest, "- ") || e.Value == "" && rest == "-" || strings.HasPrefix(rest, "-\n") && e.Value == "":
		return Scalar{Start: e.Start, End: e.End, Kind: Array}
	case e.Value == "" && entry+1 < len(f.Entries) && f.Entries[entry+1].Parent == entry && f.Entries[entry+1].Item == 0:
		return Scalar{Start: e.Start, End: e.End, Kind: Object}
	case e.Value == "":
		return Scalar{Start: e.Start, End: e.End}
	case e.Value[0] == '{':
		return Scalar{Start: e.ValueStart, End: e.ValueStart + len(e.Value), Kind: Object}
	case e.Value[0] == '[':
		return Scalar{Start: e.ValueStart, End: e.ValueStart + len(e.Value), Kind: Array}
	case e.Value[0] == '|' || e.Value[0] == '>':
		return f.blockScalar(entry)
	case rest != "" && !e.Flow: // it goes on below
		return Scalar{Start: e.ValueStart, End: e.ValueStart + len(e.Value)}
	}
	if strings.ContainsRune(e.Value, '\n') {
		return Scalar{Start: e.ValueStart, End: e.ValueStart + len(e.Value)}
	}
	return scalarOf(e.Value, e.ValueStart)
}

// meant is a text without its comments and the white space around.
func meant(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if t := strings.TrimSpace(line); !strings.HasPrefix(t, "#") {
			b.WriteString(t)
			b.WriteByte('\n')
		}
	}
	return strings.TrimSpace(b.String())
}

func (f *File) blockScalar(entry int) Scalar {
	e := f.Entries[entry]
	s := Scalar{Start: e.ValueStart, End: e.ValueStart + len(e.Value), Kind: Text}
	if strings.Trim(e.Value, "|>+-") != "" {
		return s
	}
	r := reader{file: &File{Source: f.Source, Entries: f.Entries}}
	r.blockScript(entry)
	s.block = &r.file.Scripts[0]
	s.Text, s.Exact = s.block.Text, true // folding makes spaces of line ends: the same length
	return s
}

// Scalars are the value of an entry, or those of the list that it is. A list that holds more than scalars gives those
// that can be read.
func (f *File) Scalars(entry int) []Scalar {
	value := f.Scalar(entry)
	if value.Kind != Array {
		return []Scalar{value}
	}
	e := f.Entries[entry]
	if e.Value != "" {
		return f.flowScalars(e)
	}
	var list []Scalar
	r := reader{file: f, at: e.ValueStart}
	r.next()
	column := -1
	for r.at < e.BlockEnd {
		start, text := r.next()
		indent := indentOf(text)
		if column < 0 && strings.HasPrefix(text[indent:], "- ") {
			column = indent
		}
		if indent != column || !strings.HasPrefix(text[indent:], "- ") {
			continue
		}
		item := withoutComment(strings.TrimLeft(text[indent+1:], " "))
		at := start + len(text) - len(strings.TrimLeft(text[indent+1:], " "))
		if _, _, isKey := keyOf(item); isKey || item == "" {
			continue
		}
		if f.goesOn(r.at, e.BlockEnd, column) { // below its first line
			list = append(list, Scalar{Start: at, End: at + len(item)})
			continue
		}
		list = append(list, scalarOf(item, at))
	}
	return list
}

// goesOn reports whether the line at an offset is part of a list's item whose dash is in the column.
func (f *File) goesOn(at, end, column int) bool {
	if at >= end {
		return false
	}
	line, _, _ := strings.Cut(f.Source[at:end], "\n")
	trimmed := strings.TrimSpace(line)
	return trimmed != "" && trimmed[0] != '#' && indentOf(line) > column
}

func (f *File) flowScalars(e Entry) []Scalar {
	var list []Scalar
	w := &flow{file: &File{Source: f.Source}, at: e.ValueStart + 1, end: e.ValueStart + len(e.Value)}
	for {
		c := w.next()
		if c == ']' || c == 0 {
			return list
		}
		start := w.at
		nested := c == '{' || c == '['
		w.value(-1, 1)
		if !nested {
			list = append(list, scalarOf(f.Source[start:w.at], start))
		}
		w.separator("]")
	}
}
