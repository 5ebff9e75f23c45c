package json

import (
	"strings"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/core/coretest"
)

func TestExamples(t *testing.T) { coretest.Examples(t, []core.Module{New()}, nil) }

// eval runs a script and gives what it printed. out prints its arguments with blanks between them.
func eval(tb testing.TB, timeout time.Duration, script string) (string, error) {
	tb.Helper()
	kit := coretest.Kit{Modules: []core.Module{New()}, Policy: core.CheckPolicy(), Timeout: timeout}
	got := kit.Exec(tb, "test.lua", `local function out(...)
		local texts = {}
		for i = 1, select("#", ...) do texts[i] = tostring((select(i, ...))) end
		print(table.concat(texts, " "))
	end `+script)
	for _, problem := range got.Undeclared {
		tb.Errorf("%s: %s", script, problem)
	}
	return strings.TrimSuffix(got.Stdout, "\n"), got.Err
}
