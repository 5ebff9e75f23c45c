package cli

import (
	"os"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"assay.rs/analysis/checkfile"
	"assay.rs/analysis/document"
	"assay.rs/analysis/report"
	"assay.rs/analysis/rules"
	"assay.rs/analysis/settings"
	"assay.rs/analysis/types"
	"assay.rs/check"
	"assay.rs/check/command"
)

// lintFlags are those of assay lint.
type lintFlags struct {
	fix    bool
	format string
}

func (p *program) lintCommand() *cobra.Command {
	var flags lintFlags
	cmd := &cobra.Command{
		Use:   "lint [flags] FILE|FOLDER...",
		Short: "Find mistakes in scripts and check files without running them",
		Long: `Reads Lua files and check files with the scripts inside, and reports what would fail or does nothing: unknown
names, fields, options and keys, arguments that are missing, what checks do not have, mistakes in jq and PromQL. Exit code 1 when it finds something.

The nearest .assay.toml in the folder of a file or above says how bad findings are: [severity], then lines such as
unused-local = "off". What is a hint or an info does not change the exit code.

A comment silences a finding on its line, or on the next when it stands alone: -- assay: ignore unused-local`,
		Example: "  assay lint .\n  assay lint --fix checks.yaml\n  assay lint --format sarif . > lint.sarif",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return p.lint(args, flags)
		},
	}
	cmd.Flags().BoolVar(&flags.fix, "fix", false, "correct what can be corrected without a doubt, in place")
	cmd.Flags().StringVar(&flags.format, "format", "text", "text, json, sarif or github (annotations)")
	return cmd
}

func (p *program) lint(paths []string, flags lintFlags) error {
	if !slices.Contains(report.Formats(), flags.format) {
		return &usageError{message: "unknown format " + strconv.Quote(flags.format), hint: "use text, json, sarif or github"}
	}
	names, err := document.Find(paths)
	if err != nil {
		return err
	}
	specs, err := p.of.Documented()
	if err != nil {
		return err
	}
	library := types.NewLibrary(specs)
	schema, err := check.JSONSchema(p.of.types()...)
	if err != nil {
		return err
	}
	if library.Checks, err = checkfile.ReadSchema(schema); err != nil {
		return err
	}
	var files []report.File
	failed := false
	for _, name := range names {
		file, err := lintFile(name, library, flags.fix)
		if err != nil {
			return err
		}
		failed = failed || report.Fails(file.Findings)
		files = append(files, file)
	}
	if err := report.Write(p.stdout, flags.format, files); err != nil {
		return err
	}
	if failed {
		return command.Status(1)
	}
	return nil
}

// lintFile looks at a file; when fixing it, as often as that changes something.
func lintFile(name string, l *types.Library, fix bool) (report.File, error) {
	const rounds = 10
	for round := 0; ; round++ {
		text, err := os.ReadFile(name)
		if err != nil {
			return report.File{}, err
		}
		d := document.Open(name, string(text))
		findings := rules.Check(d, l, func(module string) *types.Module {
			if _, text, ok := document.Required(name, module); ok {
				return types.Exports(module, text)
			}
			return nil
		})
		own, err := settings.For(name)
		if err != nil {
			return report.File{}, err
		}
		findings = own.Adjusted(name, findings)
		fixed, n := rules.Fixed(string(text), findings)
		if !fix || n == 0 || round == rounds {
			return report.File{Document: d, Findings: findings}, nil
		}
		if err := document.Write(name, fixed); err != nil {
			return report.File{}, err
		}
	}
}
