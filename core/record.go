package core

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/nearest"
	"assay.rs/core/spec"
)

// Key is one key of a record whose Go form is O.
type Key[O any] struct {
	*option
	read  func(t *thread, v lua.LValue, o *O) error
	write func(t *thread, o *O) lua.LValue
}

// option is what a Key is whatever its types.
type option struct {
	field spec.Field
	refs  []ref
}

// NewKey declares a key; at points to the field of the struct that holds it. Values that the field has
// before the table is read are the defaults.
//
//go:noinline
func NewKey[O, F any](name string, of Type[F], at func(*O) *F, text string) Key[O] {
	return Key[O]{
		option: &option{spec.Field{Name: name, Type: of.spec, Text: text}, of.refs},
		read: func(t *thread, v lua.LValue, o *O) error {
			field := at(o)
			got, err := of.from(t, v, *field)
			if err == nil {
				*field = got
			}
			return err
		},
		write: func(t *thread, o *O) lua.LValue { return of.to(t, *at(o)) },
	}
}

// Default documents the value, as Lua source, that stands for a key left out.
//
//go:noinline
func (k Key[O]) Default(source string) Key[O] {
	own := *k.option
	own.field.Default, k.option = source, &own
	return k
}

type recordRef struct {
	record spec.Record
	refs   []ref
	index  map[string]int // of the names of the keys
}

func (r *recordRef) add(o *option) {
	r.index[o.field.Name] = len(r.record.Fields)
	r.record.Fields, r.refs = append(r.record.Fields, o.field), append(r.refs, o.refs...)
}

// key is the number of the key k.
func (r *recordRef) key(k lua.LValue) (int, error) {
	name, ok := k.(lua.LString)
	if i, known := r.index[string(name)]; ok && known {
		return i, nil
	}
	names := make([]string, len(r.record.Fields))
	for i, field := range r.record.Fields {
		names[i] = field.Name
	}
	return 0, optionError{fmt.Errorf("unknown option '%s'%s", k.String(), didYouMean(k.String(), names))}
}

// Hinting is t, whose errors have a hint when a table has one of these keys, which t has not: where it stands instead.
func Hinting[T any](t Type[T], hints map[string]string) Type[T] {
	from := t.from
	t.from = func(th *thread, v lua.LValue, def T) (T, error) {
		read, err := from(th, v, def)
		table, ok := v.(*lua.LTable)
		if err == nil || !ok {
			return read, err
		}
		for name, hint := range hints {
			if table.RawGetString(name) != lua.LNil {
				return read, WithHint(err, hint)
			}
		}
		return read, err
	}
	return t
}

func (r *recordRef) describe(m *spec.Module, seen map[string]bool) {
	if seen[r.record.Name] {
		return
	}
	seen[r.record.Name] = true
	m.Records = append(m.Records, r.record)
	for _, inner := range r.refs {
		inner.describe(m, seen)
	}
}

// Record is a table with known keys, such as the options of a function. An unknown key is an error that
// names the nearest known one.
//
//go:noinline
func Record[O any](name, text string, keys ...Key[O]) Type[O] {
	described := &recordRef{record: spec.Record{Name: name, Text: text}, index: make(map[string]int, len(keys))}
	for _, key := range keys {
		described.add(key.option)
	}
	return Type[O]{
		shape: &shape{spec: spec.Type{Kind: spec.Ref, Name: name}, refs: []ref{described}},
		from: func(t *thread, v lua.LValue, o O) (O, error) {
			table, ok := v.(*lua.LTable)
			if !ok {
				return o, mismatch("table", v)
			}
			err := readRecord(t, table, &o, keys, described)
			return o, err
		},
		to: func(t *thread, o O) lua.LValue {
			table := t.vm.L.CreateTable(0, len(keys))
			for _, key := range keys {
				table.RawSetString(key.field.Name, key.write(t, &o))
			}
			return table
		},
	}
}

func readRecord[O any](t *thread, table *lua.LTable, o *O, keys []Key[O], described *recordRef) error {
	k, v := table.Next(lua.LNil)
	for ; k != lua.LNil; k, v = table.Next(k) {
		i, err := described.key(k)
		if err != nil {
			return err
		}
		if err := keys[i].read(t, v, o); err != nil {
			return inOption(keys[i].field.Name, err)
		}
	}
	return nil
}

// optionError names its option, so the argument that held it need not be named as well.
type optionError struct{ error }

func (e optionError) Unwrap() error { return e.error }

// inOption is err with the name of the option that it came from.
func inOption(name string, err error) error {
	if nested, ok := err.(optionError); ok { //nolint:errorlint // a wrapped one says where it was
		err = nested.error
	}
	return optionError{fmt.Errorf("option '%s': %w", name, err)}
}

// didYouMean is ": did you mean 'x'?", or nothing when no known name is near.
func didYouMean(got string, known []string) string {
	if name, ok := nearest.Name(got, known); ok {
		return ": did you mean '" + name + "'?"
	}
	return ""
}
