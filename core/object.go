package core

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/spec"
)

// Object is a class of userdata whose Go form is T. Properties are converted when a script first reads
// them; a script may add fields of its own to an object.
type Object[T any] struct {
	class class
}

type class struct {
	name, text string
	props      []property
	methods    []Func
	close      func(v any) error
	tostring   func(v any) string
}

type property struct {
	field spec.Field
	refs  []ref
	read  func(t *thread, v any) (lua.LValue, error)
}

// instance is what the userdata holds.
type instance struct {
	class *class
	value any
}

func (i *instance) className() string { return i.class.name }

// NewObject declares a class. Its methods follow with [Object.Method], since they name the class.
func NewObject[T any](name, text string) *Object[T] {
	return &Object[T]{class: class{name: name, text: text}}
}

// Prop adds a property; get must neither wait nor fail.
func Prop[T, F any](o *Object[T], name string, of Type[F], get func(T) F, text string) {
	o.class.props = append(o.class.props, property{
		field: spec.Field{Name: name, Type: of.spec, Text: text},
		refs:  of.refs,
		read:  func(t *thread, v any) (lua.LValue, error) { return of.to(t, get(v.(T))), nil },
	})
}

// Derived adds a property whose making takes memory, which get asks for as bodies do, and may fail. It must not wait.
func Derived[T, F any](o *Object[T], name string, of Type[F], get func(c Call, v T) (F, error), text string) {
	o.class.props = append(o.class.props, property{
		field: spec.Field{Name: name, Type: of.spec, Text: text},
		refs:  of.refs,
		read: func(t *thread, v any) (lua.LValue, error) {
			defer t.land()
			made, err := get(Call{t, nil}, v.(T))
			if err != nil {
				return nil, fmt.Errorf("%s of %s: %w", name, o.class.name, err)
			}
			return of.to(t, made), nil
		},
	})
}

// Method adds methods. The first parameter of each is [Object.Self].
func (o *Object[T]) Method(methods ...Func) *Object[T] {
	o.class.methods = append(o.class.methods, methods...)
	return o
}

// Close is what `local x <close>` runs when x goes out of scope.
func (o *Object[T]) Close(closeValue func(T) error) *Object[T] {
	o.class.close = func(v any) error { return closeValue(v.(T)) }
	return o
}

// ToString is what tostring gives; without it the name of the class.
func (o *Object[T]) ToString(format func(T) string) *Object[T] {
	o.class.tostring = func(v any) string { return format(v.(T)) }
	return o
}

// Self is the first parameter of a method.
func (o *Object[T]) Self() Param[T] {
	p := Arg("self", o.Type(), "")
	return p
}

// Type is the class as the type of a parameter or a result.
func (o *Object[T]) Type() Type[T] {
	return Type[T]{
		shape: &shape{spec: spec.Type{Kind: spec.Ref, Name: o.class.name}, refs: []ref{&o.class}},
		from: func(_ *thread, v lua.LValue, _ T) (T, error) {
			var zero T
			ud, ok := v.(*lua.LUserData)
			if !ok {
				return zero, mismatch(o.class.name, v)
			}
			object, ok := ud.Value.(*instance)
			if !ok || object.class != &o.class {
				return zero, mismatch(o.class.name, v)
			}
			return object.value.(T), nil
		},
		to: func(t *thread, v T) lua.LValue {
			made := &struct { // one allocation for both
				lua.LUserData
				instance
			}{lua.LUserData{Metatable: t.vm.metatable(&o.class)}, instance{&o.class, v}}
			made.Value = &made.instance
			return &made.LUserData
		},
	}
}

func (c *class) describe(m *spec.Module, seen map[string]bool) {
	if seen[c.name] {
		return
	}
	seen[c.name] = true
	described := spec.Class{Name: c.name, Text: c.text}
	for _, p := range c.props {
		described.Fields = append(described.Fields, p.field)
	}
	for _, method := range c.methods {
		s := method.spec
		s.Params = s.Params[1:]
		described.Methods = append(described.Methods, s)
	}
	m.Classes = append(m.Classes, described)
	for _, p := range c.props {
		for _, r := range p.refs {
			r.describe(m, seen)
		}
	}
	for _, method := range c.methods {
		for _, r := range method.refs {
			r.describe(m, seen)
		}
	}
}

