package front

import (
	"context"
	"sync"
	"time"
)

// LastWait is how long a request goes on whose client sends no more: it may have left, or only have closed its side of
// the connection.
const LastWait = 5 * time.Second

// Parting is what becomes of a request whose client sends no more. Who waits for an answer may have closed its side of
// the connection alone, and gets it within [LastWait]; whoever is sent a stream has left it.
type Parting struct {
	mu     sync.Mutex
	end    func() // ends the request; nil while the client may send
	stream bool
	last   *time.Timer
}

// Began tells that the client sends no more. end is called when the request is to end.
func (p *Parting) Began(end func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.end = end; p.stream {
		end()
		return
	}
	p.last = time.AfterFunc(LastWait, end)
}

// Stop ends the wait, when the request has ended.
func (p *Parting) Stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last != nil {
		p.last.Stop()
	}
}

func (p *Parting) streams() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stream = true; p.end != nil {
		p.end()
	}
}

type partingKey struct{}

// With is a context of the request that p belongs to.
func (p *Parting) With(ctx context.Context) context.Context {
	return context.WithValue(ctx, partingKey{}, p)
}

// Streams tells that the answer to the request of ctx is a stream.
func Streams(ctx context.Context) {
	if p, ok := ctx.Value(partingKey{}).(*Parting); ok {
		p.streams()
	}
}
