package serve

import (
	"errors"
	"fmt"
	"time"

	"assay.rs/core"
	"assay.rs/core/spec"
)

// options say how to serve.
type options struct {
	host              string
	tls               *tlsFiles
	maxBody           int64
	maxConnections    int
	readHeaderTimeout time.Duration
	idleTimeout       time.Duration
	handlerTimeout    time.Duration
	shutdownDelay     time.Duration
	shutdownGrace     time.Duration
	accessLog         toggle
	requestID         bool
	cors              *cors
	gzip              bool
	health            toggle
	ready             toggle
	metrics           toggle
	onListen          core.Callback
}

func defaults() options {
	return options{
		maxBody: 10 << 20, maxConnections: 16384,
		readHeaderTimeout: 10 * time.Second, idleTimeout: 60 * time.Second, handlerTimeout: 30 * time.Second,
		shutdownGrace: 25 * time.Second,
	}
}

func optionsType() core.Type[options] {
	routes := "it stands in the routes, the second argument: {GET = {...}, static = {...}, middleware = {...}, not_found = function(req) ... end}"
	record := core.Record("http.ServeOptions", "How to serve.", append([]core.Key[options]{
		core.NewKey("host", core.String(), func(o *options) *string { return &o.host },
			"The address to listen at; empty is all of this host's."),
		core.NewKey("tls", core.Nullable(tlsType()), func(o *options) **tlsFiles { return &o.tls },
			"Serve HTTPS, with HTTP/2. Files that change are read again."),
		core.NewKey("max_body", atLeast[int64](0), func(o *options) *int64 { return &o.maxBody },
			"How large the body of a request may be, in bytes; a larger one is answered with 413.").Default("10485760"),
		core.NewKey("max_connections", atLeast(1), func(o *options) *int { return &o.maxConnections },
			"How many connections are served at a time; further ones wait to be accepted.").Default("16384"),
		core.NewKey("on_listen", core.CallbackType([]spec.Param{{Name: "port", Type: spec.Type{Kind: spec.Scalar, Name: "integer"}, Text: "The port."}}),
			func(o *options) *core.Callback { return &o.onListen }, "Called once the server listens."),
	}, append(timeKeys(), extraKeys()...)...)...)
	return core.Hinting(record, map[string]string{staticKey: routes, "middleware": routes, "not_found": routes})
}

func timeKeys() []core.Key[options] {
	return []core.Key[options]{
		core.NewKey("read_header_timeout", positive(), func(o *options) *time.Duration { return &o.readHeaderTimeout },
			"For a client to send the header of a request.").Default("10"),
		core.NewKey("idle_timeout", positive(), func(o *options) *time.Duration { return &o.idleTimeout },
			"How long a connection stays open between requests, and how long a client may take no bytes of an answer.").Default("60"),
		core.NewKey("handler_timeout", positive(), func(o *options) *time.Duration { return &o.handlerTimeout },
			"For reading the body and for the handler, which is ended then and answered with 503. Streams and WebSockets may last longer.").Default("30"),
		core.NewKey("shutdown_delay", core.Duration(), func(o *options) *time.Duration { return &o.shutdownDelay },
			"How long requests are still accepted, with readiness failing, after the script is told to end.").Default("0"),
		core.NewKey("shutdown_grace", core.Duration(), func(o *options) *time.Duration { return &o.shutdownGrace },
			"How long requests in flight may take to finish after that.").Default("25"),
	}
}

