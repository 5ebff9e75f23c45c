package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"assay.rs/core"
	"assay.rs/mod-serve/internal/front"
)

// server answers the requests of one listener.
type server struct {
	options  options
	routes   routes
	router   *router
	requests core.Type[*request]
	accept   func(http.ResponseWriter, *http.Request, AcceptOptions) (WebSocket, error)
	tell     func(url string)

	tasks core.Tasks
	root  core.Root
	log   *slog.Logger
	usage func() core.Usage

	healthPath, readyPath, metricsPath string

	watched    bool         // one of these is not empty
	counts     bool         // metrics are kept
	access     *slog.Logger // nil when requests are not logged
	figures    figures
	draining   atomic.Bool
	streams    closers
	sockets    closers
	unaccepted trouble
	alarms     sync.Pool // of those that no handler has
	bodies     room
	headers    room
	messages   room
	out        room
	crowded    trouble
	reserved   core.Reservation
	base       context.Context //nolint:containedctx // the parent of the requests' contexts
}

// maxHeader makes a header of 64 KB too large: net/http adds 4 KB to it.
const maxHeader = 60 << 10

// serve is http.serve.
func (m *module) serve(c core.Call, port int, r routes, o options) (core.None, error) {
	s, closeAll, err := m.newServer(c, r, o)
	if err != nil {
		return core.None{}, err
	}
	defer closeAll()
	listener, err := c.Listen(net.JoinHostPort(o.host, strconv.Itoa(port)))
	if err != nil {
		return core.None{}, errListen.With(err, "choose another port, or 0 for a free one")
	}
	return core.None{}, s.run(c, listener)
}

func (m *module) newServer(c core.Call, r routes, o options) (s *server, closeAll func(), err error) {
	s = &server{
		options: o, routes: r, requests: m.requests.Type(), accept: m.cfg.Accept, tell: m.cfg.Listening,
		tasks: c.Tasks(), root: c.Root(), log: c.Log(), usage: c.Usage,
		healthPath: o.health.or("/healthz"), readyPath: o.ready.or("/readyz"), metricsPath: o.metrics.or("/metrics"),
		counts: o.metrics.on, alarms: sync.Pool{New: func() any { return newAlarm() }},
	}
	s.watched = s.healthPath+s.readyPath+s.metricsPath != ""
	s.bodies.open(bodyRoom(o.maxBody), &s.reserved)
	s.headers.open(headerRoom, &s.reserved)
	s.messages.open(messageRoom, &s.reserved)
	s.out.open(outRoom, &s.reserved)
	closeMounts, err := openMounts(s.root, r.routes)
	if err != nil {
		return nil, nil, err
	}
	closeLog, err := s.openLog(o.accessLog)
	if err != nil {
		closeMounts()
		return nil, nil, err
	}
	closeAll = func() {
		closeMounts()
		closeLog()
		_ = s.reserved.Close() // it does not fail
	}
	if s.router, err = newRouter(r.routes); err != nil {
		closeAll()
		return nil, nil, err
	}
	return s, closeAll, nil
}

// openLog opens the access log.
func (s *server) openLog(t toggle) (closeLog func(), err error) {
	if !t.on || t.text == "" {
		if t.on {
			s.access = s.log
		}
		return func() {}, nil
	}
	f, err := openAccessFile(s.root, t.text, s.log)
	if err != nil {
		return nil, fmt.Errorf("access_log: %w", err)
	}
	s.access = slog.New(slog.NewJSONHandler(f, nil))
	return func() { _ = f.Close() }, nil
}

