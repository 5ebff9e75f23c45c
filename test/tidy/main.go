// Command tidy brings go.mod and go.sum of each module, go.work and go.work.sum up
// to date while the modules that need each other are not published yet.
//
//	GOWORK=off go -C test run ./tidy               write what is out of date
//	GOWORK=off go -C test run ./tidy -check        write nothing; exit 1 and say what is out of date
//	GOWORK=off go -C test run ./tidy -next v0.2.0  make v0.2.0 the version that siblings require
//
// It serves the tree as a module proxy (see [workspace.Proxy]) and runs go mod tidy
// without go.work, in dependency order: go.sum of a module holds the hashes of its
// siblings, go.sum included. So an edit of core changes the go.sum of every module
// that needs core, and tidy belongs to each commit. The hashes are those that the
// go command will find under the tags of that commit.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"

	"assay.rs/test/internal/workspace"
)

func main() {
	check := flag.Bool("check", false, "write nothing; exit 1 when something is out of date")
	next := flag.String("next", "", "version that siblings require (default: the one in go.work)")
	flag.Parse()
	if err := run(*check, *next); err != nil {
		fmt.Fprintf(os.Stderr, "tidy: %v\n", err)
		os.Exit(1)
	}
}

func run(check bool, next string) error {
	w, err := workspace.Open(".")
	if err != nil {
		return err
	}
	if next != "" {
		w.Next = next
	}
	scratch, err := os.MkdirTemp("", "assay-tidy-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)

	t := &tidier{workspace: w, scratch: scratch, check: check, proxy: workspace.Proxy{Dir: scratch + "/proxy", Version: w.Next}}
	var errs []error
	for _, m := range w.Modules {
		errs = append(errs, t.module(m))
	}
	errs = append(errs, t.work(), t.workSum())
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if check && t.stale > 0 {
		return fmt.Errorf("%d files are out of date: run task tidy and commit them", t.stale)
	}
	return nil
}
