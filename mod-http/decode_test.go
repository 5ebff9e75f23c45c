package http

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	nethttp "net/http"
	"slices"
	"strings"
	"testing"

	"assay.rs/core/coretest"
)

func packed(t *testing.T, open func(io.Writer) io.WriteCloser, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := open(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestContentCodings(t *testing.T) {
	zip := packed(t, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }, "hello")
	two := append(bytes.Clone(zip), packed(t, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }, " twice")...)
	zl := packed(t, func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }, "hello")
	raw := packed(t, func(w io.Writer) io.WriteCloser {
		f, _ := flate.NewWriter(w, flate.BestSpeed)
		return f
	}, "hello")
	for _, tt := range []struct {
		name, coding string
		sent         []byte
		want         string
	}{
		{"gzip", "gzip", zip, "hello"},
		{"x-gzip", "x-gzip", zip, "hello"},
		{"upper case", "GZIP", zip, "hello"},
		{"gzip with zeros behind it", "gzip", append(bytes.Clone(zip), make([]byte, 8)...), "hello"},
		{"gzip of two members", "gzip", two, "hello twice"},
		{"gzip with something behind it", "gzip", append(bytes.Clone(zip), "no"...), "http.protocol"},
		{"gzip that is cut short", "gzip", zip[:len(zip)-4], "http.protocol"},
		{"gzip of nothing", "gzip", nil, ""},
		{"deflate as zlib", "deflate", zl, "hello"},
		{"deflate without zlib", "deflate", raw, "hello"},
		{"another one", "br", []byte("as it is"), "as it is"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := record(t, func(w nethttp.ResponseWriter, _ *nethttp.Request) {
				w.Header().Set("Content-Encoding", tt.coding)
				_, _ = w.Write(tt.sent)
			})
			got, err := run(t, coretest.Kit{Globals: map[string]any{"URL": server.URL}},
				`local ok, r = pcall(http.get, URL) print(ok and r.body or r.code)`)
			if err != nil || got != tt.want+"\n" {
				t.Errorf("printed %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

// A jar sends back what it was given, byte for byte.
func TestCookieValuesAreKept(t *testing.T) {
	server := record(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		for _, line := range []string{`q="a, b"; Path=/`, "u=h\u00e9; Path=/", `prefs={"dark":1}; Path=/; HttpOnly`, "plain=1", "gone=1; Max-Age=0", "bad name=1", "=x", "old=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT"} {
			w.Header().Add("Set-Cookie", line)
		}
		_, _ = io.WriteString(w, r.Header.Get("Cookie"))
	})
	got, err := run(t, coretest.Kit{Globals: map[string]any{"URL": server.URL}},
		`local c = http.client{cookies = true} c:get(URL) print(c:get(URL).body)`)
	if want := "plain=1; prefs={\"dark\":1}; q=\"a, b\"; u=h\u00e9\n"; err != nil || sorted(got) != want {
		t.Errorf("sent %q, %v, want %q", got, err, want)
	}
}

// sorted is the line of cookies in the order of their names.
func sorted(line string) string {
	pairs := strings.Split(strings.TrimSuffix(line, "\n"), "; ")
	slices.Sort(pairs)
	return strings.Join(pairs, "; ") + "\n"
}
