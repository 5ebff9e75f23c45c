// Command release makes all that a release has from the last commit, publishes nothing, installs and runs each artefact
// where nothing else is, takes it away again, and prints one table. An artefact that does not run is an error.
//
//	go -C test run ./release
//
// It needs root, for chroot, and the tools of `test/install release`. The artefacts stay in dist/release.
package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"time"

	"assay.rs/test/internal/workspace"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintf(os.Stderr, "release: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	dist := flag.String("dist", "", "folder with what goreleaser has made before; made anew unless it is given")
	flag.Parse()
	if os.Getuid() != 0 {
		return errors.New("installing in an empty root needs root: run it with sudo -E")
	}
	w, err := workspace.Open(".")
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "assay-release")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	d := &dry{Context: ctx, workspace: w, version: w.Next, scratch: scratch, clone: filepath.Join(scratch, "clone"), dist: *dist}
	for _, step := range []func() error{d.cloned, d.archives, d.images, d.chart, d.pages, d.goInstall} {
		if err := step(); err != nil {
			return err
		}
	}
	return d.report()
}

// dry is a release that is not published.
type dry struct {
	context.Context
	workspace *workspace.Workspace
	version   string // of the tag
	scratch   string // folder for all that does not stay
	clone     string // of the repository, with the tag
	dist      string // what goreleaser has made
	rows      []row
}

// row is a line of the table.
type row struct {
	artefact string
	bytes    int64
	digest   string
	how      string // it was run
	seconds  float64
	err      error
}

// cloned clones the last commit and gives it the tag.
func (d *dry) cloned() error {
	if _, err := d.output("", "git", "clone", "-q", d.workspace.Root, d.clone); err != nil {
		return err
	}
	_, err := d.output(d.clone, "git", "tag", "-f", d.version)
	return err
}

// add makes the line of a file: use installs it, runs it and takes it away, and says how.
func (d *dry) add(name, file string, use func() (string, error)) {
	r := row{artefact: name}
	if f, err := os.Open(file); err != nil {
		r.err = err
	} else {
		sum := sha256.New()
		r.bytes, r.err = io.Copy(sum, f)
		r.err = errors.Join(r.err, f.Close())
		r.digest = fmt.Sprintf("%x", sum.Sum(nil))
	}
	d.try(r, use)
}

// try completes the line, and shows that something happens.
func (d *dry) try(r row, use func() (string, error)) {
	start := time.Now()
	if r.err == nil {
		r.how, r.err = use()
	}
	r.seconds = time.Since(start).Seconds()
	if r.err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", r.artefact, r.err)
	}
	d.rows = append(d.rows, r)
}

func (d *dry) report() error {
	failed := 0
	fmt.Printf("\n%-48s %10s %-14s %6s  %s\n", "artefact", "bytes", "sha256", "s", "how it was run")
	for _, r := range d.rows {
		how := r.how
		if r.err != nil {
			failed++
			how = "FAILED, see above"
		}
		fmt.Printf("%-48s %10d %-14.12s %6.1f  %s\n", r.artefact, r.bytes, r.digest, r.seconds, how)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d artefacts failed", failed, len(d.rows))
	}
	return nil
}

// output runs a program in a folder and gives what it prints on standard output.
func (d *dry) output(dir, name string, args ...string) (string, error) {
	return d.outputOf(d.command(dir, name, args...))
}

func (d *dry) command(dir, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(d, name, args...)
	cmd.Dir = dir
	return cmd
}

func (d *dry) outputOf(cmd *exec.Cmd) (string, error) {
	out, err := cmd.Output()
	if err == nil {
		return string(out), nil
	}
	var said []byte
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		said = exit.Stderr
	}
	return "", fmt.Errorf("%s: %w\n%s%s", cmd, err, out, said)
}
