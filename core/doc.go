// Package core declares builtins for Lua and runs the scripts that call them.
//
// A builtin is a plain Go function with one declaration ([Fn0] to [Fn4], [FnRest], [Iter]) whose
// parameters ([Arg], [Opt], [Rest]) carry both documentation and conversion. From that one value come
// registration, argument checks, error texts, policy, completion and the reference ([Module.Spec]).
//
// The map of the package:
//
//   - declare: [Module], [Func], [Doc], [Type] and its makers ([String], [Record], [ListOf], ...),
//     [Object] for userdata, [Callback] for Lua functions, [Value] for any Lua value, [Code] and [Error];
//   - guard: [Needs] and [Level] say what a builtin touches, [Policy] what a script may touch;
//   - run: [Runtime] holds what every VM shares, [VM] is one Lua state, [Chunk] a compiled script,
//     [Task] a goroutine with a Lua thread of its own, [Baton] the right to touch Lua;
//   - embed: [Preload] binds modules to a Lua state that another program owns.
//
// A body sees a [Call], never a Lua state. A body that waits runs without the baton, so that other
// tasks run meanwhile; its arguments are Go values by then. Only a body whose needs are Pure, Clock,
// Env or Log may look into a [Value] or a [Table].
package core
