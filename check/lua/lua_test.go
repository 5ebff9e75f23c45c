package lua

import (
	"testing"

	"assay.rs/check"
	"assay.rs/core"
	"assay.rs/core/coretest"
	"assay.rs/core/prelude"
)

func module() core.Module {
	return New(Config{Types: func() []check.Type { return check.Standard(prelude.Modules()...) }})
}

func TestScripts(t *testing.T) { coretest.Run(t, "testdata", module()) }

func TestExamples(t *testing.T) { coretest.Examples(t, []core.Module{module()}, nil) }