// run serves until the task of c is to end, then drains.
func (s *server) run(c core.Call, listener net.Listener) error {
	port := listener.Addr().(*net.TCPAddr).Port
	// Requests in flight outlive the end of the task, which is what they are drained for.
	base, abort := context.WithCancelCause(context.Background())
	defer abort(nil)
	web, err := s.web(base)
	if err != nil {
		_ = listener.Close()
		return err
	}
	limited := limit(listener, min(s.options.maxConnections, int(core.Fitted(math.MaxInt32*perConnection, 4)/perConnection)), s.count, s.refused)
	drains := c.Drains()
	served := make(chan error, 1)
	go func() { served <- web.Serve(limited) }()
	c.SetGlobal("_SERVER_PORT", core.NumberValue(float64(port)))
	s.log.Info("listening", "url", s.url(port), "address", listener.Addr().String())
	if s.tell != nil {
		s.tell(s.url(port))
	}
	var failed error
	if f := s.options.onListen; !f.IsZero() {
		_, failed = f.Call(c, core.NumberValue(float64(port)))
	}
	if failed == nil {
		select {
		case failed = <-served:
			served <- failed
		case <-c.Context().Done():
		}
	}
	drained := s.drain(web, limited, abort)
	s.log.Debug("not listening any more", "reason", <-served)
	if errors.As(context.Cause(c.Context()), new(*core.Exit)) {
		failed = nil // the script has called os.exit: it knows
	}
	if err := errors.Join(failed, drained); err != nil {
		if c.Context().Err() != nil {
			s.log.Error("the server has not ended in good order", "error", err) // what the script would raise is not seen any more
		}
		return err
	}
	drains()
	return nil
}

// url is where a client on this host finds the server.
func (s *server) url(port int) string {
	scheme, host := "http", s.options.host
	if s.options.tls != nil {
		scheme = "https"
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	return scheme + "://" + net.JoinHostPort(host, strconv.Itoa(port))
}

// web is the HTTP server around s.
func (s *server) web(base context.Context) (*front.Server, error) {
	web := front.New(&http.Server{
		Handler: s, ReadHeaderTimeout: s.options.readHeaderTimeout, IdleTimeout: s.options.idleTimeout,
		MaxHeaderBytes: maxHeader,
		ErrorLog:       slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		BaseContext:    func(net.Listener) context.Context { return base },
		ConnContext:    withMeter,
	})
	s.base, web.Handed = base, s.metered
	if s.options.tls != nil {
		certificate, err := newCertificate(*s.options.tls, s.root, s.log)
		if err != nil {
			return nil, err
		}
		web.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: certificate.get}
	}
	return web, nil
}

// perConnection is about what a connection holds in buffers and stacks.
const perConnection = 24 << 10

// count counts a connection, or takes it off again.
func (s *server) count(connections int64) {
	s.figures.connections.Add(connections)
	s.reserved.Add(connections * perConnection)
}

// refused tells that a connection could not be accepted, as where there is no descriptor left.
func (s *server) refused(err error) {
	if !s.draining.Load() && !errors.Is(err, net.ErrClosed) {
		s.unaccepted.tell(s.log, "connections could not be accepted", "error", err)
	}
}

// settleTime is how long a drained connection that is idle may still bring a request that was on its way.
const settleTime = 200 * time.Millisecond

// drain ends the server in good order: readiness fails, listeners close, requests in flight finish.
func (s *server) drain(web *front.Server, listener io.Closer, abort context.CancelCauseFunc) error {
	s.draining.Store(true)
	if s.options.shutdownDelay > 0 {
		time.Sleep(s.options.shutdownDelay)
	}
	_ = listener.Close() // Serve says what it has to say
	s.streams.end()
	within, cancel := context.WithTimeout(context.Background(), s.options.shutdownGrace)
	defer cancel()
	if s.figures.connections.Load() > 0 {
		time.Sleep(min(settleTime, s.options.shutdownGrace))
	}
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		s.sockets.end()
	}()
	err := web.Shutdown(within)
	select {
	case <-closed:
	case <-within.Done():
	}
	if s.wait(within) == nil && err == nil {
		return nil
	}
	left := s.figures.inFlight.Load()
	abort(errShutdown)
	s.sockets.drop()
	_ = web.Close()                  // they are closed as far as they can be
	_ = s.wait(context.Background()) // they have no instruction left to run
	return errDrain.With(fmt.Errorf("shut down: %d requests were still running after %s", left, s.options.shutdownGrace), "raise shutdown_grace, or end what takes so long")
}
