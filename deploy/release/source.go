package release

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Source is the commit that a release is built from.
type Source struct {
	Tag      string    // the version tag of the commit, such as v0.1.0; empty if it has none
	Revision string    // the whole hash
	Made     time.Time // when the commit was made: the time of every file of the release
}

// Version is the tag of the commit, or the first 12 digits of its hash.
func (s Source) Version() string {
	if s.Tag != "" {
		return s.Tag
	}
	return s.Revision[:12]
}

// Repository is where the source is published.
const Repository = "https://assay.rs"

// ReadSource reads what git says of the checkout in the folder root.
func ReadSource(ctx context.Context, root string) (Source, error) {
	git := func(args ...string) (string, error) {
		out, err := exec.CommandContext(ctx, "git", append([]string{"-C", root}, args...)...).Output()
		if err != nil {
			return "", fmt.Errorf("git %s: %w: a release is built from a commit", args[0], err)
		}
		return strings.TrimSpace(string(out)), nil
	}
	revision, err := git("rev-parse", "HEAD")
	if err != nil {
		return Source{}, err
	}
	stamp, err := git("show", "-s", "--format=%cI", "HEAD")
	if err != nil {
		return Source{}, err
	}
	made, err := time.Parse(time.RFC3339, stamp)
	if err != nil {
		return Source{}, fmt.Errorf("the time of the commit: %w", err)
	}
	tags, err := git("tag", "--points-at", "HEAD", "--list", "v*")
	if err != nil {
		return Source{}, err
	}
	tag, _, _ := strings.Cut(tags, "\n")
	return Source{Tag: tag, Revision: revision, Made: made.UTC()}, nil
}

// WorkspaceRoot is the folder of go.work.
func WorkspaceRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOWORK").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOWORK: %w", err)
	}
	file := strings.TrimSpace(string(out))
	if file == "" || file == "off" {
		return "", errors.New("a release is built in the workspace: go.work is not in use")
	}
	return filepath.Dir(file), nil
}
