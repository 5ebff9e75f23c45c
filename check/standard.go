package check

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"strconv"
	"time"

	"assay.rs/core"
	assayhttp "assay.rs/mod-http"
)

// TerminationLog is where Kubernetes looks for a pod's last words.
const TerminationLog = "/dev/termination-log"

// Standard returns the types that every binary has; scripts have the builtins of the modules.
func Standard(modules ...core.Module) []Type {
	c := NewClient(os.LookupEnv)
	return []Type{HTTP(c), Prometheus(c), Script(modules...), TCP(), TLS(), DNS(), GRPC(), WS(c), K8s(c)}
}

// elsewhere are the types that are planned, or another binary's.
func elsewhere(typ string) (string, bool) {
	switch typ {
	case "sql", "fixtures":
		return "the full assay binary has it", true
	}
	return "", false
}

// Client is what checks send requests with.
type Client struct {
	http  *assayhttp.Client
	rooms rooms
}

// NewClient makes a client; env finds the proxies, and may be nil.
func NewClient(env func(string) (string, bool)) *Client {
	// The time of an attempt is the only bound: attempt_timeout may be longer than the client's own.
	defaults := assayhttp.Options{Timeout: 365 * 24 * time.Hour, ConnectTimeout: 365 * 24 * time.Hour}
	return &Client{assayhttp.NewClient(defaults, assayhttp.Environment{LookupEnv: env}), newRooms()}
}

// do makes one attempt. Whatever is not a whole answer is an error, whose class the retry engine knows.
func (c *Client) do(ctx context.Context, r *request) (*response, error) {
	follow := !r.noRedirects
	header := make(http.Header, len(r.headers))
	for _, h := range r.headers {
		header.Add(h.name, h.value)
	}
	request := assayhttp.Request{Method: r.method, URL: r.url, Body: r.body, Harmless: r.harmless, Options: r.options}
	request.Headers, request.FollowRedirects = header, &follow
	if follow {
		jar, err := cookiejar.New(nil)
		if err != nil {
			return nil, err
		}
		request.Cookies.Jar = jar // a login that sets a cookie and redirects
	}
	if r.bodyless {
		return c.head(ctx, request)
	}
	held := held{rooms: c.rooms}
	request.MaxBody = min(cmp.Or(r.options.MaxBody, c.rooms.maxBody()), c.rooms.maxBody())
	request.Charge = func(n int) error { return held.body(ctx, n) }
	answer, err := c.http.Do(ctx, request)
	if err != nil {
		held.release()
		return nil, err
	}
	return &response{held: held, status: answer.Status, header: answer.Header, body: answer.Body, size: int64(len(answer.Body)), took: answer.Timings.Total, tls: answer.TLS}, nil
}

// head makes an attempt that does not wait for the body. A small one is read all the same: its connection serves the
// next check.
func (c *Client) head(ctx context.Context, r assayhttp.Request) (*response, error) {
	const small = 64 << 10
	var body []byte
	size := int64(-1)
	answer, err := c.http.Stream(ctx, r, func(head *assayhttp.Response, from io.Reader) error {
		n, err := strconv.ParseInt(head.Header.Get("Content-Length"), 10, 64)
		if err != nil {
			return nil //nolint:nilerr // nobody has said how large it is
		}
		if size = n; n <= small && r.Method != http.MethodHead {
			body, err = io.ReadAll(from)
			return err
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if !answer.OK() {
		body, size = answer.Body, int64(len(answer.Body))
	}
	return &response{status: answer.Status, header: answer.Header, body: body, size: size, took: answer.Timings.Total, tls: answer.TLS}, nil
}
