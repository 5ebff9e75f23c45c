package http

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	nethttp "net/http"
	"net/url"
	"sync"
	"time"
)

// The values that stand for options left out.
const (
	DefaultTimeout      = 30 * time.Second
	DefaultMaxRedirects = 10
	DefaultMaxBody      = 16 << 20 // bytes
	DefaultUserAgent    = "assay"
)

// Options say how requests are made. In those of a request, what is left out has the value that the
// client was made with.
type Options struct {
	Headers         nethttp.Header // names in any case
	Query           url.Values     // added to the query that the URL has
	Timeout         time.Duration  // from the start to the last byte of the body, redirects included
	ConnectTimeout  time.Duration  // for each connection, and again for its TLS handshake
	FollowRedirects *bool          // nil is true
	MaxRedirects    *int           // nil is DefaultMaxRedirects
	Auth            *Auth
	Cookies         Cookies
	TLS             TLS
	MaxBody         int64             // in bytes, after decompression
	Proxy           *string           // a URL; "" is no proxy, nil those of the environment
	UnixSocket      string            // connect to this socket, whatever the URL's host is
	Resolve         map[string]string // from "host:port" to the "ip:port" to connect to instead
}

// Auth is who the request comes from: a name and a password, or a bearer token.
type Auth struct {
	Username, Password string
	Bearer             string
	BearerFrom         func() (string, error) // gives the token anew for each attempt
}

// TLS says whom to trust and who to be. Certificates and keys are PEM text.
type TLS struct {
	CA         string // trusted instead of the system's authorities
	Cert, Key  string // of the client; Cert may hold both
	Insecure   *bool  // accept any certificate
	ServerName string // the name that the certificate must have, instead of the URL's
}

// Environment is what a client may touch.
type Environment struct {
	// Dial makes connections and looks names up; nil is net.Dialer's. It is what enforces a policy.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	// LookupEnv finds HTTP_PROXY, HTTPS_PROXY and NO_PROXY, which are read for each request. Without
	// it no proxy is used.
	LookupEnv func(name string) (string, bool)
}

// Request is what to ask for.
type Request struct {
	Method string  // GET when empty
	URL    string  // absolute; see the package's documentation for its encoding
	Body   []byte  // sent with any method; nil is none
	Stream *Stream // sent instead of Body, if set

	// ContentType is the type of the body. Headers that have one count more, except with Stream.
	ContentType string

	// Idle is the longest wait for more of the body in [Client.Stream], when there is no Timeout; 0 is any.
	Idle time.Duration

	// Harmless says that the request only asks: a redirect of 301 or 302 repeats a POST, instead of making a GET of it.
	Harmless bool

	Options

	// Charge is asked as the body of an answer is read, with its number of bytes so far. Its error ends the
	// request. It may be nil.
	Charge func(n int) error

	proxies *proxies // read by the caller; nil is the client's environment
}

// Client makes requests and keeps connections for the next ones. It is safe for concurrent use.
type Client struct {
	defaults Options
	env      Environment

	mu         sync.Mutex
	transports map[route]*nethttp.Transport
	closed     bool
}

// NewClient makes a client; the zero values of both arguments are useful.
func NewClient(defaults Options, env Environment) *Client {
	return &Client{defaults: defaults, env: env, transports: make(map[route]*nethttp.Transport)}
}

// errClosed is a request on a client whose owner is gone.
var errClosed = errors.New("the client is closed")

// Do makes one attempt at a request, follows its redirects and reads the whole answer, whatever its
// status. The error is a *core.Error, with one of the codes http.timeout, http.connect, http.dns,
// http.tls, http.body_too_large, http.redirects, http.url, http.protocol, http.client_closed, or without a code when an
// option makes no sense. It unwraps to the end of ctx if that was the reason.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	return c.exchange(ctx, r, nil)
}

