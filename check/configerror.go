package check

import (
	"errors"
	"fmt"
	"strings"

	"assay.rs/check/internal/redact"
	"assay.rs/check/internal/source"
)

// ConfigError is all that is wrong with a check file. Its text is what a terminal shows: each problem with
// its place, its line and a caret. Nothing ran.
type ConfigError struct {
	path     string
	problems []source.Problem
	redactor *redact.Redactor
}

func (p *Plan) configError(problems *source.Problems) *ConfigError {
	return &ConfigError{p.path, problems.Sorted(), p.redactor}
}

// Error returns every problem, an empty line between two.
func (e *ConfigError) Error() string {
	texts := make([]string, len(e.problems))
	for i, p := range e.problems {
		p.Message = e.redactor.Text(p.Message)
		texts[i] = p.Render(e.redactor.Line)
	}
	return strings.Join(texts, "\n\n")
}

// Problem is one thing wrong, as the document has it.
type Problem struct {
	Location string `json:"location"`
	Message  string `json:"message"`
}

// Problems returns what is wrong, in the order of the file.
func (e *ConfigError) Problems() []Problem {
	out := make([]Problem, len(e.problems))
	for i, p := range e.problems {
		out[i] = Problem{p.String(), e.redactor.Text(p.Message)}
	}
	return out
}

// Refused is the document for an error of [Load] on path.
func Refused(path string, err error) *Report {
	var wrong *ConfigError
	if !errors.As(err, &wrong) {
		wrong = &ConfigError{path: path, problems: []source.Problem{{Message: err.Error()}}, redactor: &redact.Redactor{}}
	}
	return wrong.Report()
}

// Report is the document that a run would print: an error, with the problems and no check.
func (e *ConfigError) Report() *Report {
	problems := e.Problems()
	reason := "invalid check file"
	if len(problems) > 0 {
		first := problems[0]
		reason = first.Message
		if first.Location != "" {
			reason = first.Location + ": " + first.Message
		}
		if more := len(problems) - 1; more > 0 {
			reason += fmt.Sprintf(" (and %d more)", more)
		}
	}
	r := newReport()
	r.File, r.Outcome, r.Errors, r.Exit, r.Reason = e.path, OutcomeError, problems, ExitUsage, reason
	return r
}
