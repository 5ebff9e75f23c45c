package cli

import (
	"github.com/spf13/cobra"

	"assay.rs/core/spec"
)

func (p *program) catalogCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "catalog",
		Short: "Print every builtin and every embedded module as JSON, for editors and other tools",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			specs, err := p.of.Documented()
			if err != nil {
				return err
			}
			return spec.JSON(p.stdout, specs)
		},
	}
}
