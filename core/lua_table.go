package core

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/compile"
)

// tableLibrary is Lua's table. Like Lua 5.1's it asks no metamethods.
func tableLibrary() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"concat": tableConcat,
		"getn":   tableGetN,
		"insert": tableInsert,
		"maxn":   tableMaxN,
		"move":   tableMove,
		"pack":   tablePack,
		"remove": tableRemove,
		"sort":   tableSort,
		"unpack": unpack,
	}
}

// valueSize is what a value takes in a table's array or on a stack.
const valueSize = 16

// maxUnpacked is how many values unpack gives at most.
const maxUnpacked = 250_000

// item is t[i]. gopher-lua's RawGetInt looks no further than the array.
func item(t *lua.LTable, i int) lua.LValue {
	if i > 0 && i < lua.MaxArrayIndex {
		return t.RawGetInt(i)
	}
	return t.RawGet(lua.LNumber(i))
}

// setItem is t[i] = v. What it makes the table grow by is charged.
func (t *thread) setItem(to *lua.LTable, i int, v lua.LValue) {
	if i < chargedFrom/valueSize || i >= lua.MaxArrayIndex {
		if v != lua.LNil || item(to, i) != lua.LNil {
			to.RawSetInt(i, v)
		}
		return
	}
	if item(to, i) == lua.LNil {
		if v == lua.LNil {
			return
		}
		if more := i - to.Len(); more >= chargedFrom/valueSize {
			t.charge(more * valueSize)
			t.spend(more >> 3)
		}
	}
	to.RawSetInt(i, v)
}

// tableGetN is getn(t) of Lua 5.0, which scripts for this VM still use.
func tableGetN(L *lua.LState) int {
	L.Push(lua.LNumber(tableArg(L, 1).Len()))
	return 1
}

// tableConcat is concat(t, separator, first, last).
func tableConcat(L *lua.LState) int {
	from, separator := tableArg(L, 1), ""
	if L.Get(2) != lua.LNil {
		separator = textArg(L, 2)
	}
	first, last := optIntegerArg(L, 3, 1), optIntegerArg(L, 4, from.Len())
	if first > last {
		L.Push(lua.LString(""))
		return 1
	}
	t := currentThread(L)
	size := concatSize(L, from, len(separator), first, last)
	t.charge(size)
	if size > maxText {
		L.RaiseError("resulting string too large")
	}
	joined := make([]byte, 0, size)
	for i := first; i <= last; i++ {
		if i > first {
			joined = append(joined, separator...)
		}
		s, _ := text(item(from, i))
		joined = append(joined, s...)
	}
	L.Push(lua.LString(joined))
	t.spend(last - first + 1)
	return 1
}

// concatSize is how long the text will be. The first item that is no text raises, so the work is bounded
// by what the table holds; nothing else runs until the text is made.
func concatSize(L *lua.LState, from *lua.LTable, separator, first, last int) int {
	size := 0
	for i := first; ; i++ {
		switch v := item(from, i).(type) {
		case lua.LString:
			size += len(v)
		case lua.LNumber:
			size += numberSize
		default:
			s, ok := text(v)
			if !ok {
				L.RaiseError("invalid value (at index %d) in table for 'concat'", i)
			}
			size += len(s)
		}
		if i == last {
			return size
		}
		size += separator
	}
}

// tableInsert is insert(t, v) or insert(t, position, v).
func tableInsert(L *lua.LState) int {
	to, t := tableArg(L, 1), currentThread(L)
	n := to.Len()
	switch L.GetTop() {
	case 2:
		t.appendItem(to, n, L.Get(2))
		return 0
	case 3:
	default:
		L.RaiseError("wrong number of arguments to 'insert'")
	}
	at, v := integerArg(L, 2), L.Get(3)
	if at < 1 || at > n+1 {
		L.ArgError(2, "position out of bounds")
	}
	if at == n+1 {
		t.appendItem(to, n, v)
		return 0
	}
	if n+1 < lua.MaxArrayIndex {
		to.Insert(at, v)
		t.spend(1 + (n-at)>>6)
		return 0
	}
	for i := n; i >= at; i-- {
		to.RawSetInt(i+1, item(to, i))
		t.spend(1)
	}
	to.RawSetInt(at, v)
	return 0
}

// appendItem adds v after the n items that the table has.
func (t *thread) appendItem(to *lua.LTable, n int, v lua.LValue) {
	if n+1 < lua.MaxArrayIndex {
		to.Append(v)
		return
	}
	t.setItem(to, n+1, v)
}

// tableRemove is remove(t, position). A position outside gives nil.
func tableRemove(L *lua.LState) int {
	from := tableArg(L, 1)
	n := from.Len()
	at := optIntegerArg(L, 2, n)
	if at < 1 || at > n {
		L.Push(lua.LNil)
		return 1
	}
	L.Push(from.Remove(at))
	currentThread(L).spend(1 + (n-at)>>6)
	return 1
}

// unpack is unpack(t, first, last). How many there are is checked before the first is pushed.
func unpack(L *lua.LState) int {
	from := tableArg(L, 1)
	first, last := optIntegerArg(L, 2, 1), optIntegerArg(L, 3, from.Len())
	if first > last {
		return 0
	}
	n := last - first + 1
	if n <= 0 || n > maxUnpacked {
		L.RaiseError("too many results to unpack")
	}
	t := currentThread(L)
	t.charge(n * valueSize)
	t.spend(n >> 2)
	compile.Room(L, n)
	for i := range n {
		L.Push(item(from, first+i))
	}
	return n
}

// tablePack is pack(...): the arguments as a table, and their number as n.
func tablePack(L *lua.LState) int {
	n := L.GetTop()
	currentThread(L).charge(n * valueSize)
	packed := L.CreateTable(n, 1)
	for i := 1; i <= n; i++ {
		if v := L.Get(i); v != lua.LNil {
			packed.RawSetInt(i, v)
		}
	}
	packed.RawSetString("n", lua.LNumber(n))
	L.Push(packed)
	return 1
}

// tableMove is move(from, first, last, at, to): the two ranges may overlap.
func tableMove(L *lua.LState) int {
	from, first, last, at := tableArg(L, 1), integerArg(L, 2), integerArg(L, 3), integerArg(L, 4)
	to := from
	if L.Get(5) != lua.LNil {
		to = tableArg(L, 5)
	}
	if first <= last {
		if first <= 0 && last >= math.MaxInt+first {
			L.ArgError(3, "too many elements to move")
		}
		if at > math.MaxInt-(last-first) {
			L.ArgError(4, "destination wrap around")
		}
		currentThread(L).move(from, to, first, at, last-first+1)
	}
	L.Push(to)
	return 1
}

// move copies n items, from the end when the ranges overlap so.
func (t *thread) move(from, to *lua.LTable, first, at, n int) {
	backwards := from == to && at > first && at-first < n
	for i := range n {
		if backwards {
			i = n - 1 - i
		}
		t.setItem(to, at+i, item(from, first+i))
		t.spend(1)
	}
}

// tableMaxN is the largest positive number among the keys.
func tableMaxN(L *lua.LState) int {
	from := tableArg(L, 1)
	largest, seen := lua.LNumber(0), 0
	from.ForEach(func(k, _ lua.LValue) {
		seen++
		if n, ok := k.(lua.LNumber); ok && n > largest {
			largest = n
		}
	})
	L.Push(largest)
	currentThread(L).spend(seen)
	return 1
}
