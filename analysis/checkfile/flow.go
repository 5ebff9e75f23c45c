package checkfile

import "strings"

// Flow is a map in flow style: { status: 200, latency: 1s }.
type Flow struct {
	Start, End int  // from its brace to behind the other
	Open       bool // that one is missing: it goes to the end of its lines
	Parent     int  // index of the entry whose value it is or is in; -1 at the top
	Item       int  // which item of a list it is, from 1; 0 for none
}

// FlowAt is the innermost map in flow style around an offset, or nil.
func (f *File) FlowAt(offset int) *Flow {
	var found *Flow
	for i := range f.Flows {
		if w := &f.Flows[i]; w.Start < offset && (offset < w.End || w.Open && offset == w.End) && (found == nil || w.Start > found.Start) {
			found = w
		}
	}
	return found
}

// flow reads what stands in flow style in [at, end) and makes entries of it.
type flow struct {
	file    *File
	at, end int
	depth   int
}

const maxDepth = 100

func (r *reader) flow(at, end, parent, item int) {
	w := &flow{file: r.file, at: at, end: end}
	w.value(parent, item)
}

// space takes white space and comments.
func (w *flow) space() {
	for w.at < w.end {
		switch c := w.file.Source[w.at]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			w.at++
		case c == '#' && (w.file.Source[w.at-1] == ' ' || w.file.Source[w.at-1] == '\n'):
			if line := strings.IndexByte(w.file.Source[w.at:w.end], '\n'); line >= 0 {
				w.at += line
			} else {
				w.at = w.end
			}
		default:
			return
		}
	}
}

func (w *flow) next() byte {
	w.space()
	if w.at < w.end {
		return w.file.Source[w.at]
	}
	return 0
}

func (w *flow) value(parent, item int) {
	w.depth++
	defer func() { w.depth-- }()
	switch c := w.next(); {
	case w.depth > maxDepth:
		w.at = w.end
	case c == '{':
		w.flowMap(parent, item)
	case c == '[':
		w.at++
		for n := 1; ; n++ {
			if c := w.next(); c == ']' || c == 0 {
				break
			}
			w.value(parent, n)
			w.separator("]")
		}
		w.at = min(w.at+1, w.end)
	default:
		w.scalar(",]}")
	}
}

// separator takes a comma. What has no place there is taken too, so that each step moves on.
func (w *flow) separator(closing string) {
	switch c := w.next(); {
	case c == ',':
		w.at++
	case c != 0 && !strings.ContainsRune(closing, rune(c)):
		w.at++
	}
}

func (w *flow) flowMap(parent, item int) {
	index := len(w.file.Flows)
	w.file.Flows = append(w.file.Flows, Flow{Start: w.at, Parent: parent, Item: item})
	w.at++
	for {
		if c := w.next(); c == '}' || c == 0 {
			break
		}
		start := w.at
		w.scalar(":,}")
		key := w.file.Source[start:w.at]
		if w.next() == ':' && key != "" {
			w.entry(start, start+len(key), parent, item)
		}
		w.separator("}")
	}
	w.file.Flows[index].Open = w.at == w.end
	w.at = min(w.at+1, w.end)
	w.file.Flows[index].End = w.at
}

func (w *flow) entry(start, end, parent, item int) {
	index := len(w.file.Entries)
	w.at++
	if c := w.next(); c == ',' || c == '}' || c == 0 {
		w.at = min(w.at, w.end)
	}
	valueStart := w.at
	w.file.Entries = append(w.file.Entries, Entry{
		Key: strings.Trim(w.file.Source[start:end], `"'`), Start: start, End: end, Parent: parent, Item: item, ValueStart: valueStart, Flow: true,
	})
	w.value(index, 0)
	e := &w.file.Entries[index]
	e.Value = strings.TrimRight(w.file.Source[valueStart:w.at], " \t\r\n")
	e.BlockEnd = valueStart + len(e.Value)
}

// scalar takes a text up to one of the characters that end it.
func (w *flow) scalar(ends string) {
	if c := w.next(); c == '"' || c == '\'' {
		for w.at++; w.at < w.end; w.at++ {
			if w.file.Source[w.at] == '\\' && c == '"' || c == '\'' && strings.HasPrefix(w.file.Source[w.at:w.end], "''") {
				w.at++
			} else if w.file.Source[w.at] == c {
				w.at++
				return
			}
		}
		w.at = w.end
		return
	}
	start := w.at
	for ; w.at < w.end; w.at++ {
		c := w.file.Source[w.at]
		// A colon ends a key where a space follows: http://x is one text. So does a comma, and ${x} has no end in it.
		if c == '$' && strings.HasPrefix(w.file.Source[w.at:w.end], "${") {
			if close := strings.IndexAny(w.file.Source[w.at:w.end], "}\n"); close > 0 {
				w.at += close
				continue
			}
		}
		if c == '\n' || strings.IndexByte(ends, c) >= 0 && (c != ':' || w.at+1 == w.end || strings.IndexByte(" \n\r,}", w.file.Source[w.at+1]) >= 0) {
			break
		}
	}
	w.at = start + len(strings.TrimRight(w.file.Source[start:w.at], " \t\r"))
}
