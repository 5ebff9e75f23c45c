// Command bench measures runs of checks beside a program that makes the same requests and does nothing
// else, and beside goss where that is installed. It prints a table and writes it to latest.md in its folder.
// Figures are medians of runs that take turns.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"assay.rs/test/internal/cost"
	"assay.rs/test/internal/release"
	"assay.rs/test/internal/workspace"
)

const (
	rounds   = 7
	parallel = 50
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

// row is one line of the table.
type row struct {
	name               string
	count              int
	floor, goss, assay cost.Cost
}

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
	slim := release.Binaries()[slices.IndexFunc(release.Binaries(), func(b release.Binary) bool { return b.Name == "assay-check" })]
	binary, err := slim.Build(ctx, w.Root, dir, false)
	if err != nil {
		return err
	}
	floor := filepath.Join(dir, "floor")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", floor, "./bench/floor")
	build.Dir, build.Env = filepath.Join(w.Root, "test"), append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build floor: %w\n%s", err, out)
	}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte(`{"status":"ok"}`)) }))
	defer server.Close()

	rows, err := measure(ctx, dir, binary, floor, server.URL)
	if err != nil {
		return err
	}
	table := render(rows)
	fmt.Print(table)
	return os.WriteFile(filepath.Join(w.Root, "test", "bench", "latest.md"), []byte(table), 0o600)
}

func measure(ctx context.Context, dir, binary, floor, url string) ([]row, error) {
	var rows []row
	for _, count := range []int{1, 200, 1000} {
		file, err := write(dir, count, func(i int) string {
			return fmt.Sprintf("{ name: c%d, type: http, url: %q, expect: { status: 200, json: '.status == \"ok\"' } }", i, url)
		})
		if err != nil {
			return nil, err
		}
		var ours, least, theirs []cost.Cost
		goss, err := forGoss(dir, url, count)
		if err != nil {
			return nil, err
		}
		for range rounds {
			if goss != nil {
				c, err := cost.Run(ctx, io.Discard, goss[0], goss[1:]...)
				if err != nil {
					return nil, err
				}
				theirs = append(theirs, c)
			}
			c, err := cost.Run(ctx, io.Discard, floor, url, strconv.Itoa(count), strconv.Itoa(min(parallel, count)))
			if err != nil {
				return nil, err
			}
			least = append(least, c)
			if c, err = runChecks(ctx, binary, file, count); err != nil {
				return nil, err
			}
			ours = append(ours, c)
		}
		r := row{name: "http", count: count, floor: cost.Median(least), assay: cost.Median(ours)}
		if goss != nil {
			r.goss = cost.Median(theirs)
		}
		rows = append(rows, r)
	}
	file, err := write(dir, 200, func(i int) string {
		return fmt.Sprintf("{ name: s%d, type: script, script: 'assert.eq(json.parse([[{\"n\": %d}]]).n, %d)' }", i, i, i)
	})
	if err != nil {
		return nil, err
	}
	var ours []cost.Cost
	for range rounds {
		c, err := runChecks(ctx, binary, file, 200)
		if err != nil {
			return nil, err
		}
		ours = append(ours, c)
	}
	return append(rows, row{name: "script", count: 200, assay: cost.Median(ours)}), nil
}

// forGoss is the command that runs the same checks with goss, or nothing where it is not installed.
func forGoss(dir, url string, count int) ([]string, error) {
	goss, err := exec.LookPath("goss")
	if err != nil {
		return nil, nil //nolint:nilerr // a yardstick that is left out
	}
	var b strings.Builder
	b.WriteString("http:\n")
	for i := range count {
		fmt.Fprintf(&b, "  c%d: { url: %q, status: 200, body: [status] }\n", i, url)
	}
	file := filepath.Join(dir, fmt.Sprintf("goss-%d.yaml", count))
	return []string{goss, "-g", file, "validate", "--max-concurrent", strconv.Itoa(min(parallel, count)), "--format", "json"}, os.WriteFile(file, []byte(b.String()), 0o600)
}

// write makes a check file of count checks.
func write(dir string, count int, check func(i int) string) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "parallel: %d\nchecks:\n", min(parallel, count))
	for i := range count {
		b.WriteString("  - " + check(i) + "\n")
	}
	file := filepath.Join(dir, fmt.Sprintf("%d.yaml", count))
	return file, os.WriteFile(file, []byte(b.String()), 0o600)
}

// runChecks runs a file and holds its document against what must be in it.
func runChecks(ctx context.Context, binary, file string, count int) (cost.Cost, error) {
	var out strings.Builder
	c, err := cost.Run(ctx, &out, binary, "--quiet", file)
	if err != nil {
		return c, fmt.Errorf("%w\n%s", err, out.String())
	}
	var document struct {
		Passed bool
		Checks []struct {
			Name   string
			Passed bool
		}
	}
	if err := json.Unmarshal([]byte(out.String()), &document); err != nil {
		return c, err
	}
	if !document.Passed || len(document.Checks) != count {
		return c, fmt.Errorf("%d checks, passed %v; want %d, all passed", len(document.Checks), document.Passed, count)
	}
	for i, check := range document.Checks {
		if !check.Passed || check.Name[1:] != strconv.Itoa(i) {
			return c, fmt.Errorf("check %d is %s, passed %v", i, check.Name, check.Passed)
		}
	}
	return c, nil
}

func render(rows []row) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Runs of assay-check, %d at a time, beside a program that only makes the requests; medians of %d runs that took turns.\n\n", parallel, rounds)
	b.WriteString("| checks | wall ms | CPU ms | floor CPU ms | CPU ratio | CPU ms a check | RSS MB | floor RSS MB | goss CPU ms | of goss |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, r := range rows {
		floorCPU, ratio, floorRSS, gossCPU, ofGoss := "-", "-", "-", "-", "-"
		if r.floor.CPU > 0 {
			floorCPU, ratio, floorRSS = cost.Milliseconds(r.floor.CPU), fmt.Sprintf("%.2f", float64(r.assay.CPU)/float64(r.floor.CPU)), cost.Megabytes(r.floor.RSS)
		}
		if r.goss.CPU > 0 {
			gossCPU, ofGoss = cost.Milliseconds(r.goss.CPU), fmt.Sprintf("%.2f", float64(r.assay.CPU)/float64(r.goss.CPU))
		}
		fmt.Fprintf(&b, "| %d %s | %s | %s | %s | %s | %.2f | %s | %s | %s | %s |\n", r.count, r.name, cost.Milliseconds(r.assay.Wall), cost.Milliseconds(r.assay.CPU), floorCPU, ratio,
			float64(r.assay.CPU)/float64(time.Millisecond)/float64(r.count), cost.Megabytes(r.assay.RSS), floorRSS, gossCPU, ofGoss)
	}
	return b.String()
}
