package core

import (
	"context"
	"net"
)

// Listen accepts TCP connections at address, such as ":8080" or "127.0.0.1:0". That the builtin exists is
// the policy's permission. Who listens closes the listener.
func (c Call) Listen(address string) (net.Listener, error) {
	// The listener outlives the context of the task: it is closed when its server has drained.
	return (&net.ListenConfig{}).Listen(context.WithoutCancel(c.Context()), "tcp", address)
}
