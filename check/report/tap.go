package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"assay.rs/check"
	"assay.rs/check/internal/text"
)

// tap writes the Test Anything Protocol, version 13, with a YAML block for what did not pass.
func tap(r *check.Report) []byte {
	var b strings.Builder
	b.WriteString("TAP version 13\n")
	list := entries(r)
	if len(list) == 0 {
		fmt.Fprintf(&b, "1..0 # SKIP %s\n", tapText(r.Reason))
		return []byte(b.String())
	}
	fmt.Fprintf(&b, "1..%d\n", len(list))
	for i, e := range list {
		word := "ok"
		if bad(e.Status) {
			word = "not ok"
		}
		fmt.Fprintf(&b, "%s %d - %s", word, i+1, tapText(e.Name))
		if e.Status == check.StatusSkipped {
			fmt.Fprintf(&b, " # SKIP %s", tapText(message(e.Result)))
		}
		b.WriteByte('\n')
		if bad(e.Status) || e.Status == check.StatusWarned {
			tapBlock(&b, e.Result)
		}
	}
	return []byte(b.String())
}

// tapBlock writes JSON values, which YAML reads as well.
func tapBlock(b *strings.Builder, c check.Result) {
	b.WriteString("  ---\n")
	line := func(key string, v any) { fmt.Fprintf(b, "  %s: %s\n", key, compact(v)) }
	line("message", message(c))
	line("severity", c.Severity)
	line("status", c.Status)
	line("error_class", class(c))
	line("at", c.Location)
	line("attempts", c.Attempts)
	line("duration_ms", c.Total)
	for _, a := range compared(c.Assertions) {
		if !a.Passed {
			line("wanted", a.Expected)
			line("found", a.Actual)
			break
		}
	}
	if c.Request != nil {
		line("request", c.Request.Curl)
	}
	b.WriteString("  ...\n")
}

// tapText keeps a description on its line and out of its directives.
func tapText(s string) string {
	s = text.OneLine(s)
	return strings.NewReplacer(`\`, `\\`, "#", `\#`).Replace(s)
}

// compact is JSON on one line.
func compact(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Sprint(v)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
