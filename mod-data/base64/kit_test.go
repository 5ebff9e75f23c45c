package base64

import (
	"testing"

	"assay.rs/core"
	"assay.rs/core/coretest"
)

func TestExamples(t *testing.T) { coretest.Examples(t, []core.Module{New()}, nil) }
