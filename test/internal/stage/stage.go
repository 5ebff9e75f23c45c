// Package stage is where benchmarks of the shipped binaries run: it builds what they compare, and keeps what
// they find.
package stage

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"assay.rs/deploy/release"
	"assay.rs/test/internal/workspace"
)

// Stage is a workspace, and a folder of its own that goes with it.
type Stage struct{ Root, Dir string }

// Open makes one for the workspace of the current folder. It must be closed.
func Open() (*Stage, error) {
	w, err := workspace.Open(".")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "assay-bench-")
	if err != nil {
		return nil, err
	}
	return &Stage{Root: w.Root, Dir: dir}, nil
}

// Close removes the folder.
func (s *Stage) Close() { _ = os.RemoveAll(s.Dir) }

// Binary builds a binary as it is shipped and gives its file.
func (s *Stage) Binary(ctx context.Context, name string) (string, error) {
	all := release.Binaries()
	return all[slices.IndexFunc(all, func(b release.Binary) bool { return b.Name == name })].Build(ctx, s.Root, s.Dir, release.Target{})
}

// Program builds a program of the test module that something is compared with, and gives its file.
func (s *Stage) Program(ctx context.Context, pkg string) (string, error) {
	file := filepath.Join(s.Dir, filepath.Base(pkg))
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", file, pkg)
	build.Dir, build.Env = filepath.Join(s.Root, "test"), append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", pkg, err, out)
	}
	return file, nil
}

// Publish prints what was found, and writes it to latest.md in a folder below test/bench.
func (s *Stage) Publish(folder, text string) error {
	fmt.Print(text)
	return os.WriteFile(filepath.Join(s.Root, "test", "bench", folder, "latest.md"), []byte(text), 0o600)
}
