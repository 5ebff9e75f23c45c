package http

import (
	"cmp"
	"maps"
	nethttp "net/http"
)

// with is o where the options of a request, over, say nothing.
func (o Options) with(over Options) Options {
	named := over.Headers
	if len(named) > 0 {
		named = mergeHeaders(nil, named)
	}
	merged := Options{
		Headers:         mergeHeaders(o.Headers, named),
		Query:           mergeMap(o.Query, over.Query),
		Timeout:         cmp.Or(over.Timeout, o.Timeout),
		ConnectTimeout:  cmp.Or(over.ConnectTimeout, o.ConnectTimeout),
		FollowRedirects: cmp.Or(over.FollowRedirects, o.FollowRedirects),
		MaxRedirects:    cmp.Or(over.MaxRedirects, o.MaxRedirects),
		Auth:            cmp.Or(over.Auth, o.Auth),
		TLS:             o.TLS.with(over.TLS),
		Cookies:         o.Cookies.with(over.Cookies),
		MaxBody:         cmp.Or(over.MaxBody, o.MaxBody),
		Proxy:           cmp.Or(over.Proxy, o.Proxy),
		UnixSocket:      cmp.Or(over.UnixSocket, o.UnixSocket),
		Resolve:         mergeMap(o.Resolve, over.Resolve),
	}
	// Who a single request comes from counts more than who they all come from.
	switch {
	case named.Get("Authorization") != "" && over.Auth == nil:
		merged.Auth = nil
	case over.Auth != nil && named.Get("Authorization") == "":
		merged.Headers.Del("Authorization")
	}
	return merged
}

func (t TLS) with(over TLS) TLS {
	merged := TLS{
		CA: cmp.Or(over.CA, t.CA), Cert: t.Cert, Key: t.Key,
		Insecure: cmp.Or(over.Insecure, t.Insecure), ServerName: cmp.Or(over.ServerName, t.ServerName),
	}
	if over.Cert != "" || over.Key != "" {
		merged.Cert, merged.Key = over.Cert, over.Key
	}
	return merged
}

// mergeHeaders gives a header of its own, with canonical names.
func mergeHeaders(defaults, over nethttp.Header) nethttp.Header {
	merged := make(nethttp.Header, len(defaults)+len(over)+3)
	for _, headers := range []nethttp.Header{defaults, over} {
		for name, values := range headers {
			merged[nethttp.CanonicalHeaderKey(name)] = values
		}
	}
	return merged
}

// mergeMap is defaults with the entries of over.
func mergeMap[M ~map[string]V, V any](defaults, over M) M {
	if len(defaults) == 0 {
		return over
	}
	merged := maps.Clone(defaults)
	maps.Copy(merged, over)
	return merged
}
