// Command site writes the documentation as a static web site: no server, no tracker, and a search that works offline.
//
//	go -C deploy run ./site -out ../dist/site
//
// A page is a Markdown file of docs/, or of the root; its links lead to the pages of the site, and to a copy of any other
// file of the repository. A link that leads nowhere is an error.
package main

import (
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"assay.rs/deploy/release"
)

//go:embed assets
var assets embed.FS

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "site: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("site", flag.ContinueOnError)
	out := flags.String("out", "", "folder to write into; dist/site of the workspace unless it is given")
	playground := flags.Bool("playground", false, "link to the page that ./playground writes into the folder's playground/")
	if err := flags.Parse(args); err != nil {
		return err
	}
	root, err := release.WorkspaceRoot(ctx)
	if err != nil {
		return err
	}
	if *out == "" {
		*out = filepath.Join(root, "dist", "site")
	}
	s := newSite(root)
	if err := s.read(); err != nil {
		return err
	}
	s.playground = *playground
	if err := s.write(*out); err != nil {
		return err
	}
	fmt.Printf("%d pages in %s\n", len(s.pages), *out)
	return nil
}
