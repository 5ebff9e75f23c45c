package crypto

import (
	"testing"

	"assay.rs/core"
	"assay.rs/core/coretest"
)

func kit() coretest.Kit { return coretest.Kit{Modules: []core.Module{New()}} }

func TestExamples(t *testing.T) { kit().Examples(t) }

func TestScripts(t *testing.T) { kit().Run(t, "testdata") }