// metatable is the class in this VM.
func (vm *VM) metatable(c *class) *lua.LTable {
	if mt := vm.classes[c]; mt != nil {
		return mt
	}
	mt := vm.L.CreateTable(0, 6)
	methods := vm.L.CreateTable(0, len(c.methods))
	for _, method := range c.methods {
		b := vm.rt.method(c, method)
		if b != nil {
			methods.RawSetString(method.doc.Name, vm.L.NewFunction(b.call))
		}
	}
	mt.RawSetString("__index", vm.L.NewFunction(c.index(methods)))
	mt.RawSetString("__newindex", vm.L.NewFunction(setOwnField))
	mt.RawSetString("__tostring", vm.L.NewFunction(c.format))
	mt.RawSetString("__name", lua.LString(c.name))
	mt.RawSetString("__metatable", lua.LString(c.name))
	if c.close != nil {
		mt.RawSetString("__close", vm.L.NewFunction(c.closeObject))
	}
	if vm.classes == nil {
		vm.classes = make(map[*class]*lua.LTable)
	}
	vm.classes[c] = mt
	return mt
}

// index looks a field up: what was read or set before, then methods, then properties.
func (c *class) index(methods *lua.LTable) lua.LGFunction {
	return func(L *lua.LState) int {
		ud, ok := L.Get(1).(*lua.LUserData)
		if !ok {
			return 0
		}
		name, ok := L.Get(2).(lua.LString)
		if !ok {
			return 0
		}
		if ud.Env != nil {
			if v := ud.Env.RawGetString(string(name)); v != lua.LNil {
				L.Push(v)
				return 1
			}
		}
		if method := methods.RawGetString(string(name)); method != lua.LNil {
			L.Push(c.bound(L, ud, string(name), method.(*lua.LFunction)))
			return 1
		}
		for i := range c.props {
			if c.props[i].field.Name == string(name) {
				t := currentThread(L)
				v, err := c.props[i].read(t, ud.Value.(*instance).value)
				if err != nil {
					t.raise(nil, err)
				}
				own(L, ud).RawSetString(string(name), v)
				L.Push(v)
				return 1
			}
		}
		return 0
	}
}

// bound gives a method that may be called with a dot its object.
func (c *class) bound(L *lua.LState, ud *lua.LUserData, name string, method *lua.LFunction) *lua.LFunction {
	for i := range c.methods {
		if c.methods[i].doc.Name != name || !c.methods[i].doc.Unbound {
			continue
		}
		bound := L.NewClosure(func(L *lua.LState) int {
			if L.Get(1) != lua.LValue(ud) {
				L.Insert(ud, 1)
			}
			return method.GFunction(L)
		}, ud)
		own(L, ud).RawSetString(name, bound)
		return bound
	}
	return method
}

// own is the table of the fields that the object has by itself.
func own(L *lua.LState, ud *lua.LUserData) *lua.LTable {
	if ud.Env == nil {
		ud.Env = L.CreateTable(0, 4)
	}
	return ud.Env
}

func setOwnField(L *lua.LState) int {
	ud, ok := L.Get(1).(*lua.LUserData)
	if !ok {
		return 0
	}
	own(L, ud).RawSet(L.CheckAny(2), L.Get(3))
	return 0
}

func (c *class) format(L *lua.LState) int {
	s := c.name
	if ud, ok := L.Get(1).(*lua.LUserData); ok && c.tostring != nil {
		s = c.tostring(ud.Value.(*instance).value)
	}
	L.Push(lua.LString(s))
	return 1
}

func (c *class) closeObject(L *lua.LState) int {
	if ud, ok := L.Get(1).(*lua.LUserData); ok {
		if err := c.close(ud.Value.(*instance).value); err != nil {
			currentThread(L).raise(nil, fmt.Errorf("close %s: %w", c.name, err))
		}
	}
	return 0
}

// Fields gives the properties of an object by name, for encoders; none of what is no object. The error is of a property
// that could not be made. It needs the baton.
func (c Call) Fields(v Value) (map[string]Value, error) {
	ud, ok := v.v.(*lua.LUserData)
	if !ok {
		return nil, nil
	}
	object, ok := ud.Value.(*instance)
	if !ok {
		return nil, nil
	}
	fields := make(map[string]Value, len(object.class.props))
	for _, p := range object.class.props {
		field, err := p.read(c.t, object.value)
		if err != nil {
			return nil, err
		}
		fields[p.field.Name] = Value{field}
	}
	return fields, nil
}
