package command

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/pflag"

	"assay.rs/check"
)

// CheckFlags choose what of a check file runs, and how.
type CheckFlags struct {
	only, skip, tags []string
	vars             assignments
	validate, dryRun bool
	quiet            bool
	termination      string
}

// Bind adds the flags to fs.
func (f *CheckFlags) Bind(fs *pflag.FlagSet) {
	fs.StringSliceVar(&f.only, "only", nil, "run the checks of these names alone")
	fs.StringSliceVar(&f.skip, "skip", nil, "leave out the checks of these names")
	fs.StringSliceVar(&f.tags, "tags", nil, "run the checks that have one of these tags alone")
	fs.Var(&f.vars, "var", "set a variable of the file: --var base=http://localhost:8080")
	fs.BoolVar(&f.validate, "validate", false, "read the file and report what is wrong with it; run nothing")
	fs.BoolVar(&f.dryRun, "dry-run", false, "print what would run, and how long it may take at worst; run nothing")
	fs.BoolVar(&f.quiet, "quiet", false, "log nothing but the document")
	fs.StringVar(&f.termination, "termination-log", check.TerminationLog, "existing file that gets the verdict, for the status of a pod")
}

// FirstSet is the first of these flags that the command line has set, or empty.
func (f *CheckFlags) FirstSet(fs *pflag.FlagSet) string {
	for _, name := range []string{"only", "skip", "tags", "var", "validate", "dry-run", "quiet", "termination-log"} {
		if fs.Changed(name) {
			return name
		}
	}
	return ""
}

// Surroundings is the program around a run of checks.
type Surroundings struct {
	Types  []check.Type
	Start  check.StartFixture // nil refuses fixtures
	Stdout io.Writer
	Stderr io.Writer
	Log    *slog.Logger
}

// Run runs the check file or folder at path, writes the document to stdout and gives the exit code.
func Run(ctx context.Context, path string, f *CheckFlags, s Surroundings) int {
	if _, set := os.LookupEnv("GOGC"); !set {
		debug.SetGCPercent(200) // a sixth less CPU in a file of 1,000 checks, for 3 MB
	}
	plan, report := load(path, f, s)
	switch {
	case plan == nil:
	case f.dryRun:
		return dryRun(plan, s)
	case f.validate:
		report = plan.Validated()
	default:
		report = plan.Run(ctx)
	}
	return deliver(report, f, s)
}

func dryRun(plan *check.Plan, s Surroundings) int {
	if err := plan.WriteDryRun(s.Stdout); err != nil {
		s.Log.Error("the plan could not be written", "error", err)
		return check.ExitFailed
	}
	return check.ExitPassed
}

// deliver hands a report to all who wait for it.
func deliver(report *check.Report, f *CheckFlags, s Surroundings) int {
	code := report.ExitCode()
	if err := report.Write(s.Stdout); err != nil {
		s.Log.Error("the document could not be written", "error", err)
		code = max(code, check.ExitFailed)
	}
	if err := report.WriteTermination(f.termination); err != nil {
		s.Log.Warn("the termination log could not be written", "error", err)
	}
	return code
}

// load gives a plan, or the report that there is none.
func load(path string, f *CheckFlags, s Surroundings) (*check.Plan, *check.Report) {
	options := check.Options{
		Types: s.Types, StartFixture: s.Start, LookupEnv: os.LookupEnv, Log: s.Log,
		Vars: f.vars, Only: f.only, Skip: f.skip, Tags: f.tags,
	}
	if !f.quiet {
		options.Events = func(e check.Event) { logEvent(s.Log, e) }
	}
	plan, err := check.Load(path, options)
	if err != nil {
		PrintError(s.Stderr, err)
		return nil, check.Refused(path, err)
	}
	return plan, nil
}

// logEvent logs one record for each finished check.
func logEvent(log *slog.Logger, e check.Event) {
	r := e.Result
	switch e.Kind {
	case check.CheckEnded:
	case check.CheckStarted:
		log.Debug("started", "check", r.Name)
		return
	case check.RunStarted, check.AttemptEnded:
		return
	}
	args := []any{"check", r.Name, "status", string(r.Status), "attempts", r.Attempts, "duration", fmt.Sprintf("%dms", r.Total)}
	if r.Message != nil {
		args = append(args, "message", strings.ToValidUTF8(*r.Message, "\uFFFD"))
	}
	switch r.Status {
	case check.StatusPassed:
		log.Info("check", args...)
	case check.StatusWarned, check.StatusSkipped, check.StatusCancelled:
		log.Warn("check", args...)
	case check.StatusFailed, check.StatusError:
		log.Error("check", args...)
	}
}
