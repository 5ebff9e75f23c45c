// Command serve measures http.serve beside chi and node, and under attack. It prints a table and writes it to
// latest.md in its folder. Rates are medians of rounds that took turns. It needs wrk, slowhttptest and node.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"assay.rs/test/internal/load"
	"assay.rs/test/internal/stage"
)

const (
	rounds = 5
	length = 3 * time.Second
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

// bench is the folder of the binaries, and the table so far.
type bench struct {
	*stage.Stage

	assay, service string
	table          strings.Builder
}

func run(ctx context.Context) error {
	s, err := stage.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	binary, err := s.Binary(ctx, "assay")
	if err != nil {
		return err
	}
	b := &bench{Stage: s, assay: binary, service: filepath.Join(s.Root, "test", "bench", "serve", "service.lua")}
	b.table.WriteString("http.serve on loopback, beside chi on net/http and node; medians of rounds that took turns.\n\n" +
		"| what | measured | reach |\n| --- | --- | --- |\n")
	for _, measure := range []func(context.Context) error{b.rates, b.sleeping, b.idle, b.endless, b.raising, b.slow} {
		if err := measure(ctx); err != nil {
			return err
		}
	}
	return s.Publish("serve", b.table.String())
}

func (b *bench) row(what, reach, format string, args ...any) {
	fmt.Fprintf(&b.table, "| %s | %s | %s |\n", what, fmt.Sprintf(format, args...), reach)
}

func (b *bench) start(ctx context.Context) (*load.Server, error) {
	return load.Start(ctx, "assay", b.assay, b.service)
}

// rates compares a trivial handler.
func (b *bench) rates(ctx context.Context) error {
	chi, err := b.Program(ctx, "./bench/chi")
	if err != nil {
		return err
	}
	var servers []*load.Server
	for _, p := range [][]string{{"assay", b.assay, b.service}, {"chi", chi}, {"node", "node", filepath.Join(b.Root, "test", "bench", "serve", "server.js")}} {
		server, err := load.Start(ctx, p[0], p[1], p[2:]...)
		if err != nil {
			return err
		}
		defer server.Stop()
		servers = append(servers, server)
	}
	rates := make([][]load.Rate, len(servers))
	for round := range rounds + 1 {
		for i, server := range servers {
			r, err := server.Wrk(ctx, "/", 32, length)
			if err != nil {
				return err
			}
			if r.Failed {
				return fmt.Errorf("%s failed under load", server.Name)
			}
			if round > 0 { // the first one warms up
				rates[i] = append(rates[i], r)
			}
		}
	}
	ours, chiRate, node := load.Median(rates[0]), load.Median(rates[1]), load.Median(rates[2])
	b.row("trivial JSON, requests/s: assay, chi, node", "", "%.0f, %.0f, %.0f", ours.PerSecond, chiRate.PerSecond, node.PerSecond)
	b.row("ratio to chi", ">= 0.8", "%.2f", ours.PerSecond/chiRate.PerSecond)
	b.row("ratio to node", ">= 1.4", "%.2f", ours.PerSecond/node.PerSecond)
	b.row("CPU a request: assay, chi, node", "", "%s, %s, %s", micro(ours.CPU), micro(chiRate.CPU), micro(node.CPU))
	return nil
}

func micro(d time.Duration) string {
	return fmt.Sprintf("%.1f µs", float64(d)/float64(time.Microsecond))
}

// sleeping has a thousand connections whose handlers wait.
func (b *bench) sleeping(ctx context.Context) error {
	server, err := b.start(ctx)
	if err != nil {
		return err
	}
	defer server.Stop()
	var rates []load.Rate
	for range 3 {
		r, err := server.Wrk(ctx, "/sleep", 1000, 5*time.Second)
		if err != nil {
			return err
		}
		rates = append(rates, r)
	}
	b.row("1,000 connections, handler sleeps 50 ms, requests/s", ">= 10,000", "%.0f", load.Median(rates).PerSecond)
	return nil
}

// idle opens connections that have made one request and wait.
func (b *bench) idle(ctx context.Context) error {
	const n = 10_000
	server, err := b.start(ctx)
	if err != nil {
		return err
	}
	defer server.Stop()
	if _, err := server.Wrk(ctx, "/", 32, time.Second); err != nil {
		return err
	}
	before := server.Resident()
	dialer := &net.Dialer{}
	for i := range n {
		conn, err := dialer.DialContext(ctx, "tcp", "127.0.0.1:"+server.Port)
		if err != nil {
			return fmt.Errorf("connection %d: %w (ulimit -n?)", i, err)
		}
		defer conn.Close()
		if _, err := fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			return err
		}
		if _, err := conn.Read(make([]byte, 4096)); err != nil {
			return err
		}
	}
	after := server.Resident()
	took, failed := server.Latencies(ctx, "/", 4, 10*time.Millisecond, 2*time.Second)
	b.row("10,000 idle connections, resident", "< 350 MB, <= 25 KB each", "%.0f MB, %.1f KB each", float64(after)/1e6, float64(after-before)/n/1000)
	b.row("the same, p99 of another client, failed", "", "%s, %d", load.Percentile(took, 99).Round(100*time.Microsecond), failed)
	return nil
}

