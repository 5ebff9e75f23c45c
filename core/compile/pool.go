package compile

import (
	"math"
	"reflect"
	"slices"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/internal/tables"
)

const (
	maxRK       = 256       // constants that an instruction can name beside a register
	fullPool    = 192       // from here on, another function gets a new pool
	maxConstant = 1<<18 - 1 // constants that LOADK can name
)

// pool is a list of constants that some functions of a chunk share.
type pool struct {
	strings map[string]int
	numbers map[uint64]int
	values  []lua.LValue
	shapes  []lua.LValue         // of what constructors make
	protos  []*lua.FunctionProto // the functions that use it
	lasting func(piece string) string
}

func newPool() *pool {
	return &pool{strings: make(map[string]int)}
}

func (p *pool) str(s string) int {
	if i, ok := p.strings[s]; ok {
		return i
	}
	s = p.lasting(s)
	i := len(p.values)
	p.strings[s] = i
	p.values = append(p.values, lua.LString(s))
	return i
}

func (p *pool) number(v float64) int {
	bits := math.Float64bits(v)
	if i, ok := p.numbers[bits]; ok {
		return i
	}
	if p.numbers == nil {
		p.numbers = make(map[uint64]int, 16)
	}
	i := len(p.values)
	p.numbers[bits] = i
	p.values = append(p.values, lua.LNumber(v))
	return i
}

// shape is the index, for [Shape], of the keys that a constructor sets.
func (p *pool) shape(names []string) int {
	for i, name := range names {
		names[i] = p.lasting(name)
	}
	p.shapes = append(p.shapes, &lua.LUserData{Value: tables.NewShape(names)})
	return len(p.shapes)
}

// Shape is what the table in register A gets from a NOP, which gopher-lua's own loop passes over. They stand behind the
// constants, counted from the end.
func Shape(proto *lua.FunctionProto, nop uint32) *tables.Shape {
	if object, ok := proto.Constants[len(proto.Constants)-int(nop&maskBx)].(*lua.LUserData); ok {
		shape, _ := object.Value.(*tables.Shape)
		return shape
	}
	return nil
}

// finish gives the functions of the pool its constants, and the machine the texts among them.
func (p *pool) finish() {
	texts := make([]string, len(p.values))
	for i := range texts {
		if s, ok := p.values[i].(lua.LString); ok {
			texts[i] = string(s)
		}
	}
	slices.Reverse(p.shapes)
	p.values = append(p.values, p.shapes...)
	for _, proto := range p.protos {
		proto.Constants = p.values
		*stringConstants(proto) = texts
	}
}

// stringConstants is where the machine reads the names of globals and fields. Only lua.Compile can fill it.
func stringConstants(proto *lua.FunctionProto) *[]string {
	field := reflect.ValueOf(proto).Elem().FieldByName("stringConstants")
	return (*[]string)(unsafe.Pointer(field.UnsafeAddr())) //nolint:gosec // a field of this type, or finish fails at once
}
