package check

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"assay.rs/core/retry"
)

// graceAfterEnd is how long running checks may take to notice that the run is over, before they are left behind.
const graceAfterEnd = 500 * time.Millisecond

// deadlineReached is why a run or an attempt was ended by its own time.
type deadlineReached struct {
	what  string
	limit time.Duration
	still string // what was waited for, if that is known
}

func (d *deadlineReached) Error() string {
	text := d.what + " of " + seconds(d.limit) + " reached"
	if d.still != "" {
		text += ", still " + d.still
	}
	return text
}

func (d *deadlineReached) Is(target error) bool { return target == context.DeadlineExceeded }

func (d *deadlineReached) RetryClasses() []retry.Class { return []retry.Class{retry.Timeout} }

// seconds writes 120 s as 120s, where a Duration has 2m0s.
func seconds(d time.Duration) string {
	if d < time.Second {
		return d.String()
	}
	return strconv.FormatFloat(d.Round(time.Millisecond).Seconds(), 'f', -1, 64) + "s"
}

// Run runs the plan and reports on it, whatever happens: a check that crashes or hangs fails by itself. When ctx ends the
// report is there within a second: running checks are cancelled, others skipped. Cancel it with an *Interrupt
// as cause when a signal came.
func (p *Plan) Run(ctx context.Context) *Report {
	if p.options.Remote {
		return Refused(p.path, errors.New("read to be run in another place: what is absent here has no value"))
	}
	r := newReport()
	r.File, r.Name, r.Timeout, r.LeftOut = p.path, said(p.name), p.timeout().Milliseconds(), p.leftOut
	events := p.newEvents()
	defer events.end()
	events.emit(Event{Kind: RunStarted})
	var cause error
	var failed string
	for _, s := range p.suites {
		run := p.newRun(s, events)
		if p.options.FailFast {
			run.failed = failed
		}
		run.all(ctx)
		failed = run.failed
		if cause == nil {
			cause = run.cut
		}
		r.Checks = run.appendTo(r.Checks)
	}
	for i := range r.Checks {
		r.Checks[i].clean(p.redactor)
	}
	r.Summary.Deselected = p.skipped
	r.Shard = p.part
	r.conclude(events.elapsed(), cause)
	r.Reason = p.redactor.Text(r.Reason)
	return r
}

// suiteRun is one run of a file. Its fields belong to the goroutine of all; checks have a tracker each.
type suiteRun struct {
	plan     *Plan
	suite    *suite
	clock    retry.Clock
	events   *events
	results  []*Result // nil while the check is not finished
	trackers []*tracker
	next     int // the first check that may still begin: those before it have
	captures map[string]any
	failed   string // the first check that failed, for fail_fast
	finished chan int
	crew     *crew
	cut      error // why checks were cut short or not begun
}

// timeout is how long the run may take, the files of a folder one after the other; 0 is no bound.
func (p *Plan) timeout() time.Duration {
	var sum time.Duration
	for _, s := range p.suites {
		if s.timeout == 0 {
			return 0
		}
		sum += s.timeout
	}
	return sum
}

func (p *Plan) newRun(s *suite, events *events) *suiteRun {
	return &suiteRun{
		plan: p, suite: s, clock: events.clock, events: events, captures: map[string]any{},
		results: make([]*Result, len(s.checks)), trackers: make([]*tracker, len(s.checks)),
		// Room for all: a check that is left behind must not hang on to report.
		finished: make(chan int, len(s.checks)),
		crew:     newCrew(2 * s.parallel), // a check, and the attempt that it makes
	}
}

// all runs the checks.
func (r *suiteRun) all(parent context.Context) {
	ctx := parent
	if limit := r.suite.timeout; limit > 0 {
		var stop context.CancelFunc
		ctx, stop = retry.WithTimeout(parent, limit)
		defer stop()
	}
	// Ends what is left behind as well, as far as it listens.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer r.crew.disband()
	if len(r.suite.fixtures) > 0 {
		stop, err := r.startFixtures(ctx)
		defer r.endFixtures(ctx, stop)
		if err != nil && ctx.Err() == nil {
			r.unstarted(err)
			return
		}
	}
	running := 0
	for {
		running += r.start(ctx, running)
		if running == 0 {
			break
		}
		select {
		case i := <-r.finished:
			running--
			r.finish(i, r.trackers[i].result())
		case <-ctx.Done():
			r.drain(running)
			running = 0
		}
	}
	if ctx.Err() != nil {
		r.skipRest(r.reasonOf(ctx))
	}
}

// reasonOf is why the run is over, in words for people.
func (r *suiteRun) reasonOf(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) && r.suite.timeout > 0 {
		return &deadlineReached{what: "deadline", limit: r.suite.timeout}
	}
	cause := context.Cause(ctx)
	if errors.Is(cause, context.DeadlineExceeded) {
		return &deadlineReached{what: "deadline"}
	}
	if cause == context.Canceled { //nolint:errorlint // a cause that wraps it says more
		return errors.New("cancelled")
	}
	return fmt.Errorf("cancelled: %w", cause)
}

