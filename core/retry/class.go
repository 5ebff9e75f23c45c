package retry

import (
	"context"
	"errors"
	"os"
)

// Class is a kind of failure that Policy.On can choose.
type Class string

// The classes. An error may be of several: a 503 where 200 was wanted is Assert and Status5xx.
const (
	Connect   Class = "connect" // no connection, or it broke
	DNS       Class = "dns"     // the name has no address
	TLS       Class = "tls"     // the handshake or the certificate was refused
	Timeout   Class = "timeout" // no answer in time
	Assert    Class = "assert"  // measured, and not as wanted
	Status4xx Class = "4xx"     // the server blamed the request
	Status5xx Class = "5xx"     // the server blamed itself
	Error     Class = "error"   // anything else
	Limit     Class = "limit"   // a limit of the runtime was reached
)

// Classes lists every class, in the order of the documentation.
func Classes() []Class {
	return []Class{Connect, DNS, TLS, Timeout, Assert, Status4xx, Status5xx, Error, Limit}
}

// ClassesOf gives what kind of failure err is: what the first error in its chain with a method
// RetryClasses() []Class says, else Timeout for an exceeded deadline, else the class "error".
// A nil error has no class.
func ClassesOf(err error) []Class {
	if err == nil {
		return nil
	}
	var classed interface{ RetryClasses() []Class }
	if errors.As(err, &classed) {
		if classes := classed.RetryClasses(); len(classes) > 0 {
			return classes
		}
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return []Class{Timeout}
	}
	return []Class{Error}
}