// endless has one handler after another in a loop that does not end.
func (b *bench) endless(ctx context.Context) error {
	server, err := b.start(ctx)
	if err != nil {
		return err
	}
	defer server.Stop()
	loop, stop := context.WithCancel(ctx)
	defer stop()
	go server.Latencies(loop, "/loop", 1, 0, time.Minute)
	took, failed := server.Latencies(ctx, "/", 8, 20*time.Millisecond, 10*time.Second)
	b.row("p99 of others beside an endless loop, failed", "< 100 ms, 0", "%s, %d of %d", load.Percentile(took, 99).Round(time.Millisecond), failed, len(took))
	return nil
}

// raising has handlers that raise among others.
func (b *bench) raising(ctx context.Context) error {
	server, err := b.start(ctx)
	if err != nil {
		return err
	}
	defer server.Stop()
	raise, stop := context.WithCancel(ctx)
	defer stop()
	go server.Latencies(raise, "/raise", 2, 5*time.Millisecond, time.Minute)
	took, failed := server.Latencies(ctx, "/", 16, 0, 5*time.Second)
	b.row("others lost beside handlers that raise", "0 of 10,000", "%d of %d", failed, len(took))
	return nil
}

// slow has a thousand clients that send their header a little at a time.
func (b *bench) slow(ctx context.Context) error {
	server, err := b.start(ctx)
	if err != nil {
		return err
	}
	defer server.Stop()
	attack := exec.CommandContext(ctx, "slowhttptest", "-H", "-c", "1000", "-r", "1000", "-i", "2", "-l", "14", "-x", "10", "-p", "5", "-u", server.URL("/"))
	if err := attack.Start(); err != nil {
		return err
	}
	for begun := time.Now(); server.Files() < 1000; time.Sleep(10 * time.Millisecond) {
		if time.Since(begun) > 10*time.Second {
			return fmt.Errorf("only %d connections after 10s", server.Files())
		}
	}
	began := time.Now() // all are there
	took, failed := server.Latencies(ctx, "/", 4, 20*time.Millisecond, 8*time.Second)
	b.row("1,000 slow headers: p99 of an honest client, failed", "< 200 ms, 0", "%s, %d of %d", load.Percentile(took, 99).Round(100*time.Microsecond), failed, len(took))
	for server.Files() > 100 && time.Since(began) < 30*time.Second {
		time.Sleep(50 * time.Millisecond)
	}
	b.row("the same: closed after", "11 s", "%s", time.Since(began).Round(100*time.Millisecond))
	_ = attack.Wait() // it reports what became of its connections
	answer, err := (&http.Client{Timeout: 5 * time.Second}).Get(server.URL("/"))
	if err != nil {
		return err
	}
	return answer.Body.Close()
}
