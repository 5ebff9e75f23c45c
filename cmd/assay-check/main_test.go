package main

import (
	"io"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"assay.rs/check/command"
	"assay.rs/check/command/commandtest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"assay-check": main})
}

// The command line, as a user sees it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script"})
}

func TestFlagsHoldOnBothSidesOfACheckFile(t *testing.T) {
	root := rootCommand(io.Discard, io.Discard)
	root.InitDefaultHelpFlag()
	root.InitDefaultVersionFlag()
	flags := root.Flags()
	flags.AddFlagSet(root.PersistentFlags())
	commandtest.BothSides(t, flags, func(args []string, stdout, stderr io.Writer) int {
		return command.Execute(rootCommand(stdout, stderr), args, stderr)
	})
}
