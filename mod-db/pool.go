package db

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	// freshFor is how long after its last use a session is taken to be alive.
	freshFor = 500 * time.Millisecond
	// pingLimit is how long a session that is to be used again may take to show that it is alive.
	pingLimit = 3 * time.Second
	// waitLimit is how long a statement waits for a free connection.
	waitLimit = 30 * time.Second
)

// pool keeps the sessions of a database. It is safe for concurrent use.
type pool struct {
	open  func(ctx context.Context) (session, error)
	slots chan struct{} // one for each session that is in use
	write chan struct{} // one for the session that writes; nil when many may

	mu     sync.Mutex
	idle   []*lease // the one used last is the last
	closed bool
}

// lease is a session that somebody uses.
type lease struct {
	session
	pool    *pool
	writing bool
	used    time.Time // when it was given back
	fresh   bool      // made for this use
	begun   bool      // a statement has succeeded in this use
}

// query notes whether it began.
func (l *lease) query(ctx context.Context, st statement) (cursor, error) {
	c, err := l.session.query(ctx, st)
	l.begun = l.begun || err == nil
	return c, err
}

// execute notes whether it succeeded.
func (l *lease) execute(ctx context.Context, st statement) (outcome, error) {
	o, err := l.session.execute(ctx, st)
	l.begun = l.begun || err == nil
	return o, err
}

func newPool(size int, oneWriter bool, open func(ctx context.Context) (session, error)) *pool {
	p := &pool{open: open, slots: make(chan struct{}, size)}
	if oneWriter {
		p.write = make(chan struct{}, 1)
	}
	return p
}

var errGone = errClosed.With(errors.New("the connection is closed"), "it is closed by db.close, and when the task that opened it ends")

// get waits for a session.
func (p *pool) get(ctx context.Context, writing bool) (*lease, error) {
	writing = writing && p.write != nil
	within, cancel := context.WithTimeout(ctx, waitLimit)
	defer cancel()
	if writing {
		select {
		case p.write <- struct{}{}:
		case <-within.Done():
			return nil, p.waited(ctx, "another task has been writing for")
		}
	}
	l, err := p.slot(ctx, within)
	if err != nil {
		if writing {
			<-p.write
		}
		return nil, err
	}
	l.writing = writing
	return l, nil
}

func (p *pool) slot(ctx, within context.Context) (*lease, error) {
	select {
	case p.slots <- struct{}{}:
	case <-within.Done():
		return nil, p.waited(ctx, fmt.Sprintf("all %d connections have been in use for", cap(p.slots)))
	}
	l, err := p.take(ctx)
	if err != nil {
		<-p.slots
		return nil, err
	}
	return l, nil
}

// waited is the error of one who waited in vain.
func (p *pool) waited(ctx context.Context, why string) error {
	if ctx.Err() != nil {
		why = "waiting for a connection: " + why + " longer than the time limit"
	} else {
		why += " " + waitLimit.String()
	}
	return errBusy.With(errors.New(why), "raise options.max_conns of db.connect, or end transactions and db.each sooner")
}

// take is an idle session that is alive, or a new one.
func (p *pool) take(ctx context.Context) (*lease, error) {
	for {
		p.mu.Lock()
		if p.closed {
			p.mu.Unlock()
			return nil, errGone
		}
		last := len(p.idle) - 1
		if last < 0 {
			p.mu.Unlock()
			break
		}
		l := p.idle[last]
		p.idle = p.idle[:last]
		p.mu.Unlock()
		if time.Since(l.used) < freshFor || l.answers(ctx) {
			l.fresh, l.begun = false, false
			return l, nil
		}
		_ = l.session.close() // it is broken already
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
	s, err := p.open(ctx)
	if err != nil {
		return nil, err
	}
	return &lease{session: s, pool: p, fresh: true}, nil
}

func (l *lease) answers(ctx context.Context) bool {
	within, cancel := context.WithTimeout(ctx, pingLimit)
	defer cancel()
	return l.ping(within) == nil && l.reusable()
}

// release gives the session back, or ends it when it is broken. It is the pool's from then on.
func (l *lease) release(broken bool) {
	p, writing := l.pool, l.writing
	l.writing = false
	p.mu.Lock()
	keep := !broken && !p.closed && l.reusable()
	if keep {
		l.used = time.Now()
		p.idle = append(p.idle, l)
	}
	p.mu.Unlock()
	if !keep {
		_ = l.session.close() // nobody can act on it
	}
	<-p.slots
	if writing {
		<-p.write
	}
}

// flush ends the sessions that are not in use: one that broke is seldom alone.
func (p *pool) flush() {
	p.mu.Lock()
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	for _, l := range idle {
		_ = l.session.close() // as above
	}
}

// Close ends the sessions, those in use when they are given back.
func (p *pool) Close() error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.flush()
	return nil
}
