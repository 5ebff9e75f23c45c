package front

import (
	"bufio"
	"bytes"
	"io"
	"maps"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

func TestReadRequest(t *testing.T) {
	const host = "Host: x\r\n"
	for _, tt := range []struct {
		name, sent string
		taken      bool
	}{
		{"plain", "GET / HTTP/1.1\r\n" + host + "\r\n", true},
		{"a query", "GET /a/b?c=d&e HTTP/1.1\r\n" + host + "\r\n", true},
		{"an encoded path", "GET /a%20b%2Fc HTTP/1.1\r\n" + host + "\r\n", true},
		{"two slashes", "GET //a//b HTTP/1.1\r\n" + host + "\r\n", true},
		{"any method", "PURGE-X / HTTP/1.1\r\n" + host + "\r\n", true},
		{"fields", "GET / HTTP/1.1\r\nhOST:x:80\r\naccept:  */* \t\r\nX-A: 1\r\nx-a: 2\r\nX-Empty:\r\n\r\n", true},
		{"text that is no ASCII", "GET / HTTP/1.1\r\n" + host + "X: h\u00e9\xff\r\n\r\n", true},
		{"keep-alive", "GET / HTTP/1.1\r\n" + host + "Connection: Keep-Alive\r\n\r\n", true},
		{"a body", "POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\n\r\nabc", true},
		{"a body of nothing", "POST / HTTP/1.1\r\n" + host + "Content-Length: 0\r\n\r\n", true},
		{"an IPv6 address", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", true},
		{"another behind it", "GET / HTTP/1.1\r\n" + host + "\r\nGET /second", true},

		{"part of a header", "GET / HTTP/1.1\r\n" + host, false},
		{"part of a body", "POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\n\r\nab", false},
		{"HTTP/1.0", "GET / HTTP/1.0\r\n" + host + "\r\n", false},
		{"HTTP/1.10", "GET / HTTP/1.10\r\n" + host + "\r\n", false},
		{"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", false},
		{"lower case", "GET / http/1.1\r\n" + host + "\r\n", false},
		{"a proxy's form", "GET http://x/ HTTP/1.1\r\n" + host + "\r\n", false},
		{"OPTIONS *", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n", false},
		{"CONNECT", "CONNECT x:80 HTTP/1.1\r\n" + host + "\r\n", false},
		{"a blank in the path", "GET /a b HTTP/1.1\r\n" + host + "\r\n", false},
		{"a bad escape", "GET /%zz HTTP/1.1\r\n" + host + "\r\n", false},
		{"a control character in the path", "GET /\x01 HTTP/1.1\r\n" + host + "\r\n", false},
		{"no method", " / HTTP/1.1\r\n" + host + "\r\n", false},
		{"no host", "GET / HTTP/1.1\r\nX: y\r\n\r\n", false},
		{"no fields", "GET / HTTP/1.1\r\n\r\n", false},
		{"an empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", false},
		{"two hosts", "GET / HTTP/1.1\r\n" + host + "Host: y\r\n\r\n", false},
		{"a strange host", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n", false},
		{"a chunked body", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", false},
		{"both lengths", "POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", false},
		{"two lengths", "POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", false},
		{"a list of lengths", "POST / HTTP/1.1\r\n" + host + "Content-Length: 3, 3\r\n\r\nabc", false},
		{"a signed length", "POST / HTTP/1.1\r\n" + host + "Content-Length: +3\r\n\r\nabc", false},
		{"an empty length", "POST / HTTP/1.1\r\n" + host + "Content-Length: \r\n\r\n", false},
		{"Expect", "POST / HTTP/1.1\r\n" + host + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc", false},
		{"close", "GET / HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n", false},
		{"an upgrade", "GET / HTTP/1.1\r\n" + host + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n", false},
		{"a trailer", "GET / HTTP/1.1\r\n" + host + "Trailer: X\r\n\r\n", false},
		{"Pragma", "GET / HTTP/1.1\r\n" + host + "Pragma: no-cache\r\n\r\n", false},
		{"a folded field", "GET / HTTP/1.1\r\n" + host + "X: a\r\n b\r\n\r\n", false},
		{"a blank before the colon", "GET / HTTP/1.1\r\n" + host + "Content-Length : 3\r\n\r\n", false},
		{"a field without a colon", "GET / HTTP/1.1\r\n" + host + "X\r\n\r\n", false},
		{"a field without a name", "GET / HTTP/1.1\r\n" + host + ": x\r\n\r\n", false},
		{"a bare line feed", "GET / HTTP/1.1\n" + host + "\r\n", false},
		{"a line feed in a field", "GET / HTTP/1.1\r\n" + host + "X: a\nContent-Length: 3\r\n\r\n", false},
		{"a carriage return in a field", "GET / HTTP/1.1\r\n" + host + "X: a\rb\r\n\r\n", false},
		{"NUL in a field", "GET / HTTP/1.1\r\n" + host + "X: a\x00b\r\n\r\n", false},
		{"line breaks before it", "\r\nGET / HTTP/1.1\r\n" + host + "\r\n", false},
		{"nothing", "\r\n\r\n", false},
		{"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := checkRequest(t, []byte(tt.sent)); got != tt.taken {
				t.Errorf("taken: %v, want %v", got, tt.taken)
			}
		})
	}
}

// checkRequest tells whether a request is taken. If so, net/http reads the same.
func checkRequest(t *testing.T, sent []byte) bool {
	t.Helper()
	var got http.Request
	before := bytes.Clone(sent)
	length := readRequest(&got, sent)
	if !bytes.Equal(sent, before) {
		t.Fatalf("%q was changed to %q", before, sent)
	}
	if length == 0 {
		return false
	}
	in := bytes.NewReader(sent)
	whole := bufio.NewReaderSize(in, len(sent)+16)
	want, err := http.ReadRequest(whole)
	if err != nil {
		t.Fatalf("%q was taken; net/http says %v", sent, err)
	}
	gotBody, wantBody := readAll(t, got.Body), readAll(t, want.Body)
	if !bytes.Equal(gotBody, wantBody) {
		t.Errorf("%q: body %q, want %q", sent, gotBody, wantBody)
	}
	if rest := whole.Buffered() + in.Len(); length != len(sent)-rest {
		t.Errorf("%q: length %d, want %d", sent, length, len(sent)-rest)
	}
	if len(want.Header["Pragma"]) > 0 || want.Close || len(want.TransferEncoding) > 0 || len(want.Trailer) > 0 {
		t.Errorf("%q was taken, though it is more than a plain request", sent)
	}
	if !maps.EqualFunc(got.Header, want.Header, func(a, b []string) bool { return reflect.DeepEqual(a, b) }) {
		t.Errorf("%q: header %q, want %q", sent, got.Header, want.Header)
	}
	type plain struct {
		method, uri, proto, host, url string
		major, minor                  int
		length                        int64
	}
	of := func(r *http.Request) plain {
		return plain{r.Method, r.RequestURI, r.Proto, r.Host, r.URL.String(), r.ProtoMajor, r.ProtoMinor, r.ContentLength}
	}
	if of(&got) != of(want) || !reflect.DeepEqual(got.URL, want.URL) {
		t.Errorf("%q: got %+v, want %+v", sent, of(&got), of(want))
	}
	return true
}

func readAll(t *testing.T, r io.Reader) []byte {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// FuzzReadRequest looks for requests that are read otherwise than net/http reads them.
func FuzzReadRequest(f *testing.F) {
	for _, fields := range []string{
		"", "Accept: */*\r\n", "Content-Length: 3\r\n", "Connection: keep-alive\r\n", "x-a: 1\r\nX-A:\t2 \r\n",
		"Transfer-Encoding: chunked\r\n", "Content-Length: 3\r\nContent-Length: 4\r\n", "Host: y\r\n",
	} {
		for _, line := range []string{"GET / HTTP/1.1", "POST /a%20b?c=d#e HTTP/1.1", "GET //x:y@z HTTP/1.1", "GET  / HTTP/1.1"} {
			f.Add([]byte(line + "\r\nHost: x\r\n" + fields + "\r\nabc"))
		}
	}
	f.Add([]byte(strings.Repeat("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 2)))
	f.Fuzz(func(t *testing.T, sent []byte) { checkRequest(t, sent) })
}
