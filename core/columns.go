package core

import (
	"maps"
	"slices"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Columns are the string keys of many tables, such as the rows of a query: making these takes a third of
// the time that it takes to set each key, and less memory. The zero value has none.
type Columns struct {
	names  []string
	layout keyLayout
	order  []lua.LValue // the names as a table lists them
	places map[lua.LValue]int
}

// NewColumns is for tables with these keys, no two of which may be the same.
func NewColumns(names []string) Columns {
	c := Columns{names: names, layout: tableKeyLayout()}
	first := &lua.LTable{Metatable: lua.LNil}
	for _, name := range names {
		first.RawSetString(name, lua.LTrue)
	}
	// Without room behind it, a table that gets another key copies the list.
	c.order = slices.Clip(read[[]lua.LValue](first, c.layout.order))
	c.places = read[map[lua.LValue]int](first, c.layout.places)
	return c
}

// Row is a table with a value for each column. The script may change it as any other. It may be made
// without the baton.
func (c Columns) Row(values []Value) Table {
	t := &lua.LTable{Metatable: lua.LNil}
	if !c.layout.known() {
		for i, name := range c.names {
			t.RawSetString(name, values[i].lua())
		}
		return Table{t}
	}
	byName := make(map[string]lua.LValue, len(c.names))
	for i, name := range c.names {
		if v := values[i].lua(); v != lua.LNil {
			byName[name] = v
		}
	}
	write(t, c.layout.byName, byName)
	write(t, c.layout.order, c.order)
	write(t, c.layout.places, maps.Clone(c.places))
	return Table{t}
}

// keyLayout is where gopher-lua keeps the fields of a table by name, the order in which next gives its
// keys, and the place of each key in that order. The order may name keys that are no longer set.
type keyLayout struct{ byName, order, places field }

func tableKeyLayout() keyLayout {
	return keyLayout{fieldOf[map[string]lua.LValue]("strdict"), fieldOf[[]lua.LValue]("keys"), fieldOf[map[lua.LValue]int]("k2i")}
}

func (l keyLayout) known() bool { return l.byName.known && l.order.known && l.places.known }

// write sets a field of a table that nobody else has yet.
func write[T any](t *lua.LTable, f field, v T) {
	*(*T)(unsafe.Add(unsafe.Pointer(t), f.offset)) = v //nolint:gosec // fieldOf has compared its type
}
