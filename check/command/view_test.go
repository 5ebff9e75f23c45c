package command

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"assay.rs/check"
)

func result(name string, status check.Status, message string) check.Result {
	r := check.Result{Name: name, Status: status, Passed: status == check.StatusPassed, Attempts: 1, Total: 1200, Location: "c.yaml:3:5"}
	if message != "" {
		r.Message = &message
	}
	if status == check.StatusSkipped {
		r.Attempts, r.Total = 0, 0
	}
	return r
}

func TestViewShowsWhatWasWantedAndFound(t *testing.T) {
	failed := result("api", check.StatusFailed, "status == 200 (got 503)")
	failed.Attempts, failed.Total = 4, 30_120
	failed.Assertions = []check.Assertion{
		{Expr: "status == 200", Expected: 200, Actual: 503},
		{Expr: "json .ok", Expected: true, Actual: true, Passed: true},
		{Expr: `body contains "up"`, Expected: "up", Actual: "down\x1b[2J"},
	}
	failed.Request = &check.Request{Curl: "curl -sS 'http://api/'"}
	var out bytes.Buffer
	v := &view{out: &out, width: 80}
	r := &check.Report{Outcome: check.OutcomeFailed, Duration: 31_000, Reason: "1 of 3 checks failed", Summary: check.Summary{Total: 3, Passed: 1, Failed: 1, Skipped: 1}}
	for i, c := range []check.Result{result("db", check.StatusPassed, ""), failed, result("later", check.StatusSkipped, "needs api, which did not pass")} {
		v.event(check.Event{Kind: check.CheckStarted, Result: c})
		v.event(check.Event{Kind: check.CheckEnded, Result: c, Done: i + 1, Total: 3})
		r.Checks = append(r.Checks, c)
	}
	v.finish(r)
	want := `✓ db (1.2 s)
✗ api: status == 200 (got 503) (4 attempts, 30.1 s)
    status == 200
      want 200
      got  503
    body contains "up"
      want "up"
      got  "down\x1b[2J"
    curl -sS 'http://api/'
    c.yaml:3:5
- later: needs api, which did not pass

✗ api    failed     4 attempts, 30.1 s  status == 200 (got 503)
- later  skipped    0 ms                needs api, which did not pass
✗ 1 of 3 checks passed in 31.0 s: 1 failed, 1 skipped
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("view (-want +got):\n%s", diff)
	}
}

func TestSummaryFitsEightyColumns(t *testing.T) {
	v := &view{width: 200}
	long := result(strings.Repeat("náme ", 30), check.StatusError, strings.Repeat("connection refused ", 20))
	for line := range strings.Lines(v.table([]check.Result{long, long})) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
			t.Errorf("a line has %d columns, want at most 80: %s", n, line)
		}
	}
}

func TestLinesOfRunningChecks(t *testing.T) {
	now := time.Now()
	for want, r := range map[string]running{
		"api: 2.0 s":                             {Result: result("api", "", ""), began: now.Add(-2 * time.Second)},
		"api: 2.0 s, attempt 3":                  {Result: result("api", "", ""), began: now.Add(-2 * time.Second), attempts: 2, until: now.Add(-time.Second)},
		"api: attempt 2 in 5.0 s; status is 503": {Result: result("api", "", ""), attempts: 1, until: now.Add(5 * time.Second), last: "status is 503"},
		"api: attempt 2 in 5.0 s; passed":        {Result: result("api", "", ""), attempts: 1, until: now.Add(5 * time.Second)},
	} {
		if got := r.line(now); got != want {
			t.Errorf("line = %q, want %q", got, want)
		}
	}
}

func TestReportsThatCannotShareAPlace(t *testing.T) {
	for _, c := range []struct {
		reports  []string
		document bool
		want     string
	}{
		{[]string{"tap=-"}, true, "--report tap=- and --json: stdout takes one of them"},
		{[]string{"tap=-", "junit=-"}, false, "--report tap=- and junit=-: a file takes one of them"},
		{[]string{"tap=x", "junit=x"}, false, "--report tap=x and junit=x: a file takes one of them"},
		{[]string{"tap=x", "junit=y", "github"}, true, ""},
	} {
		var list targets
		for _, text := range c.reports {
			if err := list.Set(text); err != nil {
				t.Fatal(err)
			}
		}
		got := ""
		if err := list.conflict(c.document); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%v, --json %v: %q, want %q", c.reports, c.document, got, c.want)
		}
	}
}
