package syntax

// Instead is what to use in place of a name of Lua that assay does not have, or empty.
func Instead(name string) string {
	switch name {
	case "setfenv", "getfenv":
		return "use load(text, name, mode, env) for an environment of its own"
	case "dofile", "loadfile":
		return "use require, or load with the text of the file"
	case "module":
		return "return a table from the file, and require it"
	case "package.path", "package.cpath":
		return "modules are found in ./modules, and beside the script by ./"
	case "debug":
		return "an error that ends a script has its traceback"
	case "newproxy":
		return "use setmetatable({}, mt)"
	case "bit", "bit32":
		return "use the operators & | ~ << >>"
	}
	return ""
}
