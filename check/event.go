package check

import (
	"sync"
	"time"

	"assay.rs/core/retry"
)

// EventKind says what happened in a run.
type EventKind int

// The events, in the order in which a run has them.
const (
	RunStarted   EventKind = iota + 1
	CheckStarted           // the Result has name, type, location and file only
	AttemptEnded           // the Try is the attempt; its NextDelay is the wait that begins now
	CheckEnded             // the Result is whole
)

// Event is something that happened in a run. Secrets are out of it.
type Event struct {
	Kind   EventKind
	At     time.Duration // since the run began
	Result Result
	Try    Try
	Done   int // checks finished so far, this one included
	Total  int
}

// events tells one listener what happens in a run, one event at a time and none after its end: a check that was left
// behind may still go on.
type events struct {
	mu    sync.Mutex
	tell  func(Event) // nil when nobody listens
	clock retry.Clock
	began time.Time
	done  int
	total int
}

func (p *Plan) newEvents() *events {
	clock := p.options.Clock
	if clock == nil {
		clock = retry.System{}
	}
	return &events{tell: p.options.Events, clock: clock, began: clock.Now(), total: p.selected}
}

// heard reports whether anybody listens, so that what only events need is not made for nobody.
func (e *events) heard() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.tell != nil
}

func (e *events) emit(ev Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if ev.Kind == CheckEnded {
		e.done++
	}
	if e.tell == nil {
		return
	}
	ev.At, ev.Done, ev.Total = e.elapsed(), e.done, e.total
	e.tell(ev)
}

func (e *events) elapsed() time.Duration { return e.clock.Now().Sub(e.began) }

// end is the end of the run.
func (e *events) end() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.tell = nil
}
