package http

import (
	"crypto/tls"
	nethttp "net/http"

	"assay.rs/core"
)

// TLSOptions are the options of a table in Lua that say whom to trust and who to be, for protocols that
// begin as an HTTP request does.
type TLSOptions struct{ given call }

// TLSKeys are the keys of such a table; in finds the options within an O.
func TLSKeys[O any](in func(*O) *TLSOptions) []core.Key[O] {
	return tlsKeys(func(o *O) *call { return &in(o).given })
}

// Config reads the files that the options name. An option that makes no sense is an error.
func (t TLSOptions) Config(root core.Root) (*tls.Config, error) {
	if err := t.given.readFiles(root); err != nil {
		return nil, err
	}
	return routeTo(t.given.Options).tls()
}

// HeadersType is a table of header fields, checked for what would break a request.
func HeadersType() core.Type[nethttp.Header] { return headersType() }
