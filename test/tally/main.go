// Command tally reads what go test -json prints, shows a line for each package and
// the output of each failed test, and appends the counts to a file:
//
//	go test -json ./... | tally FILE
//
// Each line of the file is "passed failed skipped". A package that fails without a
// failed test, since it did not build or a TestMain gave up, counts as one failure.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go test -json ./... | tally FILE")
		os.Exit(2)
	}
	c, err := read(os.Stdin, os.Stdout)
	if err == nil {
		err = appendTo(os.Args[1], c)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "tally: %v\n", err)
		os.Exit(1)
	}
	if c.failed > 0 {
		os.Exit(1)
	}
}

type counts struct{ passed, failed, skipped int }

// event is a line of go test -json; see go doc test2json.
type event struct {
	Action      string
	Package     string
	ImportPath  string
	Test        string
	Output      string
	Elapsed     float64
	FailedBuild string
}

type testName struct{ pkg, test string }

type reader struct {
	w      io.Writer
	total  counts
	pkg    map[string]*counts
	output map[testName]*strings.Builder // of what still runs
	builds map[string]*strings.Builder   // of the compiler, by import path
}

func read(r io.Reader, w io.Writer) (counts, error) {
	t := &reader{w: w, pkg: map[string]*counts{}, output: map[testName]*strings.Builder{}, builds: map[string]*strings.Builder{}}
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) == nil && e.Action != "" {
				t.event(e)
			} else {
				t.say("%s", line) // the go command itself has something to say
			}
		}
		if err == io.EOF {
			return t.total, nil
		}
		if err != nil {
			return t.total, err
		}
	}
}

func (t *reader) event(e event) {
	at := testName{e.Package, e.Test}
	switch e.Action {
	case "output":
		builder(t.output, at).WriteString(e.Output)
	case "build-output":
		builder(t.builds, e.ImportPath).WriteString(e.Output)
	case "pass", "fail", "skip":
		t.ended(e, at)
		delete(t.output, at)
	}
}

func (t *reader) ended(e event, at testName) {
	pkg := t.pkg[e.Package]
	if pkg == nil {
		pkg = &counts{}
		t.pkg[e.Package] = pkg
	}
	if e.Test == "" {
		t.packageEnded(e, pkg, builder(t.output, at).String())
		return
	}
	switch e.Action {
	case "pass":
		pkg.passed++
		t.total.passed++
	case "skip":
		pkg.skipped++
		t.total.skipped++
		t.say("skip  %s %s\n%s", e.Package, e.Test, builder(t.output, at))
	case "fail":
		pkg.failed++
		t.total.failed++
		t.say("FAIL  %s %s\n%s", e.Package, e.Test, builder(t.output, at))
	}
}

func (t *reader) packageEnded(e event, pkg *counts, output string) {
	took := time.Duration(e.Elapsed * float64(time.Second)).Round(10 * time.Millisecond)
	switch {
	case e.Action == "fail":
		if pkg.failed == 0 {
			t.total.failed++
			if e.FailedBuild != "" {
				output = builder(t.builds, e.FailedBuild).String() + output
			}
			t.say("%s", output)
		}
		t.say("FAIL  %s (%d passed, %d failed) %s\n", e.Package, pkg.passed, pkg.failed, took)
	case pkg.passed+pkg.skipped > 0:
		t.say("ok    %s (%d passed) %s\n", e.Package, pkg.passed, took)
	}
}

// say prints for a person: what counts is in the file, so an error changes nothing.
func (t *reader) say(format string, args ...any) { _, _ = fmt.Fprintf(t.w, format, args...) }

func builder[K comparable](m map[K]*strings.Builder, key K) *strings.Builder {
	if m[key] == nil {
		m[key] = &strings.Builder{}
	}
	return m[key]
}

func appendTo(name string, c counts) error {
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(f, "%d %d %d\n", c.passed, c.failed, c.skipped); err != nil {
		return err
	}
	return f.Close()
}
