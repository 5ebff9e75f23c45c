package server

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"assay.rs/analysis/checkfile"
	"assay.rs/analysis/document"
)

// of are the schemas of the value of an entry.
func (s *Server) of(f *checkfile.File, entry int) []*checkfile.Schema {
	return s.schema.Shape(f).Of(entry)
}

// container are the schemas of the map that stands in the value of an entry, or in an item of it.
func (s *Server) container(f *checkfile.File, parent, item int) []*checkfile.Schema {
	return s.schema.Shape(f).Map(checkfile.Place{Parent: parent, Item: item})
}

// around is the entry whose value an offset in a line with this indentation belongs to, and the item of it.
func around(f *checkfile.File, offset, column int, dash bool) (parent, item int) {
	parent = -1
	for i, e := range f.Entries {
		if e.Start >= offset {
			break
		}
		if e.Flow {
			continue
		}
		if e.Indent == column && !dash {
			parent, item = e.Parent, e.Item
		} else if e.Indent < column || e.Indent == column && dash {
			parent, item = i, 0
		}
	}
	if dash {
		item = 1
	}
	return parent, item
}

func (s *Server) knows(f *checkfile.File) bool { return s.schema.Knows(f) }

func (s *Server) yamlCompletion(d *document.Document, offset int) []completionItem {
	f := d.Check
	if !s.knows(f) {
		return []completionItem{}
	}
	start, end := d.Line(d.Position(offset).Line - 1)
	before := d.Text[start:offset]
	if begun, names, ok := inPlaceholder(f, before); ok {
		return s.nameItems(d, offset, begun, names)
	}
	if names, ok := needed(f, before, start); ok {
		begun := before[strings.LastIndexAny(before, " [,\"'")+1:]
		return s.nameItems(d, offset, begun, names)
	}
	if w := f.FlowAt(offset); w != nil {
		return s.flowCompletion(d, w, offset)
	}
	trimmed := strings.TrimLeft(before, " ")
	column, dash := len(before)-len(trimmed), false
	for strings.HasPrefix(trimmed, "- ") {
		inner := len(trimmed) - len(strings.TrimLeft(trimmed[2:], " "))
		trimmed, dash = trimmed[inner:], true
		column += inner
	}
	items := []completionItem{}
	if strings.HasPrefix(trimmed, "#") {
		return items
	}
	if key, value, ok := strings.Cut(trimmed, ":"); ok && !strings.Contains(key, " ") {
		for i, e := range f.Entries {
			if e.Start >= start && e.Start <= end && e.Key == key {
				edit := s.span(d, offset-len(strings.TrimLeft(value, " ")), offset)
				return s.yamlValues(i, f, edit)
			}
		}
		return items
	}
	if strings.ContainsAny(trimmed, " {[\"'") {
		return items
	}
	indent := column
	if dash {
		indent = strings.IndexByte(before, '-')
	}
	parent, item := around(f, start, indent, dash)
	have := make(map[string]bool)
	if !dash {
		have = keysOf(f, parent, item, func(e checkfile.Entry) bool { return e.Start < start || e.Start > end })
	}
	return s.keyItems(f, parent, item, have, s.span(d, offset-len(trimmed), offset))
}

// keysOf are the keys that a map has, as far as they are to be counted.
func keysOf(f *checkfile.File, parent, item int, counts func(checkfile.Entry) bool) map[string]bool {
	have := make(map[string]bool)
	for _, e := range f.Entries {
		if e.Parent == parent && e.Item == item && counts(e) {
			have[e.Key] = true
		}
	}
	return have
}

