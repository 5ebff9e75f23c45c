package http

import (
	"crypto/tls"
	nethttp "net/http"
	"strings"
	"time"

	"assay.rs/core"
)

// Response is a whole answer.
type Response struct {
	Status  int
	Header  nethttp.Header
	Body    []byte // decompressed
	URL     string // the last one, after redirects; without credentials
	Timings Timings
	TLS     *tls.ConnectionState // of the last connection; nil without TLS
}

// Timings say where the time went. What did not happen, such as a TLS handshake on a connection that
// was there already, is 0; what happened on several redirects is added up.
type Timings struct {
	DNS       time.Duration // looking names up
	Connect   time.Duration // making connections
	TLS       time.Duration // TLS handshakes
	FirstByte time.Duration // from the start to the first byte of the last answer
	Total     time.Duration // from the start to the end of the body
}

// Holds implements [core.Holder].
func (r *Response) Holds(held core.Held) {
	held.Bytes(len(r.Body) + responseSize)
	held.Text(r.URL)
	if r.TLS != nil {
		for _, c := range r.TLS.PeerCertificates {
			held.Bytes(len(c.Raw) * 3) // as it came, and read
		}
	}
	for name, values := range r.Header {
		held.Text(name)
		held.Text(values...)
	}
}

// responseSize is about what an answer takes beside its texts.
const responseSize = 1 << 10

// OK tells whether the status is 200 to 299.
func (r *Response) OK() bool { return r.Status >= 200 && r.Status <= 299 }

// headers are the header fields by lower-case name, the values of a repeated one joined.
func (r *Response) headers() map[string]string {
	joined := make(map[string]string, len(r.Header))
	for name, values := range r.Header {
		joined[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	return joined
}

func (r *Response) headerValues() map[string][]string {
	all := make(map[string][]string, len(r.Header))
	for name, values := range r.Header {
		all[strings.ToLower(name)] = values
	}
	return all
}
