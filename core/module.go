package core

import (
	"fmt"
	"sort"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/spec"
)

// Module is a set of builtins in one Lua table, or, without a Name, global functions. Several modules
// may add to one table; a name declared twice is an error.
type Module struct {
	Name   string
	Doc    string
	Call   *Func // what calling the table itself does, as in assert(v)
	Funcs  []Func
	Consts []Const

	Embedded *Embedded // Lua modules that come with it

	later *later // set when it stands for others
}

// Const is a value of a module that is not a function.
type Const struct {
	spec spec.Const
	doc  Doc
	make func(t *thread) lua.LValue
}

// NewConst declares a constant. It is converted once for each VM.
func NewConst[T any](name string, of Type[T], value T, text string) Const {
	return Const{
		spec: spec.Const{Name: name, Type: of.spec, Text: text},
		doc:  Doc{Name: name, Level: Check, Needs: Pure},
		make: func(t *thread) lua.LValue { return of.to(t, value) },
	}
}

// null is what the one json.null of a VM holds.
type null struct{}

// Null is the type of json.null: a null that was kept, since nil cannot stand in a table.
func Null() Type[None] {
	return Type[None]{
		shape: &shape{spec: scalar("null")},
		from: func(_ *thread, v lua.LValue, _ None) (None, error) {
			if (Value{v}).Kind() != KindNull {
				return None{}, mismatch("null", v)
			}
			return None{}, nil
		},
		to: func(t *thread, _ None) lua.LValue { return t.vm.nullValue() },
	}
}

// NullValue is json.null.
func (c Call) NullValue() Value { return Value{c.t.vm.nullValue()} }

func (vm *VM) nullValue() lua.LValue {
	if vm.null == nil {
		mt := vm.L.CreateTable(0, 2)
		mt.RawSetString("__tostring", vm.L.NewFunction(func(L *lua.LState) int {
			L.Push(lua.LString("null"))
			return 1
		}))
		mt.RawSetString("__metatable", lua.LString("null"))
		vm.null = &lua.LUserData{Value: null{}, Metatable: mt}
	}
	return vm.null
}

// Spec is the module as data: the source of the reference, of completion and of editor stubs. [Specs] knows
// those that are made later.
func (m Module) Spec() spec.Module {
	s := spec.Module{Name: m.Name, Doc: m.Doc}
	seen := make(map[string]bool)
	codes := make(map[string]bool)
	add := func(f Func) {
		for _, r := range f.refs {
			r.describe(&s, seen)
		}
		addCodes(&s, codes, f.doc.Raises)
		for _, r := range f.refs {
			if c, ok := r.(*class); ok {
				for _, method := range c.methods {
					addCodes(&s, codes, method.doc.Raises)
				}
			}
		}
	}
	if m.Call != nil {
		called := m.Call.spec
		s.Call = &called
		add(*m.Call)
	}
	for _, f := range m.Funcs {
		s.Funcs = append(s.Funcs, f.spec)
		add(f)
	}
	for _, c := range m.Consts {
		s.Consts = append(s.Consts, c.spec)
	}
	sort.Slice(s.Codes, func(i, j int) bool { return s.Codes[i].Name < s.Codes[j].Name })
	return s
}

func addCodes(s *spec.Module, seen map[string]bool, codes []*Code) {
	for _, code := range codes {
		if !seen[code.name] {
			seen[code.name] = true
			s.Codes = append(s.Codes, spec.Code{Name: code.name, Text: code.text})
		}
	}
}

// Specs is what the modules offer, those that share a table joined, in the order of their first one.
func Specs(modules ...Module) []spec.Module {
	var joined []spec.Module
	index := make(map[string]int)
	for _, m := range made(modules) {
		s := m.Spec()
		at, known := index[m.Name]
		if !known {
			index[m.Name] = len(joined)
			joined = append(joined, s)
			continue
		}
		joined[at] = join(joined[at], s)
	}
	return joined
}

func join(a, b spec.Module) spec.Module {
	switch {
	case a.Doc == "":
		a.Doc = b.Doc
	case b.Doc != "" && b.Doc != a.Doc:
		a.Doc += "\n\n" + b.Doc
	}
	if a.Call == nil {
		a.Call = b.Call
	}
	a.Funcs = append(a.Funcs, b.Funcs...)
	a.Consts = append(a.Consts, b.Consts...)
	a.Records = appendNew(a.Records, b.Records, func(r spec.Record) string { return r.Name })
	a.Classes = appendNew(a.Classes, b.Classes, func(c spec.Class) string { return c.Name })
	a.Codes = appendNew(a.Codes, b.Codes, func(c spec.Code) string { return c.Name })
	return a
}

func appendNew[T any](to, from []T, name func(T) string) []T {
	known := make(map[string]bool, len(to))
	for _, item := range to {
		known[name(item)] = true
	}
	for _, item := range from {
		if !known[name(item)] {
			to = append(to, item)
		}
	}
	return to
}

// validate reports the first thing a declaration lacks.
func (m Module) validate() error {
	table := m.Name
	if table == "" {
		table = "_G"
	}
	funcs := m.Funcs
	if m.Call != nil {
		funcs = append([]Func{*m.Call}, funcs...)
	}
	for _, f := range funcs {
		if err := f.validate(table); err != nil {
			return err
		}
		for _, r := range f.refs {
			c, ok := r.(*class)
			if !ok {
				continue
			}
			for _, method := range c.methods {
				if err := method.validate(c.name); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (f Func) validate(table string) error {
	switch {
	case f.bind == nil:
		return fmt.Errorf("declare %s.%s: make it with Fn0 to Fn4, FnRest or Iter", table, f.doc.Name)
	case f.doc.Needs == 0:
		return fmt.Errorf("declare %s.%s: Needs is not set; a builtin that touches nothing is Pure", table, f.doc.Name)
	case f.doc.Level == 0:
		return fmt.Errorf("declare %s.%s: Level is not set", table, f.doc.Name)
	case f.doc.Text == "":
		return fmt.Errorf("declare %s.%s: Text is not set", table, f.doc.Name)
	}
	return nil
}
