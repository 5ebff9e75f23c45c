// Package tables reads and writes gopher-lua's tables where it keeps what they hold. gopher-lua gives it only with an
// allocation, or with a look-up or two, for each.
package tables

import (
	"reflect"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Field is the place of a field of a table. A version that keeps it elsewhere has none.
type Field[T any] struct {
	offset uintptr
	Known  bool
}

// FieldOf is the field of this name, if it has the type.
func FieldOf[T any](name string) Field[T] {
	f, ok := reflect.TypeFor[lua.LTable]().FieldByName(name)
	return Field[T]{f.Offset, ok && f.Type == reflect.TypeFor[T]()}
}

// Of is the field of t, or nothing.
func (f Field[T]) Of(t *lua.LTable) (v T) {
	if f.Known {
		v = *f.in(t)
	}
	return v
}

// Set sets the field of a table that nobody else has yet. The field must be known.
func (f Field[T]) Set(t *lua.LTable, v T) { *f.in(t) = v }

func (f Field[T]) in(t *lua.LTable) *T {
	return (*T)(unsafe.Add(unsafe.Pointer(t), f.offset)) //nolint:gosec // FieldOf has compared its type
}
