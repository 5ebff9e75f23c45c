package jinja

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// value is nil, bool, int64, float64, string, safe, *list, *dict, undefined, or one of the things below
// that have attributes or can be called.
type value any

// safe is text that needs no escaping.
type safe string

type list struct {
	items []value
	tuple bool
	names []string // of the items of a tuple whose items have names
}

// dict keeps the order in which its keys came.
type dict struct {
	keys []string
	m    map[string]value
}

// undefined is the value of a name, an attribute or an index that is not there.
type undefined struct{ what string }

// function is something that can be called.
type function struct {
	name string
	call func(r *run, where int, a *given) (value, error)
}

// object is something with attributes that is neither list nor dict.
type object interface {
	attr(name string) (value, bool)
	kind() string
}

// namespace is what set can assign attributes of.
type namespace struct{ dict }

// What values cost, in bytes.
const (
	itemSize  = 16
	entrySize = 80
)

func newDict(n int) *dict { return &dict{make([]string, 0, n), make(map[string]value, n)} }

func (d *dict) set(key string, v value) {
	if _, known := d.m[key]; !known {
		d.keys = append(d.keys, key)
	}
	d.m[key] = v
}

func tuple(items ...value) *list { return &list{items: items, tuple: true} }

// fromGo makes a value of data.
func (r *run) fromGo(data any, depth int) (value, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("a variable is nested deeper than %d", maxDepth)
	}
	switch data := data.(type) {
	case nil, bool, int64, float64, string:
		return data, nil
	case int:
		return int64(data), nil
	case []any:
		if err := r.spend(len(data), len(data)*itemSize); err != nil {
			return nil, err
		}
		l := &list{items: make([]value, len(data))}
		for i, item := range data {
			var err error
			if l.items[i], err = r.fromGo(item, depth+1); err != nil {
				return nil, err
			}
		}
		return l, nil
	case map[string]any:
		if err := r.spend(len(data), len(data)*entrySize); err != nil {
			return nil, err
		}
		d := newDict(len(data))
		for _, key := range slices.Sorted(maps.Keys(data)) {
			v, err := r.fromGo(data[key], depth+1)
			if err != nil {
				return nil, err
			}
			d.set(key, v)
		}
		return d, nil
	}
	return nil, fmt.Errorf("a Go %T has no form in a template", data)
}

func kindOf(v value) string {
	switch v := v.(type) {
	case nil:
		return "none"
	case bool:
		return "boolean"
	case int64:
		return "integer"
	case float64:
		return "float"
	case string, safe:
		return "string"
	case *list:
		if v.tuple {
			return "tuple"
		}
		return "list"
	case *dict:
		return "dict"
	case undefined:
		return "undefined"
	case *function:
		return "function"
	case object:
		return v.kind()
	}
	return "value"
}

// article is kindOf v with its article.
func article(v value) string {
	kind := kindOf(v)
	if strings.IndexByte("aeiu", kind[0]) >= 0 {
		return "an " + kind
	}
	return "a " + kind
}

func truth(v value) bool {
	switch v := v.(type) {
	case nil, undefined:
		return false
	case bool:
		return v
	case int64:
		return v != 0
	case float64:
		return v != 0
	case string:
		return v != ""
	case safe:
		return v != ""
	case *list:
		return len(v.items) > 0
	case *dict:
		return len(v.keys) > 0
	}
	return true
}

// str is v when it is text.
func str(v value) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case safe:
		return string(v), true
	}
	return "", false
}

// float is v when it is a number; booleans are 0 and 1.
func float(v value) (float64, bool) {
	switch v := v.(type) {
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// whole is v when it is an integer; booleans are 0 and 1.
func whole(v value) (int64, bool) {
	switch v := v.(type) {
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case int64:
		return v, true
	}
	return 0, false
}

// text is v as it is printed.
func (r *run) text(v value) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case safe:
		return string(v), nil
	case undefined:
		if r.config.Strict {
			return "", v.err()
		}
		return "", nil
	}
	var b strings.Builder
	err := r.repr(&b, v, 0)
	return b.String(), err
}

func (u undefined) err() error { return errors.New(u.what + " is undefined") }

// repr writes v as Python writes it inside of a list.
func (r *run) repr(b *strings.Builder, v value, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("a value is nested deeper than %d", maxDepth)
	}
	begin := b.Len()
	switch v := v.(type) {
	case nil:
		b.WriteString("None")
	case bool:
		b.WriteString(map[bool]string{true: "True", false: "False"}[v])
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	case float64:
		b.WriteString(floatText(v))
	case string:
		if err := r.spend(1, 2*len(v)); err != nil {
			return err
		}
		quote(b, v)
	case safe:
		if err := r.spend(1, 2*len(v)); err != nil {
			return err
		}
		quote(b, string(v))
	case *list:
		return r.reprList(b, v, depth)
	case *dict:
		b.WriteByte('{')
		for i, key := range v.keys {
			if i > 0 {
				b.WriteString(", ")
			}
			quote(b, key)
			b.WriteString(": ")
			if err := r.repr(b, v.m[key], depth+1); err != nil {
				return err
			}
		}
		b.WriteByte('}')
	case undefined:
		b.WriteString("Undefined")
	default:
		b.WriteString("<" + kindOf(v) + ">")
	}
	return r.spend(1, b.Len()-begin)
}

