package report

import (
	"fmt"
	"strings"
	"time"

	"assay.rs/check"
)

// junit writes JUnit XML as Jenkins' schema junit-10.xsd describes it: a test suite for each check file, a test case for
// each check, times in seconds. Earlier attempts are rerunFailure of a check that failed and flakyFailure of
// one that passed in the end.
func junit(r *check.Report) []byte {
	var b strings.Builder
	suites := bySuite(r)
	var all tally
	for _, s := range suites {
		all.add(s.tally)
	}
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	fmt.Fprintf(&b, "<testsuites name=%s tests=\"%d\" failures=\"%d\" errors=\"%d\" time=\"%s\">\n",
		attribute(title(r)), all.tests, all.failures, all.errors, inSeconds(r.Duration))
	for _, s := range suites {
		s.write(&b, r)
	}
	b.WriteString("</testsuites>\n")
	return []byte(b.String())
}

// title is the name of the run, else its file.
func title(r *check.Report) string {
	if r.Name != nil {
		return *r.Name
	}
	return r.File
}

type tally struct {
	tests, failures, errors, skipped int
	ms                               int64
}

func (t *tally) add(o tally) {
	t.tests += o.tests
	t.failures += o.failures
	t.errors += o.errors
	t.skipped += o.skipped
	t.ms += o.ms
}

func (t *tally) count(c check.Result) {
	t.tests++
	t.ms += c.Total
	switch c.Status {
	case check.StatusFailed:
		t.failures++
	case check.StatusError, check.StatusCancelled:
		t.errors++
	case check.StatusSkipped:
		t.skipped++
	case check.StatusPassed, check.StatusWarned:
	}
}

type testSuite struct {
	tally
	file    string
	entries []entry
}

// bySuite groups the entries by check file, in the order of the report.
func bySuite(r *check.Report) []*testSuite {
	var list []*testSuite
	byFile := map[string]*testSuite{}
	for _, e := range entries(r) {
		file := fileOf(r, e.Result)
		s := byFile[file]
		if s == nil {
			s = &testSuite{file: file}
			byFile[file] = s
			list = append(list, s)
		}
		s.count(e.Result)
		s.entries = append(s.entries, e)
	}
	return list
}

func (s *testSuite) write(b *strings.Builder, r *check.Report) {
	fmt.Fprintf(b, "  <testsuite name=%s tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\" time=\"%s\" timestamp=%s file=%s>\n",
		attribute(s.file), s.tests, s.failures, s.errors, s.skipped, inSeconds(s.ms), attribute(r.Started.UTC().Format(time.RFC3339)), attribute(s.file))
	b.WriteString("    <properties>\n")
	fmt.Fprintf(b, "      <property name=\"outcome\" value=%s/>\n", attribute(string(r.Outcome)))
	for _, e := range s.entries {
		if e.Attempts > 0 {
			fmt.Fprintf(b, "      <property name=%s value=\"%d\"/>\n", attribute("attempts: "+e.Name), e.Attempts)
		}
	}
	b.WriteString("    </properties>\n")
	for _, e := range s.entries {
		testCase(b, s.file, e.Result)
	}
	b.WriteString("  </testsuite>\n")
}

func testCase(b *strings.Builder, file string, c check.Result) {
	fmt.Fprintf(b, "    <testcase name=%s classname=%s time=\"%s\"", attribute(c.Name), attribute(file), inSeconds(c.Total))
	var inside strings.Builder
	earlier := "rerunFailure"
	switch c.Status {
	case check.StatusFailed:
		element(&inside, "failure", class(c), message(c), details(c))
	case check.StatusError, check.StatusCancelled:
		element(&inside, "error", class(c), message(c), details(c))
	case check.StatusSkipped:
		fmt.Fprintf(&inside, "      <skipped message=%s/>\n", attribute(message(c)))
	case check.StatusWarned:
		earlier = "flakyFailure"
		fmt.Fprintf(&inside, "      <system-out>%s</system-out>\n", xmlText("warned: "+message(c)))
	case check.StatusPassed:
		earlier = "flakyFailure"
	}
	for i, try := range c.History {
		if i == len(c.History)-1 || try.Message == nil {
			continue // the last attempt is the result itself
		}
		kind := "assert"
		if try.Class != nil {
			kind = *try.Class
		}
		element(&inside, earlier, kind, *try.Message, fmt.Sprintf("attempt %d", try.N))
	}
	if inside.Len() == 0 {
		b.WriteString("/>\n")
		return
	}
	b.WriteString(">\n" + inside.String() + "    </testcase>\n")
}

func element(b *strings.Builder, name, kind, message, text string) {
	fmt.Fprintf(b, "      <%s type=%s message=%s>%s</%s>\n", name, attribute(kind), attribute(message), xmlText(text), name)
}

// details is what a person needs to see of a check that did not pass, as text.
func details(c check.Result) string {
	var b strings.Builder
	if c.Location != "" {
		fmt.Fprintf(&b, "at %s\n", c.Location)
	}
	for _, a := range compared(c.Assertions) {
		if !a.Passed {
			fmt.Fprintf(&b, "%s: expected %s, got %s\n", a.Expr, value(a.Expected), value(a.Actual))
		}
	}
	if c.Request != nil {
		fmt.Fprintf(&b, "request: %s\n", c.Request.Curl)
	}
	if c.Response != nil {
		fmt.Fprintf(&b, "response: status %d, %d bytes\n%s\n", c.Response.Status, c.Response.Bytes, c.Response.Excerpt)
	}
	return b.String()
}

// attribute is a quoted attribute.
func attribute(s string) string { return `"` + xmlEscape(s, true) + `"` }

func xmlText(s string) string { return xmlEscape(s, false) }

// xmlEscape escapes markup, and replaces what XML 1.0 (2.2) cannot hold at all. In an attribute line breaks are
// written as references, since a parser would make blanks of them.
func xmlEscape(s string, quoted bool) string {
	var b strings.Builder
	for _, c := range s {
		switch {
		case c == '&':
			b.WriteString("&amp;")
		case c == '<':
			b.WriteString("&lt;")
		case c == '>':
			b.WriteString("&gt;")
		case quoted && c == '"':
			b.WriteString("&quot;")
		case quoted && (c == '\n' || c == '\r' || c == '\t'):
			fmt.Fprintf(&b, "&#%d;", c)
		case c == '\r':
			b.WriteString("&#13;")
		case c == '\n', c == '\t', c >= 0x20 && c <= 0xD7FF, c >= 0xE000 && c <= 0xFFFD, c >= 0x10000:
			b.WriteRune(c)
		default:
			b.WriteRune('\uFFFD')
		}
	}
	return b.String()
}
