package serve

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"assay.rs/core"
)

// Status codes of RFC 6455.
const (
	closeNormal    = 1000
	closeGoingAway = 1001
	closeInternal  = 1011
)

// accept is ws.accept.
func (m *module) accept(c core.Call, req *request, o AcceptOptions) (WebSocket, error) {
	if c.Task() != req.task { // which may be about to answer
		return nil, errUpgrade.Errorf("a WebSocket is accepted by the handler of the request itself, not by another task")
	}
	return req.server.upgrade(req, o)
}

// upgrade makes a WebSocket of a request. It waits.
func (s *server) upgrade(req *request, o AcceptOptions) (WebSocket, error) {
	switch {
	case s.accept == nil:
		return nil, errUpgrade.Errorf("this program has no WebSockets")
	case req.socket != nil:
		return nil, errUpgrade.Errorf("the request is a WebSocket already")
	case req.out.wrote():
		return nil, errUpgrade.Errorf("the request has been answered already")
	}
	req.alarm.off(req.task) // it may last longer than handler_timeout
	o.Room = func(n int64) bool {
		if n < 0 {
			s.messages.giveBack(-n)
			return true
		}
		return s.messages.take(n)
	}
	o.Out = func(n int64) (release func(), ok bool) {
		if release, ok = s.out.hold(n, freeEvent); !ok {
			s.crowd("a WebSocket was closed: clients do not take what they are sent", req)
		}
		return release, ok
	}
	o.Patience = s.options.idleTimeout
	task := req.task
	o.Gone = func(by *core.Task) {
		if by == nil || by == task {
			task.Cancel(errGone)
		}
	}
	conn, err := s.accept(&req.out, req.Request, o)
	if err != nil {
		return nil, errUpgrade.With(fmt.Errorf("accept the WebSocket: %w", err), "")
	}
	req.socket = conn
	req.forget = s.sockets.add(closer{
		end:  func() { _ = conn.Close(closeGoingAway, "the server shuts down") }, // it may be closed already
		drop: conn.Drop,
	})
	return conn, nil
}

// useSocket calls the function of the answer with the connection. It needs the baton.
func (s *server) useSocket(c core.Call, req *request, a answer) error {
	var conn WebSocket
	var err error
	c.Away(func() { conn, err = s.upgrade(req, a.accept) })
	if err != nil {
		return err
	}
	_, err = a.stream.Call(c, conn.Value(c))
	return err
}

// closeSocket ends the WebSocket of a request whose handler has ended.
func (s *server) closeSocket(req *request, err error) {
	if req.socket == nil {
		return
	}
	defer req.forget()
	code, reason := closeNormal, ""
	switch {
	case s.draining.Load():
		code, reason = closeGoingAway, "the server shuts down"
	case err != nil && codeOf(err) != codeClosed:
		code, reason = closeInternal, "internal error"
	}
	_ = req.socket.Close(code, reason) // it may be closed already
	req.socket.Drop()
}

// closer is how something is ended in good order, and how at once.
type closer struct{ end, drop func() }

// closers are what must end before the server can.
type closers struct {
	mu   sync.Mutex
	next int
	all  map[int]closer
	shut bool
}

// add notes how something is ended; at once if the others were. forget takes it back.
func (cs *closers) add(c closer) (forget func()) {
	cs.mu.Lock()
	if cs.shut {
		cs.mu.Unlock()
		c.end()
		return func() {}
	}
	defer cs.mu.Unlock()
	if cs.all == nil {
		cs.all = make(map[int]closer)
	}
	n := cs.next
	cs.next++
	cs.all[n] = c
	return func() {
		cs.mu.Lock()
		defer cs.mu.Unlock()
		delete(cs.all, n)
	}
}

// end ends all, each on a goroutine of its own, since a client may take its time, and waits for them.
func (cs *closers) end() {
	var ended sync.WaitGroup
	for _, c := range cs.close() {
		ended.Go(c.end)
	}
	ended.Wait()
}

// drop ends at once what is left.
func (cs *closers) drop() {
	for _, c := range cs.close() {
		c.drop()
	}
}

// close gives what is left; what comes later is ended at once.
func (cs *closers) close() []closer {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.shut = true
	return slices.Collect(maps.Values(cs.all))
}
