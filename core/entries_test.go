package core

import (
	"slices"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// eachEntry reads what gopher-lua keeps; it must give what next gives.
func TestEntriesAreThoseOfNext(t *testing.T) {
	for name, source := range map[string]string{
		"empty":   `return {}`,
		"array":   `return {1, 2, 3}`,
		"holes":   `return {1, nil, 3, nil}`,
		"fields":  `return {a = 1, b = 2, c = 3}`,
		"mixed":   `return {1, a = 2, [true] = 3, [-1] = 4, [0.5] = 5, 6, [1e9] = 7}`,
		"removed": `local t = {1, 2, a = 3, b = 4, [0] = 5}  t[2] = nil  t.a = nil  t[0] = nil  return t`,
		"again":   `local t = {a = 1, b = 2}  t.a = nil  t.c = 3  t.a = 4  return t`,
		"popped":  `local t = {1, 2, 3}  table.remove(t)  table.remove(t, 1)  return t`,
		"sparse":  `local t = {}  t[5] = 1  t[3] = 2  t.x = 3  return t`,
	} {
		t.Run(name, func(t *testing.T) {
			L := lua.NewState()
			defer L.Close()
			if err := L.DoString(source); err != nil {
				t.Fatal(err)
			}
			var got, want []lua.LValue
			into := func(list *[]lua.LValue) func(k, v lua.LValue) error {
				return func(k, v lua.LValue) error {
					*list = append(*list, k, v)
					return nil
				}
			}
			table := L.CheckTable(1)
			if err := eachNext(table, into(&want)); err != nil {
				t.Fatal(err)
			}
			if err := eachEntry(table, into(&got)); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, want) {
				t.Errorf("entries %v, want %v", got, want)
			}
		})
	}
}

// eachNext is eachEntry as gopher-lua offers it.
func eachNext(t *lua.LTable, f func(k, v lua.LValue) error) error {
	k, v := t.Next(lua.LNil)
	for ; k != lua.LNil; k, v = t.Next(k) {
		if err := f(k, v); err != nil {
			return err
		}
	}
	return nil
}
