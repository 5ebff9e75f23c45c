package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"assay.rs/check"
	"assay.rs/check/internal/text"
)

// markdown writes a table of the checks and the details of those that did not pass, as GitHub and GitLab show it.
func markdown(r *check.Report) []byte {
	return markdownWithin(r, 1<<62)
}

// markdownWithin leaves out details that do not fit into so many bytes.
func markdownWithin(r *check.Report, limit int) []byte {
	var b strings.Builder
	list := entries(r)
	fmt.Fprintf(&b, "## %s %s\n\n%s in %s.\n\n", verdictSign(r.Passed), inline(title(r)), inline(r.Reason), forPeople(r.Duration))
	if len(list) > 0 {
		b.WriteString("| | check | type | attempts | time | |\n| --- | --- | --- | ---: | ---: | --- |\n")
	}
	left := 0
	for _, e := range list {
		row := fmt.Sprintf("| %s | %s | %s | %d | %s | %s |\n",
			sign(e.Status), inline(e.Name), inline(e.Type), e.Attempts, forPeople(e.Total), inline(message(e.Result)))
		if b.Len()+len(row) > limit-200 {
			left++
			continue
		}
		b.WriteString(row)
	}
	b.WriteString("\n")
	for _, e := range list {
		if !bad(e.Status) && e.Status != check.StatusWarned {
			continue
		}
		if part := section(e.Result); b.Len()+len(part) <= limit-200 {
			b.WriteString(part)
		} else {
			left++
		}
	}
	if left > 0 {
		fmt.Fprintf(&b, "%s left out: the page would be too long.\n", text.Count(left, "part"))
	}
	return []byte(b.String())
}

func verdictSign(passed bool) string {
	if passed {
		return "✅"
	}
	return "❌"
}

func sign(s check.Status) string {
	switch s {
	case check.StatusPassed:
		return "✅"
	case check.StatusWarned:
		return "⚠️"
	case check.StatusSkipped:
		return "⏭️"
	case check.StatusCancelled:
		return "🚫"
	case check.StatusFailed, check.StatusError:
	}
	return "❌"
}

// section is what there is to know of a check, collapsed.
func section(c check.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<details><summary>%s %s: %s</summary>\n\n", sign(c.Status), inline(c.Name), inline(message(c)))
	if list := compared(c.Assertions); len(list) > 0 {
		b.WriteString("| | expectation | expected | got |\n| --- | --- | --- | --- |\n")
		for _, a := range list {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", verdictSign(a.Passed), inline(a.Expr), inline(value(a.Expected)), inline(value(a.Actual)))
		}
		b.WriteString("\n")
	}
	if c.Request != nil {
		b.WriteString(fenced("sh", c.Request.Curl))
	}
	if c.Response != nil {
		fmt.Fprintf(&b, "Status %d, %s:\n\n%s", c.Response.Status, text.Count(c.Response.Bytes, "byte"), fenced("", c.Response.Excerpt))
	}
	for _, try := range c.History {
		said := "passed"
		if try.Message != nil {
			said = *try.Message
		}
		fmt.Fprintf(&b, "- attempt %d after %s: %s\n", try.N, forPeople(try.At), inline(said))
	}
	if c.Location != "" {
		fmt.Fprintf(&b, "\n%s\n", inline(c.Location))
	}
	b.WriteString("\n</details>\n\n")
	return b.String()
}

// inline writes text that Markdown and HTML show as it is, on one line: no markup, no mention of a person, and no
// link, since what a server answered is not to be clicked on by mistake.
func inline(s string) string {
	var b strings.Builder
	for _, c := range text.OneLine(s) {
		if strings.ContainsRune("\\`*_{}[]<>#|~@&!$", c) {
			fmt.Fprintf(&b, "&#%d;", c)
			continue
		}
		b.WriteRune(c)
	}
	return strings.NewReplacer("://", "&#58;//", "www.", "www&#46;").Replace(b.String())
}

// fenced is a code block; its fence is longer than any in the text.
func fenced(language, code string) string {
	longest, run := 0, 0
	for _, c := range code {
		if run++; c != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", max(3, longest+1))
	if code != "" && !strings.HasSuffix(code, "\n") {
		code += "\n"
	}
	if !utf8.ValidString(code) {
		code = strings.ToValidUTF8(code, "\uFFFD")
	}
	return fence + language + "\n" + text.Printable(code) + fence + "\n\n"
}
