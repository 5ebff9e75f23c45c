package serve

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// minCompressed is the size from which compressing is worth it.
const minCompressed = 1024

// compressible tells whether a body is worth compressing and the client takes it, and tells caches that
// this depends on the client.
func compressible(req *request, h http.Header, size int) bool {
	if size < minCompressed || h["Content-Encoding"] != nil || !isText(h.Get("Content-Type")) {
		return false
	}
	h.Add("Vary", "Accept-Encoding")
	return takesGzip(req.Request)
}

func isText(kind string) bool {
	kind, _, _ = strings.Cut(kind, ";")
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "json") || strings.HasSuffix(kind, "xml") ||
		kind == "application/javascript" || kind == "application/yaml"
}

// takesGzip reads Accept-Encoding as RFC 9110 has it.
func takesGzip(r *http.Request) bool {
	all := false
	for item := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, weighted := strings.Cut(strings.TrimSpace(item), ";")
		taken := true
		if q, ok := strings.CutPrefix(strings.TrimSpace(weight), "q="); weighted && ok {
			n, err := strconv.ParseFloat(q, 64)
			taken = err == nil && n > 0
		}
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "gzip":
			return taken
		case "*":
			all = taken
		}
	}
	return all
}

var writers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }} //nolint:gochecknoglobals // a cache

func sendCompressed(w *recorder, method string, status int, text []byte) {
	var packed bytes.Buffer
	z := writers.Get().(*gzip.Writer)
	defer writers.Put(z)
	z.Reset(&packed)
	_, _ = z.Write(text) // a buffer takes it all
	_ = z.Close()
	h := w.Header()
	h["Content-Encoding"] = []string{"gzip"}
	h["Content-Length"] = []string{strconv.Itoa(packed.Len())}
	w.WriteHeader(status)
	if method != http.MethodHead {
		_, _ = w.Write(packed.Bytes())
	}
}
