package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"assay.rs/check"
)

// MergeCommand joins the documents of the shards of a run, and reports on the whole as a run does.
func MergeCommand(stdout, stderr io.Writer, surroundings func(context.Context) Surroundings) *cobra.Command {
	var flags CheckFlags
	cmd := &cobra.Command{
		Use:   "merge [flags] FILE...",
		Short: "Join the documents of all shards of a run into one",
		Long: `Joins the documents that --shard-index and --shard-count made into the document of the whole run, with
the checks in the order of the file. A shard that is missing or given twice, and documents of different
check files, are errors: exit code 2, and no document.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := flags.reports.conflict(flags.document); err != nil {
				return err
			}
			parts, err := readParts(args)
			if err != nil {
				return err
			}
			merged, err := check.Merge(parts)
			if err != nil {
				return err
			}
			s := surroundings(cmd.Context())
			s.Stdout, s.Stderr = stdout, stderr
			return ExitWith(newOutput(&flags, s).deliver(cmd.Context(), merged))
		},
	}
	flags.bindOutput(cmd.Flags())
	return cmd
}

// readParts reads documents; a pattern that the shell has left alone, as *.json in a Job, is expanded.
func readParts(args []string) ([]check.Part, error) {
	var paths []string
	for _, arg := range args {
		found, err := filepath.Glob(arg)
		if err != nil || len(found) == 0 || !strings.ContainsAny(arg, "*?[") {
			found = []string{arg}
		}
		paths = append(paths, found...)
	}
	parts := make([]check.Part, 0, len(paths))
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		r, err := check.ParseReport(text)
		if err != nil {
			return nil, fmt.Errorf("%s: not a document of checks: %w", path, err)
		}
		parts = append(parts, check.Part{From: path, Report: r})
	}
	return parts, nil
}
