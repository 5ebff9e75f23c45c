package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"assay.rs/core"
	"assay.rs/core/spec"
)

func (p *program) modulesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "modules",
		Short: "List the tables of builtins",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			var rows strings.Builder
			rows.WriteString("NAME\tBUILTINS\tIN CHECKS\tWHAT IT IS FOR\n")
			for _, m := range core.Specs(documented()...) {
				name, checks := m.Name, 0
				if name == "" {
					name = "(globals)"
				}
				for _, f := range builtins(m) {
					if f.Level == core.Check.String() {
						checks++
					}
				}
				fmt.Fprintf(&rows, "%s\t%d\t%d\t%s\n", name, len(builtins(m)), checks, firstSentence(m.Doc))
			}
			w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
			if _, err := w.Write([]byte(rows.String())); err != nil {
				return err
			}
			return w.Flush()
		},
	}
}

// builtins are the functions of a module, the call of the table itself among them.
func builtins(m spec.Module) []spec.Func {
	if m.Call == nil {
		return m.Funcs
	}
	return append([]spec.Func{*m.Call}, m.Funcs...)
}

func firstSentence(doc string) string {
	doc, _, _ = strings.Cut(strings.ReplaceAll(doc, "\n", " "), ". ")
	return strings.TrimSuffix(doc, ".")
}
