package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"assay.rs/check"
	"assay.rs/check/report"
)

// targets is the flag --report, which may be repeated.
type targets struct {
	list  []report.Target
	texts []string
}

func (t *targets) String() string { return strings.Join(t.texts, " ") }

// Type is the word for the value in the help.
func (t *targets) Type() string { return "format=file" }

// Set adds one.
func (t *targets) Set(text string) error {
	target, err := report.ParseTarget(text)
	if err != nil {
		return err
	}
	t.list, t.texts = append(t.list, target), append(t.texts, text)
	return nil
}

// conflict says why the targets cannot all be written.
func (t *targets) conflict(document bool) error {
	paths := map[string]string{}
	for _, target := range t.list {
		if target.Stdout() && document {
			return fmt.Errorf("--report %s=- and --json: stdout takes one of them", target.Format.Name)
		}
		if other, ok := paths[target.Path]; ok && target.Path != "" {
			return fmt.Errorf("--report %s=%s and %s=%s: a file takes one of them", other, target.Path, target.Format.Name, target.Path)
		}
		paths[target.Path] = target.Format.Name
	}
	return nil
}

func (t *targets) takeStdout() bool {
	for _, target := range t.list {
		if target.Stdout() {
			return true
		}
	}
	return false
}

// exitCodes is the value of --exit-codes.
type exitCodes string

func (f *exitCodes) String() string { return string(*f) }
func (f *exitCodes) Type() string   { return "how" }
func (f *exitCodes) Set(s string) error {
	if s != "plain" && s != "detailed" {
		return errors.New("use plain or detailed")
	}
	*f = exitCodes(s)
	return nil
}

type colorFlag string

func (f *colorFlag) String() string { return string(*f) }
func (f *colorFlag) Type() string   { return "when" }
func (f *colorFlag) Set(s string) error {
	if s != "auto" && s != "always" && s != "never" {
		return errors.New("use auto, always or never")
	}
	*f = colorFlag(s)
	return nil
}

// output is all who wait for a run: the document on stdout, reports, the termination log, and a person at a terminal
// or else the log.
type output struct {
	flags    *CheckFlags
	s        Surroundings
	reports  *report.Set
	view     *view // nil logs
	document bool  // stdout gets it
}

func newOutput(f *CheckFlags, s Surroundings) *output {
	o := &output{flags: f, s: s}
	o.document = !f.reports.takeStdout() && (f.document || !isTerminal(s.Stdout))
	o.view = newView(s, f.color, o.document || f.reports.takeStdout(), f.quiet)
	o.reports = report.Open(f.reports.list, report.Streams{
		Stdout: s.Stdout, Stderr: s.Stderr, StepSummary: os.Getenv("GITHUB_STEP_SUMMARY"),
	})
	return o
}

func (o *output) event(e check.Event) {
	o.reports.Event(e)
	switch {
	case o.view != nil:
		o.view.event(e)
	case !o.flags.quiet:
		logEvent(o.s.Log, e)
	}
}

// deliver hands a report to all who wait for it, and gives the exit code. What could not be written makes a
// failure of a pass: whoever reads it must not take its absence for one. The verdict comes after the document, and
// does not say that checks passed when nobody has got it.
func (o *output) deliver(ctx context.Context, r *check.Report) int {
	if o.flags.exitCodes == "detailed" {
		r.Detail()
	}
	if o.flags.advisory {
		r.Advise()
	}
	lost := false
	if o.view != nil {
		o.view.finish(r)
	}
	if o.document {
		if err := r.Write(Unstalled(ctx, o.s.Stdout)); err != nil {
			r.Undelivered(ctx, err)
			o.s.Log.Error("the document could not be written", "error", err)
		}
	}
	if err := o.reports.Finish(r); err != nil {
		PrintError(o.s.Stderr, err)
		lost = true
	}
	if err := r.WriteTermination(o.flags.termination); err != nil {
		o.s.Log.Warn("the termination log could not be written", "error", err)
	}
	if lost {
		return max(r.ExitCode(), check.ExitFailed)
	}
	return r.ExitCode()
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
