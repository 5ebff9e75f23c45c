// Package compile turns Lua source into what gopher-lua runs.
//
// It reads the source with core/syntax and generates code for gopher-lua's
// virtual machine from the tree. The language is that of core/syntax: Lua 5.1
// with goto, and the newer syntax that scripts use. What the machine has no
// instruction for (integer division, bit operators, <close>, guarded
// concatenation) becomes a call of a [Helper], which the chunk holds as an
// upvalue of its main function, where no script can name or replace it.
//
// The map:
//
//   - [Source] compiles a text into a [Chunk]; its errors are [Errors], several
//     at once, each with a place.
//   - [Options] says which guards are compiled in.
//   - [Chunk] holds the FunctionProto, which virtual machines share and nobody
//     may change, the globals it names and the helpers it needs.
//     [Chunk.Function] makes it a function of one machine.
//   - [Standard] is a plain implementation of the helpers, without budgets and
//     without int64 values; the runtime puts its own in front.
//
// Files: source.go and errors.go are the face; generate.go is the chunk being
// compiled, pool.go its constants; function.go is one function being compiled,
// code.go its instructions and jumps, local.go its variables; block.go, loop.go,
// assign.go and closing.go compile statements; expr.go, cond.go, call.go,
// table.go and arith.go expressions. helper.go names the helpers, standard.go,
// concat.go, integer.go and protect.go are their plain implementation.
//
// Why not lower to gopher-lua's ast and call lua.Compile: that function alone
// takes 60% of the time and 85% of the bytes of parse and compile. It also
// compiles wrong: every goto detaches the captured variables of its function
// (local x = 0 local function f() x = 1 end goto a ::a:: f() leaves x at 0);
// a, b = b + 1, a assigns to a before it is read; local f = function() return f
// end sees the new f; large constructors are cut short; a 256th upvalue wraps
// around; and it is quadratic in constants. The tests compare what runs with
// gopher-lua's own compiler, its test suites, and interpreters of Lua.
package compile
