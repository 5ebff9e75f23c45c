// Package inspect writes Lua values for people: [Show] for the REPL and the builtin inspect.
package inspect

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"assay.rs/core"
	"assay.rs/core/internal/literal"
)

// Bounds of what is printed of one value.
const (
	lineWidth = 76
	maxShown  = 64 << 10 // bytes, about
	maxNested = 12
	maxItems  = 100 // of one table: of those in a row, and of the others
)

// Show is a value as a person writes it in Lua: a table that fits on one line on one, others on several. Of a long table
// it has the first items, and in all about 64 KB. The error is a limit's. It needs the baton.
func Show(c core.Call, v core.Value) (string, error) {
	p := printer{call: c, left: maxShown, open: make(map[core.Table]bool)}
	s := p.value(v, "")
	return s, p.err
}

type printer struct {
	call core.Call
	left int                 // bytes that may still be shown
	open map[core.Table]bool // the tables around the place
	err  error               // of a limit
}

func (p *printer) value(v core.Value, margin string) string {
	var s string
	switch v.Kind() {
	case core.KindString:
		text, _ := v.Text()
		s = quote(literal.Cut(text, maxShown))
		if len(text) > maxShown {
			s += "... (" + strconv.Itoa(len(text)) + " bytes)"
		}
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
	p.left -= len(margin) + len(s)
	return s
}

func (p *printer) table(t core.Table, margin string) string {
	p.left -= len(margin) + len("{...}, ") // also for tables that are not shown: there may be any number
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
	keys, err := p.keysBeyond(t, n)
	if err != nil {
		p.err, p.left = err, 0
		return items
	}
	for i, k := range keys {
		if p.left <= 0 || i == maxItems {
			return append(items, left(len(keys)-i))
		}
		key := p.key(k)
		p.left -= len(key)
		items = append(items, key+" = "+p.value(t.GetAt(k), margin))
	}
	return items
}

// keyCost is what a key takes that is sorted.
const keyCost = 64

// keysBeyond are the keys other than 1 to n, in order.
func (p *printer) keysBeyond(t core.Table, n int) ([]core.Value, error) {
	count := 0
	_ = t.Each(func(core.Value, core.Value) error { // the function gives no error
		count++
		return nil
	})
	if err := p.call.Copies(keyCost * max(count-n, 0)); err != nil {
		return nil, err
	}
	if err := p.call.Spend(count); err != nil {
		return nil, err
	}
	return t.KeysBeyond(n), nil
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
	text = literal.Cut(text, literal.MaxQuoted)
	switch {
	case k.Kind() == core.KindString && IsName(text):
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

// IsName tells whether s may stand for a field behind a dot, as no keyword may.
func IsName(s string) bool { return literal.IsName(s) && !slices.Contains(Keywords(), s) }

// Keywords are those of Lua, in order.
func Keywords() []string {
	return []string{
		"and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
		"not", "or", "repeat", "return", "then", "true", "until", "while",
	}
}
