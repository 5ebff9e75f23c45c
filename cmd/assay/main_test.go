package main

import (
	"io"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"assay.rs/check/command/commandtest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"assay": main})
}

// The command line, as a user sees it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script"})
}

func TestFlagsHoldOnBothSidesOfACheckFile(t *testing.T) {
	root := (&program{}).root()
	root.InitDefaultHelpFlag()
	flags := root.Flags()
	flags.AddFlagSet(root.PersistentFlags())
	commandtest.BothSides(t, flags, func(args []string, stdout, stderr io.Writer) int {
		p := &program{stdin: strings.NewReader(""), stdout: stdout, stderr: stderr}
		return p.run(args)
	})
}
