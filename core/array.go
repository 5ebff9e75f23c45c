package core

import (
	lua "github.com/yuin/gopher-lua"
)

// Tables remember what they were in JSON, YAML or TOML through their metatable: its field __jsontype
// says "array" or "object", its field __jsonlen how long an array with nulls in it was.
const (
	shapeField  = "__jsontype"
	lengthField = "__jsonlen"
	shapeArray  = lua.LString("array")
	shapeObject = lua.LString("object")
)

// sparseSlack bounds what a few far-off elements may add to a marked array.
const sparseSlack = 1024

func (vm *VM) newArray(capacity int) *lua.LTable {
	t := vm.L.CreateTable(capacity, 0)
	t.Metatable = vm.shape(shapeArray)
	return t
}

// shape is the metatable that all arrays, or all objects, of the VM share.
func (vm *VM) shape(of lua.LString) *lua.LTable {
	if mt := vm.shapes[of]; mt != nil {
		return mt
	}
	mt := vm.L.CreateTable(0, 1)
	mt.RawSetString(shapeField, of)
	if vm.shapes == nil {
		vm.shapes = make(map[lua.LString]*lua.LTable, 2)
	}
	vm.shapes[of] = mt
	return mt
}

// NewArray makes an array that stays one when it is empty.
func (c Call) NewArray(capacity int) Table { return Table{c.t.vm.newArray(capacity)} }

// NewTable makes a table with room for n string keys.
func (c Call) NewTable(n int) Table { return Table{c.t.vm.L.CreateTable(0, n)} }

// Mark makes encoders take the table for an array, or for an object. A table that has a metatable of
// the script's own keeps it, with the mark added.
func (c Call) Mark(t Table, array bool) {
	shape := shapeObject
	if array {
		shape = shapeArray
	}
	if mt, ok := t.t.Metatable.(*lua.LTable); ok {
		switch mt.RawGetString(shapeField) {
		case shape:
			return
		case lua.LNil:
			mt.RawSetString(shapeField, shape)
			return
		}
	}
	t.t.Metatable = c.t.vm.shape(shape)
}

// Attach gives an array a field that neither #, ipairs nor encoders see.
func (c Call) Attach(t Table, name string, v Value) {
	fields := c.t.vm.L.CreateTable(0, 1)
	fields.RawSetString(name, v.lua())
	mt := c.t.vm.L.CreateTable(0, 2)
	mt.RawSetString(shapeField, shapeArray)
	mt.RawSetString("__index", fields)
	t.t.Metatable = mt
}

// SetLen makes an array remember that it has n elements, though the last ones are nil.
func (c Call) SetLen(t Table, n int) {
	if t.t.Len() == n && !sparse(t.t, n) {
		return
	}
	mt := c.t.vm.L.CreateTable(0, 2)
	mt.RawSetString(shapeField, shapeArray)
	mt.RawSetString(lengthField, lua.LNumber(n))
	t.t.Metatable = mt
}

// arrayLen is the length that a marked array remembers, or that its elements give if that is more.
func arrayLen(t *lua.LTable) (int, bool) {
	mt, ok := t.Metatable.(*lua.LTable)
	if !ok || mt.RawGetString(shapeField) != shapeArray {
		return 0, false
	}
	return max(t.Len(), remembered(mt)), true
}

// maxRemembered bounds the length in a metatable, which scripts can write to.
const maxRemembered = 1 << 23

func remembered(mt *lua.LTable) int {
	n, ok := mt.RawGetString(lengthField).(lua.LNumber)
	if !ok || !(n >= 0 && n <= maxRemembered) {
		return 0
	}
	return int(n)
}

// arrayShape tells whether encoders take t for an array, and its length.
func arrayShape(t *lua.LTable) (int, bool) {
	n := t.Len()
	last := lua.LNil // Next takes the key 0 for one of the hash part
	if n > 0 {
		last = lua.LNumber(n)
	}
	if k, _ := t.Next(last); k != lua.LNil {
		return 0, false
	}
	if mt, ok := t.Metatable.(*lua.LTable); ok {
		switch mt.RawGetString(shapeField) {
		case shapeArray:
			length := max(n, remembered(mt))
			return length, length <= remembered(mt) || !sparse(t, n)
		case shapeObject:
			return 0, false
		}
	}
	if n == 0 {
		return 0, false
	}
	for i := n; i > 0; i-- {
		if t.RawGetInt(i) == lua.LNil {
			return 0, false
		}
	}
	return n, true
}

// sparse tells whether an array of n elements is mostly holes.
func sparse(t *lua.LTable, n int) bool {
	if n <= sparseSlack {
		return false
	}
	filled := 0
	for i := 1; i <= n; i++ {
		if t.RawGetInt(i) != lua.LNil {
			filled++
		}
	}
	return n > 4*filled+sparseSlack
}
