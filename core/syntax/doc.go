// Package syntax reads Lua source into a lossless tree that survives errors.
//
// It is the one front end of the runtime, the linter, the formatter and the
// language server: Lua 5.1 with goto, and the newer syntax that scripts use
// (integer division, bit operators, <const>, <close>, global declarations,
// named varargs, \u{} \x \z escapes, hexadecimal floats). It needs the
// standard library alone and never panics, whatever the input.
//
// The map:
//
//   - [Parse] turns a source text into a [Tree]. It always returns one; what is
//     wrong with the text is in Tree.Errors.
//   - [Tree] holds three flat lists: [Token], [Trivia] (comments, skipped bytes)
//     and [Node]. Tokens, trivia and the white space between them add up to the
//     source, byte for byte: see [Tree.Pieces].
//   - [NodeKind] documents which children each kind of node has.
//   - [Resolve] binds names to declarations and reports what is wrong beyond
//     grammar: gotos without labels, assignments to constants, undeclared
//     globals.
//   - [Error] is a range of offsets and a message. [Tree.Position] turns an
//     offset into line and column, [Tree.Render] draws the line with carets.
//   - [Unquote] and [ParseNumber] read the values of literals.
//
// Files: token.go, lexer.go, word.go, escape.go and number.go make tokens;
// node.go and tree.go are the data; parser.go, stmt.go, declare.go and expr.go
// build it; recover.go is what happens on broken text; resolve.go, scope.go and
// label.go bind names; position.go is lines, columns and errors.
package syntax
