package cli

import (
	"io"
	"strings"
	"testing"

	"assay.rs/check/command/commandtest"
	"assay.rs/core"
	"assay.rs/core/prelude"
)

func small() Program {
	return Program{Modules: func(Setting) []core.Module { return prelude.Modules() }}
}

func TestFlagsHoldOnBothSidesOfACheckFile(t *testing.T) {
	root := (&program{of: small()}).root()
	root.InitDefaultHelpFlag()
	flags := root.Flags()
	flags.AddFlagSet(root.PersistentFlags())
	commandtest.BothSides(t, flags, func(args []string, stdout, stderr io.Writer) int {
		return small().Run(args, strings.NewReader(""), stdout, stderr)
	})
}