func extraKeys() []core.Key[options] {
	return []core.Key[options]{
		core.NewKey("access_log", toggleType("a file that gets one JSON object a line"), func(o *options) *toggle { return &o.accessLog },
			"Log each request: `true` in the log of the script, a string in that file, as one JSON object a line."),
		core.NewKey("request_id", core.Bool(), func(o *options) *bool { return &o.requestID },
			"Take `req.id` from the header `X-Request-Id`, if there is one, and answer with it.").Default("false"),
		core.NewKey("cors", corsType(), func(o *options) **cors { return &o.cors },
			"Let pages of other origins use the server: `true` for all, or a table."),
		core.NewKey("gzip", core.Bool(), func(o *options) *bool { return &o.gzip },
			"Compress text for clients that take it.").Default("false"),
		core.NewKey("health", toggleType("another path"), func(o *options) *toggle { return &o.health },
			"Answer `/healthz`, or another path, with 200."),
		core.NewKey("ready", toggleType("another path"), func(o *options) *toggle { return &o.ready },
			"Answer `/readyz`, or another path, with 200, and with 503 once the server drains."),
		core.NewKey("metrics", toggleType("another path"), func(o *options) *toggle { return &o.metrics },
			"Answer `/metrics`, or another path, with figures in Prometheus' text format."),
	}
}

// toggle is off, on, or on with a text of the script's.
type toggle struct {
	on   bool
	text string
}

// or is the path of an endpoint, or empty when it is off.
func (t toggle) or(path string) string {
	switch {
	case !t.on:
		return ""
	case t.text != "":
		return t.text
	}
	return path
}

func toggleType(what string) core.Type[toggle] {
	return core.Custom(core.AnyOf("boolean", "string"), func(_ core.Call, v core.Value) (toggle, error) {
		if v.Kind() == core.KindBool {
			return toggle{on: v.Bool()}, nil
		}
		text, ok := v.Text()
		if !ok || v.Kind() != core.KindString || text == "" {
			return toggle{}, fmt.Errorf("true, false or %s expected, got %s", what, v.TypeName())
		}
		return toggle{true, text}, nil
	}, nil)
}

// positive is a time above 0, since 0 seconds are no time to do anything in.
func positive() core.Type[time.Duration] {
	return core.Custom(spec.Type{Kind: spec.Scalar, Name: "duration"}, func(c core.Call, v core.Value) (time.Duration, error) {
		d, err := core.ReadAs(c, core.Duration(), v, 0)
		if err == nil && d == 0 {
			err = errors.New("time must be more than 0")
		}
		return d, err
	}, nil)
}

func portType() core.Type[int] {
	return core.Custom(spec.Type{Kind: spec.Scalar, Name: "integer"}, func(_ core.Call, v core.Value) (int, error) {
		n, ok := v.Integer()
		if !ok {
			return 0, fmt.Errorf("integer expected, got %s", v.TypeName())
		}
		if n < 0 || n > 65535 {
			return 0, fmt.Errorf("a port is 0 to 65535, got %d", n)
		}
		return int(n), nil
	}, nil)
}

// atLeast is a whole number of at least least.
func atLeast[N int | int64](least N) core.Type[N] {
	return core.Custom(spec.Type{Kind: spec.Scalar, Name: "integer"}, func(_ core.Call, v core.Value) (N, error) {
		n, ok := v.Integer()
		if !ok {
			return 0, fmt.Errorf("integer expected, got %s", v.TypeName())
		}
		if n < int64(least) {
			return 0, fmt.Errorf("must be at least %d, got %d", least, n)
		}
		return N(n), nil
	}, nil)
}

func acceptOptionsType() core.Type[AcceptOptions] {
	return core.Record("ws.AcceptOptions", "Which WebSockets are accepted.",
		core.NewKey("subprotocols", core.ListOf(core.String()), func(o *AcceptOptions) *[]string { return &o.Subprotocols },
			"The subprotocols that the handler speaks, the preferred one first."),
		core.NewKey("origins", core.ListOf(core.String()), func(o *AcceptOptions) *[]string { return &o.Origins },
			"Patterns such as `*.example.com` of the hosts whose pages may connect, besides the server's own."),
		core.NewKey("max_message", atLeast[int64](1), func(o *AcceptOptions) *int64 { return &o.MaxMessage },
			"How large a message may be, in bytes.").Default("1048576"))
}
