package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assay.rs/check"
	"assay.rs/check/report"
)

var update = flag.Bool("update", false, "write the golden files")

// sample reads a document of a run that has one check of each status, and texts that each format must escape.
func sample(t *testing.T) *check.Report {
	t.Helper()
	text, err := os.ReadFile("testdata/run.json")
	if err != nil {
		t.Fatal(err)
	}
	var r check.Report
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		t.Fatal(err)
	}
	return &r
}

// written gives what one target writes of a run.
func written(t *testing.T, format string, r *check.Report) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	target := format
	if format != "github" {
		target += "=-"
	}
	set := report.Open([]report.Target{parse(t, target)}, report.Streams{Stdout: &stdout, Stderr: &stderr})
	if err := set.Finish(r); err != nil {
		t.Fatal(err)
	}
	return stdout.String() + stderr.String()
}

func parse(t *testing.T, text string) report.Target {
	t.Helper()
	target, err := report.ParseTarget(text)
	if err != nil {
		t.Fatalf("ParseTarget(%q): %v", text, err)
	}
	return target
}

func TestFormats(t *testing.T) {
	for _, format := range []string{"github", "html", "junit", "markdown", "prometheus", "tap"} {
		t.Run(format, func(t *testing.T) {
			got := written(t, format, sample(t))
			path := filepath.Join("testdata", "run."+format)
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got), -update accepts it:\n%s", path, diff)
			}
		})
	}
}

func TestJUnitIsWellFormed(t *testing.T) {
	text := written(t, "junit", sample(t))
	d := xml.NewDecoder(strings.NewReader(text))
	cases := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "testcase" {
			cases++
		}
	}
	if want := len(sample(t).Checks); cases != want {
		t.Errorf("%d test cases, want one for each of %d checks", cases, want)
	}
}

func TestPageNeedsNothingElse(t *testing.T) {
	text := written(t, "html", sample(t))
	for _, reference := range []string{"<script", "<link", "<img", "src=", "@import", "url(", "<a ", "http-equiv"} {
		if strings.Contains(text, reference) {
			t.Errorf("the page contains %q: it must stand alone and run nothing", reference)
		}
	}
}

// A run can fail although each check that its report lists passed or was skipped: when its time is over between two
// checks, when a signal comes, when the file is wrong. No format may make a pass of that.
func TestRunThatFailedWithoutAFailedCheckIsNoPass(t *testing.T) {
	skipped := "deadline of 5s reached before it began"
	late := &check.Report{
		File: "checks.yaml", Schema: check.Schema, Outcome: check.OutcomeDeadline, Exit: 1, Reason: "deadline of 5s reached",
		Started: time.Unix(0, 0),
		Checks: []check.Result{
			{Name: "a", Passed: true, Type: "http", Status: check.StatusPassed, Attempts: 1},
			{Name: "b", Type: "http", Status: check.StatusSkipped, Message: &skipped},
		},
	}
	wrong := &check.Report{
		File: "checks.yaml", Schema: check.Schema, Outcome: check.OutcomeError, Exit: 2, Reason: "1 problem", Started: time.Unix(0, 0),
		Checks: []check.Result{}, Errors: []check.Problem{{Location: "checks.yaml:1:1", Message: "unknown key"}},
	}
	signs := map[string]string{
		"junit": "<error", "tap": "not ok", "markdown": "❌", "github": "::error", "prometheus": `assay_check_run_up{file="checks.yaml"} 0`, "html": `class="verdict">FAILED`,
	}
	for format, sign := range signs {
		for name, r := range map[string]*check.Report{"late": late, "wrong": wrong} {
			if got := written(t, format, r); !strings.Contains(got, sign) {
				t.Errorf("%s of the run that is %s has no %q:\n%s", format, name, sign, got)
			}
		}
	}
}

