package core

import (
	lua "github.com/yuin/gopher-lua"
)

// tableSort is sort(t, comparator). It merges, so a comparator that contradicts itself costs no more than
// any other and gives some order. The table is as it was until the comparator has had its last say.
func tableSort(L *lua.LState) int {
	of := tableArg(L, 1)
	var comparator *lua.LFunction
	if L.Get(2) != lua.LNil {
		comparator = L.CheckFunction(2)
	}
	n := of.Len()
	t := currentThread(L)
	t.charge(2 * n * valueSize)
	s := sorter{t: t, L: L, comparator: comparator, spare: make([]lua.LValue, n)}
	values := make([]lua.LValue, n)
	for i := range values {
		values[i] = item(of, i+1)
	}
	s.sort(values, s.spare)
	for i, v := range values {
		t.setItem(of, i+1, v)
	}
	return 0
}

type sorter struct {
	t          *thread
	L          *lua.LState
	comparator *lua.LFunction
	spare      []lua.LValue
}

// fewItems are sorted by insertion.
const fewItems = 8

func (s *sorter) sort(values, spare []lua.LValue) {
	if len(values) <= fewItems {
		s.insertion(values)
		return
	}
	half := len(values) / 2
	s.sort(values[:half], spare[:half])
	s.sort(values[half:], spare[half:])
	if s.less(values[half], values[half-1]) {
		s.merge(values, half, spare)
	}
}

func (s *sorter) insertion(values []lua.LValue) {
	for i := 1; i < len(values); i++ {
		for j := i; j > 0 && s.less(values[j], values[j-1]); j-- {
			values[j], values[j-1] = values[j-1], values[j]
		}
	}
}

// merge makes one sorted run of the two that meet at half.
func (s *sorter) merge(values []lua.LValue, half int, spare []lua.LValue) {
	left, right := spare[:copy(spare, values[:half])], values[half:]
	to := 0
	for len(left) > 0 && len(right) > 0 {
		if s.less(right[0], left[0]) {
			values[to], right = right[0], right[1:]
		} else {
			values[to], left = left[0], left[1:]
		}
		to++
	}
	copy(values[to:], left)
}

// less asks the comparator, or compares as < does.
func (s *sorter) less(a, b lua.LValue) bool {
	s.t.spend(1)
	if s.comparator != nil {
		s.L.Push(s.comparator)
		s.L.Push(a)
		s.L.Push(b)
		s.L.Call(2, 1)
		result := s.L.Get(-1)
		s.L.Pop(1)
		return lua.LVAsBool(result)
	}
	return lessThan(s.L, a, b)
}

// lessThan is a < b, exact also where one is an int64 value.
func lessThan(L *lua.LState, a, b lua.LValue) bool {
	switch x := a.(type) {
	case lua.LNumber:
		if y, ok := b.(lua.LNumber); ok {
			return x < y
		}
	case lua.LString:
		if y, ok := b.(lua.LString); ok {
			return x < y
		}
	}
	if order, ok := compareInt64(a, b); ok {
		return order < 0
	}
	if holds, ok := ordered(L, lua.OP_LT, a, b); ok {
		return holds
	}
	return L.LessThan(a, b)
}
