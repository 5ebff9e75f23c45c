package toml

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"assay.rs/core"
	"assay.rs/mod-data/internal/plain"
)

func encode(c core.Call, v core.Value) ([]byte, error) {
	if !section(v) {
		return nil, core.WithHint(fmt.Errorf("a TOML document is a table with string keys, got %s", described(v)), `give it a name: toml.encode({items = v})`)
	}
	w := &writer{Descent: core.Descent{Call: c, Invalid: errValue, Limit: errLimit}, left: maxValues}
	err := w.table(v, nil)
	return w.out, err
}

func described(v core.Value) string {
	if v.Kind() == core.KindTable {
		return "an array"
	}
	return v.TypeName()
}

// section tells whether v is written as a [section]: a table that is no array, or an object.
func section(v core.Value) bool {
	if v.Kind() == core.KindObject {
		return true
	}
	t, ok := v.Table()
	return ok && !t.IsArray()
}

// sections is v as an array of sections, when it is one.
func sections(v core.Value) (core.Table, bool) {
	t, ok := v.Table()
	if !ok || !t.IsArray() || t.Len() == 0 {
		return t, false
	}
	for i := 1; i <= t.Len(); i++ {
		if !section(t.At(i)) {
			return t, false
		}
	}
	return t, true
}

// writer appends values to a text.
type writer struct {
	core.Descent
	out  []byte
	left int // values that may still be written
}

// count takes a value from what is left, and looks at the size of the text.
func (w *writer) count() error {
	if w.left--; w.left < 0 {
		return errLimit.Errorf("more than %d values", maxValues)
	}
	if len(w.out) > maxBytes {
		return errLimit.Errorf("more than %d bytes of TOML", maxBytes)
	}
	return nil
}

// table writes the members of the table that the path leads to: first those with their value on the same
// line, then those that are sections.
func (w *writer) table(v core.Value, path []string) error {
	if err := w.Enter(v); err != nil {
		return err
	}
	members, err := w.Members(nil, v)
	if err != nil {
		return err
	}
	var below []core.Member
	for _, m := range members {
		if _, many := sections(m.Value); many || section(m.Value) {
			below = append(below, m)
			continue
		}
		w.Key(m.Key)
		if err := w.key(m.Key); err != nil {
			return err
		}
		w.out = append(w.out, " = "...)
		if err := w.value(m.Value); err != nil {
			return err
		}
		w.out = append(w.out, '\n')
	}
	for _, m := range below {
		w.Key(m.Key)
		if err := w.section(m.Value, append(path, m.Key)); err != nil {
			return err
		}
	}
	w.Leave()
	return nil
}

// section writes a table under a header, or each element of an array of them.
func (w *writer) section(v core.Value, path []string) error {
	if err := w.count(); err != nil {
		return err
	}
	items, many := sections(v)
	if !many {
		if err := w.header("[", path, "]"); err != nil {
			return err
		}
		return w.table(v, path)
	}
	if err := w.Enter(v); err != nil {
		return err
	}
	for i := 1; i <= items.Len(); i++ {
		w.Index(i)
		if err := w.header("[[", path, "]]"); err != nil {
			return err
		}
		if err := w.table(items.At(i), path); err != nil {
			return err
		}
	}
	w.Leave()
	return nil
}

func (w *writer) header(open string, path []string, closing string) error {
	if len(w.out) > 0 {
		w.out = append(w.out, '\n')
	}
	w.out = append(w.out, open...)
	for i, key := range path {
		if i > 0 {
			w.out = append(w.out, '.')
		}
		if err := w.key(key); err != nil {
			return err
		}
	}
	w.out = append(append(w.out, closing...), '\n')
	return w.count()
}

