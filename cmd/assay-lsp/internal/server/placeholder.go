package server

import (
	"slices"
	"sort"
	"strings"

	"assay.rs/analysis/checkfile"
	"assay.rs/analysis/document"
)

// placeholders are what a ${} may say in a check file: variables by their names, captures, secrets and fixtures.
func placeholders(f *checkfile.File) []string {
	var names []string
	add := func(prefix, suffix string, of map[string]string) {
		for name := range of {
			names = append(names, prefix+name+suffix)
		}
	}
	for i, e := range f.Entries {
		top := e.Parent == -1
		switch {
		case top && e.Key == "vars":
			add("", "", values(f, i, 0))
		case top && e.Key == "secrets":
			add("secrets.", "", values(f, i, 0))
		case e.Key == "capture":
			add("captures.", "", values(f, i, 0))
		case e.Key == "name" && !top && f.Entries[e.Parent].Key == "fixtures":
			names = append(names, "fixtures."+unquoted(e.Value)+".url")
		}
	}
	sort.Strings(names)
	return slices.Compact(names)
}

// inPlaceholder is what is written of a ${} that the text before the cursor has begun, or of $vars. and $captures. in
// jq, and what it may become.
func inPlaceholder(f *checkfile.File, before string) (begun string, names []string, ok bool) {
	names = placeholders(f)
	if at := strings.LastIndex(before, "${"); at >= 0 && !strings.Contains(before[at:], "}") {
		return before[at+2:], names, true
	}
	at := strings.LastIndexByte(before, '$')
	if at < 0 || strings.ContainsFunc(before[at+1:], func(r rune) bool { return r != '.' && (r > 127 || !isWord(byte(r))) }) {
		return "", nil, false
	}
	var in []string
	for _, name := range names {
		switch {
		case strings.HasPrefix(name, "captures."):
			in = append(in, name)
		case !strings.Contains(name, "."):
			in = append(in, "vars."+name)
		}
	}
	return before[at+1:], in, true
}

// needed are the names of the other checks, where the line is one of the value of needs.
func needed(f *checkfile.File, line string, lineStart int) ([]string, bool) {
	at := -1
	for i, e := range f.Entries {
		if e.Key == "needs" && e.Start <= lineStart+len(line) && lineStart < e.BlockEnd+1 && (e.Start >= lineStart || strings.HasPrefix(strings.TrimLeft(line, " "), "-")) {
			at = i
		}
	}
	if at < 0 {
		return nil, false
	}
	var names []string
	for _, e := range f.Entries {
		if isCheckName(f, e) && e.Item != f.Entries[at].Item {
			names = append(names, unquoted(e.Value))
		}
	}
	return names, true
}

// nameItems are completions that replace what is begun before the cursor.
func (s *Server) nameItems(d *document.Document, offset int, begun string, names []string) []completionItem {
	edit := s.span(d, offset-len(begun), offset)
	items := []completionItem{}
	for _, name := range names {
		items = append(items, completionItem{Label: name, Kind: itemVariable, TextEdit: &textEdit{edit, name}})
	}
	return items
}
