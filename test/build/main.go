// Command build builds the binaries as they are shipped, into bin/ of the
// workspace, prints their sizes, and fails when one is over its budget.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"assay.rs/deploy/release"
	"assay.rs/test/internal/workspace"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n", err)
		os.Exit(1)
	}
}

func run() error {
	w, err := workspace.Open(".")
	if err != nil {
		return err
	}
	bin := filepath.Join(w.Root, "bin")
	var errs []error
	fmt.Printf("%-12s %12s %12s %12s %12s\n", "binary", "bytes", "budget", "gzip -9", "budget")
	for _, b := range release.Binaries() {
		name, err := b.Build(context.Background(), w.Root, bin, release.Target{})
		if err != nil {
			return err
		}
		plain, zipped, err := release.Sizes(name)
		if err != nil {
			return err
		}
		fmt.Printf("%-12s %12d %12d %12d %12d\n", b.Name, plain, b.Budget, zipped, b.Zipped)
		errs = append(errs, b.Over(plain, zipped))
	}
	return errors.Join(errs...)
}
