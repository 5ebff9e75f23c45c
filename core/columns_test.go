package core

import (
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// A row must be what a table is whose keys were set one by one, whatever is done to it then.
func TestRowsAreTablesLikeOthers(t *testing.T) {
	names := []string{"id", "name", "note", "a", "b", "c", "d", "e", "f", "g"}
	for name, before := range map[string]int{"first row": 0, "further rows": 1} {
		t.Run(name, func(t *testing.T) {
			L := lua.NewState()
			defer L.Close()
			row := func(names []string, values []Value) lua.LValue {
				columns := newColumns(L, names)
				for range before {
					columns.Row(make([]Value, len(names)))
				}
				return columns.Row(values).t
			}
			for name, last := range map[string]Value{"first": TextValue("x"), "second": Nil(), "third": {}} {
				values := make([]Value, len(names))
				for i := range values {
					values[i] = NumberValue(float64(i + 1))
				}
				values[2] = last
				L.SetGlobal(name, row(names, values))
			}
			L.SetGlobal("empty", row(nil, nil))
			L.SetGlobal("nils", row(names, make([]Value, len(names))))
			if err := L.DoString(rowScript); err != nil {
				t.Error(err)
			}
		})
	}
}

const rowScript = `
local function keys(t)
	local found = {}
	for k in pairs(t) do found[#found + 1] = k end
	return table.concat(found, " ")
end
local function same(got, want) if got ~= want then error("got " .. got .. ", want " .. want, 2) end end
same(keys(first), "id name note a b c d e f g")
same(keys(second), "id name a b c d e f g")
same(keys(empty) .. keys(nils), "")
first.more, first.a, first.name = 1, nil, "y"
same(keys(first), "id name note b c d e f g more")
second.other, second.note, second[1] = 1, "late", "one"
same(#keys(second), #"1 id name note a b c d e f g other")
same(second[1] .. second.note .. second.other, "onelate1")
same(keys(third), "id name a b c d e f g")
third.more = 2
same(keys(third), "id name a b c d e f g more")
same(third.more + third.g, 12)
empty.x, nils.name = 1, 2
nils.y = 3
same(keys(empty), "x")
same(keys(nils), "name y")
same(next(third, "id"), "name")
`

func BenchmarkRow(b *testing.B) {
	names := []string{"id", "name", "amount", "ok"}
	values := []Value{NumberValue(1), TextValue("name"), NumberValue(1.5), BoolValue(true)}
	L := lua.NewState()
	defer L.Close()
	b.Run("columns", func(b *testing.B) {
		b.ReportAllocs()
		columns := newColumns(L, names)
		for b.Loop() {
			columns.Row(values)
		}
	})
	b.Run("one by one", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			t := Table{L.CreateTable(0, len(names))}
			for i, name := range names {
				t.Set(name, values[i])
			}
		}
	})
}
