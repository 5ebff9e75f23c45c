package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"assay.rs/check"
)

// CheckFlags choose what of a check file runs, and how.
type CheckFlags struct {
	only, skip, tags List
	vars             assignments
	varsFile         string
	validate, dryRun bool
	watch            bool
	quiet            bool
	termination      string
	reports          targets
	document         bool   // --json
	color            string // auto, always or never
	shard            check.ShardChoice
	failFast         bool
	exitCodes        exitCodes
	advisory         bool
}

// Bind adds the flags to fs.
func (f *CheckFlags) Bind(fs *pflag.FlagSet) {
	fs.Var(&f.only, "only", "run the checks of these names alone")
	fs.Var(&f.skip, "skip", "leave out the checks of these names")
	fs.Var(&f.tags, "tags", "run the checks that have one of these tags alone")
	fs.Var(&f.vars, "var", "set a variable of the file: --var base=http://localhost:8080")
	fs.StringVar(&f.varsFile, "vars-file", "", "set the variables of a file that is a map in YAML or JSON; --var wins")
	fs.BoolVar(&f.validate, "validate", false, "read the file and report what is wrong with it; run nothing")
	fs.BoolVar(&f.dryRun, "dry-run", false, "print what would run, and how long it may take at worst; run nothing")
	fs.BoolVar(&f.watch, "watch", false, "run again whenever a file that the checks are read from changes, until interrupted")
	fs.BoolVar(&f.failFast, "fail-fast", false, "start no further check after one that failed")
	fs.IntVar(&f.shard.Index, "shard-index", -1, "run this part of the checks, from 0; $JOB_COMPLETION_INDEX unless said otherwise")
	fs.IntVar(&f.shard.Count, "shard-count", 0, "deal the checks to so many processes; assay merge joins their documents")
	f.bindOutput(fs)
}

// bindOutput adds the flags that say where the result goes.
func (f *CheckFlags) bindOutput(fs *pflag.FlagSet) {
	fs.BoolVar(&f.quiet, "quiet", false, "no log, neither of checks nor of scripts and fixtures: nothing but the document")
	fs.Var(&f.reports, "report", "write a report as well: junit=FILE, tap=FILE, jsonl=FILE, markdown=FILE, html=FILE, prometheus=FILE, json=FILE, github; - is stdout; may be repeated")
	fs.BoolVar(&f.document, "json", false, "print the document on a terminal too; elsewhere, as in a pipe, it is always printed")
	f.exitCodes = "plain"
	fs.Var(&f.exitCodes, "exit-codes", "plain: 1 for every run that did not pass; detailed: 3 when its time was over, 4 when something could not be measured")
	fs.BoolVar(&f.advisory, "advisory", false, "run and tell everything, and exit with 0 whatever the checks came to; the document has advisory and would_exit")
	f.color = "auto"
	fs.Var((*colorFlag)(&f.color), "color", "colours on a terminal: auto, always or never; auto heeds NO_COLOR")
	fs.StringVar(&f.termination, "termination-log", check.TerminationLog, "existing file that gets the verdict, for the status of a pod")
}

// FirstSet is the first of these flags that the command line has set, or empty.
func (f *CheckFlags) FirstSet(fs *pflag.FlagSet) string {
	for _, name := range []string{"only", "skip", "tags", "var", "vars-file", "validate", "dry-run", "watch", "quiet", "fail-fast", "shard-index", "shard-count", "report", "json", "exit-codes", "advisory", "color", "termination-log"} {
		if fs.Changed(name) {
			return name
		}
	}
	return ""
}

// Quiet tells whether nothing but the document is wanted.
func (f *CheckFlags) Quiet() bool { return f.quiet }

// Surroundings is the program around a run of checks.
type Surroundings struct {
	Types  []check.Type
	Start  check.StartFixture // nil refuses fixtures
	Stdin  io.Reader          // nil is empty
	Stdout io.Writer
	Stderr io.Writer
	Log    *slog.Logger
}

