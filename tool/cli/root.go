package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"assay.rs/check/command"
	"assay.rs/core/nearest"
	"assay.rs/core/version"
)

// endingWith is p with outputs that do not hold up its end once ctx has ended.
func (p *program) endingWith(ctx context.Context) *program {
	ending := *p
	ending.stdout, ending.stderr = command.Unstalled(ctx, p.stdout), command.Unstalled(ctx, p.stderr)
	return &ending
}

// usageError is a mistake on the command line: exit code 2.
type usageError struct {
	message, hint string
	file          string // what was to be run as a check file, if anything
}

func (e *usageError) Error() string { return e.message }
func (e *usageError) Hint() string  { return e.hint }

// CheckFile is the file that was to be run as checks, or empty.
func (e *usageError) CheckFile() string { return e.file }

const long = `assay runs checks and Lua scripts.

  assay checks.yaml            checks with retry, backoff and timeout: one JSON document, exit 0 or 1
  assay script.lua [ARG...]    a script with all builtins
  assay                        on a terminal: reads Lua and runs it

A folder runs every check file in it; several files are one run. assay check - reads a check file from stdin. A file without an extension is a script when it starts with #!.
Flags stand before or after a check file; before a script they are assay's, after it the script's own.`

func (p *program) root() *cobra.Command {
	var checks command.CheckFlags
	var scripts scriptFlags
	var version bool
	root := &cobra.Command{
		Use:   "assay [flags] FILE [ARG...]",
		Short: "Runs checks and Lua scripts",
		Long:  long,
		Example: `  assay checks.yaml --tags smoke
  assay --timeout 30s migrate.lua --dry-run
  assay doc http.get`,
		Args:              cobra.ArbitraryArgs,
		SilenceErrors:     true,
		SilenceUsage:      true,
		ValidArgsFunction: completeFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			if version {
				return p.printVersion()
			}
			if len(args) == 0 {
				return p.withoutArguments(cmd, &checks, &scripts)
			}
			return p.dispatch(cmd, args, &checks, &scripts)
		},
	}
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.SetFlagErrorFunc(command.FlagError)
	root.Flags().SetInterspersed(false)
	// cobra's own flag prints through a template, and a program that executes one keeps every method (RATIONALE.md).
	root.Flags().BoolVarP(&version, "version", "v", false, "version for assay")
	p.log.Bind(root.PersistentFlags())
	checks.Bind(root.Flags())
	scripts.bind(root.Flags())
	root.AddCommand(p.runCommand(), p.checkCommand(), p.execCommand(), p.testCommand(), p.docCommand(), p.modulesCommand(),
		p.catalogCommand(), p.fmtCommand(), p.lintCommand(), p.typesCommand(), p.sandboxedCommand(), command.MergeCommand(p.stdout, p.stderr, p.surroundings), command.InitCommand(p.stdout, "assay", p.surroundings), command.SchemaCommand(p.stdout, p.of.types), command.VersionCommand(p.stdout, "assay"))
	return root
}

func (p *program) printVersion() error {
	_, err := fmt.Fprintf(p.stdout, "assay %s\n", version.Current())
	return err
}

// withoutArguments starts the REPL on a terminal, and elsewhere shows what there is.
func (p *program) withoutArguments(cmd *cobra.Command, checks *command.CheckFlags, flags *scriptFlags) error {
	if name := checks.FirstSet(cmd.Flags()); name != "" {
		return &usageError{message: "--" + name + " is for a check file, and none is given"}
	}
	if in, out, ok := p.terminal(); ok {
		return p.runREPL(cmd.Context(), in, out, flags)
	}
	if name := flags.firstSet(cmd.Flags()); name != "" {
		return &usageError{message: "--" + name + " is for a script, and none is given"}
	}
	_ = cmd.Help()
	return command.Status(2)
}

func completeFiles(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return []string{"yaml", "yml", "lua"}, cobra.ShellCompDirectiveFilterFileExt
}

// fileKind is what a FILE argument holds.
type fileKind int

const (
	checkFile fileKind = iota
	scriptFile
)

// dispatch runs FILE as what it is.
func (p *program) dispatch(cmd *cobra.Command, args []string, checks *command.CheckFlags, scripts *scriptFlags) error {
	kind, err := kindOf(cmd, args[0])
	if err != nil {
		return err
	}
	if kind == scriptFile {
		if name := checks.FirstSet(cmd.Flags()); name != "" {
			return &usageError{message: "--" + name + " is for check files, and " + args[0] + " is a script"}
		}
		return p.runFile(cmd.Context(), args[0], args[1:], scripts)
	}
	// Flags stand on both sides of a check file.
	cmd.Flags().SetInterspersed(true)
	if err := cmd.Flags().Parse(args[1:]); err != nil {
		return command.FlagError(cmd, err)
	}
	if help, err := cmd.Flags().GetBool("help"); err == nil && help {
		return cmd.Help()
	}
	if version, err := cmd.Flags().GetBool("version"); err == nil && version {
		return p.printVersion()
	}
	if name := scripts.firstSet(cmd.Flags()); name != "" {
		return &usageError{message: "--" + name + " is for scripts, and " + args[0] + " is a check file", hint: "limits of checks stand in the file: timeout, attempt_timeout", file: args[0]}
	}
	files := args[:1:1]
	for _, extra := range cmd.Flags().Args() {
		if kind, err := kindOf(cmd, extra); err != nil || kind != checkFile {
			return &usageError{message: fmt.Sprintf("unexpected argument %q after the check file", extra), hint: "after a check file there may be others, and folders of them", file: args[0]}
		}
		files = append(files, extra)
	}
	return p.runChecks(cmd.Context(), files, checks)
}

// kindOf tells a check file from a script by extension, and a script without one by its first line.
func kindOf(cmd *cobra.Command, path string) (fileKind, error) {
	info, err := os.Stat(path)
	switch ext := strings.ToLower(filepath.Ext(path)); {
	case path == "-" || ext == ".lua":
		return scriptFile, nil
	case ext == ".yaml", ext == ".yml", err == nil && info.IsDir():
		return checkFile, nil
	case errors.Is(err, fs.ErrNotExist):
		return 0, unknownFile(cmd, path)
	case err != nil:
		return 0, err
	case ext != "" && !startsWithShebang(path):
		return 0, &usageError{message: fmt.Sprintf("%s: unsupported extension %q", path, ext), hint: "a check file ends in .yaml or .yml, a script in .lua or starts with #!", file: path}
	case startsWithShebang(path):
		return scriptFile, nil
	}
	return 0, &usageError{message: path + ": neither a check file nor a script", hint: "a check file ends in .yaml or .yml, a script in .lua or starts with #!"}
}

func startsWithShebang(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	start := make([]byte, 2)
	_, err = io.ReadFull(f, start)
	return err == nil && bytes.Equal(start, []byte("#!"))
}

// unknownFile takes a word that is no file for a misspelt command.
func unknownFile(cmd *cobra.Command, path string) error {
	err := &usageError{message: path + ": no such file"}
	if strings.ContainsAny(path, "./") {
		return err
	}
	var names []string
	for _, c := range cmd.Root().Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	err.message = fmt.Sprintf("%q is neither a command nor a file", path)
	err.hint = "run assay --help to see the commands"
	if hint := nearest.Hint(path, names); hint != "" {
		err.hint = hint
	}
	return err
}
