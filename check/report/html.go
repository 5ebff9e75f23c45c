package report

import (
	_ "embed"
	"fmt"
	"html"
	"strings"
	"time"

	"assay.rs/check"
	"assay.rs/check/internal/text"
)

//go:embed page.css
var pageStyle string

// htmlPage is one page that needs no other file, no script and no network: the verdict, a time line of all attempts,
// and everything that is known of each check that did not pass. It follows the reader's light or dark
// setting and can be printed.
func htmlPage(r *check.Report) []byte {
	p := &page{report: r, entries: entries(r)}
	p.print(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>%s: %s</title>
<style>%s</style>
</head>
<body>
<main>
`, verdict(r), esc(title(r)), pageStyle)
	p.head()
	p.timeline()
	p.problems()
	p.table()
	p.print("</main>\n</body>\n</html>\n")
	return []byte(p.b.String())
}

type page struct {
	b       strings.Builder
	report  *check.Report
	entries []entry
}

func (p *page) print(format string, args ...any) { fmt.Fprintf(&p.b, format, args...) }

func esc(s string) string { return html.EscapeString(strings.ToValidUTF8(text.Printable(s), "\uFFFD")) }

func verdict(r *check.Report) string {
	if r.Passed {
		return "passed"
	}
	if r.Outcome == check.OutcomeValidated {
		return "validated"
	}
	return "failed"
}

func (p *page) head() {
	r := p.report
	p.print("<header class=%q>\n<p class=\"verdict\">%s</p>\n<h1>%s</h1>\n<p>%s</p>\n", verdict(r), strings.ToUpper(verdict(r)), esc(title(r)), esc(r.Reason))
	p.print("<dl>\n")
	fact := func(name, text string) { p.print("<div><dt>%s</dt><dd>%s</dd></div>\n", name, esc(text)) }
	fact("file", r.File)
	fact("outcome", string(r.Outcome))
	fact("began", r.Started.UTC().Format(time.RFC3339))
	fact("took", forPeople(r.Duration))
	fact("exit code", fmt.Sprint(r.Exit))
	s := r.Summary
	for _, n := range []struct {
		name string
		n    int
	}{{"passed", s.Passed}, {"failed", s.Failed}, {"error", s.Error}, {"warned", s.Warned}, {"skipped", s.Skipped}, {"cancelled", s.Cancelled}, {"deselected", s.Deselected}} {
		if n.n > 0 {
			fact(n.name, fmt.Sprint(n.n))
		}
	}
	p.print("</dl>\n</header>\n")
}

// timeline has a row for each check that ran: bars for attempts, thin lines for waits.
func (p *page) timeline() {
	span := max(p.report.Duration, 1)
	deadline := p.report.Timeout
	if deadline > 0 && deadline <= 2*span {
		span = max(span, deadline)
	}
	p.print("<section class=\"timeline\" aria-label=\"time line\">\n<h2>Time line</h2>\n")
	p.print("<div class=\"row axis\"><span></span><span class=\"track\">")
	for i := range 5 {
		p.print("<i style=\"left:%d%%\">%s</i>", 25*i, forPeople(span*int64(i)/4))
	}
	p.print("</span></div>\n")
	for _, e := range p.entries {
		if !e.run && len(e.History) > 0 {
			p.row(e.Result, span, deadline)
		}
	}
	switch {
	case deadline > 0 && deadline <= span:
		p.print("<p class=\"note\">The dashed line is the deadline of the run, %s.</p>\n", forPeople(deadline))
	case deadline > 0:
		p.print("<p class=\"note\">The deadline of the run was %s.</p>\n", forPeople(deadline))
	}
	p.print("</section>\n")
}

func (p *page) row(c check.Result, span, deadline int64) {
	p.print("<div class=\"row\"><span class=\"name %s\">%s</span><span class=\"track\">", c.Status, esc(c.Name))
	percent := func(ms int64) string { return fmt.Sprintf("%.3f%%", 100*float64(ms)/float64(span)) }
	for _, try := range c.History {
		kind, said := "passed", "passed"
		if try.Message != nil {
			kind, said = "failed", *try.Message
		}
		at := c.Start + try.At
		p.print("<b class=%q style=\"left:%s;width:%s\" title=\"%s\"></b>", kind, percent(at), percent(try.Duration),
			esc(fmt.Sprintf("attempt %d at %s, %s: %s", try.N, forPeople(at), forPeople(try.Duration), said)))
		if try.NextDelay > 0 {
			p.print("<u style=\"left:%s;width:%s\" title=\"waited %s\"></u>", percent(at+try.Duration), percent(try.NextDelay), forPeople(try.NextDelay))
		}
	}
	if deadline > 0 && deadline <= span {
		p.print("<s style=\"left:%s\"></s>", percent(deadline))
	}
	p.print("</span></div>\n")
}

// problems shows each check that did not pass in full.
func (p *page) problems() {
	for _, e := range p.entries {
		if !bad(e.Status) && e.Status != check.StatusWarned {
			continue
		}
		c := e.Result
		p.print("<section class=\"problem %s\">\n<h2>%s <small>%s</small></h2>\n<p class=\"message\">%s</p>\n", c.Status, esc(c.Name), esc(string(c.Status)), esc(message(c)))
		p.print("<p class=\"note\">%s · %s · %s in %s", esc(c.Type), esc(class(c)), text.Count(c.Attempts, "attempt"), forPeople(c.Total))
		if c.Location != "" {
			p.print(" · %s", esc(c.Location))
		}
		p.print("</p>\n")
		p.assertions(compared(c.Assertions))
		if c.Request != nil {
			p.print("<h3>Request</h3>\n<pre>%s</pre>\n", esc(c.Request.Curl))
		}
		if c.Response != nil {
			p.print("<h3>Response: status %d, %s</h3>\n<pre>%s</pre>\n", c.Response.Status, text.Count(c.Response.Bytes, "byte"), esc(c.Response.Excerpt))
		}
		p.attempts(c.History)
		p.print("</section>\n")
	}
}

func (p *page) assertions(list []check.Assertion) {
	if len(list) == 0 {
		return
	}
	p.print("<h3>Expectations</h3>\n<div class=\"wide\"><table>\n<tr><th></th><th>expectation</th><th>expected</th><th>got</th></tr>\n")
	for _, a := range list {
		kind, mark := "failed", "✗"
		if a.Passed {
			kind, mark = "passed", "✓"
		}
		p.print("<tr class=%q><td>%s</td><td><code>%s</code></td><td><code>%s</code></td><td><code>%s</code></td></tr>\n",
			kind, mark, esc(a.Expr), esc(value(a.Expected)), esc(value(a.Actual)))
	}
	p.print("</table></div>\n")
}

func (p *page) attempts(history []check.Try) {
	if len(history) < 2 {
		return
	}
	p.print("<h3>Attempts</h3>\n<ol>\n")
	for _, try := range history {
		said := "passed"
		if try.Message != nil {
			said = *try.Message
		}
		p.print("<li value=\"%d\">after %s: %s", try.N, forPeople(try.At), esc(said))
		if try.NextDelay > 0 {
			p.print(" <small>then waited %s</small>", forPeople(try.NextDelay))
		}
		p.print("</li>\n")
	}
	p.print("</ol>\n")
}

// table lists every check.
func (p *page) table() {
	if len(p.entries) == 0 {
		return
	}
	p.print("<section>\n<h2>All checks</h2>\n<div class=\"wide\"><table>\n<tr><th>check</th><th class=\"extra\">type</th><th>status</th><th class=\"extra\">attempts</th><th>time</th><th>message</th></tr>\n")
	for _, e := range p.entries {
		p.print("<tr class=%q><td>%s</td><td class=\"extra short\">%s</td><td class=\"short\">%s</td><td class=\"extra\">%d</td><td class=\"short\">%s</td><td>%s</td></tr>\n", string(e.Status),
			esc(e.Name), esc(e.Type), esc(string(e.Status)), e.Attempts, forPeople(e.Total), esc(message(e.Result)))
	}
	p.print("</table></div>\n</section>\n")
}
