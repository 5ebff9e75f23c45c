// Package stdlib is the Lua modules that come with assay: require("assay.prometheus").
//
// They are the files in the folder lua, written in Lua on top of the builtins and annotated with LuaCATS. A
// program composes them with [Files]: core.Module{Embedded: core.Embed("assay", stdlib.Files())}.
package stdlib

import (
	"embed"
	"io/fs"
)

//go:embed lua
var tree embed.FS

// Files are the modules: x.lua is assay.x.
func Files() fs.FS {
	files, err := fs.Sub(tree, "lua")
	if err != nil {
		panic(err) // the name is a constant
	}
	return files
}
