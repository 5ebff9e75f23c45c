package core

import (
	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/internal/tables"
)

// Columns are the string keys of many tables, such as the rows of a query. Making these takes half of the
// time that it takes to set each key, and a third of the allocations.
type Columns struct {
	L     *lua.LState // for making tables, which needs no baton
	names []string
	shape *tables.Shape
}

// NewColumns is for tables with these keys, no two of which may be the same.
func (c Call) NewColumns(names []string) *Columns { return newColumns(c.t.vm.L, names) }

func newColumns(L *lua.LState, names []string) *Columns {
	return &Columns{L: L, names: names, shape: tables.NewShape(names)}
}

// Row is a table with a value for each column. The script may change it as any other. It may be made
// without the baton.
func (c *Columns) Row(values []Value) Table {
	t := c.L.CreateTable(0, len(c.names))
	c.shape.Give(t)
	for i, name := range c.names {
		t.RawSetString(name, values[i].lua())
	}
	return Table{t}
}
