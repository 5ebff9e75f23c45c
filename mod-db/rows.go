package db

import (
	"strconv"

	"assay.rs/core"
	"assay.rs/core/spec"
)

// resultSet is all rows of a query. They become tables as they are read, without the baton.
type resultSet struct {
	names   []string // the columns, each with a name of its own
	columns *core.Columns
	rows    []core.Table
	late    []lateValue
	next    []cell
	values  []core.Value // of the next row
	size    int          // about what the rows take in Lua, in bytes
	charged int
}

// lateValue belongs into a row, but only the VM can make it.
type lateValue struct {
	row  core.Table
	name string
	data any
}

func newResultSet(c core.Call, columns []string) *resultSet {
	names := uniqueNames(columns)
	return &resultSet{
		names: names, columns: c.NewColumns(names),
		next: make([]cell, len(names)), values: make([]core.Value, len(names)),
	}
}

// uniqueNames gives a column whose name is taken the name with a number behind it.
func uniqueNames(columns []string) []string {
	taken := make(map[string]bool, len(columns))
	for _, name := range columns {
		taken[name] = true
	}
	names, seen := make([]string, len(columns)), make(map[string]bool, len(columns))
	for i, name := range columns {
		unique := name
		for n := 2; seen[unique] || unique != name && taken[unique]; n++ {
			unique = name + "_" + strconv.Itoa(n)
		}
		seen[unique] = true
		names[i] = unique
	}
	return names
}

// row is where the next row goes.
func (r *resultSet) row() []cell { return r.next }

// rowSize is about what a Lua table takes, and chargeEvery how much the rows grow between two looks at
// the memory limit.
const (
	rowSize     = 256
	chargeEvery = 1 << 20
)

// table is the next row as a table, which is complete after finish.
func (r *resultSet) table() core.Table {
	for i, cell := range r.next {
		r.values[i] = cell.value
	}
	table := r.columns.Row(r.values)
	for i, cell := range r.next {
		if cell.late != nil {
			r.late = append(r.late, lateValue{table, r.names[i], cell.late})
		}
	}
	return table
}

// finish completes the tables. It needs the baton.
func (r *resultSet) finish(c core.Call) error {
	for _, late := range r.late {
		value, err := c.Value(late.data)
		if err != nil {
			return err
		}
		late.row.Set(late.name, value)
	}
	r.late = nil
	return nil
}

// keep takes the next row in. It is an error when the rows take more memory than the script may hold.
func (r *resultSet) keep(c core.Call) error {
	r.rows = append(r.rows, r.table())
	for _, cell := range r.next {
		r.size += cell.size()
	}
	r.size += rowSize
	if r.size < r.charged+chargeEvery {
		return nil
	}
	r.charged = r.size
	return c.Charge(r.size)
}

func anyRow() spec.Type {
	return spec.Type{Kind: spec.Map, Elem: &spec.Type{Kind: spec.Scalar, Name: "any"}}
}

// rowsType is an array of tables, with the names of the columns in its field columns.
func rowsType() core.Type[*resultSet] {
	row := anyRow()
	return core.Custom(spec.Type{Kind: spec.List, Elem: &row}, nil, func(c core.Call, r *resultSet) core.Value {
		if r.finish(c) != nil {
			return core.Nil() // a driver gives nothing that has no form in Lua
		}
		rows := c.NewArray(len(r.rows))
		for _, row := range r.rows {
			rows.Append(row.Value())
		}
		columns := c.NewArray(len(r.names))
		for _, name := range r.names {
			columns.Append(core.TextValue(name))
		}
		c.Attach(rows, "columns", columns.Value())
		return rows.Value()
	})
}

// oneType is the first row, or nil.
func oneType() core.Type[*resultSet] {
	row := anyRow()
	row.Nullable = true
	return core.Custom(row, nil, func(c core.Call, r *resultSet) core.Value {
		if len(r.rows) == 0 || r.finish(c) != nil {
			return core.Nil() // as above
		}
		return r.rows[0].Value()
	})
}
