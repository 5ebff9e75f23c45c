package report

import (
	"fmt"
	"io"
	"os"
	"strings"

	"assay.rs/check"
)

// maxStepSummary is what GitHub shows of the summary of one step; more makes it show nothing.
const maxStepSummary = 1 << 20

// annotate writes GitHub's workflow commands to stderr, which the runner reads as it reads stdout, and appends the
// Markdown of the run to the summary of the step.
func (s *Set) annotate(r *check.Report) error {
	if _, err := io.WriteString(s.streams.Stderr, annotations(r)); err != nil {
		return err
	}
	if s.streams.StepSummary == "" {
		return nil
	}
	f, err := os.OpenFile(s.streams.StepSummary, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return plain(err, s.streams.StepSummary)
	}
	_, err = f.Write(markdownWithin(r, maxStepSummary))
	if closed := f.Close(); err == nil {
		err = closed
	}
	return plain(err, s.streams.StepSummary)
}

func annotations(r *check.Report) string {
	var b strings.Builder
	for _, e := range entries(r) {
		command := "error"
		switch {
		case e.Status == check.StatusWarned:
			command = "warning"
		case !bad(e.Status):
			continue
		}
		file, line, col := place(e.Location)
		properties := "title=" + commandProperty(e.Name)
		if file != "" {
			properties += ",file=" + commandProperty(file)
		}
		if line > 0 {
			properties += fmt.Sprintf(",line=%d", line)
		}
		if col > 0 {
			properties += fmt.Sprintf(",col=%d", col)
		}
		fmt.Fprintf(&b, "::%s %s::%s\n", command, properties, commandData(message(e.Result)))
	}
	return b.String()
}

func commandData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func commandProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}
