// Command db measures db.query beside database/sql, and examples/notes under load, on SQLite and on
// PostgreSQL. It prints tables and writes them to latest.md in its folder. It needs wrk and PostgreSQL.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"assay.rs/test/internal/release"
	"assay.rs/test/internal/workspace"
	"assay.rs/test/servers"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

// bench is what is measured, and the tables so far.
type bench struct {
	root, dir, assay, scan string
	databases              []database
	text                   strings.Builder
}

// database is one as scripts and Go programs name it.
type database struct{ name, url, driver, dsn string }

func run(ctx context.Context) error {
	w, err := workspace.Open(".")
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "assay-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	h := &host{ctx: ctx}
	defer h.end()
	postgres, err := start(h, servers.Postgres)
	if err != nil {
		return err
	}
	file, url := filepath.Join(dir, "bench.db"), postgres.URL("sslmode=disable")
	b := &bench{root: w.Root, dir: dir, databases: []database{
		{"SQLite", "sqlite://" + file, "sqlite", file}, {"PostgreSQL", url, "pgx", url},
	}}
	for _, step := range []func(context.Context) error{b.build, b.scans, b.notes} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	fmt.Print(b.text.String())
	return os.WriteFile(b.file("latest.md"), []byte(b.text.String()), 0o600)
}

func (b *bench) file(name string) string { return filepath.Join(b.root, "test", "bench", "db", name) }

func (b *bench) build(ctx context.Context) (err error) {
	full := release.Binaries()[slices.IndexFunc(release.Binaries(), func(b release.Binary) bool { return b.Name == "assay" })]
	if b.assay, err = full.Build(ctx, b.root, b.dir, false); err != nil {
		return err
	}
	b.scan = filepath.Join(b.dir, "scan")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", b.scan, "./bench/db/scan")
	build.Dir, build.Env = filepath.Join(b.root, "test"), append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build scan: %w\n%s", err, out)
	}
	return nil
}

func (b *bench) printf(format string, args ...any) { fmt.Fprintf(&b.text, format, args...) }
