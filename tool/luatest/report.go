package luatest

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"assay.rs/core"
	"assay.rs/core/syntax"
)

// Text writes results for people. Its zero value with an Out is ready for use.
type Text struct {
	Out     io.Writer
	Verbose bool // show tests that pass too, with their output
	Color   bool

	passed, failed, idle int
}

// Failed is how many tests have failed.
func (t *Text) Failed() int { return t.failed }

// Show writes one result.
func (t *Text) Show(r Result) {
	var b strings.Builder
	switch {
	case r.Empty:
		fmt.Fprintf(&b, "%s %s: it has no function test_*\n", t.paint(yellow, "note"), r.File)
	case r.Err != nil:
		t.failed++
		fmt.Fprintf(&b, "%s %s (%s)\n%s", t.paint(red, "FAIL"), r.title(), seconds(r.Took), indent("  ", r.reason()))
	case r.Idle:
		t.passed++
		t.idle++
		fmt.Fprintf(&b, "%s %s: it passed without an assertion\n", t.paint(yellow, "note"), r.title())
	default:
		t.passed++
		if !t.Verbose {
			return
		}
		fmt.Fprintf(&b, "%s %s (%s)\n", t.paint(green, "pass"), r.title(), seconds(r.Took))
	}
	if r.Output != "" && (r.Err != nil || t.Verbose) {
		b.WriteString("  output:\n" + indent("    ", r.Output))
	}
	_, _ = io.WriteString(t.Out, b.String()) // the exit code tells the verdict all the same
}

// End writes the sum.
func (t *Text) End(took time.Duration) {
	verdict := t.paint(green, "ok")
	if t.failed > 0 {
		verdict = t.paint(red, "FAIL")
	}
	idle := ""
	if t.idle > 0 {
		idle = fmt.Sprintf(" (%d without an assertion)", t.idle)
	}
	_, _ = fmt.Fprintf(t.Out, "%s: %d passed%s, %d failed in %s\n", verdict, t.passed, idle, t.failed, seconds(took)) // as above
}

// Colours of a terminal (ECMA-48: SGR).
const (
	red    = "31"
	green  = "32"
	yellow = "33"
)

func (t *Text) paint(color, text string) string {
	if !t.Color {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3fs", d.Seconds()) }

// title is "app_test.lua:12 test_health".
func (r Result) title() string {
	if r.Name == "" {
		return r.File
	}
	return fmt.Sprintf("%s:%d %s", r.File, r.Line, r.Name)
}

// reason is why a test failed: the message, the hint and the traceback.
func (r Result) reason() string {
	var b strings.Builder
	b.WriteString(r.message() + "\n")
	hint, trace := "", ""
	if script, ok := errors.AsType[*core.ScriptError](r.Err); ok {
		hint, trace = script.Hint, script.Traceback
	} else if stopped, ok := errors.AsType[*core.Interrupted](r.Err); ok {
		trace = stopped.Traceback
	}
	if hint != "" {
		b.WriteString("hint: " + hint + "\n")
	}
	if trace != "" {
		b.WriteString("traceback:\n" + indent("  ", trace))
	}
	return r.cleaned(b.String())
}

func (r Result) cleaned(text string) string {
	if r.clean == nil {
		return text
	}
	return r.clean(text)
}

// message is the error with its place, which errors of builtins do not have in their text.
func (r Result) message() string {
	if script, ok := errors.AsType[*core.ScriptError](r.Err); ok {
		if b := script.Builtin; b != nil && b.Where != "" {
			return r.cleaned(b.Where + ": " + script.Message)
		}
	}
	return r.cleaned(r.Err.Error())
}

// indent puts margin before each line and makes control characters visible.
func indent(margin, text string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		b.WriteString(strings.TrimRight(margin+visible(line), " ") + "\n")
	}
	return b.String()
}

func visible(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r != '\t' && !syntax.Plain(r) {
			b.WriteString(syntax.Escape(r))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// junitSuite is the results of one file, in their order.
type junitSuite struct {
	cases    []Result
	failures int
	took     time.Duration
}

// WriteJUnit writes results as the XML that CI systems read. Only texts are escaped by encoding/xml: its way to write
// values would be much of the binary.
func WriteJUnit(w io.Writer, results []Result) error {
	results = slices.DeleteFunc(slices.Clone(results), func(r Result) bool { return r.Empty })
	var suites []*junitSuite
	all := junitSuite{cases: results}
	for _, r := range results {
		if n := len(suites); n == 0 || suites[n-1].cases[0].File != r.File {
			suites = append(suites, &junitSuite{})
		}
		suite := suites[len(suites)-1]
		suite.cases = append(suite.cases, r)
		for _, s := range []*junitSuite{suite, &all} {
			s.took += r.Took
			if r.Err != nil {
				s.failures++
			}
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s<testsuites %s>\n", xml.Header, all.attributes())
	for _, s := range suites {
		fmt.Fprintf(&b, "  <testsuite name=\"%s\" %s>\n", escaped(s.cases[0].File), s.attributes())
		for _, r := range s.cases {
			writeCase(&b, r)
		}
		b.WriteString("  </testsuite>\n")
	}
	b.WriteString("</testsuites>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func (s *junitSuite) attributes() string {
	return fmt.Sprintf(`tests="%d" failures="%d" time="%.3f"`, len(s.cases), s.failures, s.took.Seconds())
}

func writeCase(b *strings.Builder, r Result) {
	name, line, file := r.Name, "", escaped(r.File)
	if name == "" {
		name = "(file)"
	}
	if r.Line != 0 {
		line = fmt.Sprintf(" line=\"%d\"", r.Line)
	}
	fmt.Fprintf(b, "    <testcase name=\"%s\" classname=\"%s\" file=\"%s\"%s time=\"%.3f\">", escaped(name), file, file, line, r.Took.Seconds())
	if r.Err != nil {
		fmt.Fprintf(b, "\n      <failure message=\"%s\">%s</failure>", escaped(r.message()), escaped(r.reason()))
	}
	if r.Output != "" {
		fmt.Fprintf(b, "\n      <system-out>%s</system-out>", escaped(r.Output))
	}
	if r.Err != nil || r.Output != "" {
		b.WriteString("\n    ")
	}
	b.WriteString("</testcase>\n")
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder takes all
	return b.String()
}
