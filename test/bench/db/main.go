// Command db measures db.query beside database/sql, and examples/notes under load, on SQLite and on
// PostgreSQL. It prints tables and writes them to latest.md in its folder. It needs wrk and PostgreSQL.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"assay.rs/test/internal/stage"
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
	*stage.Stage

	assay, scan string
	databases   []database
	text        strings.Builder
}

// database is one as scripts and Go programs name it.
type database struct{ name, url, driver, dsn string }

func run(ctx context.Context) error {
	s, err := stage.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	h := &host{ctx: ctx}
	defer h.end()
	postgres, err := start(h, servers.Postgres)
	if err != nil {
		return err
	}
	file, url := filepath.Join(s.Dir, "bench.db"), postgres.URL("sslmode=disable")
	b := &bench{Stage: s, databases: []database{
		{"SQLite", "sqlite://" + file, "sqlite", file}, {"PostgreSQL", url, "pgx", url},
	}}
	for _, step := range []func(context.Context) error{b.build, b.scans, b.notes} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return s.Publish("db", b.text.String())
}

func (b *bench) file(name string) string { return filepath.Join(b.Root, "test", "bench", "db", name) }

func (b *bench) build(ctx context.Context) (err error) {
	if b.assay, err = b.Binary(ctx, "assay"); err != nil {
		return err
	}
	b.scan, err = b.Program(ctx, "./bench/db/scan")
	return err
}

func (b *bench) printf(format string, args ...any) { fmt.Fprintf(&b.text, format, args...) }
