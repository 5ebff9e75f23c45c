package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"

	"assay.rs/test/internal/load"
)

// request is one that is made, and what its answer must be like.
type request struct {
	method, path, body string
	status             int
	has                string // in the body of the answer
}

// kinds are requests that all succeed.
func kinds() []request {
	get := func(path, has string) request {
		return request{http.MethodGet, path, "", http.StatusOK, has}
	}
	text := fmt.Sprintf("%x%s", rand.Uint64(), strings.Repeat("x", rand.IntN(2000)))
	name := fmt.Sprintf("%x", rand.Uint32())
	root := get("/", `"hello":"world"`)
	return []request{
		root, root, root,
		get("/sleep", "ok"),
		get("/self", `"hello":"world"`),
		get("/events", "data: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\ndata: 5\n\n"),
		get("/talk", "hello"),
		get("/page/"+name, fmt.Sprintf("<ul><li>1 of %[1]s</li><li>2 of %[1]s</li><li>3 of %[1]s</li></ul>", name)),
		{http.MethodPost, "/notes", `{"text": "` + text + `"}`, http.StatusOK, `{"text":"` + text + `"}`},
	}
}

// choose is a request of some kind; one in a hundred is an error, and one in two thousand does not end.
func choose() request {
	switch n := rand.IntN(2000); {
	case n == 0:
		return request{http.MethodGet, "/loop", "", http.StatusServiceUnavailable, "timed out"}
	case n < 20:
		return request{http.MethodGet, "/raise", "", http.StatusInternalServerError, "internal server error"}
	}
	all := kinds()
	return all[rand.IntN(len(all))]
}

// counts are how the answers were.
type counts struct {
	right, wrong atomic.Int64
	first        atomic.Pointer[string] // what was wrong with the first that was
}

// one makes a request and counts it.
func one(ctx context.Context, client *http.Client, server *load.Server, c *counts) {
	r := choose()
	if err := r.make(ctx, client, server); err != nil {
		text := fmt.Sprintf("%s %s: %v", r.method, r.path, err)
		c.first.CompareAndSwap(nil, &text)
		c.wrong.Add(1)
		return
	}
	c.right.Add(1)
}

// make fails when the answer is not as it should be.
func (r request) make(ctx context.Context, client *http.Client, server *load.Server) error {
	req, err := http.NewRequestWithContext(ctx, r.method, server.URL(r.path), strings.NewReader(r.body))
	if err != nil {
		return err
	}
	answer, err := client.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode != r.status || !strings.Contains(string(got), r.has) {
		return fmt.Errorf("got %d %.200q, want %d with %.200q", answer.StatusCode, got, r.status, r.has)
	}
	return nil
}
