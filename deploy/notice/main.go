// Command notice writes the names, the versions and the licences of everything that the binaries are linked from.
//
//	go -C deploy run ./notice -out ../dist/NOTICE
package main

import (
	"cmp"
	"context"
	"debug/buildinfo"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"assay.rs/deploy/licenses"
	"assay.rs/deploy/release"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "notice: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("notice", flag.ContinueOnError)
	out := flags.String("out", "", "file to write; dist/NOTICE of the workspace unless it is given")
	if err := flags.Parse(args); err != nil {
		return err
	}
	root, err := release.WorkspaceRoot(ctx)
	if err != nil {
		return err
	}
	if *out == "" {
		*out = filepath.Join(root, "dist", "NOTICE")
	}
	dir, err := os.MkdirTemp("", "assay-notice")
	if err != nil {
		return err
	}
	modules, err := linked(ctx, root, dir)
	if err := errors.Join(err, os.RemoveAll(dir)); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(*out), 0o755); err != nil {
		return err
	}
	return os.WriteFile(*out, []byte(notice(modules)), 0o644)
}

// linked are the modules of all binaries, each once.
func linked(ctx context.Context, root, dir string) ([]licenses.Module, error) {
	finder, err := licenses.NewFinder(ctx, root)
	if err != nil {
		return nil, err
	}
	byName := map[string]licenses.Module{}
	for _, b := range release.Binaries() {
		name := filepath.Join(dir, b.Name)
		build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", name, "./cmd/"+b.Name)
		build.Dir = root
		if text, err := build.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("build %s: %w\n%s", b.Name, err, text)
		}
		info, err := buildinfo.ReadFile(name)
		if err != nil {
			return nil, err
		}
		modules, err := finder.Linked(info)
		if err != nil {
			return nil, err
		}
		for _, m := range modules {
			byName[m.Path] = m
		}
	}
	all := make([]licenses.Module, 0, len(byName))
	for _, m := range byName {
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b licenses.Module) int { return cmp.Compare(a.Path, b.Path) })
	return all, nil
}

// notice is a table of the modules, and then each text of terms with the modules that it is for.
func notice(modules []licenses.Module) string {
	var text strings.Builder
	text.WriteString("assay is licensed under the Apache License, Version 2.0. Its binaries are linked from these modules:\n\n")
	users := map[string][]string{}
	var bodies []string
	for _, m := range modules {
		name := m.Path + " " + m.Version
		fmt.Fprintf(&text, "  %-60s %s\n", name, m.ID)
		for _, t := range m.Texts {
			if users[t.Body] == nil {
				bodies = append(bodies, t.Body)
			}
			users[t.Body] = append(users[t.Body], name)
		}
	}
	for _, body := range bodies {
		fmt.Fprintf(&text, "\n%s\n%s\n\n%s\n", strings.Repeat("=", 80), strings.Join(users[body], "\n"), strings.TrimSpace(body))
	}
	return text.String()
}
