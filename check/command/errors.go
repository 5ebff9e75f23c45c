package command

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"assay.rs/core"
	"assay.rs/core/syntax"
)

// PrintError prints err for a person: what is wrong, what to do about it, and where in a script. Passwords in URLs are
// masked.
func PrintError(w io.Writer, err error) {
	var b strings.Builder
	fmt.Fprintf(&b, "error: %s\n", printable(err.Error()))
	if hint := hintOf(err); hint != "" {
		fmt.Fprintf(&b, "hint: %s\n", printable(hint))
	}
	if trace := tracebackOf(err); trace != "" {
		b.WriteString("traceback:\n")
		for line := range strings.SplitSeq(trace, "\n") {
			fmt.Fprintf(&b, "  %s\n", printable(line))
		}
	}
	_, _ = io.WriteString(w, WithoutPasswords(b.String())) // there is nowhere to say that it failed
}

func hintOf(err error) string {
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		return hinted.Hint()
	}
	if script, ok := errors.AsType[*core.ScriptError](err); ok {
		return script.Hint
	}
	if builtin, ok := errors.AsType[*core.Error](err); ok {
		return builtin.Hint
	}
	return ""
}

func tracebackOf(err error) string {
	if script, ok := errors.AsType[*core.ScriptError](err); ok {
		return script.Traceback
	}
	if stopped, ok := errors.AsType[*core.Interrupted](err); ok {
		return stopped.Traceback
	}
	return ""
}

// printable keeps line breaks and tabs and escapes other characters that could fake output on a terminal.
func printable(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r == '\n' || r == '\t' || syntax.Plain(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(syntax.Escape(r))
		}
	}
	return b.String()
}
