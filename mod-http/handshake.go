package http

import (
	"crypto/tls"
	"errors"
	"fmt"
	nethttp "net/http"
	"net/url"

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

// HandshakeURL reads an http or https URL as requests do: what may not stand in it is percent-encoded. auth is the
// Authorization that credentials in it stand for, or empty. The error is one of the argument "url".
func HandshakeURL(raw string) (u *url.URL, auth string, err error) {
	to, err := parseURL(raw)
	if err != nil {
		known, _ := errors.AsType[*core.Error](err)
		return nil, "", core.WithHint(fmt.Errorf("argument 'url': %w", errors.Unwrap(known)), known.Hint)
	}
	if to.auth != nil {
		h := hop{header: make(nethttp.Header)}
		err = h.authorize(to.auth)
		auth = h.header.Get("Authorization")
	}
	return to.url, auth, err
}

// HeadersType is a table of header fields, checked for what would break a request.
func HeadersType() core.Type[nethttp.Header] { return headersType() }
