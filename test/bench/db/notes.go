package main

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"assay.rs/test/internal/cost"
	"assay.rs/test/internal/load"
)

const (
	noteClients = 32
	noteRounds  = 12
	noteLength  = 3 * time.Second
)

// notes puts load on the example, with a database that is given by its URL alone.
func (b *bench) notes(ctx context.Context) error {
	b.printf("\nexamples/notes under wrk, %d connections; %d rounds of %s each, rates are medians. Memory is the process's resident set.\n\n"+
		"| database | request | requests/s | CPU a request | errors |\n| --- | --- | --- | --- | --- |\n", noteClients, noteRounds, noteLength)
	var memory strings.Builder
	for _, d := range b.databases {
		resident, err := b.service(ctx, d)
		if err != nil {
			return fmt.Errorf("notes on %s: %w", d.name, err)
		}
		memory.WriteString("| " + d.name + " |")
		for _, bytes := range resident {
			memory.WriteString(" " + cost.Megabytes(bytes) + " |")
		}
		memory.WriteString("\n")
	}
	b.printf("\n| memory, MB | at start |")
	for round := range noteRounds {
		b.printf(" round %d |", round+1)
	}
	b.printf("\n| --- | --- |")
	for range noteRounds {
		b.printf(" --- |")
	}
	b.printf("\n%s", memory.String())
	return nil
}

// service measures the example on one database. It gives the memory at the start and after each round.
func (b *bench) service(ctx context.Context, d database) (resident []int64, err error) {
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	url := d.url
	if d.driver == "sqlite" {
		url = "sqlite://" + filepath.Join(b.Dir, "notes.db")
	}
	script := filepath.Join(b.Root, "examples", "notes", "service.lua")
	server, err := load.StartOn(ctx, d.name, port, "env", "PORT="+port, "DATABASE_URL="+url, b.assay, script)
	if err != nil {
		return nil, err
	}
	defer server.Stop()
	resident = append(resident, server.Resident())
	requests := []struct {
		name, path string
		options    []string
	}{
		{"PUT /notes/{name}, one of 100", "/", []string{"-s", b.file("put.lua")}},
		{"GET /notes/{name}", "/notes/7", nil},
		{"GET /notes, 100 of them", "/notes", nil},
	}
	rates := make([][]load.Rate, len(requests))
	for range noteRounds {
		for i, r := range requests {
			rate, err := server.Wrk(ctx, r.path, noteClients, noteLength, r.options...)
			if err != nil {
				return nil, err
			}
			rates[i] = append(rates[i], rate)
		}
		resident = append(resident, server.Resident())
	}
	for i, r := range requests {
		m, errors := load.Median(rates[i]), 0
		for _, rate := range rates[i] {
			errors += rate.Errors
		}
		b.printf("| %s | %s | %.0f | %.0f µs | %d |\n", d.name, r.name, m.PerSecond, float64(m.CPU)/float64(time.Microsecond), errors)
	}
	return resident, nil
}

// freePort is a port of loopback that nobody listened on a moment ago.
func freePort(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port), nil
}
