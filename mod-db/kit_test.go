package db

import (
	"testing"

	"assay.rs/core"
	"assay.rs/core/coretest"
)

func TestExamples(t *testing.T) {
	coretest.Examples(t, []core.Module{New(Config{})}, map[string]any{"DIR": t.TempDir()})
}

func TestScripts(t *testing.T) {
	kit := coretest.Kit{Modules: []core.Module{New(Config{})}, Globals: map[string]any{"DIR": t.TempDir()}}
	kit.Run(t, "testdata")
}
