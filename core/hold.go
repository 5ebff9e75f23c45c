package core

// Hold runs f with the baton. It is for a body that runs without it, to make the values that it calls
// back with; it must be called on the goroutine that runs the body.
func (c Call) Hold(f func()) {
	if c.t.task.held {
		f()
		return
	}
	c.t.task.take()
	defer func() { c.t.task.give() }() // by then it may be another: see enterGhost
	f()
}
