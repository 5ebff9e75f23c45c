package check

import (
	"context"
	"net/http"
	"os"
	"time"

	"assay.rs/core"
	assayhttp "assay.rs/mod-http"
)

// TerminationLog is where Kubernetes looks for a pod's last words.
const TerminationLog = "/dev/termination-log"

// Standard returns the types that every binary has: http, prometheus, and script with the builtins of the modules.
func Standard(modules ...core.Module) []Type {
	c := NewClient(os.LookupEnv)
	return []Type{HTTP(c), Prometheus(c), Script(modules...)}
}

// elsewhere are the types that are planned, or another binary's.
func elsewhere(typ string) (string, bool) {
	switch typ {
	case "sql", "fixtures":
		return "the full assay binary has it", true
	case "tcp", "tls", "dns", "grpc", "k8s":
		return "this version does not have it yet", true
	}
	return "", false
}

// Client is what checks send requests with.
type Client struct{ http *assayhttp.Client }

// NewClient makes a client; env finds the proxies, and may be nil.
func NewClient(env func(string) (string, bool)) *Client {
	// The time of an attempt is the only bound: attempt_timeout may be longer than the client's own.
	defaults := assayhttp.Options{Timeout: 365 * 24 * time.Hour, ConnectTimeout: 365 * 24 * time.Hour}
	return &Client{assayhttp.NewClient(defaults, assayhttp.Environment{LookupEnv: env})}
}

// do makes one attempt. Whatever is not a whole answer is an error, whose class the retry engine knows.
func (c *Client) do(ctx context.Context, r *request) (*response, error) {
	follow := !r.noRedirects
	header := make(http.Header, len(r.headers))
	for _, h := range r.headers {
		header.Add(h.name, h.value)
	}
	answer, err := c.http.Do(ctx, assayhttp.Request{
		Method: r.method, URL: r.url, Body: r.body,
		Options: assayhttp.Options{Headers: header, FollowRedirects: &follow},
	})
	if err != nil {
		return nil, err
	}
	return &response{status: answer.Status, header: answer.Header, body: answer.Body, took: answer.Timings.Total}, nil
}
