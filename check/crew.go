package check

// crew runs functions in goroutines, and keeps those that are done for the next ones: their stacks have grown to
// what a check takes, which costs as much as a tenth of it.
type crew struct {
	idle chan chan func()
	over chan struct{} // closed by disband
}

// newCrew keeps at most so many goroutines that wait for work.
func newCrew(size int) *crew {
	return &crew{idle: make(chan chan func(), size), over: make(chan struct{})}
}

// run runs work in a goroutine, which must not panic.
func (c *crew) run(work func()) {
	select {
	case hand := <-c.idle:
		select {
		case hand <- work:
		case <-c.over: // it has ended
			go c.serve(work)
		}
	default:
		go c.serve(work)
	}
}

func (c *crew) serve(work func()) {
	hand := make(chan func())
	for {
		work()
		select {
		case c.idle <- hand:
		default:
			return
		}
		select {
		case work = <-hand:
		case <-c.over:
			return
		}
	}
}

// disband ends the goroutines that wait, and others when their work is done. What a check that was left behind
// runs later has a goroutine of its own.
func (c *crew) disband() { close(c.over) }
