// Package report writes what a run of checks found in the formats of other tools.
//
// A [Target] names a [Format] and where it goes, as --report junit=FILE does. [Open] gives the [Set] of all targets of
// a run: it sees the events of the run as they come and writes the files at its end, whatever happens to the run.
// Each format has a file of its own, and reads the report alone: secrets are out of it already.
package report

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"assay.rs/check"
	"assay.rs/core/nearest"
)

// Format is a form in which a run can be told.
type Format struct {
	Name string
	Text string // one sentence

	// render gives the whole text of a finished run. A format without it is written as the run goes.
	render func(r *check.Report) []byte

	annotates bool // it has no file of its own: GitHub's annotations and summary
}

// Formats lists every format, by name.
func Formats() []Format {
	return []Format{
		{Name: "github", Text: "annotations on stderr, and the summary of the step", annotates: true},
		{Name: "html", Text: "one page for people, with a time line; it needs no network", render: htmlPage},
		{Name: "json", Text: "the document that stdout has", render: document},
		{Name: "jsonl", Text: "one JSON event a line while the run goes on"},
		{Name: "junit", Text: "JUnit XML, as CI systems read it", render: junit},
		{Name: "markdown", Text: "a table, and the details of what failed", render: markdown},
		{Name: "prometheus", Text: "metrics in Prometheus' text format", render: metrics},
		{Name: "tap", Text: "Test Anything Protocol, version 13", render: tap},
	}
}

// Target is one --report: a format, and the file that gets it.
type Target struct {
	Format Format
	Path   string // "-" is stdout; "" for a format without a file
}

// Stdout reports whether the target takes stdout, which the document then does not get.
func (t Target) Stdout() bool { return t.Path == "-" }

// ParseTarget reads FORMAT=FILE, or github alone.
func ParseTarget(text string) (Target, error) {
	name, path, hasPath := strings.Cut(text, "=")
	formats := Formats()
	i := slices.IndexFunc(formats, func(f Format) bool { return f.Name == name })
	if i < 0 {
		names := make([]string, len(formats))
		for i, f := range formats {
			names[i] = f.Name
		}
		if hint := nearest.Hint(name, names); hint != "" {
			return Target{}, fmt.Errorf("unknown format '%s': %s", name, hint)
		}
		return Target{}, fmt.Errorf("unknown format '%s': known are %s", name, strings.Join(names, ", "))
	}
	f := formats[i]
	switch {
	case f.annotates && hasPath:
		return Target{}, fmt.Errorf("%s has no file: write --report %s", name, name)
	case !f.annotates && path == "":
		return Target{}, fmt.Errorf("%s needs a file: write --report %s=FILE, or %s=- for stdout", name, name, name)
	}
	return Target{f, path}, nil
}

// Streams are what targets without a file of their own are written to.
type Streams struct {
	Stdout, Stderr io.Writer
	StepSummary    string // $GITHUB_STEP_SUMMARY: a file that is appended to; "" is none
}

// Set is all targets of one run.
type Set struct {
	targets []Target
	streams Streams
	live    []*live
	failed  []error
}

// Open begins the targets that are written while the run goes on. What cannot be written is told by [Set.Finish], so
// that a full disk does not keep checks from running.
func Open(targets []Target, s Streams) *Set {
	set := &Set{targets: targets, streams: s}
	for _, t := range targets {
		if t.Format.render != nil || t.Format.annotates {
			continue
		}
		l, err := openLive(t, s.Stdout)
		if err != nil {
			set.failed = append(set.failed, err)
			continue
		}
		set.live = append(set.live, l)
	}
	return set
}

// Event tells the live targets. Events come one at a time.
func (s *Set) Event(e check.Event) {
	for _, l := range s.live {
		l.event(e)
	}
}

// Finish writes what is left to write. The error names every target that could not be written.
func (s *Set) Finish(r *check.Report) error {
	for _, l := range s.live {
		if err := l.end(r); err != nil {
			s.failed = append(s.failed, err)
		}
	}
	for _, t := range s.targets {
		var err error
		switch {
		case t.Format.annotates:
			err = s.annotate(r)
		case t.Format.render != nil:
			err = s.write(t, t.Format.render(r))
		}
		if err != nil {
			s.failed = append(s.failed, fmt.Errorf("report %s: %w", t.Format.Name, err))
		}
	}
	return errors.Join(s.failed...)
}

func (s *Set) write(t Target, text []byte) error {
	if t.Stdout() {
		_, err := s.streams.Stdout.Write(text)
		return err
	}
	return replace(t.Path, text)
}

func document(r *check.Report) []byte {
	var b strings.Builder
	if err := r.Write(&b); err != nil {
		// The values of a report are made safe for JSON when it is made.
		return []byte(err.Error())
	}
	return []byte(b.String())
}
