package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// source is what the images are built from.
type source struct {
	version  string // the tag of the commit, or its first 12 digits
	revision string
	made     time.Time // when the commit was made: the time of everything in the images
}

// repository is where the source is published.
const repository = "https://assay.rs"

func readSource(ctx context.Context, root string) (source, error) {
	git := func(args ...string) (string, error) {
		out, err := exec.CommandContext(ctx, "git", append([]string{"-C", root}, args...)...).Output()
		if err != nil {
			return "", fmt.Errorf("git %s: %w: the images are built from a commit", args[0], err)
		}
		return strings.TrimSpace(string(out)), nil
	}
	revision, err := git("rev-parse", "HEAD")
	if err != nil {
		return source{}, err
	}
	stamp, err := git("show", "-s", "--format=%cI", "HEAD")
	if err != nil {
		return source{}, err
	}
	made, err := time.Parse(time.RFC3339, stamp)
	if err != nil {
		return source{}, fmt.Errorf("the time of the commit: %w", err)
	}
	tags, err := git("tag", "--points-at", "HEAD", "--list", "v*")
	if err != nil {
		return source{}, err
	}
	version, _, _ := strings.Cut(tags, "\n")
	if version == "" {
		version = revision[:12]
	}
	return source{version: version, revision: revision, made: made.UTC()}, nil
}
