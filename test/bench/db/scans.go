package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"assay.rs/test/internal/cost"
	"assay.rs/test/internal/scan"
)

const (
	scanTurns = 100
	scanRuns  = 7
)

// scans compares queries of many rows. What a program takes that makes none is left out.
func (b *bench) scans(ctx context.Context) error {
	b.printf("A query of %d rows with four columns: `db.query`, and database/sql in a Go program that scans them into structs, or into\n"+
		"`[]map[string]any`, which is what a script gets. CPU of the client and wall clock of a query; medians of %d runs of %d\n"+
		"queries that took turns. To reach: 2 times structs.\n\n", scan.Rows, scanRuns, scanTurns)
	b.printf("| database | | CPU ms | ratio to structs, to maps | wall ms | ratio to structs, to maps | RSS MB |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, d := range b.databases {
		if _, err := cost.Run(ctx, io.Discard, b.scan, d.driver, d.dsn, "fill", "1"); err != nil {
			return fmt.Errorf("fill %s: %w", d.name, err)
		}
		commands := [][]string{
			{b.scan, d.driver, d.dsn, "structs"}, {b.scan, d.driver, d.dsn, "maps"}, {b.assay, "run", b.file("scan.lua"), d.url},
		}
		costs, err := b.queries(ctx, commands)
		if err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
		for i, what := range []string{"structs", "maps", "assay"} {
			c := costs[i]
			b.printf("| %s | %s | %s | %s | %s | %s | %s |\n", d.name, what, milliseconds(c.CPU), ratios(c.CPU, costs[0].CPU, costs[1].CPU),
				milliseconds(c.Wall), ratios(c.Wall, costs[0].Wall, costs[1].Wall), cost.Megabytes(c.RSS))
		}
	}
	return nil
}

func milliseconds(d time.Duration) string {
	return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', 1, 64)
}

func ratios(of, structs, maps time.Duration) string {
	return fmt.Sprintf("%.2f, %.2f", float64(of)/float64(structs), float64(of)/float64(maps))
}

// queries is what one query costs each of the commands.
func (b *bench) queries(ctx context.Context, commands [][]string) ([]cost.Cost, error) {
	idle, busy := make([][]cost.Cost, len(commands)), make([][]cost.Cost, len(commands))
	for range scanRuns {
		for i, command := range commands {
			for turns, to := range map[int]*[]cost.Cost{0: &idle[i], scanTurns: &busy[i]} {
				c, err := cost.Run(ctx, io.Discard, command[0], append(command[1:len(command):len(command)], strconv.Itoa(turns))...)
				if err != nil {
					return nil, fmt.Errorf("%v: %w", command[1:], err)
				}
				*to = append(*to, c)
			}
		}
	}
	costs := make([]cost.Cost, len(commands))
	for i := range commands {
		none, all := cost.Median(idle[i]), cost.Median(busy[i])
		costs[i] = cost.Cost{CPU: (all.CPU - none.CPU) / scanTurns, Wall: (all.Wall - none.Wall) / scanTurns, RSS: all.RSS}
	}
	return costs, nil
}
