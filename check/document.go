package check

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"os"
	"strings"
	"syscall"
	"time"
	"unicode"
	"unicode/utf8"

	"assay.rs/check/internal/redact"
)

// jsonSafe gives a value that JSON has: NaN, infinities and integers past 53 bits become their text or digits, and
// text valid UTF-8.
func jsonSafe(v any) any {
	switch v := v.(type) {
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Sprint(v)
		}
	case *big.Int:
		return json.Number(v.String())
	case string:
		return strings.ToValidUTF8(v, "\uFFFD")
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = jsonSafe(e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[strings.ToValidUTF8(k, "\uFFFD")] = jsonSafe(e)
		}
		return out
	}
	return v
}

// clean takes secrets out of a result and keeps it within reason.
func (r *Result) clean(red *redact.Redactor) {
	text := func(p *string) *string {
		if p == nil {
			return nil
		}
		s := cut(strings.ToValidUTF8(red.Text(*p), "\uFFFD"), 4000)
		return &s
	}
	r.Name = red.Text(r.Name)
	r.Message = text(r.Message)
	for i, a := range r.Assertions {
		r.Assertions[i] = Assertion{
			Expr: red.Text(a.Expr), Passed: a.Passed,
			Expected: jsonSafe(red.Any(a.Expected)), Actual: jsonSafe(red.Any(a.Actual)),
		}
	}
	for i := range r.History {
		r.History[i].Message = text(r.History[i].Message)
	}
	if r.Request != nil {
		r.Request = &Request{r.Request.Method, red.Text(r.Request.URL), red.Text(r.Request.Curl)}
	}
	if r.Response != nil {
		c := *r.Response
		c.Excerpt = red.Text(c.Excerpt)
		r.Response = &c
	}
	r.Value = jsonSafe(red.Any(r.Value))
}

// maxTermination is what Kubernetes keeps of a termination message.
const maxTermination = 4096

// Termination is the verdict as Kubernetes shows it: a line for the run, then one for each check that is not fine.
func (r *Report) Termination() string {
	var b strings.Builder
	s := r.Summary
	verdict := "PASS"
	if !r.Passed {
		verdict = "FAIL"
	}
	if len(r.Errors) > 0 {
		fmt.Fprintf(&b, "ERROR: %s\n", oneLine(r.Reason))
		for _, p := range r.Errors {
			fmt.Fprintf(&b, "%s: %s\n", oneLine(p.Location), oneLine(p.Message))
		}
		return cutBytes(b.String(), maxTermination)
	}
	bad := s.Total - s.Passed - s.Warned - s.Skipped
	if r.Passed {
		bad = s.Passed
	}
	if r.lost {
		fmt.Fprintf(&b, "ERROR: %s\n", oneLine(r.Reason))
	} else {
		fmt.Fprintf(&b, "%s %d/%d in %.1fs: %s\n", verdict, bad, s.Total, float64(r.Duration)/1000, r.headline())
	}
	for _, c := range r.Checks {
		if c.Status == StatusPassed || c.Status == StatusSkipped {
			continue
		}
		fmt.Fprintf(&b, "%s %s: %s\n", c.Status, oneLine(c.Name), oneLine(message(c)))
	}
	return cutBytes(b.String(), maxTermination)
}

func message(c Result) string {
	if c.Message == nil {
		return ""
	}
	return *c.Message
}

// headline is the worst check with its attempts, and what was skipped.
func (r *Report) headline() string {
	text := oneLine(r.Reason)
	for _, status := range []Status{StatusFailed, StatusError, StatusCancelled} {
		if first := r.firstMessage(status); first != "" {
			for _, c := range r.Checks {
				if c.Status == status {
					text = fmt.Sprintf("%s [%s]", oneLine(first), plural(c.Attempts, "attempt"))
					break
				}
			}
			break
		}
	}
	var skipped []string
	for _, c := range r.Checks {
		if c.Status == StatusSkipped {
			skipped = append(skipped, oneLine(c.Name))
		}
	}
	if len(skipped) > 0 {
		text += "; skipped: " + strings.Join(skipped, ", ")
	}
	return text
}

// oneLine is a text on one line, without control characters: a name must not write a verdict of its own.
func oneLine(s string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(s), " ") {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			fmt.Fprintf(&b, `\x%02x`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// cutBytes cuts at a rune.
func cutBytes(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// terminationLimit is how long a pipe or a terminal in place of the termination log may take.
const terminationLimit = time.Second

// WriteTermination writes the verdict to a file that exists, as /dev/termination-log does in a pod. One that
// does not exist is not created, and no error. A pipe that nobody reads is an error.
func (r *Report) WriteTermination(path string) error {
	// Without O_NONBLOCK a pipe would be waited for until somebody opens it to read.
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC|syscall.O_NONBLOCK, 0)
	switch {
	case os.IsNotExist(err):
		return nil
	case errors.Is(err, syscall.ENXIO):
		return fmt.Errorf("termination log: open %s: a pipe that nobody reads", path)
	case err != nil:
		return fmt.Errorf("termination log: %w", err)
	}
	_ = f.SetWriteDeadline(time.Now().Add(terminationLimit)) // a regular file has none, and does not wait
	_, err = f.WriteString(r.Termination())
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("termination log %s: %w", path, err)
	}
	return nil
}
