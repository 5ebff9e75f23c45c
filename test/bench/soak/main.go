// Command soak puts an even load on a service for a long time, checks each answer, and tells what grows. It
// prints a table, writes it to latest.md in its folder, and fails when descriptors, threads or memory do not
// stay where they were.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"assay.rs/test/internal/load"
	"assay.rs/test/internal/stage"
)

func main() {
	length := flag.Duration("for", 10*time.Minute, "how long")
	rate := flag.Int("rate", 200, "requests a second")
	flag.Parse()
	if err := run(context.Background(), *length, *rate); err != nil {
		fmt.Fprintf(os.Stderr, "soak: %v\n", err)
		os.Exit(1)
	}
}

// sample is what the service had at one moment.
type sample struct {
	at             time.Duration
	resident       int64
	files          int
	threads, tasks int64
	memory         int64 // of Lua
}

func run(ctx context.Context, length time.Duration, rate int) error {
	s, err := stage.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	binary, err := s.Binary(ctx, "assay")
	if err != nil {
		return err
	}
	script := filepath.Join(s.Root, "test", "bench", "soak", "service.lua")
	server, err := load.Start(ctx, "assay", binary, "--log-level=error", script, filepath.Join(s.Dir, "soak.db"))
	if err != nil {
		return err
	}
	defer server.Stop()
	var c counts
	samples := soak(ctx, server, length, rate, &c)
	judged := judge(samples, &c)
	return errors.Join(judged, s.Publish("soak", write(samples, &c, length, rate, judged)))
}

// write is the table, and what came of it.
func write(samples []sample, c *counts, length time.Duration, rate int, judged error) string {
	var b strings.Builder
	fmt.Fprintf(&b, "A service with a database, templates, WebSockets and event streams under %d requests a second for %s; one in a hundred fails as asked.\n\n", rate, length)
	b.WriteString("| after | resident MB | Lua MB | descriptors | threads | tasks |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, s := range samples {
		fmt.Fprintf(&b, "| %s | %.1f | %.1f | %d | %d | %d |\n", s.at.Round(time.Second), float64(s.resident)/1e6, float64(s.memory)/1e6, s.files, s.threads, s.tasks)
	}
	fmt.Fprintf(&b, "\n%d requests were answered as they should be, %d not.\n", c.right.Load(), c.wrong.Load())
	if judged == nil {
		b.WriteString("Nothing grows.\n")
	}
	return b.String()
}

func soak(ctx context.Context, server *load.Server, length time.Duration, rate int, c *counts) []sample {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: 20 * time.Second}
	within, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	var all sync.WaitGroup
	var samples []sample
	began := time.Now()
	tick, look := time.NewTicker(time.Second/time.Duration(rate)), time.NewTicker(max(length/20, time.Second))
	defer tick.Stop()
	defer look.Stop()
	for within.Err() == nil {
		select {
		case <-within.Done():
		case <-tick.C:
			all.Go(func() { one(ctx, client, server, c) })
		case <-look.C:
			samples = append(samples, take(ctx, client, server, time.Since(began)))
		}
	}
	all.Wait()
	return append(samples, take(ctx, client, server, time.Since(began)))
}

func take(ctx context.Context, client *http.Client, server *load.Server, at time.Duration) sample {
	s := sample{at: at, resident: server.Resident(), files: server.Files(), threads: server.Threads()}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL("/metrics"), http.NoBody)
	if err != nil {
		return s
	}
	answer, err := client.Do(req)
	if err != nil {
		return s
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	s.tasks, s.memory = figure(text, "assay_tasks"), figure(text, "assay_lua_memory_bytes")
	return s
}

func figure(text []byte, name string) int64 {
	found := regexp.MustCompile(`(?m)^` + name + ` (\d+)$`).FindSubmatch(text)
	if found == nil {
		return -1
	}
	n, _ := strconv.ParseInt(string(found[1]), 10, 64)
	return n
}

// What may grow between the first half and the second.
const (
	moreMemory  = 16 << 20
	moreFiles   = 40
	moreThreads = 10
)

// judge compares the most of the first half with the most of the second.
func judge(samples []sample, c *counts) error {
	half := len(samples) / 2
	if half == 0 {
		return errors.New("too short to tell")
	}
	most := func(part []sample, of func(sample) int64) int64 {
		return of(slices.MaxFunc(part, func(a, b sample) int { return int(of(a) - of(b)) }))
	}
	var problems []error
	for _, one := range []struct {
		name string
		more int64
		of   func(sample) int64
	}{
		{"resident bytes", moreMemory, func(s sample) int64 { return s.resident }},
		{"descriptors", moreFiles, func(s sample) int64 { return int64(s.files) }},
		{"threads", moreThreads, func(s sample) int64 { return s.threads }},
	} {
		if before, after := most(samples[:half], one.of), most(samples[half:], one.of); after > before+one.more {
			problems = append(problems, fmt.Errorf("%s grew from %d to %d", one.name, before, after))
		}
	}
	if n := c.wrong.Load(); n > 0 {
		problems = append(problems, fmt.Errorf("%d requests were not answered as they should be; the first: %s", n, *c.first.Load()))
	}
	if last := samples[len(samples)-1]; last.tasks != 1 {
		problems = append(problems, fmt.Errorf("%d tasks are left, want that of the script", last.tasks))
	}
	return errors.Join(problems...)
}
