package compile

import (
	"fmt"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/syntax"
)

// Options choose what is compiled into a chunk. The zero value compiles plain
// instructions wherever the machine has them.
type Options struct {
	// GuardConcat makes every .. a call of HelperConcat, so that a budget can be
	// charged before memory is taken.
	GuardConcat bool
	// GuardIntegers makes < <= > >= == ~= calls of helpers, so that a number can
	// be compared with an int64 value, unless both sides are surely no int64.
	GuardIntegers bool
}

// Chunk is a compiled source text. Virtual machines share it; nothing in it may
// be changed.
type Chunk struct {
	Name    string
	Proto   *lua.FunctionProto // its upvalues are the Helpers, in order
	Helpers []Helper           // what it calls that no script can name
	Globals []syntax.Global    // the globals that it names
	Newer   syntax.Newer       // the syntax beyond Lua 5.1 that it uses
}

// Function makes the chunk a function of the machine L, in the environment of
// its globals. helper gives the value of each helper that the chunk needs; see
// Standard.
func (c *Chunk) Function(L *lua.LState, helper func(Helper) lua.LValue) *lua.LFunction {
	fn := L.NewFunctionFromProto(c.Proto)
	for i, h := range c.Helpers {
		fn.Upvalues[i] = &lua.Upvalue{}
		fn.Upvalues[i].SetValue(helper(h))
	}
	return fn
}

// Source compiles a source text; name is what errors and tracebacks call it.
// What is wrong with the text is an Errors. A source of more than
// syntax.MaxSource bytes is refused.
func Source(name string, src []byte, opts Options) (*Chunk, error) {
	if len(src) > syntax.MaxSource {
		return nil, fmt.Errorf("%s: source is larger than %d bytes", name, syntax.MaxSource)
	}
	return Tree(name, syntax.Parse(string(src)), opts)
}

// Tree compiles a tree that is already read.
func Tree(name string, tree *syntax.Tree, opts Options) (chunk *Chunk, err error) {
	bindings := syntax.Resolve(tree)
	if len(tree.Errors)+len(bindings.Errors) > 0 {
		found := tree.Errors
		if len(found) == 0 {
			// What names mean in a broken text is a guess: its grammar first.
			found = bindings.Errors
		}
		return nil, located(name, tree, slices.Clone(found))
	}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case limit:
			err = located(name, tree, []syntax.Error{r.err})
		default:
			panic(r)
		}
	}()
	return generate(name, tree, bindings, opts), nil
}
