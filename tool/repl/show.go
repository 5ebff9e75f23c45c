package repl

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"assay.rs/core"
)

// Bounds of what is printed of one value.
const (
	lineWidth = 76
	maxShown  = 64 << 10 // bytes
	maxNested = 12
	maxItems  = 100 // of one table: of those in a row, and of the others
)

// show is a value as a person writes it in Lua: a table that fits on one line on one, others on several.
func show(c core.Call, v core.Value) string {
	p := printer{call: c, left: maxShown, open: make(map[core.Table]bool)}
	return p.value(v, "")
}

type printer struct {
	call core.Call
	left int
	open map[core.Table]bool // the tables around the place
}

func (p *printer) value(v core.Value, margin string) string {
	var s string
	switch v.Kind() {
	case core.KindString:
		text, _ := v.Text()
		s = quote(text)
	case core.KindTable:
		t, _ := v.Table()
		return p.table(t, margin)
	case core.KindFunction:
		f, _ := v.Function()
		s = "builtin function"
		if chunk, line := f.Defined(); chunk != "" {
			s = fmt.Sprintf("function (%s:%d)", chunk, line)
		}
	default:
		s = p.call.ToString(v)
	}
	if p.left <= 0 {
		return "..."
	}
	p.left -= len(s)
	return s
}

func (p *printer) table(t core.Table, margin string) string {
	switch {
	case p.open[t]:
		return "<cycle>"
	case len(p.open) >= maxNested || p.left <= 0:
		return "{...}"
	}
	p.open[t] = true
	defer delete(p.open, t)
	inner := margin + "  "
	items := p.items(t, inner)
	if len(items) == 0 {
		return "{}"
	}
	line := "{" + strings.Join(items, ", ") + "}"
	if len(margin)+len(line) <= lineWidth && !strings.Contains(line, "\n") {
		return line
	}
	return "{\n" + inner + strings.Join(items, ",\n"+inner) + "\n" + margin + "}"
}

// items are the elements of the array part, and then the fields by name.
func (p *printer) items(t core.Table, margin string) []string {
	var items []string
	n := elements(t)
	shown := 0
	for ; shown < min(n, maxItems) && p.left > 0; shown++ {
		items = append(items, p.value(t.At(shown+1), margin))
	}
	if shown < n {
		items = append(items, left(n-shown))
	}
	type field struct {
		key   string
		value core.Value
	}
	var fields []field
	_ = t.Each(func(k, v core.Value) error { // the function gives no error
		if i, ok := k.Integer(); ok && k.Kind() != core.KindString && i >= 1 && i <= int64(n) {
			return nil
		}
		fields = append(fields, field{p.key(k), v})
		return nil
	})
	slices.SortFunc(fields, func(a, b field) int { return strings.Compare(a.key, b.key) })
	for i, f := range fields {
		if p.left <= 0 || i == maxItems {
			return append(items, left(len(fields)-i))
		}
		p.left -= len(f.key)
		items = append(items, f.key+" = "+p.value(f.value, margin))
	}
	return items
}

// left stands for so many items that are not shown.
func left(n int) string { return "... " + strconv.Itoa(n) + " more" }

// elements is how many elements are shown without their index: those up to a hole, and all of an array.
func elements(t core.Table) int {
	n := t.Len()
	if t.IsArray() {
		return n
	}
	for i := 1; i <= n; i++ {
		if t.At(i).IsNil() {
			return i - 1
		}
	}
	return n
}

func (p *printer) key(k core.Value) string {
	text, isText := k.Text()
	switch {
	case k.Kind() == core.KindString && isName(text):
		return text
	case k.Kind() == core.KindString:
		return "[" + quote(text) + "]"
	case k.Kind() == core.KindTable:
		return "[table]"
	case isText:
		return "[" + text + "]"
	}
	return "[" + p.call.ToString(k) + "]"
}

// quote is a string between quotes, on one line and without control characters.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(s); i++ {
		switch ch := s[i]; {
		case ch == '"' || ch == '\\':
			b.WriteByte('\\')
			b.WriteByte(ch)
		case ch == '\n':
			b.WriteString(`\n`)
		case ch == '\t':
			b.WriteString(`\t`)
		case ch == '\r':
			b.WriteString(`\r`)
		case ch < ' ' || ch == 0x7f:
			b.WriteString(`\` + fmt.Sprintf("%03s", strconv.Itoa(int(ch))))
		default:
			b.WriteByte(ch)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func isName(s string) bool {
	for i, ch := range s {
		letter := ch == '_' || ch >= 'a' && ch <= 'z' || ch >= 'A' && ch <= 'Z'
		if !letter && (i == 0 || ch < '0' || ch > '9') {
			return false
		}
	}
	return s != "" && !slices.Contains(keywords(), s)
}

func keywords() []string {
	return []string{
		"and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
		"not", "or", "repeat", "return", "then", "true", "until", "while",
	}
}
