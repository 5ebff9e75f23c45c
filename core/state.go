package core

import (
	_ "unsafe" // for go:linkname

	lua "github.com/yuin/gopher-lua"
)

// newState makes a Lua state without libraries. It is what lua.NewState comes down to, which links
// gopher-lua's own libraries, parser and compiler into every program, a thirtieth of assay-check.
//
//go:linkname newState github.com/yuin/gopher-lua.newLState
func newState(options lua.Options) *lua.LState
