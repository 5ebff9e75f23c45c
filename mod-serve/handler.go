package serve

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"assay.rs/core"
)

// Why the task of a handler is stopped.
var (
	errHandlerTime = errors.New("handler_timeout is over")
	errShutdown    = errors.New("the server shuts down")
)

// maxURI is the longest path and query that is taken, in bytes.
const maxURI = 8 << 10

// ServeHTTP answers one request.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	req := &request{Request: r, server: s, began: time.Now(), out: recorder{ResponseWriter: w, patience: s.options.idleTimeout, draining: &s.draining}}
	req.timed = req.began
	s.figures.inFlight.Add(1)
	defer func() {
		if req.broken {
			panic(http.ErrAbortHandler) // the connection ends, so that the client knows
		}
	}()
	defer s.finish(req)
	defer s.recover(req)
	if m := meterOf(r); m != nil {
		end, refused := m.begin(r)
		defer end()
		if refused != nil {
			s.send(req, *refused)
			return
		}
		ctx, cancel := m.context(r, s.base)
		defer cancel()
		req.meter, req.Request = m, r.WithContext(ctx)
		if endIsUncertain(r) {
			w.Header().Set("Connection", "close")
		}
	}
	if r.ContentLength != 0 {
		s.boundBody(req)
	}
	if s.options.requestID {
		req.id = givenID(r.Header)
		w.Header().Set(idHeader, req.ID())
	}
	switch {
	case req.meter != nil && !hasHost(r): // what front has read has one
		w.Header().Set("Connection", "close")
		s.send(req, plain(http.StatusBadRequest, "invalid host"))
	case len(r.RequestURI) > maxURI:
		w.Header().Set("Connection", "close")
		s.send(req, plain(http.StatusRequestURITooLong, "URI too long"))
	case s.endpoint(req), s.options.cors.answer(req):
	default:
		s.route(req)
	}
}

// recover keeps a defect of ours from ending the process.
func (s *server) recover(req *request) {
	value := recover()
	if value == nil || value == http.ErrAbortHandler { //nolint:errorlint // it is this very value
		return
	}
	s.log.Error("internal error", "panic", fmt.Sprint(value), "stack", string(debug.Stack()))
	s.fail(req)
}

// route answers with what the routes of the script lead to.
func (s *server) route(req *request) {
	req.found = s.router.find(req.Method, req.URL)
	if req.found.route == nil && s.routes.notFound.IsZero() && len(s.routes.middleware) == 0 {
		s.send(req, s.missing(req))
		return
	}
	if r := req.found.route; r != nil && r.mount != nil && len(s.routes.middleware) == 0 && !s.misses(req) {
		s.send(req, answer{kind: static})
		return
	}
	release, refused := s.readBody(req)
	defer func() {
		release()
		req.answered.Store(true)
	}()
	if refused != nil {
		release()
		release = func() {}
		s.sendRefusal(req, *refused)
		return
	}
	s.runHandler(req)
}

// missing is the answer to a request without a route.
func (s *server) missing(req *request) answer {
	allowed := s.router.allowed(req.URL)
	if len(allowed) == 0 {
		return plain(http.StatusNotFound, "not found")
	}
	a := plain(http.StatusMethodNotAllowed, "method not allowed")
	a.header = http.Header{"Allow": {strings.Join(allowed, ", ")}}
	return a
}

// runHandler runs the script's functions as a task and sends what they return.
func (s *server) runHandler(req *request) {
	var a answer
	whole := false // the answer can be sent
	err := s.tasks.Run(req.Context(), func(c core.Call) error {
		req.task, req.alarm = c.Task(), s.alarms.Get().(*alarm)
		req.alarm.set(req.task, req.timed.Add(s.options.handlerTimeout))
		defer s.silence(req)
		v, err := s.call(c, core.ValueOf(c, s.requests, req), req, 0)
		if err != nil || req.socket != nil {
			return err
		}
		if a, err = readAnswer(c, v); err != nil {
			return err
		}
		if a.kind != events && a.kind != socket {
			whole = true
			return nil
		}
		req.alarm.off(req.task)
		return s.stream(c, req, a)
	})
	switch {
	case whole && (err == nil || errors.As(err, new(*core.Interrupted))):
		s.send(req, a)
	case err != nil:
		s.explain(req, err)
	}
	s.closeSocket(req, err)
}

