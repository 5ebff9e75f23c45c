package http

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	nethttp "net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// serveH2 serves HTTP/2 on loopback and gives the authority to trust.
func serveH2(t *testing.T, handler nethttp.HandlerFunc) (server *httptest.Server, ca string) {
	t.Helper()
	authority := newAuthority(t)
	cert := issue(t, authority, &x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}})
	server = httptest.NewUnstartedServer(handler)
	server.TLS, server.EnableHTTP2 = &tls.Config{Certificates: []tls.Certificate{cert.pair()}}, true
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server, authority.pem
}

func TestHTTP2(t *testing.T) {
	var connections sync.Map // by the client's address
	waiting := make(chan struct{})
	server, ca := serveH2(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		connections.Store(r.RemoteAddr, true)
		switch r.URL.Path {
		case "/broken":
			_, _ = io.WriteString(w, strings.Repeat("x", 1<<16))
			panic(nethttp.ErrAbortHandler)
		case "/together":
			waiting <- struct{}{} // until as many ask at the same time
		}
		_, _ = io.WriteString(w, r.Proto+" "+r.Header.Get("Cookie"))
	})
	c := newTestClient(t, Options{TLS: TLS{CA: ca}})
	for range 2 {
		got, err := c.Do(t.Context(), Request{URL: server.URL, Options: Options{Cookies: Cookies{Values: map[string]string{"a": "1", "b": "2"}}}})
		if err != nil || string(got.Body) != "HTTP/2.0 a=1; b=2" {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	var asking sync.WaitGroup
	for range 10 {
		asking.Go(func() {
			if _, err := c.Do(t.Context(), Request{URL: server.URL + "/together"}); err != nil {
				t.Error(err)
			}
		})
	}
	for range 10 {
		select {
		case <-waiting:
		case <-time.After(10 * time.Second):
			t.Fatal("requests on one connection wait for each other")
		}
	}
	asking.Wait()
	n := 0
	connections.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
	_, err := c.Do(t.Context(), Request{URL: server.URL + "/broken"})
	want := strings.TrimPrefix(server.URL, "https://") + " broke off the answer: HTTP/2 error 2"
	if codeOf(err) != "http.connect" || err.Error() != want {
		t.Errorf("error = %s %v, want %s", codeOf(err), err, want)
	}
}

func TestGzipInHTTP2(t *testing.T) {
	server, ca := serveH2(t, func(w nethttp.ResponseWriter, _ *nethttp.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = io.WriteString(w, zipped(100_000))
	})
	c := newTestClient(t, Options{TLS: TLS{CA: ca}})
	got, err := c.Do(t.Context(), Request{URL: server.URL})
	if err != nil || len(got.Body) != 100_000 || got.Header.Get("Content-Encoding") != "" {
		t.Errorf("%d bytes, %v", len(got.Body), err)
	}
	if _, err := c.Do(t.Context(), Request{URL: server.URL, Options: Options{MaxBody: 99_999}}); codeOf(err) != "http.body_too_large" {
		t.Errorf("a bomb: %v", err)
	}
}
