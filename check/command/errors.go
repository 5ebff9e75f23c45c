package command

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"assay.rs/core"
)

// PrintError prints err for a person: what is wrong, what to do about it, and where in a script.
func PrintError(w io.Writer, err error) {
	fmt.Fprintf(w, "error: %s\n", printable(err.Error()))
	if hint := hintOf(err); hint != "" {
		fmt.Fprintf(w, "hint: %s\n", printable(hint))
	}
	if trace := tracebackOf(err); trace != "" {
		fmt.Fprintln(w, "traceback:")
		for line := range strings.SplitSeq(trace, "\n") {
			fmt.Fprintf(w, "  %s\n", printable(line))
		}
	}
}

func hintOf(err error) string {
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		return hinted.Hint()
	}
	var script *core.ScriptError
	if errors.As(err, &script) {
		return script.Hint
	}
	var builtin *core.Error
	if errors.As(err, &builtin) {
		return builtin.Hint
	}
	return ""
}

func tracebackOf(err error) string {
	var script *core.ScriptError
	if errors.As(err, &script) {
		return script.Traceback
	}
	var stopped *core.Interrupted
	if errors.As(err, &stopped) {
		return stopped.Traceback
	}
	return ""
}

// printable keeps line breaks and tabs and escapes other control characters, which could fake output on a terminal.
func printable(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
