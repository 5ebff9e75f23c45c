package serve

import (
	"encoding/hex"
	"math/rand/v2"
	"net/http"
)

const idHeader = "X-Request-Id"

// newID is 16 random hexadecimal digits.
func newID() string {
	n := rand.Uint64() //nolint:gosec // a name, not a secret
	var b [8]byte
	for i := range b {
		b[i] = byte(n >> (8 * i))
	}
	return hex.EncodeToString(b[:])
}

// maxID bounds what a client may put into every record of the log.
const maxID = 128

// givenID is the name that the client, or a proxy, has for the request; empty if it is not fit for a log.
func givenID(h http.Header) string {
	id := h.Get(idHeader)
	if len(id) > maxID {
		return ""
	}
	for _, c := range []byte(id) {
		if c <= ' ' || c > '~' || c == '"' || c == '\\' {
			return ""
		}
	}
	return id
}
