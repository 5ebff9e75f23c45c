package tables

import (
	"maps"
	"slices"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"
)

// Shape is the string keys of many tables: of the rows of a query, or of what a constructor in a script makes. A table
// that is given them needs no list of keys of its own, and no look-up of each. Several goroutines may use it.
type Shape struct {
	names []string
	used  atomic.Bool
	keys  atomic.Pointer[keys]
}

// keys are where gopher-lua keeps the order in which next gives the keys of a table, and the place of each in it.
// Keys that are not set may be among them.
type keys struct {
	order  []lua.LValue
	places map[lua.LValue]int

	inOrder Field[[]lua.LValue]
	inPlace Field[map[lua.LValue]int]
}

// NewShape is that of tables with these keys.
func NewShape(names []string) *Shape { return &Shape{names: names} }

// Give gives the keys to a table that has none, for which values are to be set. The first table goes without, as
// learning them takes longer than it saves.
func (s *Shape) Give(t *lua.LTable) {
	k := s.keys.Load()
	if k == nil {
		if !s.used.Swap(true) {
			return
		}
		k = learn(s.names)
		s.keys.Store(k)
	}
	k.inOrder.Set(t, k.order)
	k.inPlace.Set(t, maps.Clone(k.places))
}

// learn takes the lists of keys from a table that has all of them.
func learn(names []string) *keys {
	k := &keys{inOrder: FieldOf[[]lua.LValue]("keys"), inPlace: FieldOf[map[lua.LValue]int]("k2i")}
	all := &lua.LTable{Metatable: lua.LNil}
	for _, name := range names {
		all.RawSetString(name, lua.LTrue)
	}
	k.order = slices.Clip(k.inOrder.Of(all)) // without room behind it, a table that gets another key copies the list
	k.places = k.inPlace.Of(all)
	return k
}
