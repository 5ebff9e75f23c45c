package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"assay.rs/check/command"
)

func (p *program) checkCommand() *cobra.Command {
	var flags command.CheckFlags
	cmd := &cobra.Command{
		Use:   "check [flags] FILE|FOLDER|-...",
		Short: "Run check files, or every one in a folder, and print one JSON document; - reads stdin",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.runChecks(cmd.Context(), args, &flags)
		},
	}
	flags.Bind(cmd.Flags())
	return cmd
}

func (p *program) runChecks(ctx context.Context, paths []string, flags *command.CheckFlags) error {
	ctx, stop := command.Interruptible(ctx, command.RepeatIgnored)
	defer stop()
	s := p.surroundings(ctx)
	if flags.Quiet() {
		quiet := *p
		quiet.stderr = io.Discard
		s.Start = quiet.startFixture
	}
	return command.ExitWith(command.Run(ctx, paths, flags, s))
}

// surroundings is what a run of checks has around it in this binary.
func (p *program) surroundings(ctx context.Context) command.Surroundings {
	return command.Surroundings{
		Types: p.of.types(), Start: p.startFixture, Stdin: p.stdin, Stdout: p.stdout, Stderr: p.stderr, Log: p.endingWith(ctx).logger(),
	}
}
