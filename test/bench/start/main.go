// Command start measures how long it takes to run a script of one line, beside other programs that do. It
// prints a table and writes it to latest.md in its folder. What is not installed is left out.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"assay.rs/test/internal/cost"
	"assay.rs/test/internal/stage"
)

const rounds = 41

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

// program is a command line that prints a word; reach is the most that assay may take of it, as the table says.
type program struct {
	name, reach string
	line        []string
}

func run(ctx context.Context) error {
	s, err := stage.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	assay, err := s.Binary(ctx, "assay")
	if err != nil {
		return err
	}
	script := filepath.Join(s.Dir, "hello.lua")
	if err := os.WriteFile(script, []byte("print('hello')\n"), 0o600); err != nil {
		return err
	}
	programs := []program{{"assay", "-", []string{assay, script}}}
	for _, p := range []program{
		{"true", "5", []string{"true"}},
		{"lua5.4", "4", []string{"lua5.4", script}},
		{"lua5.1", "-", []string{"lua5.1", script}},
		{"python3", "0.1", []string{"/usr/bin/python3", "-c", "print('hello')"}},
		{"node", "0.056", []string{"node", "-e", "console.log('hello')"}},
	} {
		if _, err := exec.LookPath(p.line[0]); err == nil {
			programs = append(programs, p)
		}
	}
	costs, err := measure(ctx, programs)
	if err != nil {
		return err
	}
	return s.Publish("start", render(programs, costs))
}

func measure(ctx context.Context, programs []program) ([]cost.Cost, error) {
	all := make([][]cost.Cost, len(programs))
	for range rounds {
		for i, p := range programs {
			c, err := cost.Run(ctx, io.Discard, p.line[0], p.line[1:]...)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", p.name, err)
			}
			all[i] = append(all[i], c)
		}
	}
	medians := make([]cost.Cost, len(programs))
	for i := range all {
		medians[i] = cost.Median(all[i])
	}
	return medians, nil
}

func render(programs []program, costs []cost.Cost) string {
	var b strings.Builder
	fmt.Fprintf(&b, "A script of one line, the whole process; medians of %d runs that took turns.\n\n", rounds)
	b.WriteString("| program | wall ms | CPU ms | RSS MB | assay takes, of its time | reach |\n| --- | --- | --- | --- | --- | --- |\n")
	for i, p := range programs {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %.3f | %s |\n", p.name, tenths(costs[i].Wall), tenths(costs[i].CPU), cost.Megabytes(costs[i].RSS),
			float64(costs[0].Wall)/float64(costs[i].Wall), p.reach)
	}
	return b.String()
}

func tenths(d time.Duration) string {
	return fmt.Sprintf("%.1f", float64(d)/float64(time.Millisecond))
}
