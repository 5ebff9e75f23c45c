// Command playground builds a page that runs scripts in the browser, with an editor that knows assay: the language server and
// the runtime are compiled to WebAssembly. It needs npm, for the editor.
//
//	go -C deploy run ./playground -out ../dist/site/playground
package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"

	"assay.rs/deploy/release"
)

//go:embed web
var web embed.FS

// most is what the two programs may weigh together, with gzip -9.
const most = 6_000_000

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "playground: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("playground", flag.ContinueOnError)
	out := flags.String("out", "", "folder to write into; dist/site/playground of the workspace unless it is given")
	if err := flags.Parse(args); err != nil {
		return err
	}
	root, err := release.WorkspaceRoot(ctx)
	if err != nil {
		return err
	}
	if *out == "" {
		*out = filepath.Join(root, "dist", "site", "playground")
	}
	into, err := filepath.Abs(*out)
	if err != nil {
		return err
	}
	if err := errors.Join(os.RemoveAll(into), os.MkdirAll(into, 0o755)); err != nil {
		return err
	}
	if err := programs(ctx, root, into); err != nil {
		return err
	}
	return page(ctx, into)
}

// programs compiles the runtime and the language server, and copies what starts them.
func programs(ctx context.Context, root, into string) error {
	var total int64
	for name, pkg := range map[string]string{"assay.wasm": "./tool/playground", "assay-lsp.wasm": "./cmd/assay-lsp"} {
		file := filepath.Join(into, name)
		cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-gcflags=all=-l", "-ldflags=-s -w", "-o", file, pkg)
		cmd.Dir, cmd.Env = root, append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
		if said, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("build %s: %w\n%s", name, err, said)
		}
		plain, zipped, err := release.Sizes(file)
		if err != nil {
			return err
		}
		fmt.Printf("%-16s %10d %10d with gzip -9\n", name, plain, zipped)
		total += zipped
	}
	if total > most {
		return fmt.Errorf("the programs weigh %d bytes with gzip -9, the budget is %d", total, most)
	}
	goroot, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(goroot)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(into, "wasm_exec.js"), text, 0o644)
}

// page bundles the editor with the scripts of the page.
func page(ctx context.Context, into string) error {
	scratch, err := os.MkdirTemp("", "playground")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	files, err := fs.Sub(web, "web")
	if err != nil {
		return err
	}
	if err := os.CopyFS(scratch, files); err != nil {
		return err
	}
	for _, line := range [][]string{
		{"npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"},
		{filepath.Join(scratch, "node_modules", ".bin", "esbuild"), "page.mjs", "--bundle", "--minify", "--target=es2022", "--legal-comments=linked", "--outfile=" + filepath.Join(into, "playground.js")},
	} {
		cmd := exec.CommandContext(ctx, line[0], line[1:]...)
		cmd.Dir = scratch
		if said, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(line[:2], " "), err, bytes.TrimSpace(said))
		}
	}
	for _, name := range []string{"index.html", "playground.css", "worker.js"} {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(into, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
