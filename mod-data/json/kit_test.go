package json

import (
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/core/coretest"
	"assay.rs/mod-data/internal/kit"
)

func TestExamples(t *testing.T) { coretest.Examples(t, []core.Module{New()}, nil) }

// eval runs a script and gives what it printed.
func eval(tb testing.TB, timeout time.Duration, script string) (string, error) {
	tb.Helper()
	return kit.Eval(tb, New(), timeout, script)
}
