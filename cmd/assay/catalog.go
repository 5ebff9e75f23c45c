package main

import (
	"github.com/spf13/cobra"

	"assay.rs/core"
	"assay.rs/core/spec"
)

func (p *program) catalogCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "catalog",
		Short: "Print every builtin as JSON, for editors and other tools",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return spec.JSON(p.stdout, core.Specs(documented()...))
		},
	}
}
