package serve

import (
	"sync/atomic"

	"assay.rs/core"
)

// room is how many bytes something of all clients may have together, so that those who send much at once cannot take
// the memory of the host: an eighth of it at most. What is taken is the host's: no script is charged for it.
type room struct {
	left     atomic.Int64
	reserved *core.Reservation
}

func (r *room) open(size int64, reserved *core.Reservation) {
	r.left.Store(core.Fitted(size, 8))
	r.reserved = reserved
}

// take takes n bytes, or none when there is not so much room.
func (r *room) take(n int64) bool {
	if r.left.Add(-n) < 0 {
		r.left.Add(n)
		return false
	}
	r.reserved.Add(n)
	return true
}

// hold takes n bytes unless they are no more than free. Where there is room, release gives it back.
func (r *room) hold(n, free int64) (release func(), ok bool) {
	if n <= free {
		return func() {}, true
	}
	return func() { r.giveBack(n) }, r.take(n)
}

func (r *room) giveBack(n int64) {
	r.reserved.Add(-n)
	r.left.Add(n)
}

// How much room there is: for bodies of requests, headers, messages of WebSockets that are on their way, and what
// clients have not taken yet of answers, events and messages.
const (
	headerRoom  = 16 << 20
	messageRoom = 64 << 20
	outRoom     = 64 << 20
)

// How much of an answer, and of an event, takes no room from others.
const (
	freeAnswer = 16 << 10
	freeEvent  = 1 << 10
)

func bodyRoom(maxBody int64) int64 { return max(64<<20, 4*maxBody) }
