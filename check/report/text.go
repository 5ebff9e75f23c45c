package report

import (
	"strconv"
	"strings"
	"time"

	"assay.rs/check"
	"assay.rs/check/internal/text"
)

// entry is a line of a report: a check, or the run itself where no check tells that it did not pass.
type entry struct {
	check.Result
	run bool
}

// entries are the checks of a report in their order. A run that did not pass although each check that it lists did, or
// was skipped, has one entry more: a reader that looks at checks alone must not take it for a pass.
func entries(r *check.Report) []entry {
	list := make([]entry, 0, len(r.Checks)+1)
	told := false
	for _, c := range r.Checks {
		list = append(list, entry{Result: c})
		told = told || bad(c.Status)
	}
	for _, p := range r.Errors {
		told = true
		list = append(list, runEntry(p.Location, p.Message, p.Location))
	}
	if !r.Passed && !told && r.Outcome != check.OutcomeValidated {
		list = append(list, runEntry("the run", r.Reason, r.File))
	}
	return list
}

func runEntry(name, message, location string) entry {
	if name == "" {
		name = "the run"
	}
	class := "error"
	return entry{check.Result{Name: name, Message: &message, Type: "run", Status: check.StatusError, Severity: check.SeverityFail, ErrorClass: &class, Location: location}, true}
}

// bad reports whether a check with the status keeps the run from passing.
func bad(s check.Status) bool {
	return s == check.StatusFailed || s == check.StatusError || s == check.StatusCancelled
}

// compared are the assertions that have something to compare. A script that fails has none to show: only how many it made.
func compared(list []check.Assertion) []check.Assertion {
	var out []check.Assertion
	for _, a := range list {
		if a.Expected != nil {
			out = append(out, a)
		}
	}
	return out
}

func message(c check.Result) string {
	if c.Message == nil {
		return ""
	}
	return *c.Message
}

func class(c check.Result) string {
	if c.ErrorClass == nil {
		return string(c.Status)
	}
	return *c.ErrorClass
}

// fileOf is the check file that a result comes from.
func fileOf(r *check.Report, c check.Result) string {
	if c.File != "" {
		return c.File
	}
	return r.File
}

// place is a location FILE:LINE:COLUMN in its parts; a part that is not there is 0.
func place(location string) (file string, line, col int) {
	parts := strings.Split(location, ":")
	var numbers []int
	for len(parts) > 1 && len(numbers) < 2 {
		n, err := strconv.Atoi(parts[len(parts)-1])
		if err != nil {
			break
		}
		numbers = append([]int{n}, numbers...)
		parts = parts[:len(parts)-1]
	}
	numbers = append(numbers, 0, 0)
	return strings.Join(parts, ":"), numbers[0], numbers[1]
}

// inSeconds writes milliseconds as seconds with three digits.
func inSeconds(ms int64) string { return strconv.FormatFloat(float64(ms)/1000, 'f', 3, 64) }

// forPeople writes milliseconds.
func forPeople(ms int64) string { return text.Took(time.Duration(ms) * time.Millisecond) }

// value writes what an assertion expected or found.
func value(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return v
	}
	return compact(v)
}
