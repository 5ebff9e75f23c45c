// Package tables reads and writes gopher-lua's tables where it keeps what they hold. gopher-lua gives it only with an
// allocation, or with a look-up or two, for each.
package tables

import (
	"reflect"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Known tells whether this version of gopher-lua keeps what tables hold where this package looks for it. With
// another one nothing here may be used.
func Known() bool {
	return has[[]lua.LValue]("array") && has[map[string]lua.LValue]("strdict") && has[map[lua.LValue]lua.LValue]("dict") &&
		has[[]lua.LValue]("keys") && has[map[lua.LValue]int]("k2i")
}

func has[T any](name string) bool {
	f, ok := reflect.TypeFor[lua.LTable]().FieldByName(name)
	return ok && f.Type == reflect.TypeFor[T]()
}

// Field is the place of a field of a table.
type Field[T any] struct{ offset uintptr }

// FieldOf is the field of this name, which must be one of those that [Known] looks at, and have its type.
func FieldOf[T any](name string) Field[T] {
	f, _ := reflect.TypeFor[lua.LTable]().FieldByName(name)
	return Field[T]{f.Offset}
}

// Of is the field of t.
func (f Field[T]) Of(t *lua.LTable) T { return *f.in(t) }

// Set sets the field of a table that nobody else has yet.
func (f Field[T]) Set(t *lua.LTable, v T) { *f.in(t) = v }

func (f Field[T]) in(t *lua.LTable) *T {
	return (*T)(unsafe.Add(unsafe.Pointer(t), f.offset)) //nolint:gosec // Known has compared its type
}