func TestEventsAreWrittenAsTheyCome(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	set := report.Open([]report.Target{parse(t, "jsonl="+path)}, report.Streams{})
	message := "refused"
	set.Event(check.Event{Kind: check.RunStarted, Total: 2})
	set.Event(check.Event{Kind: check.CheckStarted, At: time.Second, Result: check.Result{Name: "a", Type: "http", Location: "c.yaml:3:5"}})
	set.Event(check.Event{Kind: check.AttemptEnded, At: 2 * time.Second, Result: check.Result{Name: "a"}, Try: check.Try{N: 1, Duration: 7, Message: &message, NextDelay: 500}})
	want := `{"event":"run","at_ms":0,"schema":"assay.check.events/v1","total":2}
{"event":"check_start","at_ms":1000,"name":"a","type":"http","location":"c.yaml:3:5"}
{"event":"attempt","at_ms":2000,"name":"a","n":1,"passed":false,"duration_ms":7,"message":"refused","next_delay_ms":500}
`
	during, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(during)); diff != "" {
		t.Errorf("before the end (-want +got):\n%s", diff)
	}
	if err := set.Finish(&check.Report{File: "c.yaml", Outcome: check.OutcomeFailed, Exit: 1, Reason: "1 of 1 check failed"}); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	last := strings.TrimPrefix(string(after), want)
	if !strings.Contains(last, `"event":"run_end"`) || !strings.Contains(last, `"exit_code":1`) || strings.Count(last, "\n") != 1 {
		t.Errorf("the last line is %q, want a run_end with exit_code 1", last)
	}
}

func TestFileIsReplacedWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "metrics.prom")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer before.Close()
	if err := report.Open([]report.Target{parse(t, "prometheus="+path)}, report.Streams{}).Finish(sample(t)); err != nil {
		t.Fatal(err)
	}
	old, err := io.ReadAll(before)
	if err != nil || string(old) != "old" {
		t.Errorf("who had the old file open reads %q, %v; want it unchanged", old, err)
	}
	list, err := os.ReadDir(dir)
	if err != nil || len(list) != 1 {
		t.Errorf("the folder has %d files, %v; want the report alone", len(list), err)
	}
}

func TestTargetThatCannotBeWrittenIsToldWithItsPath(t *testing.T) {
	dir := t.TempDir()
	for _, format := range []string{"junit", "jsonl"} {
		path := filepath.Join(dir, "absent", "file")
		err := report.Open([]report.Target{parse(t, format+"="+path)}, report.Streams{}).Finish(sample(t))
		if err == nil || !strings.Contains(err.Error(), "report "+format+": ") || !strings.Contains(err.Error(), "absent") || strings.Contains(err.Error(), ".assay-report") {
			t.Errorf("%s into a folder that is absent: %v; want an error that names format and path", format, err)
		}
	}
}

func TestStepSummaryIsAppendedTo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "summary.md")
	if err := os.WriteFile(path, []byte("before\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	set := report.Open([]report.Target{parse(t, "github")}, report.Streams{Stderr: &stderr, StepSummary: path})
	if err := set.Finish(sample(t)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(text), "before\n## ❌") {
		t.Errorf("the summary begins %.20q, %v; want what was there, then the run", text, err)
	}
	for line := range strings.Lines(stderr.String()) {
		if !strings.HasPrefix(line, "::error ") && !strings.HasPrefix(line, "::warning ") {
			t.Errorf("stderr has %q, want annotations alone", line)
		}
	}
}

func TestTargetsThatMakeNoSense(t *testing.T) {
	for text, want := range map[string]string{
		"junt=x":   "unknown format 'junt': did you mean 'junit'?",
		"xyz=x":    "unknown format 'xyz': known are github, html, json, jsonl, junit, markdown, prometheus, tap",
		"junit":    "junit needs a file: write --report junit=FILE, or junit=- for stdout",
		"junit=":   "junit needs a file: write --report junit=FILE, or junit=- for stdout",
		"github=x": "github has no file: write --report github",
	} {
		if _, err := report.ParseTarget(text); err == nil || err.Error() != want {
			t.Errorf("ParseTarget(%q) = %v, want %s", text, err, want)
		}
	}
}
