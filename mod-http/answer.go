package http

import (
	"context"
	nethttp "net/http"

	"assay.rs/core"
)

// answerer answers a request in place of the network, or gives nothing.
type answerer func(*nethttp.Request) (*nethttp.Response, error)

type answererKey struct{}

// answering lets what answers in place of the network know for which call it does.
func (m *module) answering(ctx context.Context, c core.Call) context.Context {
	if m.cfg.Answer == nil {
		return ctx
	}
	answer := func(r *nethttp.Request) (*nethttp.Response, error) { return m.cfg.Answer(c, r) }
	return context.WithValue(ctx, answererKey{}, answerer(answer))
}

// answered is the answer to a request that the network is not to see, or nil.
func answered(ctx context.Context, r *nethttp.Request) (*nethttp.Response, error) {
	answer, ok := ctx.Value(answererKey{}).(answerer)
	if !ok {
		return nil, nil //nolint:nilnil // none
	}
	return answer(r)
}