// silence gives the alarm of a request back.
func (s *server) silence(req *request) {
	req.alarm.off(req.task)
	s.alarms.Put(req.alarm)
}

// call runs the middleware from the one at i on, then the handler. It needs the baton.
func (s *server) call(c core.Call, self core.Value, req *request, i int) (core.Value, error) {
	if i == len(s.routes.middleware) {
		return s.innermost(c, self, req)
	}
	next := c.NewFunction(core.Fn1(
		core.Doc{Name: "next", Text: "Calls what comes next.", Needs: core.Pure, Level: core.Script},
		core.Opt("request", core.Any(), self, "The request."),
		core.Returns(core.Any(), "The answer."),
		func(c core.Call, v core.Value) (core.Value, error) { return s.call(c, v, req, i+1) }))
	return s.routes.middleware[i].First(c, self, next)
}

func (s *server) innermost(c core.Call, self core.Value, req *request) (core.Value, error) {
	missed := false
	c.Away(func() { missed = s.misses(req) })
	switch r := req.found.route; {
	case missed:
		return s.routes.notFound.First(c, self)
	case r != nil && r.mount != nil:
		t := c.NewTable(1)
		t.Set(staticKey, core.BoolValue(true))
		return t.Value(), nil
	case r != nil:
		return r.handler.First(c, self)
	case !s.routes.notFound.IsZero() && len(s.router.allowed(req.URL)) == 0:
		return s.routes.notFound.First(c, self)
	}
	return s.missing(req).value(c), nil
}

// value is an answer of the server's own as a middleware sees it. It needs the baton.
func (a answer) value(c core.Call) core.Value {
	t, headers := c.NewTable(3), c.NewTable(len(a.header))
	for name, values := range a.header {
		headers.Set(name, core.TextValue(strings.Join(values, ", ")))
	}
	t.Set("status", core.NumberValue(float64(a.status)))
	t.Set("body", core.TextValue(string(a.text)))
	t.Set("headers", headers.Value())
	return t.Value()
}

// explain logs why a handler failed, and tells the client no more than that it did.
func (s *server) explain(req *request, err error) {
	attrs := []any{"request_id", req.ID(), "method", req.Method, "path", req.rawPath(), "error", err.Error()}
	var traceback string
	if script, ok := errors.AsType[*core.ScriptError](err); ok {
		traceback = script.Traceback
	} else if stopped, ok := errors.AsType[*core.Interrupted](err); ok {
		traceback = stopped.Traceback
	}
	if traceback != "" {
		attrs = append(attrs, "traceback", traceback)
	}
	switch code := codeOf(err); {
	case errors.Is(err, errHandlerTime):
		s.log.Error("a handler was ended: handler_timeout is over", attrs...)
		s.send(req, plain(http.StatusServiceUnavailable, "timed out"))
	case errors.As(err, new(*core.Exit)), errors.Is(err, errShutdown):
		s.log.Debug("a handler was ended: the server shuts down", attrs...)
		s.send(req, plain(http.StatusServiceUnavailable, "shutting down"))
	case code == codeClosed, req.Context().Err() != nil, errors.Is(err, errGone):
		s.log.Debug("a handler was ended: the client is gone", attrs...)
		req.out.gone()
	case code == errUpgrade.Name() && req.out.wrote():
		s.log.Debug("a WebSocket was refused", attrs...)
	default:
		s.log.Error("a handler failed", attrs...)
		s.fail(req)
	}
}

// codeClosed is what using a WebSocket raises whose other end has closed it.
const codeClosed = "ws.closed"

func codeOf(err error) string {
	if e, ok := errors.AsType[*core.Error](err); ok && e.Code != nil {
		return e.Code.Name()
	}
	return ""
}

// fail answers with 500, or breaks off what was begun.
func (s *server) fail(req *request) {
	if req.socket == nil {
		s.send(req, plain(http.StatusInternalServerError, "internal server error"))
	}
}
