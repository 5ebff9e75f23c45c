package http

import (
	"io"
	nethttp "net/http"
	"net/http/httptest"
	"testing"
)

func BenchmarkGet(b *testing.B) {
	server := httptest.NewServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, _ *nethttp.Request) { _, _ = io.WriteString(w, "ok") }))
	defer server.Close()
	b.Run("net/http", func(b *testing.B) {
		client := &nethttp.Client{Transport: &nethttp.Transport{}}
		defer client.CloseIdleConnections()
		b.ReportAllocs()
		for b.Loop() {
			request, err := nethttp.NewRequestWithContext(b.Context(), nethttp.MethodGet, server.URL, nil)
			if err != nil {
				b.Fatal(err)
			}
			answer, err := client.Do(request)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := io.ReadAll(answer.Body); err != nil {
				b.Fatal(err)
			}
			answer.Body.Close()
		}
	})
	b.Run("assay", func(b *testing.B) {
		client := NewClient(Options{}, Environment{})
		defer client.Close()
		b.ReportAllocs()
		for b.Loop() {
			if _, err := client.Do(b.Context(), Request{URL: server.URL}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
