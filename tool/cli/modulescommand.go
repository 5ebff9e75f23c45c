package cli

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"assay.rs/core"
	"assay.rs/core/spec"
)

func (p *program) modulesCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "modules [NAME]",
		Short:   "List the tables of builtins and the embedded modules, or the functions of one",
		Args:    cobra.MaximumNArgs(1),
		Example: "  assay modules\n  assay modules assay.vault",
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			specs, err := p.of.Documented()
			if err != nil {
				return nil, cobra.ShellCompDirectiveError
			}
			var names []string
			for _, m := range specs {
				names = append(names, m.Title())
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return p.listModules()
			}
			specs, err := p.of.Documented()
			if err != nil {
				return err
			}
			entry, err := spec.Lookup(specs, args[0])
			if err != nil {
				return err
			}
			return p.table("", functionRows(entry.Module))
		},
	}
}

func (p *program) listModules() error {
	specs, err := p.of.Documented()
	if err != nil {
		return err
	}
	return p.table("NAME\tFUNCTIONS\tIN CHECKS\tWHAT IT IS FOR\n", moduleRows(specs))
}

func (p *program) table(heading string, rows []string) error {
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	if _, err := w.Write([]byte(heading + strings.Join(rows, "\n") + "\n")); err != nil {
		return err
	}
	return w.Flush()
}

// moduleRows has a line for each module.
func moduleRows(specs []spec.Module) []string {
	rows := make([]string, len(specs))
	for i, m := range specs {
		name, all, checks := m.Title(), builtins(m), 0
		if m.Name == "" {
			name = "(globals)"
		}
		for _, f := range all {
			if f.Level == core.Check.String() {
				checks++
			}
		}
		rows[i] = fmt.Sprintf("%s\t%d\t%d\t%s", name, len(all), checks, firstSentence(m.Doc))
	}
	return rows
}

// functionRows has a line for each function, and for each method under the name of its class.
func functionRows(m spec.Module) []string {
	var rows []string
	row := func(name string, f spec.Func) {
		params := make([]string, len(f.Params))
		for i, a := range f.Params {
			params[i] = a.Name
			switch {
			case a.Rest:
				params[i] = "..."
			case a.Optional:
				params[i] += "?"
			}
		}
		rows = append(rows, fmt.Sprintf("%s(%s)\t%s", name, strings.Join(params, ", "), firstSentence(f.Text)))
	}
	for _, f := range m.Funcs {
		name := f.Name
		if m.Name != "" {
			name = m.Name + "." + name
		}
		row(name, f)
	}
	if m.Call != nil {
		row(m.Name, *m.Call)
	}
	for _, c := range m.Classes {
		for _, f := range c.Methods {
			row(c.Name+":"+f.Name, f)
		}
	}
	return rows
}

// builtins are what can be called of a module: its functions, the table itself, and the methods of a module that is
// required, whose functions they mostly are.
func builtins(m spec.Module) []spec.Func {
	all := m.Funcs
	if m.Call != nil {
		all = append([]spec.Func{*m.Call}, all...)
	}
	if m.Require != "" {
		for _, c := range m.Classes {
			all = append(slices.Clip(all), c.Methods...)
		}
	}
	return all
}

// firstSentence is the first one of doc, without its full stop.
func firstSentence(doc string) string { return strings.TrimSuffix(spec.Summary(doc), ".") }
