// Command manual writes the man pages and the shell completions of the binaries as packages carry them.
//
//	go -C deploy run ./manual -out ../dist/manual
//
// A page says what --help of the program says; checks.yaml(5) says what docs/reference/checks.md says.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"

	"assay.rs/deploy/release"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "manual: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("manual", flag.ContinueOnError)
	out := flags.String("out", "", "folder to write man/ and completions/ into; dist/manual of the workspace unless it is given")
	if err := flags.Parse(args); err != nil {
		return err
	}
	root, err := release.WorkspaceRoot(ctx)
	if err != nil {
		return err
	}
	src, err := release.ReadSource(ctx, root)
	if err != nil {
		return err
	}
	if *out == "" {
		*out = filepath.Join(root, "dist", "manual")
	}
	dir, err := os.MkdirTemp("", "assay-manual")
	if err != nil {
		return err
	}
	err = write(ctx, root, dir, *out, src)
	return errors.Join(err, os.RemoveAll(dir))
}

// write builds the binaries in dir, asks them for help, and writes what they say.
func write(ctx context.Context, root, dir, out string, src release.Source) error {
	for _, b := range release.Binaries() {
		name := filepath.Join(dir, b.Name)
		build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", name, "./cmd/"+b.Name)
		build.Dir = root
		if text, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("build %s: %w\n%s", b.Name, err, text)
		}
		p := program{name: b.Name, summary: b.Summary, path: name}
		page, err := p.page(ctx, src)
		if err != nil {
			return err
		}
		if err := writePage(filepath.Join(out, "man", b.Name+".1.gz"), page); err != nil {
			return err
		}
		if !b.Completes {
			continue
		}
		for shell, file := range map[string]string{"bash": b.Name, "zsh": "_" + b.Name, "fish": b.Name + ".fish"} {
			text, err := p.output(ctx, "completion", shell)
			if err != nil {
				return err
			}
			if err := writeFile(filepath.Join(out, "completions", shell, file), []byte(text)); err != nil {
				return err
			}
		}
	}
	reference, err := os.ReadFile(filepath.Join(root, "docs", "reference", "checks.md"))
	if err != nil {
		return err
	}
	return writePage(filepath.Join(out, "man", "checks.yaml.5.gz"), keysPage(string(reference), src))
}

// program is a built binary.
type program struct{ name, summary, path string }

// output is what the program prints to stdout.
func (p program) output(ctx context.Context, args ...string) (string, error) {
	text, err := exec.CommandContext(ctx, p.path, args...).Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", p.name, strings.Join(args, " "), err)
	}
	return string(text), nil
}
