// Command soak puts an even load on a service for a long time and tells what grows. It prints a table and
// fails when descriptors, threads or memory do not stay where they were.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"assay.rs/test/internal/load"
	"assay.rs/test/internal/release"
	"assay.rs/test/internal/workspace"
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
	w, err := workspace.Open(".")
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "assay-soak-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	full := release.Binaries()[slices.IndexFunc(release.Binaries(), func(b release.Binary) bool { return b.Name == "assay" })]
	binary, err := full.Build(ctx, w.Root, dir, false)
	if err != nil {
		return err
	}
	server, err := load.Start(ctx, "assay", binary, "--log-level=error", filepath.Join(w.Root, "test", "bench", "soak", "service.lua"))
	if err != nil {
		return err
	}
	defer server.Stop()
	var c counts
	samples := soak(ctx, server, length, rate, &c)
	fmt.Print("| after | resident MB | Lua MB | descriptors | threads | tasks |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, s := range samples {
		fmt.Printf("| %s | %.1f | %.1f | %d | %d | %d |\n", s.at.Round(time.Second), float64(s.resident)/1e6, float64(s.memory)/1e6, s.files, s.threads, s.tasks)
	}
	fmt.Printf("\n%d requests as they should be, %d not\n", c.right.Load(), c.wrong.Load())
	return judge(samples, &c)
}

// counts are how the answers were.
type counts struct{ right, wrong atomic.Int64 }

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

// one makes a request of some kind; one in a hundred is an error, and one in two thousand does not end.
func one(ctx context.Context, client *http.Client, server *load.Server, c *counts) {
	kinds := []string{"/", "/", "/", "/sleep", "/self", "/events", "/talk", "/rows"}
	path, want := kinds[rand.IntN(len(kinds))], http.StatusOK
	switch n := rand.IntN(2000); {
	case n == 0:
		path, want = "/loop", http.StatusServiceUnavailable
	case n < 20:
		path, want = "/raise", http.StatusInternalServerError
	}
	method, body := http.MethodGet, ""
	if path == "/rows" {
		method, body = http.MethodPost, `{"text": "`+strings.Repeat("x", rand.IntN(2000))+`"}`
	}
	req, err := http.NewRequestWithContext(ctx, method, server.URL(path), strings.NewReader(body))
	if err != nil {
		c.wrong.Add(1)
		return
	}
	answer, err := client.Do(req)
	if err != nil {
		c.wrong.Add(1)
		return
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != want {
		c.wrong.Add(1)
		return
	}
	c.right.Add(1)
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
		problems = append(problems, fmt.Errorf("%d requests were not answered as they should be", n))
	}
	if last := samples[len(samples)-1]; last.tasks != 1 {
		problems = append(problems, fmt.Errorf("%d tasks are left, want that of the script", last.tasks))
	}
	return errors.Join(problems...)
}