// Stream is [Client.Do] for a body that is not kept: with is called once with the answer and its body as it
// arrives, when the status is 2xx. An error of with is the error as it is. With another status the answer
// has its body, which MaxBody bounds. Timeout has no default here, but the answer has to begin within
// DefaultTimeout.
func (c *Client) Stream(ctx context.Context, r Request, with func(head *Response, body io.Reader) error) (*Response, error) {
	return c.exchange(ctx, r, with)
}

func (c *Client) exchange(ctx context.Context, r Request, with use) (*Response, error) {
	o := c.defaults.with(r.Options)
	h, err := newHop(r, o)
	if err != nil {
		return nil, err
	}
	a := newAttempt(cmp.Or(o.Timeout, DefaultTimeout))
	a.patient, a.idle = with != nil && o.Timeout == 0, r.Idle
	a.charge = r.Charge
	if a.proxies, err = c.proxies(r, o); err != nil {
		return nil, err
	}
	within, cancel := a.context(ctx)
	defer cancel()
	response, err := c.follow(within, a, h, o, with)
	if used, ok := errors.AsType[useError](err); ok {
		return nil, used.error
	}
	if err != nil {
		return nil, a.fail(ctx, within, err)
	}
	return response, nil
}

// proxies are those that a request may go through.
func (c *Client) proxies(r Request, o Options) (*proxies, error) {
	switch {
	case o.UnixSocket != "" && o.Proxy != nil && *o.Proxy != "":
		return nil, plain(errors.New("a unix socket is not reached through a proxy: give one of both"))
	case o.UnixSocket != "":
		return nil, nil //nolint:nilnil // none
	case o.Proxy != nil:
		return fixedProxy(*o.Proxy)
	case r.proxies != nil:
		return r.proxies, nil
	case c.env.LookupEnv != nil:
		return readProxies(c.env.LookupEnv), nil
	}
	return nil, nil //nolint:nilnil // none
}

// follow sends h and what its redirects lead to. The error is not classified yet.
func (c *Client) follow(ctx context.Context, a *attempt, h *hop, o Options, with use) (*Response, error) {
	limit := DefaultMaxRedirects
	if o.MaxRedirects != nil {
		limit = *o.MaxRedirects
	}
	for n := 0; ; n++ {
		a.at(h)
		answer, err := c.send(ctx, h)
		if err != nil {
			return nil, err
		}
		if o.Cookies.Jar != nil {
			o.Cookies.Jar.SetCookies(h.url, setCookies(answer.Header))
		}
		if takeOver(ctx, answer) {
			return &Response{Status: answer.StatusCode, Header: answer.Header, URL: h.url.String(), TLS: answer.TLS, Timings: a.timings()}, nil
		}
		location := answer.Header.Get("Location")
		if !isRedirect(answer.StatusCode) || location == "" || o.FollowRedirects != nil && !*o.FollowRedirects {
			return a.receive(answer, h, o, with)
		}
		discard(answer.Body)
		if n >= limit {
			return nil, tooManyRedirects(limit)
		}
		if h, err = h.redirect(answer.StatusCode, location); err != nil {
			return nil, err
		}
	}
}

// send makes the round trip of one hop; the body of the answer is not read yet.
func (c *Client) send(ctx context.Context, h *hop) (*nethttp.Response, error) {
	request, err := h.request(ctx)
	if err != nil {
		return nil, err
	}
	if answer, err := answered(ctx, request); answer != nil || err != nil {
		return answer, err
	}
	transport, err := c.transport(h.route)
	if err != nil {
		return nil, err
	}
	answer, err := transport.RoundTrip(request)
	if err == nil {
		h.unpack(answer)
	}
	return answer, err
}

// Close closes the connections that are not in use, and the others when their request is done. Further
// requests are errors.
func (c *Client) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.closeIdle()
	return nil
}

func (c *Client) closeIdle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, transport := range c.transports {
		transport.CloseIdleConnections()
	}
}
