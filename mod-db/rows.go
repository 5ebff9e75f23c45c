package db

import (
	"strconv"

	"assay.rs/core"
	"assay.rs/core/spec"
)

// resultSet is all rows of a query.
type resultSet struct {
	columns []string
	names   []string // the columns, each with a name of its own
	cells   []core.Value
	late    map[int]any // of cells, those that only the VM can make
	count   int
	next    []cell
	size    int // about what the rows take in Lua, in bytes
	charged int
}

func newResultSet(columns []string) *resultSet {
	return &resultSet{columns: columns, names: uniqueNames(columns), next: make([]cell, len(columns))}
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

// keep takes the next row in. It is an error when the rows take more memory than the script may hold.
func (r *resultSet) keep(c core.Call) error {
	for _, cell := range r.next {
		if cell.late != nil {
			if r.late == nil {
				r.late = make(map[int]any)
			}
			r.late[len(r.cells)] = cell.late
		}
		r.cells = append(r.cells, cell.value)
		r.size += cell.size()
	}
	clear(r.next)
	r.count++
	r.size += rowSize
	if r.size < r.charged+chargeEvery {
		return nil
	}
	r.charged = r.size
	return c.Charge(r.size)
}

// row i as a table.
func (r *resultSet) table(c core.Call, i int) (core.Table, error) {
	table := c.NewTable(len(r.names))
	at := i * len(r.names)
	for column, name := range r.names {
		value := r.cells[at+column]
		if late, ok := r.late[at+column]; ok {
			var err error
			if value, err = c.Value(late); err != nil {
				return table, err
			}
		}
		table.Set(name, value)
	}
	return table, nil
}

// rowTable is a row as a table.
func rowTable(c core.Call, names []string, row []cell) (core.Table, error) {
	table := c.NewTable(len(names))
	for i, name := range names {
		value := row[i].value
		if row[i].late != nil {
			var err error
			if value, err = c.Value(row[i].late); err != nil {
				return table, err
			}
		}
		table.Set(name, value)
	}
	return table, nil
}

func anyRow() spec.Type {
	return spec.Type{Kind: spec.Map, Elem: &spec.Type{Kind: spec.Scalar, Name: "any"}}
}

// rowsType is an array of tables, with the names of the columns in its field columns.
func rowsType() core.Type[*resultSet] {
	row := anyRow()
	return core.Custom(spec.Type{Kind: spec.List, Elem: &row}, nil, func(c core.Call, r *resultSet) core.Value {
		rows := c.NewArray(r.count)
		for i := range r.count {
			table, err := r.table(c, i)
			if err != nil {
				return core.Nil() // a driver gives nothing that has no form in Lua
			}
			rows.Append(table.Value())
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
		if r.count == 0 {
			return core.Nil()
		}
		table, err := r.table(c, 0)
		if err != nil {
			return core.Nil() // as above
		}
		return table.Value()
	})
}
