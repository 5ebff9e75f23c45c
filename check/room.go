package check

import (
	"context"
	"fmt"
	"sync"

	"assay.rs/core"
	assayhttp "assay.rs/mod-http"
)

// room is memory that the checks of a run share: who wants more than there is waits until others have given theirs
// back.
type room struct {
	size int64

	mu    sync.Mutex
	taken int64
	wake  chan struct{} // closed when some is given back
}

func newRoom(size int64) *room { return &room{size: size, wake: make(chan struct{})} }

// take waits for n bytes, which must not be more than there are at all. The error is the cause of the end of ctx.
func (r *room) take(ctx context.Context, n int64) error {
	for {
		r.mu.Lock()
		if r.taken+n <= r.size {
			r.taken += n
			r.mu.Unlock()
			return nil
		}
		wake := r.wake
		r.mu.Unlock()
		select {
		case <-wake:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (r *room) giveBack(n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.taken -= n
	close(r.wake)
	r.wake = make(chan struct{})
}

// rooms are for what answers take. A check has room of bodies before it asks for room of values, never the other way
// round, and asks for each once: so no two wait for each other.
type rooms struct{ bodies, values *room }

func newRooms() rooms {
	return rooms{newRoom(core.Fitted(4*assayhttp.DefaultMaxBody, 8)), newRoom(core.Fitted(256<<20, 4))}
}

// smallBody is what a body may take without asking, as most do.
const smallBody = 1 << 20

// held is what an answer has taken.
type held struct {
	rooms          rooms
	bodies, values int64
}

// body is asked before a body has n bytes. The first time that this is much, it takes room for the largest one.
func (h *held) body(ctx context.Context, n int) error {
	if n <= smallBody || h.bodies > 0 {
		return nil
	}
	most := h.rooms.maxBody()
	if err := h.rooms.bodies.take(ctx, most); err != nil {
		return err
	}
	h.bodies = most
	return nil
}

// maxBody is how large a body may be.
func (r rooms) maxBody() int64 { return min(assayhttp.DefaultMaxBody, r.bodies.size) }

// decoded takes room for a body as values.
func (h *held) decoded(ctx context.Context, body []byte) error {
	n := decodedSize(body)
	if n <= smallBody || h.values > 0 {
		return nil
	}
	if n > h.rooms.values.size {
		return tooLargeError{n, h.rooms.values.size}
	}
	if err := h.rooms.values.take(ctx, n); err != nil {
		return err
	}
	h.values = n
	return nil
}

// tooLargeError is a body that would take more memory as values than all checks have for that.
type tooLargeError struct{ need, have int64 }

func (e tooLargeError) Error() string {
	return fmt.Sprintf("the body is too large to be judged as JSON: as values it takes about %d MB, and there are %d MB", e.need>>20, e.have>>20)
}

func (h *held) release() {
	if h.bodies > 0 {
		h.rooms.bodies.giveBack(h.bodies)
	}
	if h.values > 0 {
		h.rooms.values.giveBack(h.values)
	}
	h.bodies, h.values = 0, 0
}

// What JSON takes in Go, in bytes, about.
const (
	sizeOfValue  = 40 // in a list that grows
	sizeOfObject = 64
	sizeOfMember = 64
)

// decodedSize is about what a JSON text takes as values.
func decodedSize(text []byte) int64 {
	size, quoted := int64(len(text)), false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case quoted:
		case c == ',':
			size += sizeOfValue
		case c == '{', c == '[':
			size += sizeOfValue + sizeOfObject
		case c == ':':
			size += sizeOfMember
		}
	}
	return size
}
