package prelude_test

import (
	"testing"

	"assay.rs/core/coretest"
	"assay.rs/core/prelude"
)

func TestScripts(t *testing.T) { coretest.Run(t, "testdata") }

func TestExamples(t *testing.T) { coretest.Examples(t, prelude.Modules(), nil) }
