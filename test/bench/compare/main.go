// Command compare runs one job with assay and with what teams use for it else: a URL must answer 200 with a JSON document
// whose status is "ok". The first two of three answers are 503. It prints a table and writes it to latest.md in its folder.
// What is not installed is left out, and named.
package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"assay.rs/test/internal/cost"
	"assay.rs/test/internal/stage"
)

const rounds = 21

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

// tool does the job.
type tool struct {
	name string
	file string   // the job, in the folder jobs
	line []string // FILE and URL stand for the job and the address
	with []string // further programs and folders that it needs
}

func tools(assay, check string) []tool {
	return []tool{
		{"assay-check", "checks.yaml", []string{check, "FILE"}, nil},
		{"assay, checks", "checks.yaml", []string{assay, "FILE"}, nil},
		{"assay, script", "script.lua", []string{assay, "FILE", "URL"}, nil},
		{"shell, curl, jq", "check.sh", []string{"sh", "FILE", "URL"}, []string{"curl", "jq", "sleep"}},
		{"Python", "check.py", []string{"python3", "FILE", "URL"}, []string{"LIBRARY"}},
		{"Node.js", "check.mjs", []string{"node", "FILE", "URL"}, nil},
		{"Deno", "check.mjs", []string{"deno", "run", "--allow-net", "FILE", "URL"}, nil},
		{"goss", "goss.yaml", []string{"goss", "--gossfile", "FILE", "validate", "--format", "json", "--retry-timeout", "5s", "--sleep", "50ms"}, nil},
		{"hurl", "check.hurl", []string{"hurl", "--test", "--variable", "url=URL", "FILE"}, nil},
	}
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
	check, err := s.Binary(ctx, "assay-check")
	if err != nil {
		return err
	}
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if asked.Add(1)%3 != 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_, _ = io.WriteString(w, `{"status":"ok"}`) // a client that is gone will fail the run
	}))
	defer server.Close()
	if err := os.Setenv("URL", server.URL); err != nil {
		return err
	}
	jobs := filepath.Join(s.Root, "test", "bench", "compare", "jobs")
	var found []tool
	var missing []string
	for _, t := range tools(assay, check) {
		if _, err := exec.LookPath(t.line[0]); err != nil {
			missing = append(missing, t.name)
			continue
		}
		for i, word := range t.line {
			t.line[i] = strings.NewReplacer("FILE", filepath.Join(jobs, t.file), "URL", server.URL).Replace(word)
		}
		found = append(found, t)
	}
	all := make([][]cost.Cost, len(found))
	for range rounds {
		for i, t := range found {
			asked.Store(0)
			c, err := cost.Run(ctx, io.Discard, t.line[0], t.line[1:]...)
			if err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
			if n := asked.Load(); n != 3 {
				return fmt.Errorf("%s made %d requests, want 3", t.name, n)
			}
			all[i] = append(all[i], c)
		}
	}
	text, err := render(found, all, jobs)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		text += "\nNot installed where this was measured: " + strings.Join(missing, ", ") + ".\n"
	}
	return s.Publish("compare", text)
}

func render(found []tool, all [][]cost.Cost, jobs string) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "A check of a URL that answers at the third attempt, with pauses of 50 ms (the checks of assay: 50 and 100): the whole process; medians of %d runs that took turns. Size is the\n"+
		"program with its shared libraries and its standard library, gzipped: what an image has to hold, without the rest of a system.\n\n", rounds)
	b.WriteString("| tool | lines | wall ms | CPU ms | RSS MB | size MB |\n| --- | ---: | ---: | ---: | ---: | ---: |\n")
	for i, t := range found {
		lines, err := linesOf(filepath.Join(jobs, t.file))
		if err != nil {
			return "", err
		}
		size, err := sizeOf(t)
		if err != nil {
			return "", err
		}
		m := cost.Median(all[i])
		fmt.Fprintf(&b, "| %s | %d | %s | %s | %s | %s |\n", t.name, lines, tenths(m.Wall), tenths(m.CPU), cost.Megabytes(m.RSS), cost.Megabytes(size))
	}
	return b.String(), nil
}

// linesOf counts the lines of a job that are neither empty nor a comment.
func linesOf(file string) (int, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "//") && !strings.HasPrefix(line, "--") {
			n++
		}
	}
	return n, nil
}

// sizeOf is what the files of a tool take when they are packed.
func sizeOf(t tool) (int64, error) {
	files := map[string]bool{}
	for _, name := range append([]string{t.line[0]}, t.with...) {
		if name == "LIBRARY" {
			if err := addLibrary(files); err != nil {
				return 0, err
			}
			continue
		}
		program, err := exec.LookPath(name)
		if err != nil {
			return 0, err
		}
		files[program] = true
		// A static program has none, which ldd calls an error.
		libraries, _ := exec.Command("ldd", program).Output()
		for _, m := range regexp.MustCompile(`(/\S+) \(0x`).FindAllSubmatch(libraries, -1) {
			files[string(m[1])] = true
		}
	}
	var total counter
	z, err := gzip.NewWriterLevel(&total, gzip.BestCompression)
	if err != nil {
		return 0, err
	}
	for file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return 0, err
		}
		if _, err := z.Write(data); err != nil {
			return 0, err
		}
	}
	return int64(total), errors.Join(z.Close())
}

// addLibrary adds the standard library of Python, without tests and installed packages.
func addLibrary(files map[string]bool) error {
	out, err := exec.Command("python3", "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))").Output()
	if err != nil {
		return err
	}
	return filepath.WalkDir(strings.TrimSpace(string(out)), func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "test" || d.Name() == "site-packages" || d.Name() == "dist-packages" || strings.HasPrefix(d.Name(), "config-")):
			return fs.SkipDir
		case d.Type().IsRegular():
			files[name] = true
		}
		return nil
	})
}

type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

func tenths(d time.Duration) string {
	return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', 1, 64)
}
