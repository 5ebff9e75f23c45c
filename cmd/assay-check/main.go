// Command assay-check runs check files: the check mode of assay alone, for small images of hook Jobs.
//
// It is composed here. It links no database driver, no server and no template engine, and brings no
// Lua modules.
package main

import (
	"context"
	"io"
	"log"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"assay.rs/check"
	"assay.rs/check/command"
	"assay.rs/core"
	"assay.rs/core/prelude"
	"assay.rs/core/version"
	"assay.rs/mod-data/base64"
	"assay.rs/mod-data/json"
	"assay.rs/mod-data/yaml"
	"assay.rs/mod-http"
)

func main() {
	core.BoundArrays()
	command.FitMemory(os.DirFS("/"))
	command.ReapOrphans()
	log.SetOutput(io.Discard) // net/http writes what strange servers say to the standard logger
	os.Exit(command.Execute(rootCommand(os.Stdout, command.NewConsole(os.Stderr)), os.Args[1:], os.Stderr))
}

// modules is every builtin of this binary.
func modules() []core.Module {
	return append(prelude.Modules(),
		core.Later("base64", base64.New),
		core.Later("http", func() core.Module { return http.New(http.Config{}) }),
		core.Later("prometheus", func() core.Module { return http.Prometheus(http.Config{}) }),
		core.Later("json", json.New),
		core.Later("yaml", yaml.New))
}

// checkTypes is every type of check of this binary.
func checkTypes() []check.Type { return check.Standard(modules()...) }

func rootCommand(stdout, stderr io.Writer) *cobra.Command {
	var flags command.CheckFlags
	var logs command.LogFlags
	surroundings := func(ctx context.Context) command.Surroundings {
		return command.Surroundings{Types: checkTypes(), Stdin: os.Stdin, Stdout: stdout, Stderr: stderr, Log: logs.Logger(command.Unstalled(ctx, stderr), textHandler)}
	}
	root := &cobra.Command{
		Use:           "assay-check [flags] FILE|FOLDER|-...",
		Short:         "Runs check files, or every one in a folder, and prints one JSON document; - reads stdin",
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version.Current(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				_ = cmd.Help()
				return command.Status(check.ExitUsage)
			}
			ctx, stop := command.Interruptible(cmd.Context(), command.RepeatIgnored)
			defer stop()
			return command.ExitWith(command.Run(ctx, args, &flags, surroundings(ctx)))
		},
	}
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(command.FlagError)
	flags.Bind(root.Flags())
	logs.Bind(root.PersistentFlags())
	root.AddCommand(command.MergeCommand(stdout, stderr, surroundings), command.InitCommand(stdout, "assay-check", surroundings), command.SchemaCommand(stdout, checkTypes), command.VersionCommand(stdout, "assay-check"))
	return root
}

// textHandler is the standard library's: a Job's log is read by programs first.
func textHandler(w io.Writer, level slog.Level) slog.Handler {
	return slog.NewTextHandler(w, &slog.HandlerOptions{Level: level})
}
