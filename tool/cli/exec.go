package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) execCommand() *cobra.Command {
	var flags scriptFlags
	var code string
	cmd := &cobra.Command{
		Use:     "exec -e CODE [ARG...]",
		Short:   "Run Lua given on the command line",
		Example: `  assay exec -e 'print(json.encode{host = os.hostname(), args = {...}})' one two`,
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if !cmd.Flags().Changed("execute") {
				return noCode(args)
			}
			return p.runSource(cmd.Context(), "-e", []byte(code), args, &flags)
		},
	}
	cmd.Flags().SetInterspersed(false)
	cmd.Flags().StringVarP(&code, "execute", "e", "", "the Lua to run")
	flags.bind(cmd.Flags())
	return cmd
}

// noCode says how the Lua is given, with that of the command line if there is some.
func noCode(args []string) error {
	code := "print(1 + 1)"
	if len(args) > 0 && !strings.ContainsAny(args[0], "'\n") {
		code = args[0]
	}
	return &usageError{message: "assay exec: the Lua to run stands behind -e", hint: "assay exec -e '" + code + "'"}
}