// Run runs the check files and folders at paths, or the file that "-" reads from stdin, writes the document to stdout and
// gives the exit code. With --watch that is the code of the last run.
func Run(ctx context.Context, paths []string, f *CheckFlags, s Surroundings) int {
	path := strings.Join(paths, " ")
	if _, set := os.LookupEnv("GOGC"); !set {
		debug.SetGCPercent(200) // a sixth less CPU in a file of 1,000 checks, for 3 MB
	}
	WarnZone(s.Log, os.LookupEnv)
	TellMemory(ctx, s.Log, ScriptMemory())
	if err := errors.Join(f.reports.conflict(f.document), f.readable(paths)); err != nil {
		PrintError(s.Stderr, err)
		deliverRefusal(path, err, f.termination, s.Stdout, s.Stderr)
		return check.ExitUsage
	}
	if f.watch {
		return watch(ctx, paths, s.Log, func(loaded func(*check.Plan)) int { return once(ctx, paths, f, s, loaded) })
	}
	return once(ctx, paths, f, s, func(*check.Plan) {})
}

// once is one run. loaded is told of the plan before it runs, which is nil when there is none.
func once(ctx context.Context, paths []string, f *CheckFlags, s Surroundings, loaded func(*check.Plan)) int {
	own := *f // with --watch the next run chooses its shard by the same flags
	f = &own
	out := newOutput(f, s)
	if err := f.chooseShard(os.LookupEnv); err != nil {
		PrintError(s.Stderr, err)
		return out.deliver(ctx, check.Refused(strings.Join(paths, " "), err))
	}
	plan, report := load(paths, f, s, out.event)
	loaded(plan)
	switch {
	case plan == nil:
	case f.dryRun:
		return dryRun(plan, s)
	case f.validate:
		if report = plan.Validated(); out.view == nil && !f.quiet {
			s.Log.Info(report.Reason)
		}
	default:
		report = plan.Run(ctx)
	}
	return out.deliver(ctx, report)
}

// readable says why paths cannot be read together.
func (f *CheckFlags) readable(paths []string) error {
	switch stdin := slices.Contains(paths, "-"); {
	case stdin && len(paths) > 1:
		return errors.New("- reads a check file from stdin, and stands alone")
	case stdin && f.watch:
		return errors.New("--watch needs a file: what comes from stdin does not change")
	}
	return nil
}

func dryRun(plan *check.Plan, s Surroundings) int {
	if err := plan.WriteDryRun(s.Stdout); err != nil {
		s.Log.Error("the plan could not be written", "error", err)
		return check.ExitFailed
	}
	return check.ExitPassed
}

// load gives a plan, or the report that there is none.
func load(paths []string, f *CheckFlags, s Surroundings, events func(check.Event)) (*check.Plan, *check.Report) {
	options := check.Options{
		Types: s.Types, StartFixture: s.Start, LookupEnv: os.LookupEnv, Log: s.Log,
		Vars: f.vars, VarsFile: f.varsFile, Only: f.only, Skip: f.skip, Tags: f.tags, Events: events,
		Shard: f.shard, FailFast: f.failFast,
	}
	if f.quiet {
		options.Log = nil // of scripts as well
	}
	plan, err := read(paths, options, s.Stdin)
	if err != nil {
		PrintError(s.Stderr, err)
		return nil, check.Refused(strings.Join(paths, " "), err)
	}
	return plan, nil
}

// maxStdin is how large a check file from stdin may be.
const maxStdin = 10 << 20

func read(paths []string, o check.Options, stdin io.Reader) (*check.Plan, error) {
	if len(paths) != 1 || paths[0] != "-" {
		return check.LoadFiles(paths, o)
	}
	var text []byte
	var err error
	if stdin != nil {
		text, err = io.ReadAll(io.LimitReader(stdin, maxStdin+1))
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("stdin: %w", err)
	case len(text) > maxStdin:
		return nil, fmt.Errorf("stdin: larger than %d bytes", maxStdin)
	}
	return check.LoadText("stdin", string(text), o)
}