// keyItems are the keys that a map may have besides those that it has.
func (s *Server) keyItems(f *checkfile.File, parent, item int, have map[string]bool, edit span) []completionItem {
	properties := make(map[string]*checkfile.Schema)
	for _, v := range s.container(f, parent, item) {
		for key, p := range v.Properties {
			if !have[key] && properties[key] == nil {
				properties[key] = p
			}
		}
	}
	keys := make([]string, 0, len(properties))
	for key := range properties {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	items := []completionItem{}
	for _, key := range keys {
		items = append(items, completionItem{Label: key, Kind: itemProperty, Documentation: markdown(properties[key].Description), TextEdit: &textEdit{edit, key + ": "}})
	}
	return items
}

// flowCompletion is what can stand at an offset in a map in flow style.
func (s *Server) flowCompletion(d *document.Document, w *checkfile.Flow, offset int) []completionItem {
	f := d.Check
	for i, e := range f.Entries {
		if e.Flow && e.Parent == w.Parent && e.Item == w.Item && e.End < offset && offset <= e.BlockEnd && e.ValueStart <= offset {
			return s.yamlValues(i, f, s.span(d, e.ValueStart, offset))
		}
	}
	start := offset
	for start > w.Start+1 && isWord(d.Text[start-1]) {
		start--
	}
	if before := strings.TrimRight(d.Text[w.Start:start], " \r\n"); !strings.HasSuffix(before, "{") && !strings.HasSuffix(before, ",") {
		return []completionItem{}
	}
	have := keysOf(f, w.Parent, w.Item, func(e checkfile.Entry) bool { return e.Start != start })
	return s.keyItems(f, w.Parent, w.Item, have, s.span(d, start, offset))
}

// yamlValues are the words that the value of an entry may be.
func (s *Server) yamlValues(entry int, f *checkfile.File, edit span) []completionItem {
	items := []completionItem{}
	add := func(value any, doc string) {
		label := fmt.Sprint(value)
		if !slices.ContainsFunc(items, func(i completionItem) bool { return i.Label == label }) {
			items = append(items, completionItem{Label: label, Kind: itemValue, Documentation: markdown(doc), TextEdit: &textEdit{edit, label}})
		}
	}
	e := f.Entries[entry]
	schemas := s.of(f, entry)
	if e.Key == "type" { // all types, whatever the type is now
		schemas = nil
		for _, v := range s.of(f, e.Parent) {
			for _, item := range v.Items.Variants() {
				schemas = append(schemas, item.Properties["type"].Variants()...)
			}
		}
	}
	for _, v := range schemas {
		if v.Const != nil {
			add(v.Const, v.Description)
		}
		for _, value := range v.Enum {
			add(value, v.Description)
		}
		if v.Type == "boolean" {
			add(true, v.Description)
			add(false, v.Description)
		}
	}
	return items
}

func (s *Server) yamlHover(d *document.Document, offset int) any {
	if !s.knows(d.Check) {
		return nil
	}
	for i, e := range d.Check.Entries {
		if offset < e.Start || offset > e.End {
			continue
		}
		for _, v := range s.of(d.Check, i) {
			if v.Description != "" {
				return hover{*markdown("`" + e.Key + "`: " + v.Description + inForce(d.Check, i, v)), s.span(d, e.Start, e.End)}
			}
		}
	}
	return nil
}

// inForce is what holds for the key of a check or of defaults where it is not written: what the file's defaults say, else
// what the program does.
func inForce(f *checkfile.File, entry int, v *checkfile.Schema) string {
	e := f.Entries[entry]
	for _, other := range f.Entries {
		if e.Item > 0 && other.Key == e.Key && other.Value != "" && other.Parent >= 0 && f.Entries[other.Parent].Key == "defaults" && f.Entries[other.Parent].Parent == -1 {
			return "\n\nThe defaults of this file: `" + other.Value + "`"
		}
	}
	if v.Default == nil {
		return ""
	}
	return defaultText(fmt.Sprint(v.Default))
}

// checkSymbols are the checks of a file by name, with the functions of their scripts.
func (s *Server) checkSymbols(d *document.Document) []documentSymbol {
	list := []documentSymbol{}
	f := d.Check
	for i, e := range f.Entries {
		if e.Key != "name" || e.Parent < 0 || f.Entries[e.Parent].Parent != -1 {
			continue
		}
		end := e.End
		children := []documentSymbol{}
		for _, other := range f.Entries {
			if other.Parent == e.Parent && other.Item == e.Item {
				end = max(end, trimmedEnd(d.Text, e.Start, other.BlockEnd))
			}
		}
		for _, chunk := range d.Chunks {
			if script := f.Entries[chunk.Script.Entry]; script.Parent == e.Parent && script.Item == e.Item {
				children = append(children, s.functions(&cursor{Info: s.infer(d, chunk), document: d, chunk: chunk}, chunk.Tree.Root)...)
			}
		}
		name := unquoted(f.Entries[i].Value)
		if name == "" {
			name = "?"
		}
		list = append(list, documentSymbol{name, symbolObject, s.span(d, e.Start, end), s.span(d, e.Start, e.End), children})
	}
	return list
}

// trimmedEnd is where the text of [start, end) ends without the white space behind it.
func trimmedEnd(text string, start, end int) int {
	return start + len(strings.TrimRight(text[start:max(start, end)], " \r\n"))
}