// start begins what may begin, in file order, and skips what will not; it returns how many began.
func (r *suiteRun) start(ctx context.Context, running int) int {
	began := 0
	for again := true; again && ctx.Err() == nil; {
		again = false
		for i := r.next; i < len(r.suite.checks); i++ {
			c := r.suite.checks[i]
			if !c.selected || r.results[i] != nil || r.trackers[i] != nil {
				if i == r.next {
					r.next++
				}
				continue
			}
			if !r.ready(c) {
				continue
			}
			if why := r.skipped(c); why != "" {
				r.finish(i, r.notBegun(c, why))
				again = true // others may have waited for it
				continue
			}
			if running+began >= r.suite.parallel {
				return began
			}
			r.begin(ctx, i)
			began++
		}
	}
	return began
}

func (r *suiteRun) ready(c *check) bool {
	for _, n := range c.needs {
		if r.suite.checks[n].selected && r.results[n] == nil {
			return false
		}
	}
	return true
}

// skipped says why a check will not run, or nothing.
func (r *suiteRun) skipped(c *check) string {
	if c.always {
		return ""
	}
	if (r.suite.failFast || r.plan.options.FailFast) && r.failed != "" {
		return "fail_fast: " + r.failed + " did not pass"
	}
	for _, n := range c.needs {
		other := r.suite.checks[n]
		switch {
		case !other.selected:
			return "needs " + other.name + ", which was deselected"
		case r.results[n].Status == StatusSkipped:
			return "needs " + other.name + ", which was skipped"
		case r.results[n].Status != StatusPassed && r.results[n].Status != StatusWarned:
			return "needs " + other.name + ", which did not pass"
		}
	}
	return ""
}

func (r *suiteRun) begin(ctx context.Context, i int) {
	c := r.suite.checks[i]
	t := &tracker{run: r, check: c, captures: maps.Clone(r.captures), blank: r.blank(c)}
	r.trackers[i] = t
	r.events.emit(Event{Kind: CheckStarted, Result: r.cleaned(t.blank)})
	r.crew.run(func() {
		// Whatever happens inside, the check has a result.
		defer func() { r.finished <- i }()
		defer t.recovered()
		t.run1(ctx)
	})
}

// finish takes a result over, and drops what was only needed to come to it.
func (r *suiteRun) finish(i int, result *Result) {
	c := r.suite.checks[i]
	if result.Status != StatusSkipped && c.settings.severity == SeverityWarn && (result.Status == StatusFailed || result.Status == StatusError) {
		result.Status = StatusWarned
	}
	if (result.Status == StatusFailed || result.Status == StatusError) && r.failed == "" {
		r.failed = c.name
	}
	if t := r.trackers[i]; t != nil {
		maps.Copy(r.captures, t.captured())
		if t.late() && r.cut == nil {
			r.cut = &deadlineReached{what: "deadline", limit: r.suite.timeout}
		}
	}
	r.results[i], r.trackers[i] = result, nil
	r.events.emit(Event{Kind: CheckEnded, Result: r.cleaned(*result)})
}

// cleaned is a copy of a result without secrets, for events; nothing when nobody listens.
func (r *suiteRun) cleaned(result Result) Result {
	if !r.events.heard() {
		return Result{}
	}
	result.Assertions = slices.Clone(result.Assertions)
	result.History = slices.Clone(result.History)
	result.clean(r.plan.redactor)
	return result
}

// drain waits a moment for the running checks to notice the end; those that do not are left behind.
func (r *suiteRun) drain(running int) {
	grace := time.NewTimer(graceAfterEnd)
	defer grace.Stop()
	for ; running > 0; running-- {
		select {
		case i := <-r.finished:
			r.finish(i, r.trackers[i].result())
		case <-grace.C:
			running = 0
		}
	}
}

// skipRest closes the books: what runs is cancelled with what it knows, what has not begun is skipped.
func (r *suiteRun) skipRest(why error) {
	for i, c := range r.suite.checks {
		if !c.selected {
			continue
		}
		switch {
		case r.results[i] != nil && r.results[i].Status != StatusCancelled:
			continue
		case r.results[i] != nil:
		case r.trackers[i] != nil:
			r.finish(i, r.trackers[i].abandon(why))
		default:
			r.finish(i, r.notBegun(c, why.Error()+" before it began"))
		}
		if r.cut == nil {
			r.cut = why
		}
	}
}

func (r *suiteRun) blank(c *check) Result {
	b := Result{
		Name: c.name, Type: c.typ.Name, Severity: c.settings.severity, Location: c.place.String(),
		Assertions: []Assertion{}, History: []Try{},
	}
	if r.plan.folder {
		b.File = r.suite.file.Name
	}
	return b
}

func (r *suiteRun) notBegun(c *check, why string) *Result {
	b := r.blank(c)
	b.Status, b.Message = StatusSkipped, said(why)
	return &b
}

// appendTo appends the results in the order of the file.
func (r *suiteRun) appendTo(out []Result) []Result {
	out = slices.Grow(out, len(r.suite.checks))
	for i, c := range r.suite.checks {
		if !c.selected {
			continue
		}
		if r.results[i] == nil {
			// No path leads here; if one did, the run must not look complete.
			result := r.blank(c)
			result.Status, result.Message = StatusError, said("the check has no result")
			out = append(out, result)
			continue
		}
		out = append(out, *r.results[i])
	}
	return out
}
