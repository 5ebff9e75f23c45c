package http

import (
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"sync"
	"testing"
	"time"
)

func TestManyRequestsOfOneClient(t *testing.T) {
	server := record(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		if r.URL.Path == "/from" {
			nethttp.Redirect(w, r, "/to?"+r.URL.RawQuery, nethttp.StatusFound)
			return
		}
		_, _ = io.WriteString(w, r.URL.RawQuery)
	})
	down := refused(t)
	c := newTestClient(t, Options{Headers: nethttp.Header{"X-A": {"b"}}})
	var callers sync.WaitGroup
	for caller := range 20 {
		callers.Go(func() {
			for n := range 20 {
				want := fmt.Sprintf("%d-%d", caller, n)
				got, err := c.Do(t.Context(), Request{URL: server.URL + "/from?" + want, Options: Options{ConnectTimeout: time.Duration(1+caller%3) * time.Second}})
				if err != nil || string(got.Body) != want {
					t.Errorf("%+v, %v, want %s", got, err, want)
				}
				if _, err := c.Do(t.Context(), Request{URL: down}); codeOf(err) != "http.connect" {
					t.Error(err)
				}
			}
		})
	}
	callers.Wait()
}

func TestCloseAmongRequests(t *testing.T) {
	server := record(t, nil)
	c := newTestClient(t, Options{})
	var callers sync.WaitGroup
	for range 10 {
		callers.Go(func() {
			for {
				if _, err := c.Do(t.Context(), Request{URL: server.URL}); errors.Is(err, errClosed) {
					return
				} else if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	if _, err := c.Do(t.Context(), Request{URL: server.URL}); err != nil {
		t.Error(err)
	}
	_ = c.Close()
	callers.Wait()
}
