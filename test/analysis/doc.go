// Package analysis holds the tests of module analysis that need the rest of the workspace: its Lua files, the
// compiler, and the catalog of all builtins.
package analysis
