package compile

import (
	"math"
	"reflect"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
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
	protos  []*lua.FunctionProto // the functions that use it
}

func newPool() *pool {
	return &pool{strings: make(map[string]int)}
}

func (p *pool) str(s string) int {
	if i, ok := p.strings[s]; ok {
		return i
	}
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

// finish gives the functions of the pool its constants, and the machine the texts among them.
func (p *pool) finish() {
	texts := make([]string, len(p.values))
	for i := range texts {
		if s, ok := p.values[i].(lua.LString); ok {
			texts[i] = string(s)
		}
	}
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
