package core

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// jsonDecoder builds Lua values. Members of an array or an object are collected before its table is made,
// since a table of the right size costs half of one that grows.
type jsonDecoder struct {
	jsonText
	c       Call
	null    lua.LValue
	depth   int
	charged int
	looked  int          // what was charged when the limit was last looked at
	values  []lua.LValue // members of the tables that are open
	keys    []string     // keys of the objects that are open
	names   *[256]string // keys seen before: most texts have few different ones
	block   strings.Builder
	unquote []byte
}

// What values take in the VM, in bytes, about.
const (
	sizeTable  = 96
	sizeItem   = 32
	sizeFields = 500 // the maps of a table with up to eight keys
	sizeField  = 120
	fewFields  = 8
)

// charge counts memory before it is taken.
func (d *jsonDecoder) charge(bytes int) error {
	if d.charged += bytes; d.charged > maxJSONMemory {
		return ErrJSONLimit.Errorf("the text takes more than %d MB as values", maxJSONMemory>>20)
	}
	if d.charged < d.looked+lookBytes {
		return nil
	}
	d.looked = d.charged
	if err := d.c.halted(); err != nil {
		return err
	}
	return d.c.Made(d.charged)
}

// value reads the value at the position, which is past white space.
func (d *jsonDecoder) value() (lua.LValue, error) {
	if d.pos >= len(d.text) {
		return nil, d.fail(d.pos, "a value expected, got %s", d.got())
	}
	switch c := d.text[d.pos]; c {
	case '"':
		s, err := d.str()
		return lua.LString(s), err
	case '{':
		return d.object()
	case '[':
		return d.array()
	case 't':
		return lua.LTrue, d.literal("true")
	case 'f':
		return lua.LFalse, d.literal("false")
	case 'n':
		return d.null, d.literal("null")
	default:
		if c != '-' && (c < '0' || c > '9') {
			return nil, d.fail(d.pos, "a value expected, got %s", d.got())
		}
		n, f, whole, err := d.number()
		if whole {
			return d.c.t.vm.integer(n), err
		}
		return lua.LNumber(f), err
	}
}

func (d *jsonDecoder) enter() error {
	if d.depth++; d.depth > maxDepth {
		return ErrJSONLimit.With(d.place(d.pos, "nested deeper than %d", maxDepth), "")
	}
	d.pos++
	d.space()
	return d.c.halted()
}

func (d *jsonDecoder) array() (lua.LValue, error) {
	if err := d.enter(); err != nil {
		return nil, err
	}
	base := len(d.values)
	for more := !d.closes(']'); more; {
		v, err := d.value()
		if err != nil {
			return nil, err
		}
		d.values = append(d.values, v)
		if err := d.charge(sizeItem); err != nil {
			return nil, err
		}
		if more, err = d.comma(']'); err != nil {
			return nil, err
		}
	}
	d.depth--
	return d.newArray(base)
}

func (d *jsonDecoder) newArray(base int) (lua.LValue, error) {
	items := d.values[base:]
	if len(items) >= lua.MaxArrayIndex {
		return nil, ErrJSONLimit.Errorf("an array of %d elements: at most %d", len(items), lua.MaxArrayIndex-1)
	}
	if err := d.charge(sizeTable); err != nil {
		return nil, err
	}
	t := d.c.t.vm.newArray(len(items))
	holes := false
	for i, v := range items {
		t.RawSetInt(i+1, v)
		holes = holes || v == lua.LNil
	}
	if holes {
		d.c.SetLen(Table{t}, len(items))
	}
	clear(items)
	d.values = d.values[:base]
	return t, nil
}

func (d *jsonDecoder) object() (lua.LValue, error) {
	if err := d.enter(); err != nil {
		return nil, err
	}
	base, first := len(d.values), len(d.keys)
	for more := !d.closes('}'); more; {
		key, err := d.key()
		if err != nil {
			return nil, err
		}
		v, err := d.value()
		if err != nil {
			return nil, err
		}
		d.keys, d.values = append(d.keys, key), append(d.values, v)
		if err := d.charge(sizeItem); err != nil {
			return nil, err
		}
		if more, err = d.comma('}'); err != nil {
			return nil, err
		}
		if more && (d.pos >= len(d.text) || d.text[d.pos] != '"') {
			return nil, d.fail(d.pos, "a key in double quotes expected, got %s", d.got())
		}
	}
	d.depth--
	return d.newObject(base, first)
}

func (d *jsonDecoder) newObject(base, first int) (lua.LValue, error) {
	values, keys := d.values[base:], d.keys[first:]
	size := sizeTable
	if len(keys) > 0 {
		size += sizeFields + max(0, len(keys)-fewFields)*sizeField
	}
	if err := d.charge(size); err != nil {
		return nil, err
	}
	t := d.c.t.vm.L.CreateTable(0, len(keys))
	for i, key := range keys {
		if values[i] == lua.LNil && t.RawGetString(key) == lua.LNil {
			continue
		}
		t.RawSetString(key, values[i])
	}
	clear(values)
	d.values, d.keys = d.values[:base], d.keys[:first]
	return t, nil
}

// key reads a key and the colon after it.
func (d *jsonDecoder) key() (string, error) {
	if d.pos >= len(d.text) || d.text[d.pos] != '"' {
		return "", d.fail(d.pos, "a key in double quotes or '}' expected, got %s", d.got())
	}
	raw, err := d.quoted()
	if err != nil {
		return "", err
	}
	key := d.name(raw)
	d.space()
	if d.pos >= len(d.text) || d.text[d.pos] != ':' {
		return "", d.fail(d.pos, "':' expected after a key, got %s", d.got())
	}
	d.pos++
	d.space()
	return key, nil
}

// closes steps over the bracket that ends an empty array or object.
func (d *jsonDecoder) closes(bracket byte) bool {
	if d.pos < len(d.text) && d.text[d.pos] == bracket {
		d.pos++
		return true
	}
	return false
}

// comma steps over what follows a member, and tells whether another one does.
func (d *jsonDecoder) comma(bracket byte) (more bool, err error) {
	d.space()
	if d.pos < len(d.text) {
		switch d.text[d.pos] {
		case ',':
			d.pos++
			d.space()
			return true, nil
		case bracket:
			d.pos++
			return false, nil
		}
	}
	return false, d.fail(d.pos, "',' or '%c' expected, got %s", bracket, d.got())
}
