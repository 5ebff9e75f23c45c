package ws

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	nethttp "net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"assay.rs/core"
	"assay.rs/mod-http"
)

// options say how to connect.
type options struct {
	headers      nethttp.Header
	subprotocols []string
	timeout      time.Duration
	retry        *core.Retry
	maxMessage   int64
	tls          http.TLSOptions
}

func defaults() options { return options{timeout: 30 * time.Second, maxMessage: DefaultMaxMessage} }

func optionsType() core.Type[options] {
	return core.Record("ws.Options", "How to connect.", append([]core.Key[options]{
		core.NewKey("headers", http.HeadersType(), func(o *options) *nethttp.Header { return &o.headers },
			"Header fields of the handshake; an array sends a field several times."),
		core.NewKey("subprotocols", core.ListOf(core.String()), func(o *options) *[]string { return &o.subprotocols },
			"The subprotocols to offer, the preferred one first."),
		core.NewKey("timeout", core.Duration(), func(o *options) *time.Duration { return &o.timeout },
			"For the whole handshake, in seconds. With `retry`, for each attempt.").Default("30"),
		core.NewKey("retry", core.Nullable(core.RetryOptions()), func(o *options) **core.Retry { return &o.retry },
			"Try again. Without `on`, after every failure."),
		core.NewKey("max_message", core.Integer(), func(o *options) *int64 { return &o.maxMessage },
			"How large a message may be, in bytes; a larger one closes the connection with 1009.").Default("1048576"),
	}, http.TLSKeys(func(o *options) *http.TLSOptions { return &o.tls })...)...)
}

func (s *Sockets) connectFunc() core.Func {
	return core.Fn2(core.Doc{
		Name: "connect", Text: "Connects to a WebSocket server.", Needs: core.Net, Level: core.Script,
		Raises: []*core.Code{errConnect, errDNS, errTLS, errTimeout, errHandshake, core.ErrDenied},
		Examples: []string{
			"local conn <close> = ws.connect(URL, {subprotocols = {\"chat\"}, timeout = 5})\nconn:send(\"hello\")\nassert.eq(conn:recv(5), \"hello\")",
		},
	},
		core.Arg("url", core.String(), "`ws://` or, with TLS, `wss://`."),
		core.Opt("options", optionsType(), defaults(), "How to connect."),
		core.Returns(s.class.Type(), "The connection."), s.connect)
}

func (s *Sockets) connect(c core.Call, target string, o options) (*Conn, error) {
	target, auth, err := readURL(target)
	if err != nil {
		return nil, err
	}
	if auth != "" && o.headers.Get("Authorization") == "" {
		o.headers = o.headers.Clone()
		if o.headers == nil {
			o.headers = make(nethttp.Header)
		}
		o.headers.Set("Authorization", auth)
	}
	if o.timeout <= 0 || o.maxMessage <= 0 {
		return nil, errors.New("timeout and max_message must be more than 0")
	}
	config, err := o.tls.Config(c.Root())
	if err != nil {
		return nil, err
	}
	// The connection outlives the transport, which has no other.
	client := &nethttp.Client{
		Transport:     &nethttp.Transport{DialContext: c.Dialer().DialContext, TLSClientConfig: config, MaxResponseHeaderBytes: 1 << 20},
		CheckRedirect: func(*nethttp.Request, []*nethttp.Request) error { return nethttp.ErrUseLastResponse },
	}
	var conn *Conn
	try := func(ctx context.Context) error {
		within, cancel := context.WithTimeout(ctx, o.timeout)
		defer cancel()
		dialled, status, err := wireDial(within, target, client, o.headers, o.subprotocols, o.maxMessage)
		if err != nil {
			return failure(ctx, within, err, status, o.timeout)
		}
		conn = newConn(dialled, s.class, nil, nil)
		return nil
	}
	if o.retry != nil {
		_, err = o.retry.Do(c, func(ctx context.Context, _ int) error { return try(ctx) })
	} else {
		err = try(c.Context())
	}
	if err != nil {
		return nil, err
	}
	c.Own(dropper{conn})
	return conn, nil
}

// readURL encodes a URL as http does, and takes credentials out of it: auth is the header field that they make.
func readURL(given string) (target, auth string, err error) {
	given = strings.Trim(given, " \t\r\n\f\v")
	scheme, rest, ok := strings.Cut(given, "://")
	scheme = strings.ToLower(scheme)
	if !ok || scheme != "ws" && scheme != "wss" {
		shown := "this"
		if u, err := url.Parse(given); err == nil {
			shown = strconv.Quote(u.Redacted())
		}
		return "", "", core.WithHint(fmt.Errorf("argument 'url': %s is not the URL of a WebSocket", shown), "it begins with ws:// or wss://")
	}
	u, auth, err := http.HandshakeURL("http" + strings.TrimPrefix(scheme, "ws") + "://" + rest)
	if err != nil {
		return "", "", err
	}
	u.Scheme = scheme
	return u.String(), auth, nil
}

// failure gives the reason for a failed handshake its code.
func failure(ctx, within context.Context, err error, status int, limit time.Duration) error {
	var denied *core.Error
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var unknown x509.UnknownAuthorityError
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(within.Err(), context.DeadlineExceeded):
		return errTimeout.Errorf("no handshake within %s", limit)
	case errors.As(err, &denied):
		return denied
	case status == nethttp.StatusSwitchingProtocols:
		return errHandshake.With(fmt.Errorf("the server's handshake is not valid: %s", strings.TrimPrefix(err.Error(), "WebSocket protocol violation: ")), "")
	case status != 0:
		return errHandshake.With(fmt.Errorf("the server answered with status %d instead of a WebSocket", status), "")
	case errors.As(err, &dns):
		return errDNS.With(err, "")
	case errors.As(err, &certificate), errors.As(err, &record), errors.As(err, &unknown):
		return errTLS.With(err, "ca_cert_file names the authorities to trust")
	default:
		return errConnect.With(err, "")
	}
}
