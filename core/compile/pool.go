package compile

import (
	"fmt"
	"math"
	"strconv"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

const (
	maxRK       = 256       // constants that an instruction can name beside a register
	fullPool    = 192       // from here on, another function gets a new pool
	maxConstant = 1<<18 - 1 // constants that LOADK can name
	maxGlobals  = 4096      // constants whose text the machine can know; see template
)

// pool is a list of constants that some functions of a chunk share.
//
// The machine reads the names of globals and fields from a list of a
// FunctionProto that only lua.Compile can fill. So each pool lets it compile one
// small template that has the pool's constants, and the functions are copies of
// that template with code of their own.
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

// finish gives the functions of the pool its constants.
func (p *pool) finish() error {
	template, err := p.template()
	if err != nil {
		return err
	}
	for _, proto := range p.protos {
		full := *template
		full.SourceName, full.LineDefined, full.LastLineDefined = proto.SourceName, proto.LineDefined, proto.LastLineDefined
		full.NumUpvalues, full.NumParameters = proto.NumUpvalues, proto.NumParameters
		full.IsVarArg, full.NumUsedRegisters = proto.IsVarArg, proto.NumUsedRegisters
		full.Code, full.DbgSourcePositions = proto.Code, proto.DbgSourcePositions
		full.FunctionPrototypes = proto.FunctionPrototypes
		full.DbgCalls, full.DbgUpvalues, full.DbgLocals = proto.DbgCalls, proto.DbgUpvalues, proto.DbgLocals
		full.Constants = p.values
		*proto = full
	}
	return nil
}

// template is a function compiled by gopher-lua whose constants are those of the
// pool. Numbers are stood in for by their index; beyond maxGlobals no
// instruction asks for the text of a constant.
func (p *pool) template() (*lua.FunctionProto, error) {
	n := min(len(p.values), maxGlobals)
	items := make([]ast.StringExpr, n)
	fields := make([]ast.Field, n)
	table := &ast.TableExpr{Fields: make([]*ast.Field, n)}
	for i, v := range p.values[:n] {
		if s, ok := v.(lua.LString); ok {
			items[i].Value = string(s)
			fields[i].Value = &items[i]
		} else {
			fields[i].Value = &ast.NumberExpr{Value: strconv.Itoa(i)}
		}
		table.Fields[i] = &fields[i]
	}
	template, err := lua.Compile([]ast.Stmt{&ast.LocalAssignStmt{Names: []string{"constants"}, Exprs: []ast.Expr{table}}}, "")
	if err != nil {
		return nil, fmt.Errorf("compile constants: %w", err)
	}
	if len(template.Constants) != n {
		return nil, fmt.Errorf("compile constants: %d of %d", len(template.Constants), n)
	}
	return template, nil
}
