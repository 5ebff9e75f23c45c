package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
)

// host is what a server of package servers asks of its test: this program is the test.
type host struct {
	testing.TB // what no server asks

	ctx  context.Context //nolint:containedctx // a test has one
	ends []func()
}

// problem is why a server cannot run.
type problem struct{ text string }

func (h *host) Helper()                      {}
func (h *host) Context() context.Context     { return h.ctx }
func (h *host) Cleanup(f func())             { h.ends = append(h.ends, f) }
func (h *host) Fatal(args ...any)            { panic(problem{fmt.Sprint(args...)}) }
func (h *host) Fatalf(f string, args ...any) { panic(problem{fmt.Sprintf(f, args...)}) }
func (h *host) Skipf(f string, args ...any)  { h.Fatalf(f, args...) }
func (h *host) Errorf(f string, args ...any) { fmt.Fprintf(os.Stderr, "bench: "+f+"\n", args...) }

// end stops the servers.
func (h *host) end() {
	for _, f := range slices.Backward(h.ends) {
		f()
	}
}

// start runs f, which starts a server, and gives what keeps it from running.
func start[T any](h *host, f func(testing.TB) T) (server T, err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case problem:
			err = fmt.Errorf("%s", p.text)
		default:
			panic(p)
		}
	}()
	return f(h), nil
}
