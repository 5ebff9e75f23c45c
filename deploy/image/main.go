// Command image builds the container images, as they are shipped, without a container engine.
//
//	go -C deploy run ./image                       writes OCI layouts into dist/image, and prints digests and sizes
//	go -C deploy run ./image -push host/assay      pushes them to host/assay/assay and host/assay/assay-check too
//
// Each image has one file system layer: the binary, the CA bundle, the time zones, /tmp and a user that is not root.
// An index joins its platforms; one with gzip layers is for every registry and engine, one with zstd layers (its tag
// ends in -zstd) is smaller. An SBOM (SPDX 2.3) and the provenance (SLSA 1.0) refer to each image as its referrers. The
// same commit gives the same digests.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"assay.rs/deploy/release"
	"github.com/google/go-containerregistry/pkg/v1/layout"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "image: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("image", flag.ContinueOnError)
	out := flags.String("out", "", "folder to write OCI layouts into; dist/image of the workspace unless it is given")
	push := flags.String("push", "", "registry and path to push to, as in registry.example/assay")
	tag := flags.String("tag", "", "tag of the images; the version of the commit unless it is given")
	platforms := flags.String("platform", "linux/amd64,linux/arm64", "platforms, joined by commas")
	only := flags.String("only", "", "name of the one binary to make an image of")
	insecure := flags.Bool("insecure", false, "push without TLS")
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
	if *tag == "" {
		*tag = src.Version()
	}
	if *out == "" {
		*out = filepath.Join(root, "dist", "image")
	}
	fmt.Printf("%-12s %-12s %-6s %12s  %s\n", "image", "platform", "layer", "pull bytes", "digest")
	built := 0
	for _, b := range release.Binaries() {
		if !b.Image || *only != "" && b.Name != *only {
			continue
		}
		built++
		set, err := build(ctx, root, b, strings.Split(*platforms, ","), src)
		if err != nil {
			return err
		}
		if err := set.write(layout.Path(filepath.Join(*out, b.Name)), *tag); err != nil {
			return fmt.Errorf("write the images of %s: %w", b.Name, err)
		}
		if err := set.print(); err != nil {
			return err
		}
		if *push != "" {
			if err := set.push(ctx, *push+"/"+b.Name, *tag, *insecure); err != nil {
				return fmt.Errorf("push %s: %w", b.Name, err)
			}
		}
	}
	if built == 0 {
		return fmt.Errorf("-only %s: no such image", *only)
	}
	return nil
}
