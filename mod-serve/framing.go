package serve

import (
	"net/http"

	"assay.rs/mod-serve/internal/front"
)

// endIsUncertain tells whether a proxy may see the end of the request elsewhere. One in chunks may have had a
// Content-Length beside, which net/http drops: then the connection has to end with the answer (RFC 9112, 6.1), as it
// has when the chunks are of HTTP/1.0, where net/http drops Transfer-Encoding.
func endIsUncertain(r *http.Request) bool {
	if r.ProtoMajor != 1 {
		return false
	}
	return len(r.TransferEncoding) > 0 || r.ProtoMinor == 0 && r.Method != http.MethodGet && r.Method != http.MethodHead
}

// hasHost tells whether the request names one valid host (RFC 9110, 7.2; RFC 9113, 8.3.1). HTTP/1.0 need not name any.
func hasHost(r *http.Request) bool {
	if r.Host == "" {
		return r.ProtoMajor == 1 && r.ProtoMinor == 0
	}
	for _, host := range r.Header["Host"] { // HTTP/2 leaves it there, beside :authority
		if host != r.Host {
			return false
		}
	}
	return front.IsHost(r.Host)
}
