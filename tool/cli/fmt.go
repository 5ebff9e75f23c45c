package cli

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"assay.rs/analysis/document"
	"assay.rs/analysis/format"
	"assay.rs/check/command"
	"assay.rs/core/syntax"
)

// fmtFlags are those of assay fmt.
type fmtFlags struct{ check, diff bool }

func (p *program) fmtCommand() *cobra.Command {
	var flags fmtFlags
	cmd := &cobra.Command{
		Use:   "fmt [flags] [FILE|FOLDER...]",
		Short: "Format Lua, in scripts and in check files",
		Long: `Formats Lua files and the scripts inside check files, in place. Comments stay and the code means the same; a
file that is broken is left as it is. Without a file, or for -, Lua is read from stdin and written to stdout.`,
		Example: "  assay fmt .\n  assay fmt --check checks.yaml\n  assay fmt --diff service.lua",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || len(args) == 1 && args[0] == "-" {
				return p.fmtInput(flags)
			}
			return p.fmtFiles(args, flags)
		},
	}
	cmd.Flags().BoolVar(&flags.check, "check", false, "write nothing; name the files that would change and exit with 1")
	cmd.Flags().BoolVar(&flags.diff, "diff", false, "write nothing; show what would change, without passwords of URLs, and exit with 1")
	return cmd
}

// fmtInput formats stdin.
func (p *program) fmtInput(flags fmtFlags) error {
	text, err := io.ReadAll(io.LimitReader(p.stdin, syntax.MaxSource+1))
	if err != nil {
		return fmt.Errorf("read stdin: %w", err)
	}
	if len(text) > syntax.MaxSource {
		return fmt.Errorf("stdin: source is larger than %d bytes", syntax.MaxSource)
	}
	formatted, err := document.Open("stdin", string(text)).Formatted()
	if err != nil {
		return err
	}
	if flags.check || flags.diff {
		return p.wouldChange("stdin", string(text), formatted, flags)
	}
	_, err = io.WriteString(p.stdout, formatted)
	return err
}

// fmtFiles formats files. What is wrong with one does not keep the others from being formatted.
func (p *program) fmtFiles(paths []string, flags fmtFlags) error {
	names, err := document.Find(paths)
	if err != nil {
		return err
	}
	var failed []error
	changed := false
	for _, name := range names {
		err := p.fmtFile(name, flags)
		if _, differs := errors.AsType[command.Status](err); differs {
			changed = true
		} else if err != nil {
			failed = append(failed, err)
		}
	}
	switch {
	case len(failed) > 0:
		return errors.Join(failed...)
	case changed:
		return command.Status(1)
	}
	return nil
}

func (p *program) fmtFile(name string, flags fmtFlags) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	formatted, err := document.Open(name, string(text)).Formatted()
	if err != nil || formatted == string(text) {
		return err
	}
	if flags.check || flags.diff {
		return p.wouldChange(name, string(text), formatted, flags)
	}
	return document.Write(name, formatted)
}

// wouldChange reports what formatting would change: exit code 1 if anything.
func (p *program) wouldChange(name, before, after string, flags fmtFlags) error {
	if before == after {
		return nil
	}
	report := name + "\n"
	if flags.diff {
		report = command.WithoutPasswords(format.Diff(name, before, after))
	}
	if _, err := io.WriteString(p.stdout, report); err != nil {
		return err
	}
	return command.Status(1)
}
