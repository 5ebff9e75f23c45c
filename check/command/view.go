package command

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"assay.rs/check"
	"assay.rs/check/internal/text"
)

// view shows a run to a person at a terminal: what runs and waits while it does, a line for each check that is over,
// what was wanted and found where one failed, and the result.
type view struct {
	out     io.Writer
	console *Console // nil shows nothing that changes
	width   int
	color   bool
	quiet   bool // the result alone

	mu      sync.Mutex
	running []*running
	done    int
	total   int
	stop    chan struct{}
	stopped chan struct{}
}

// running is a check that is not over.
type running struct {
	check.Result
	began    time.Time
	attempts int
	until    time.Time // when the wait after the last attempt ends
	last     string
}

// redrawn is how often the lines that change are drawn again.
const redrawn = 100 * time.Millisecond

// newView is a view for the terminal that a run has, or nil: stdout when the document does not go there, else stderr.
func newView(s Surroundings, color string, document, quiet bool) *view {
	console, _ := s.Stderr.(*Console)
	v := &view{console: console, quiet: quiet}
	var f *os.File
	switch out, isFile := s.Stdout.(*os.File); {
	case !document && isFile && term.IsTerminal(int(out.Fd())):
		f, v.out = out, out
		if console != nil {
			v.out = console.Through(out)
		}
	case console != nil && document && !quiet:
		f, v.out = console.file, console
	default:
		return nil
	}
	v.width, _ = sizeOf(f)
	v.color = color == "always" || color == "auto" && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	if v.console != nil && !quiet {
		v.stop, v.stopped = make(chan struct{}), make(chan struct{})
		go v.redraw()
	}
	return v
}

// isTerminal reports whether w is one.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func (v *view) redraw() {
	defer close(v.stopped)
	ticker := time.NewTicker(redrawn)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			v.console.SetLive(v.live(time.Now()))
		case <-v.stop:
			v.console.SetLive(nil)
			return
		}
	}
}

// event follows the run. Events come one at a time.
func (v *view) event(e check.Event) {
	v.mu.Lock()
	v.done, v.total = e.Done, e.Total
	at := slices.IndexFunc(v.running, func(r *running) bool {
		return r.Name == e.Result.Name && r.File == e.Result.File
	})
	switch e.Kind {
	case check.RunStarted:
	case check.CheckStarted:
		v.running = append(v.running, &running{Result: e.Result, began: time.Now()})
	case check.AttemptEnded:
		if at >= 0 {
			r := v.running[at]
			r.attempts, r.until = e.Try.N, time.Now().Add(time.Duration(e.Try.NextDelay)*time.Millisecond)
			r.last = ""
			if e.Try.Message != nil {
				r.last = *e.Try.Message
			}
		}
	case check.CheckEnded:
		if at >= 0 {
			v.running = slices.Delete(v.running, at, at+1)
		}
	}
	v.mu.Unlock()
	if e.Kind == check.CheckEnded && !v.quiet {
		if v.stop != nil {
			v.console.SetLive(v.live(time.Now())) // without the check that is over
		}
		v.print(v.finished(e.Result))
	}
}

// live are the lines of what runs now; what does not fit is counted.
func (v *view) live(now time.Time) []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	width, height := v.console.Size()
	most := max(1, min(10, height/2))
	var lines []string
	for i, r := range v.running {
		if i == most {
			lines = append(lines, text.Cut(fmt.Sprintf("  … %d more", len(v.running)-most), width-1))
			break
		}
		lines = append(lines, text.Cut("  "+r.line(now), width-1))
	}
	if len(lines) > 0 {
		lines = append(lines, text.Cut(fmt.Sprintf("  %d of %d done", v.done, v.total), width-1))
	}
	return lines
}

func (r *running) line(now time.Time) string {
	name := text.Printable(r.Name)
	if r.until.After(now) {
		return fmt.Sprintf("%s: attempt %d in %s; %s", name, r.attempts+1, text.Took(r.until.Sub(now)), text.OneLine(cmp.Or(r.last, "passed")))
	}
	line := fmt.Sprintf("%s: %s", name, text.Took(now.Sub(r.began)))
	if r.attempts > 0 {
		line += fmt.Sprintf(", attempt %d", r.attempts+1)
	}
	return line
}

