// Package stability holds what assay promises not to break: builtins, keys of check files and exported Go names, one fact a
// line. A fact that was promised with the last tag and is gone is a break; new facts are free. See docs/explain/stability.md.
package stability

import (
	"fmt"
	"slices"
	"strings"
)

// facts are lines, each about one thing that a user may rely on.
type facts map[string]bool

func (f facts) add(format string, args ...any) { f[fmt.Sprintf(format, args...)] = true }

// text is the facts in order.
func (f facts) text() string {
	lines := make([]string, 0, len(f))
	for line := range f {
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

// parse reads facts; a line that begins with # is a remark.
func parse(text string) facts {
	f := facts{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			f[line] = true
		}
	}
	return f
}

// broken are the facts of promised that are no more and that allowed does not name.
func broken(promised, now, allowed facts) []string {
	var gone []string
	for line := range promised {
		if !now[line] && !allowed[line] {
			gone = append(gone, line)
		}
	}
	slices.Sort(gone)
	return gone
}