func (r *run) reprList(b *strings.Builder, l *list, depth int) error {
	brackets := "[]"
	if l.tuple {
		brackets = "()"
	}
	b.WriteByte(brackets[0])
	for i, item := range l.items {
		if i > 0 {
			b.WriteString(", ")
		}
		if err := r.spend(1, itemSize); err != nil {
			return err
		}
		if err := r.repr(b, item, depth+1); err != nil {
			return err
		}
	}
	if l.tuple && len(l.items) == 1 {
		b.WriteByte(',')
	}
	b.WriteByte(brackets[1])
	return nil
}

func quote(b *strings.Builder, s string) {
	mark := byte('\'')
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		mark = '"'
	}
	b.WriteByte(mark)
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == '\\' || c == mark:
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte(mark)
}

// floatText is a float as Python prints it.
func floatText(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case math.IsNaN(f):
		return "nan"
	}
	if abs := math.Abs(f); abs != 0 && (abs < 1e-4 || abs >= 1e16) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// equal compares values as == does.
func (r *run) equal(a, b value, depth int) (bool, error) {
	if depth > maxDepth {
		return false, fmt.Errorf("a value is nested deeper than %d", maxDepth)
	}
	if err := r.spend(1, 0); err != nil {
		return false, err
	}
	if x, ok := float(a); ok {
		y, ok := float(b)
		return ok && x == y, nil
	}
	if x, ok := str(a); ok {
		y, ok := str(b)
		return ok && x == y, nil
	}
	switch a := a.(type) {
	case nil:
		return b == nil, nil
	case undefined:
		_, ok := b.(undefined)
		return ok, nil
	case *list:
		b, ok := b.(*list)
		if !ok || len(a.items) != len(b.items) || a.tuple != b.tuple {
			return false, nil
		}
		for i := range a.items {
			if same, err := r.equal(a.items[i], b.items[i], depth+1); !same {
				return false, err
			}
		}
		return true, nil
	case *dict:
		b, ok := b.(*dict)
		if !ok || len(a.keys) != len(b.keys) {
			return false, nil
		}
		for _, key := range a.keys {
			other, ok := b.m[key]
			if !ok {
				return false, nil
			}
			if same, err := r.equal(a.m[key], other, depth+1); !same {
				return false, err
			}
		}
		return true, nil
	}
	return a == b, nil
}

// compare orders numbers, texts and lists of them.
func (r *run) compare(a, b value, depth int) (int, error) {
	if depth > maxDepth {
		return 0, fmt.Errorf("a value is nested deeper than %d", maxDepth)
	}
	if err := r.spend(1, 0); err != nil {
		return 0, err
	}
	if x, ok := whole(a); ok {
		if y, ok := whole(b); ok {
			return cmp.Compare(x, y), nil
		}
	}
	if x, ok := float(a); ok {
		if y, ok := float(b); ok {
			return cmp.Compare(x, y), nil
		}
	}
	if x, ok := str(a); ok {
		if y, ok := str(b); ok {
			return strings.Compare(x, y), nil
		}
	}
	x, isList := a.(*list)
	y, both := b.(*list)
	if !isList || !both {
		return 0, fmt.Errorf("%s and %s cannot be ordered", kindOf(a), kindOf(b))
	}
	for i := range min(len(x.items), len(y.items)) {
		if c, err := r.compare(x.items[i], y.items[i], depth+1); c != 0 || err != nil {
			return c, err
		}
	}
	return cmp.Compare(len(x.items), len(y.items)), nil
}

// iterate gives the items of a list, the keys of a dict, or the characters of a text.
func (r *run) iterate(v value) ([]value, error) {
	switch v := v.(type) {
	case *list:
		return v.items, nil
	case *dict:
		items := make([]value, len(v.keys))
		for i, key := range v.keys {
			items[i] = key
		}
		return items, r.spend(len(items), len(items)*itemSize)
	case undefined:
		if r.config.Strict {
			return nil, v.err()
		}
		return nil, nil
	}
	s, ok := str(v)
	if !ok {
		return nil, fmt.Errorf("%s cannot be iterated over", kindOf(v))
	}
	if err := r.spend(len(s), len(s)*2*itemSize); err != nil {
		return nil, err
	}
	var items []value
	for _, c := range s {
		items = append(items, string(c))
	}
	return items, nil
}
