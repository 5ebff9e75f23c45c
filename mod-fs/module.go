package fs

import "assay.rs/core"

// New is the table fs.
func New() core.Module {
	m := core.Module{
		Name: "fs",
		Doc: "Reads and changes files and folders. Relative paths start at the working directory. A symbolic link " +
			"is followed unless the text says otherwise.",
	}
	m.Funcs = append(m.Funcs, contentFuncs()...)
	m.Funcs = append(m.Funcs, folderFuncs()...)
	m.Funcs = append(m.Funcs, infoFuncs()...)
	m.Funcs = append(m.Funcs, tempFuncs()...)
	return m
}

// doc is that of a function at level script.
func doc(name, text string, needs core.Needs, examples ...string) core.Doc {
	return core.Doc{Name: name, Text: text, Needs: needs, Level: core.Script, Raises: codes(), Examples: examples}
}

func pathArg(text string) core.Param[string] { return core.Arg("path", core.String(), text) }
