// Command assay runs check files and Lua scripts.
//
// Each file here is one command; modules.go is the list of what the binary is made of. To build an
// assay of your own, copy this folder and change that list, or see docs/extend/embed.md.
package main

import (
	"io"
	"log"
	"os"

	"assay.rs/check/command"
	"assay.rs/core"
)

func main() {
	core.BoundArrays()
	command.FitMemory(os.DirFS("/"))
	log.SetOutput(io.Discard) // net/http writes what strange servers say to the standard logger
	p := &program{stdin: os.Stdin, stdout: os.Stdout, stderr: command.NewConsole(os.Stderr)}
	os.Exit(p.run(os.Args[1:]))
}
