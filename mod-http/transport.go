package http

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	nethttp "net/http"
	"net/url"
	"strings"
	"time"
)

const (
	maxTransports   = 16      // of one client; each has its own trust and identity
	maxHeader       = 1 << 20 // bytes
	maxIdlePerHost  = 64
	idleTimeout     = 30 * time.Second
	handshakeLimit  = 30 * time.Second // when connect_timeout is not given
	keepAlivePeriod = 30 * time.Second
	dialGrace       = 100 * time.Millisecond // so that it is the attempt that ends first, and says so
)

// route is what requests must have in common to share connections.
type route struct {
	ca, cert, key, serverName string
	insecure                  bool
	connectTimeout            time.Duration
	unixSocket                string
	resolve                   string // the entries of Options.Resolve, as one text
}

func routeTo(o Options) route {
	return route{
		ca: o.TLS.CA, cert: o.TLS.Cert, key: o.TLS.Key, serverName: o.TLS.ServerName,
		insecure: o.TLS.Insecure != nil && *o.TLS.Insecure, connectTimeout: o.ConnectTimeout,
		unixSocket: o.UnixSocket, resolve: joinResolve(o.Resolve),
	}
}

// transport keeps the connections of a route.
func (c *Client) transport(r route) (*nethttp.Transport, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, errClientClosed.With(errClosed, "")
	}
	if known := c.transports[r]; known != nil {
		return known, nil
	}
	config, err := r.tls()
	if err != nil {
		return nil, err
	}
	if len(c.transports) >= maxTransports {
		for old, transport := range c.transports {
			transport.CloseIdleConnections()
			delete(c.transports, old)
			break
		}
	}
	handshake := r.connectTimeout
	if handshake == 0 {
		handshake = handshakeLimit
	}
	t := &nethttp.Transport{
		Proxy: proxyOf, OnProxyConnectResponse: proxyAnswered,
		DialContext: c.dial(r), TLSClientConfig: config,
		TLSHandshakeTimeout: handshake, ForceAttemptHTTP2: true,
		MaxIdleConnsPerHost: maxIdlePerHost, IdleConnTimeout: idleTimeout,
		MaxResponseHeaderBytes: maxHeader,
	}
	c.transports[r] = t
	return t, nil
}

// dial makes connections within connect_timeout and within the attempt that wants them: net/http goes on
// dialling after a request has ended.
func (c *Client) dial(r route) func(ctx context.Context, network, address string) (net.Conn, error) {
	connect := c.env.Dial
	if connect == nil {
		connect = (&net.Dialer{KeepAlive: keepAlivePeriod}).DialContext //nolint:forbidigo // a Go program's own client has no policy
	}
	limit, instead := r.connectTimeout, splitResolve(r.resolve)
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if to, ok := instead[strings.ToLower(address)]; ok {
			address = to
		}
		if r.unixSocket != "" {
			network, address = "unix", r.unixSocket
		}
		var until time.Time
		if a := attemptOf(ctx); a != nil {
			until = a.deadline().Add(dialGrace)
		}
		if first := time.Now().Add(limit); limit > 0 && (until.IsZero() || first.Before(until)) {
			until = first
		}
		if !until.IsZero() {
			var cancel context.CancelFunc
			ctx, cancel = context.WithDeadline(ctx, until)
			defer cancel()
		}
		return connect(ctx, network, address)
	}
}

// proxyOf is the proxy for a request, or nil.
func proxyOf(r *nethttp.Request) (*url.URL, error) {
	a := attemptOf(r.Context())
	if a == nil || a.proxies == nil {
		return nil, nil //nolint:nilnil // none
	}
	return a.proxies.forURL(r.URL)
}

func proxyAnswered(_ context.Context, proxy *url.URL, _ *nethttp.Request, answer *nethttp.Response) error {
	if answer.StatusCode == nethttp.StatusOK {
		return nil
	}
	return proxyError{fmt.Errorf("proxy %s refused the connection with status %d", proxy.Host, answer.StatusCode)}
}

// tls is the route's trust and identity.
func (r route) tls() (*tls.Config, error) {
	return TLS{CA: r.ca, Cert: r.cert, Key: r.key, Insecure: &r.insecure, ServerName: r.serverName}.Config()
}

// Config is for connections that trust and show what t says, with TLS 1.2 at least. The error names the option that
// holds no PEM text, or no key that fits.
func (t TLS) Config() (*tls.Config, error) {
	config := &tls.Config{
		MinVersion: tls.VersionTLS12, ServerName: t.ServerName,
		InsecureSkipVerify: t.Insecure != nil && *t.Insecure, //nolint:gosec // only when the caller says so
	}
	if t.CA != "" {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM([]byte(t.CA)) {
			return nil, plain(errors.New("ca_cert: there is no PEM certificate in it"))
		}
	}
	if t.Cert == "" && t.Key == "" {
		return config, nil
	}
	if t.Cert == "" {
		return nil, plain(errors.New("client_key: client_cert is missing"))
	}
	pair, err := tls.X509KeyPair([]byte(t.Cert), []byte(cmp.Or(t.Key, t.Cert)))
	if err != nil {
		return nil, plain(fmt.Errorf("client_cert: %w", err))
	}
	config.Certificates = []tls.Certificate{pair}
	return config, nil
}