// finished is what there is to say of a check that is over.
func (v *view) finished(c check.Result) string {
	var b strings.Builder
	head := v.mark(c.Status) + " " + text.OneLine(c.Name)
	if c.Message != nil && c.Status != check.StatusPassed {
		head += ": " + text.OneLine(*c.Message)
	} else if c.Message != nil {
		head += ": " + v.dim(text.OneLine(*c.Message))
	}
	b.WriteString(head)
	if c.Attempts > 0 {
		b.WriteString(v.dim(" (" + took(c) + ")"))
	}
	b.WriteByte('\n')
	if c.Status == check.StatusPassed || c.Status == check.StatusSkipped {
		return b.String()
	}
	for _, a := range c.Assertions {
		if !a.Passed && a.Expected != nil {
			fmt.Fprintf(&b, "    %s\n      want %s\n      got  %s\n", text.OneLine(a.Expr), v.value(a.Expected), v.value(a.Actual))
		}
	}
	if c.Request != nil {
		fmt.Fprintf(&b, "    %s\n", v.dim(text.OneLine(c.Request.Curl)))
	}
	if c.Location != "" {
		fmt.Fprintf(&b, "    %s\n", v.dim(text.OneLine(c.Location)))
	}
	return b.String()
}

func took(c check.Result) string {
	whole := text.Took(time.Duration(c.Total) * time.Millisecond)
	if c.Attempts > 1 {
		return fmt.Sprintf("%d attempts, %s", c.Attempts, whole)
	}
	return whole
}

func (v *view) value(x any) string {
	return text.Cut(text.OneLine(valueText(x)), max(20, v.width-12))
}

// finish ends what changes, and shows the result: a table of what did not pass when there is more than one, and one
// line that sums up.
func (v *view) finish(r *check.Report) {
	if v.stop != nil {
		close(v.stop)
		<-v.stopped
	}
	if len(r.Errors) > 0 {
		return // they have been printed
	}
	var bad []check.Result
	for _, c := range r.Checks {
		if c.Status != check.StatusPassed && r.Outcome != check.OutcomeValidated {
			bad = append(bad, c)
		}
	}
	if len(bad) > 1 || len(bad) == 1 && v.quiet {
		v.print("\n" + v.table(bad))
	}
	v.print(v.verdict(r))
}

// table has a line for each check; it fits 80 columns, or the terminal.
func (v *view) table(list []check.Result) string {
	name, time := 0, 0
	for _, c := range list {
		name, time = max(name, utf8.RuneCountInString(text.OneLine(c.Name))), max(time, utf8.RuneCountInString(took(c)))
	}
	name = min(name, 24)
	width := min(v.width, 80) - 1
	var b strings.Builder
	for _, c := range list {
		message := ""
		if c.Message != nil {
			message = text.OneLine(*c.Message)
		}
		head := fmt.Sprintf("%s  %s  %s  ", text.Pad(text.Cut(text.OneLine(c.Name), name), name), text.Pad(string(c.Status), 9), text.Pad(took(c), time))
		left := max(10, width-2-utf8.RuneCountInString(head))
		fmt.Fprintf(&b, "%s %s%s\n", v.mark(c.Status), head, text.Cut(message, left))
	}
	return b.String()
}

// verdict is the line that sums up.
func (v *view) verdict(r *check.Report) string {
	s := r.Summary
	if r.Outcome == check.OutcomeValidated {
		return v.paint("32", "✓") + fmt.Sprintf(" valid: %s\n", text.Count(s.Total, "check"))
	}
	whole := text.Took(time.Duration(r.Duration) * time.Millisecond)
	var parts []string
	for _, n := range []struct {
		n    int
		word string
	}{{s.Failed, "failed"}, {s.Error, "error"}, {s.Warned, "warned"}, {s.Cancelled, "cancelled"}, {s.Skipped, "skipped"}, {s.Deselected, "deselected"}} {
		if n.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n.n, n.word))
		}
	}
	counts := ""
	if len(parts) > 0 {
		counts = ": " + strings.Join(parts, ", ")
	}
	if r.Passed {
		return fmt.Sprintf("%s %d of %s passed in %s%s\n", v.paint("32", "✓"), s.Passed, text.Count(s.Total, "check"), whole, counts)
	}
	line := fmt.Sprintf("%s %d of %s passed in %s%s\n", v.paint("31", "✗"), s.Passed, text.Count(s.Total, "check"), whole, counts)
	if s.Failed+s.Error == 0 {
		line += fmt.Sprintf("  %s\n", text.OneLine(r.Reason))
	}
	return line
}

func (v *view) mark(s check.Status) string {
	switch s {
	case check.StatusPassed:
		return v.paint("32", "✓")
	case check.StatusWarned:
		return v.paint("33", "!")
	case check.StatusSkipped:
		return v.dim("-")
	case check.StatusFailed, check.StatusError, check.StatusCancelled:
	}
	return v.paint("31", "✗")
}

func (v *view) dim(s string) string { return v.paint("2", s) }

// paint colours s (ECMA-48: SGR).
func (v *view) paint(code, s string) string {
	if !v.color {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// print is lost when the terminal is gone, and the run goes on.
func (v *view) print(lines string) { _, _ = io.WriteString(v.out, lines) }

func valueText(x any) string {
	if s, ok := x.(string); ok {
		return strconv.Quote(s)
	}
	return fmt.Sprint(x)
}
