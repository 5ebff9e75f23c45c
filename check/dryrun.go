package check

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"
	"time"
)

// Validated is the document of a plan that is valid and was not run: every check skipped, exit code 0, and not
// passed, since nothing was measured.
func (p *Plan) Validated() *Report {
	r := newReport()
	r.File, r.Name, r.Outcome, r.Shard, r.LeftOut = p.path, said(p.name), OutcomeValidated, p.part, p.leftOut
	for _, s := range p.suites {
		run := p.newRun(s, p.newEvents())
		for _, c := range s.checks {
			if c.selected {
				result := run.notBegun(c, "only validated")
				result.clean(p.redactor)
				r.Checks = append(r.Checks, *result)
			}
		}
	}
	r.Summary = Summary{Total: len(r.Checks), Skipped: len(r.Checks), Deselected: p.skipped}
	r.Reason = "valid: " + plural(len(r.Checks), "check") + ", none was run"
	return r
}

// worst is the longest that a check can take, waits that a server asks for aside.
func (c *check) worst() time.Duration {
	s := c.settings
	w := s.hold.Added(s.policy.Worst(s.attemptTimeout), s.attemptTimeout)
	if s.timeout > 0 {
		w = min(w, s.timeout)
	}
	if w > math.MaxInt64-s.delay {
		return math.MaxInt64
	}
	return w + s.delay
}

// worst is the longest that a file can take when every check takes its longest, without the file's own timeout.
func (s *suite) worst() time.Duration {
	ends := make([]time.Duration, len(s.checks))
	free := make([]time.Duration, max(1, s.parallel)) // when each worker is free
	done := make([]bool, len(s.checks))
	var total time.Duration
	for range s.checks {
		for i, c := range s.checks {
			if done[i] || !c.selected || !allDone(c.needs, s.checks, done) {
				continue
			}
			start := time.Duration(0)
			for _, n := range c.needs {
				start = max(start, ends[n])
			}
			worker := 0
			for w := range free {
				if free[w] < free[worker] {
					worker = w
				}
			}
			start = max(start, free[worker])
			ends[i] = math.MaxInt64
			if w := c.worst(); w < math.MaxInt64-start {
				ends[i] = start + w
			}
			free[worker], done[i] = ends[i], true
			total = max(total, ends[i])
		}
	}
	return total
}

func allDone(needs []int, checks []*check, done []bool) bool {
	for _, n := range needs {
		if checks[n].selected && !done[n] {
			return false
		}
	}
	return true
}

// WriteDryRun prints what a run would do: the checks in their order, their attempts, the longest that each can take, and a
// warning when that is longer than the run may take.
func (p *Plan) WriteDryRun(w io.Writer) error {
	var b strings.Builder
	for _, s := range p.suites {
		worst := s.worst()
		fmt.Fprintf(&b, "%s: parallel %d, worst case %s\n", p.redactor.Text(s.file.Name), s.parallel, seconds(worst))
		if s.timeout > 0 && worst > s.timeout {
			fmt.Fprintf(&b, "warning: the worst case of %s is longer than the timeout of %s: checks may be cut short\n", seconds(worst), seconds(s.timeout))
		}
		t := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
		for _, c := range s.checks {
			if c.selected {
				_, _ = fmt.Fprintf(t, "  %s\t%s\t%s, at most %s%s\n", p.redactor.Text(c.name), c.typ.Name, c.settings.describe(), seconds(c.worst()), p.redactor.Text(s.after(c)))
			}
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// after names what a check waits for.
func (s *suite) after(c *check) string {
	if len(c.needs) == 0 {
		return ""
	}
	names := make([]string, len(c.needs))
	for i, n := range c.needs {
		names[i] = s.checks[n].name
	}
	return ", after " + strings.Join(names, ", ")
}
