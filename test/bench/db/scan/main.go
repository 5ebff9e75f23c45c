// Command scan makes the queries that scan.lua makes, with database/sql.
//
//	scan DRIVER DSN fill|structs|maps TURNS
package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strconv"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx
	_ "modernc.org/sqlite"             // the driver sqlite

	"assay.rs/test/internal/scan"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "scan: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 4 {
		return fmt.Errorf("%d arguments: want DRIVER DSN fill|structs|maps TURNS", len(args))
	}
	do, ok := map[string]func(context.Context, *sql.DB) error{"fill": scan.Fill, "structs": scan.Structs, "maps": scan.Maps}[args[2]]
	if !ok {
		return fmt.Errorf("nothing is called %q", args[2])
	}
	turns, err := strconv.Atoi(args[3])
	if err != nil {
		return err
	}
	db, err := sql.Open(args[0], args[1])
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if err := db.PingContext(ctx); err != nil {
		return err
	}
	for range turns {
		if err := do(ctx, db); err != nil {
			return err
		}
	}
	return nil
}
