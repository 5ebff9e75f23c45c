package main

import (
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
			return p.runSource(cmd.Context(), "-e", []byte(code), args, &flags)
		},
	}
	cmd.Flags().SetInterspersed(false)
	cmd.Flags().StringVarP(&code, "execute", "e", "", "the Lua to run")
	_ = cmd.MarkFlagRequired("execute")
	flags.bind(cmd.Flags())
	return cmd
}