// value writes a value on one line, but for texts of several lines.
func (w *writer) value(v core.Value) error {
	if err := w.count(); err != nil {
		return err
	}
	switch v.Kind() {
	case core.KindBool:
		w.out = strconv.AppendBool(w.out, v.Bool())
	case core.KindInt64:
		n, _ := v.Integer()
		w.out = strconv.AppendInt(w.out, n, 10)
	case core.KindNumber:
		f, _ := v.Number()
		w.out = appendNumber(w.out, f)
	case core.KindString, core.KindError:
		s, _ := v.Text()
		return w.text(s)
	case core.KindTable, core.KindObject:
		if section(v) {
			return w.inline(v)
		}
		t, _ := v.Table()
		return w.array(t)
	case core.KindNil, core.KindNull:
		return w.Fail(errValue, "TOML has no null")
	default:
		return w.Fail(errValue, "a %s has no form in TOML", v.TypeName())
	}
	return nil
}

func (w *writer) array(t core.Table) error {
	if err := w.Enter(t.Value()); err != nil {
		return err
	}
	w.out = append(w.out, '[')
	for i := 1; i <= t.Len(); i++ {
		if i > 1 {
			w.out = append(w.out, ", "...)
		}
		w.Index(i)
		if err := w.value(t.At(i)); err != nil {
			return err
		}
	}
	w.out = append(w.out, ']')
	w.Leave()
	return nil
}

// inline writes a table inside an array that has other things too.
func (w *writer) inline(v core.Value) error {
	if err := w.Enter(v); err != nil {
		return err
	}
	members, err := w.Members(nil, v)
	if err != nil {
		return err
	}
	w.out = append(w.out, '{')
	for i, m := range members {
		if i > 0 {
			w.out = append(w.out, ", "...)
		}
		w.Key(m.Key)
		if err := w.key(m.Key); err != nil {
			return err
		}
		w.out = append(w.out, " = "...)
		if err := w.value(m.Value); err != nil {
			return err
		}
	}
	w.out = append(w.out, '}')
	w.Leave()
	return nil
}

func appendNumber(out []byte, f float64) []byte {
	out, done := plain.AppendNumber(out, f, "")
	if done {
		return out
	}
	return strconv.AppendFloat(out, f, 'g', -1, 64)
}

// key writes a key, in quotes where it must have them.
func (w *writer) key(key string) error {
	bare := key != "" && strings.IndexFunc(key, func(r rune) bool {
		return r != '_' && r != '-' && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z')
	}) < 0
	if bare {
		w.out = append(w.out, key...)
		return nil
	}
	if !utf8.ValidString(key) {
		return w.Fail(errValue, "a key that is not UTF-8 has no form in TOML")
	}
	w.out = append(w.out, '"')
	w.escaped(key, false)
	w.out = append(w.out, '"')
	return nil
}

// text writes a string, one of several lines on lines of its own.
func (w *writer) text(s string) error {
	if !utf8.ValidString(s) {
		return w.Fail(errValue, "text that is not UTF-8 has no form in TOML")
	}
	if len(s) > maxBytes {
		return errLimit.Errorf("more than %d bytes of TOML", maxBytes)
	}
	if strings.Contains(s, "\n") {
		w.out = append(w.out, "\"\"\"\n"...)
		w.escaped(s, true)
		w.out = append(w.out, `"""`...)
		return nil
	}
	w.out = append(w.out, '"')
	w.escaped(s, false)
	w.out = append(w.out, '"')
	return nil
}

func (w *writer) escaped(s string, lines bool) {
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			w.out = append(w.out, '\\', byte(r))
		case r == '\n' && lines:
			w.out = append(w.out, '\n')
		case r == '\n':
			w.out = append(w.out, `\n`...)
		case r == '\t':
			w.out = append(w.out, `\t`...)
		case r == '\r':
			w.out = append(w.out, `\r`...)
		case r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' || r == '\ufeff':
			w.out = fmt.Appendf(w.out, `\u%04X`, r)
		default:
			w.out = utf8.AppendRune(w.out, r)
		}
	}
}
