package command

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"assay.rs/check"
	"assay.rs/core/version"
)

// Status is an exit code whose reason has been printed.
type Status int

func (s Status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// ExitWith is nil for exit code 0, else a Status.
func ExitWith(code int) error {
	if code == 0 {
		return nil
	}
	return Status(code)
}

// Execute runs the command line and gives the exit code: what a Status says, or 2 for any other error,
// which it prints to stderr. Where checks were meant to run, stdout gets the document that says so.
func Execute(root *cobra.Command, args []string, stderr io.Writer) int {
	root.SetArgs(args)
	err := root.ExecuteContext(context.Background())
	var exit Status
	switch {
	case err == nil:
		return check.ExitPassed
	case errors.As(err, &exit):
		return int(exit)
	default:
		PrintError(stderr, err)
		refuse(root, args, err)
		return check.ExitUsage
	}
}

// SchemaCommand prints the JSON Schema of check files with the given types.
func SchemaCommand(stdout io.Writer, types func() []check.Type) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of check files, for editors",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			schema, err := check.JSONSchema(types()...)
			if err != nil {
				return err
			}
			_, err = stdout.Write(append(schema, '\n'))
			return err
		},
	}
}

// VersionCommand prints the version of the named program.
func VersionCommand(stdout io.Writer, program string) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print version, commit, platform and Go",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			text, err := version.Of(program).String(), error(nil)
			if asJSON {
				text, err = version.Of(program).JSON()
			}
			if err != nil {
				return err
			}
			_, err = io.WriteString(stdout, text+"\n")
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return cmd
}
