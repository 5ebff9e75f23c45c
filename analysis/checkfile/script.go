package checkfile

import (
	"sort"
	"strings"
)

// Script is Lua in a check file.
type Script struct {
	Entry      int // index of its key
	Start, End int // of its lines in the file
	Block      bool
	Indent     int // of its lines in the file; of a block
	Text       string
	lines      []line
}

// line is where a line of a script begins in its text and in the file.
type line struct{ inner, outer, length int }

// Outer is the offset in the file of an offset of the script.
func (s *Script) Outer(offset int) int {
	i := sort.Search(len(s.lines), func(i int) bool { return s.lines[i].inner > offset }) - 1
	if i < 0 {
		return s.Start
	}
	l := s.lines[i]
	return l.outer + min(offset-l.inner, l.length)
}

// Inner is the offset in the script of an offset of the file, and false for one that is not of the script. One in
// the indentation means the start of the line.
func (s *Script) Inner(offset int) (int, bool) {
	if offset < s.Start || offset > s.End || len(s.lines) == 0 {
		return 0, false
	}
	i := max(0, sort.Search(len(s.lines), func(i int) bool { return s.lines[i].outer > offset })-1)
	if i+1 < len(s.lines) && offset > s.lines[i].outer+s.lines[i].length && offset >= s.lines[i+1].outer-s.Indent && s.Block {
		i++
	}
	l := s.lines[i]
	return l.inner + max(0, min(offset-l.outer, l.length)), true
}

// Replaced is the text of the file's lines with another script in their place. It is of use for blocks only.
func (s *Script) Replaced(text string) string {
	var b strings.Builder
	for l := range strings.Lines(text) {
		if l != "\n" {
			b.WriteString(strings.Repeat(" ", s.Indent))
		}
		b.WriteString(l)
	}
	return b.String()
}

// scripts finds the Lua of checks: the values of the key script in the items of checks.
func (r *reader) scripts() {
	f := r.file
	for i, e := range f.Entries {
		if e.Key != "script" || e.Parent < 0 || f.Entries[e.Parent].Key != "checks" || f.Entries[e.Parent].Parent != -1 || e.Item == 0 {
			continue
		}
		switch {
		case strings.HasPrefix(e.Value, "|") && strings.Trim(e.Value, "|+-") == "":
			r.blockScript(i)
		case e.Value != "" && !strings.ContainsRune("|>\"'&*!{[", rune(e.Value[0])) && strings.TrimSpace(f.Source[e.ValueStart+len(e.Value):e.BlockEnd]) == "":
			f.Scripts = append(f.Scripts, Script{
				Entry: i, Start: e.ValueStart, End: e.ValueStart + len(e.Value), Text: e.Value, lines: []line{{0, e.ValueStart, len(e.Value)}},
			})
		}
	}
}

func (r *reader) blockScript(entry int) {
	f := r.file
	e := f.Entries[entry]
	start := e.ValueStart
	if end := strings.IndexByte(f.Source[start:], '\n'); end >= 0 {
		start += end + 1
	} else {
		start = len(f.Source)
	}
	s := Script{Entry: entry, Start: start, Block: true, Indent: -1}
	r.at = start
	var b strings.Builder
	for r.at < len(f.Source) {
		at, text := r.next()
		indent := indentOf(text)
		if text[indent:] != "" {
			if indent <= e.Indent {
				break
			}
			if s.Indent < 0 {
				s.Indent = indent
			}
		}
		cut := min(max(s.Indent, 0), indent)
		s.lines = append(s.lines, line{inner: b.Len(), outer: at + cut, length: len(text) - cut})
		b.WriteString(text[cut:])
		b.WriteByte('\n')
		s.End = at + len(text)
	}
	if s.Indent < 0 {
		s.Indent = e.Indent + 2
		s.End = max(s.End, start)
	}
	s.Text = b.String()
	f.Scripts = append(f.Scripts, s)
}

// Permit is the insertion into the file that gives a script one more permission, and false when it is not known where.
func (f *File) Permit(s *Script, name string) (at int, text string, ok bool) {
	script := f.Entries[s.Entry]
	if script.Flow {
		return 0, "", false
	}
	for _, e := range f.Entries {
		if e.Key != "permissions" || e.Parent != script.Parent || e.Item != script.Item {
			continue
		}
		if names := strings.TrimSuffix(e.Value, "]"); names != e.Value && strings.HasPrefix(names, "[") {
			if names != "[" {
				name = ", " + name
			}
			return e.ValueStart + len(names), name, true
		}
		return 0, "", false
	}
	return script.Start, "permissions: [" + name + "]\n" + strings.Repeat(" ", script.Indent), true
}

// Permissions are the tables and functions beyond those of checks that a script has: its own permissions, and those
// of the file's defaults.
func (f *File) Permissions(s *Script) []string {
	var names []string
	script := f.Entries[s.Entry]
	for _, e := range f.Entries {
		own := e.Parent == script.Parent && e.Item == script.Item
		defaults := e.Parent >= 0 && f.Entries[e.Parent].Key == "defaults" && f.Entries[e.Parent].Parent == -1
		if e.Key != "permissions" || !own && !defaults {
			continue
		}
		names = append(names, strings.FieldsFunc(f.Source[e.ValueStart:e.BlockEnd], func(r rune) bool {
			return strings.ContainsRune("[],-\"' \r\n", r)
		})...)
	}
	return names
}
