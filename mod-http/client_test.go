package http

import (
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assay.rs/core"
)

// seen is a whole request as the server got it.
type seen struct {
	Method, Path, RawQuery, Host string
	Header                       nethttp.Header
	Body                         string
}

// recorder is a server that remembers every request and answers with the given handler, or with 200.
type recorder struct {
	*httptest.Server
	mu       sync.Mutex
	requests []seen
}

func record(t *testing.T, answer nethttp.HandlerFunc) *recorder {
	t.Helper()
	r := new(recorder)
	r.Server = httptest.NewServer(r.handler(answer))
	t.Cleanup(r.Close)
	return r
}

func (r *recorder) handler(answer nethttp.HandlerFunc) nethttp.HandlerFunc {
	return func(w nethttp.ResponseWriter, q *nethttp.Request) {
		body, err := io.ReadAll(q.Body)
		if err != nil {
			body = []byte("ERROR " + err.Error())
		}
		r.mu.Lock()
		r.requests = append(r.requests, seen{q.Method, q.URL.EscapedPath(), q.URL.RawQuery, q.Host, q.Header.Clone(), string(body)})
		r.mu.Unlock()
		if answer != nil {
			answer(w, q)
		}
	}
}

func (r *recorder) all() []seen {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]seen(nil), r.requests...)
}

func (r *recorder) last(t *testing.T) seen {
	t.Helper()
	all := r.all()
	if len(all) == 0 {
		t.Fatal("the server saw no request")
	}
	return all[len(all)-1]
}

func newTestClient(t *testing.T, o Options) *Client {
	t.Helper()
	c := NewClient(o, Environment{})
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func codeOf(err error) string {
	var e *core.Error
	if !errors.As(err, &e) {
		return fmt.Sprintf("%T", err)
	}
	if e.Code == nil {
		return ""
	}
	return e.Code.Name()
}

func TestRequestIsSentWhole(t *testing.T) {
	server := record(t, nil)
	c := newTestClient(t, Options{
		Headers: nethttp.Header{"X-Kept": {"client"}, "x-replaced": {"client"}},
		Query:   url.Values{"team": {"a&b"}, "over": {"client"}},
	})
	_, err := c.Do(t.Context(), Request{
		Method: "put", URL: server.URL + "/a b/%2Fc?x=1", Body: []byte("\x00\xff"), ContentType: "text/plain",
		Options: Options{
			Headers: nethttp.Header{"X-Replaced": {"one", "two"}},
			Query:   url.Values{"over": {"call", "again"}},
			Auth:    &Auth{Username: "me", Password: "pä:ss"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := seen{
		Method: "PUT", Path: "/a%20b/%2Fc", RawQuery: "x=1&over=call&over=again&team=a%26b",
		Host: strings.TrimPrefix(server.URL, "http://"),
		Header: nethttp.Header{
			"Accept-Encoding": {"gzip"}, "Authorization": {"Basic bWU6cMOkOnNz"}, "Content-Length": {"2"},
			"Content-Type": {"text/plain"}, "User-Agent": {"assay"}, "X-Kept": {"client"}, "X-Replaced": {"one", "two"},
		},
		Body: "\x00\xff",
	}
	if diff := cmp.Diff(want, server.last(t)); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

func TestAnswerIsReadWhole(t *testing.T) {
	server := record(t, func(w nethttp.ResponseWriter, _ *nethttp.Request) {
		w.Header()["X-Many"] = []string{"one", "two"}
		w.WriteHeader(nethttp.StatusTeapot)
		_, _ = io.WriteString(w, "\x00short\xff")
	})
	got, err := newTestClient(t, Options{}).Do(t.Context(), Request{URL: server.URL + "#part"})
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != nethttp.StatusTeapot || got.OK() || string(got.Body) != "\x00short\xff" || got.URL != server.URL+"/" {
		t.Errorf("answer = %d %v %q %q", got.Status, got.OK(), got.Body, got.URL)
	}
	if got := got.headers()["x-many"]; got != "one, two" {
		t.Errorf("x-many = %q", got)
	}
	if diff := cmp.Diff([]string{"one", "two"}, got.headerValues()["x-many"]); diff != "" {
		t.Error(diff)
	}
	timings := got.Timings
	if timings.Connect <= 0 || timings.FirstByte < timings.Connect || timings.Total < timings.FirstByte || timings.DNS != 0 || timings.TLS != 0 {
		t.Errorf("timings = %+v", timings)
	}
}

func TestWhoTheRequestComesFrom(t *testing.T) {
	server := record(t, nil)
	host := strings.TrimPrefix(server.URL, "http://")
	header := func(value string) Options { return Options{Headers: nethttp.Header{"authorization": {value}}} }
	for _, test := range []struct {
		name         string
		client, call Options
		url, want    string
	}{
		{name: "nobody", url: server.URL},
		{name: "bearer, from a file", call: Options{Auth: &Auth{Bearer: "abc\n"}}, url: server.URL, want: "Bearer abc"},
		{name: "URL", url: "http://u:p%40@" + host, want: "Basic dTpwQA=="},
		{name: "option before URL", call: Options{Auth: &Auth{Bearer: "abc"}}, url: "http://u:p@" + host, want: "Bearer abc"},
		{name: "header before option", call: Options{Auth: &Auth{Bearer: "abc"}, Headers: header("own").Headers}, url: server.URL, want: "own"},
		{name: "call's header before client's option", client: Options{Auth: &Auth{Bearer: "abc"}}, call: header("own"), url: server.URL, want: "own"},
		{name: "call's option before client's header", client: header("own"), call: Options{Auth: &Auth{Bearer: "abc"}}, url: server.URL, want: "Bearer abc"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := newTestClient(t, test.client).Do(t.Context(), Request{URL: test.url, Options: test.call})
			if err != nil {
				t.Fatal(err)
			}
			if sent := server.last(t).Header.Get("Authorization"); sent != test.want {
				t.Errorf("Authorization = %q, want %q", sent, test.want)
			}
			if got.URL != server.URL+"/" {
				t.Errorf("URL = %q shows credentials", got.URL)
			}
		})
	}
}

func TestRequestsThatAreNotSent(t *testing.T) {
	for _, test := range []struct {
		name, code, message string
		request             Request
	}{
		{"no scheme", "http.url", "invalid URL: it has no scheme", Request{URL: "example.com/x"}},
		{"another scheme", "http.url", `invalid URL: scheme "ftp" is not known here`, Request{URL: "ftp://example.com/x"}},
		{"a path alone", "http.url", "invalid URL: it has no scheme", Request{URL: "/x?y=http://z"}},
		{"no host", "http.url", "invalid URL: it has no host", Request{URL: "http:///x"}},
		{"empty", "http.url", "invalid URL: it has no scheme", Request{}},
		{"a port over 65535", "http.url", "invalid URL: the port is not a number from 1 to 65535", Request{URL: "http://h:65536/"}},
		{"a password with a slash", "http.url", "invalid URL: the port is not a number from 1 to 65535", Request{URL: "http://u:secret/x@h/"}},
		{"a blank in the host", "http.url", "invalid URL: the host name has a character that is not allowed", Request{URL: "http://a b/"}},
		{"a line break in the host", "http.url", "invalid URL: the host name has a character that is not allowed", Request{URL: "http://a\r\nb/"}},
		{"a backslash in the host", "http.url", "invalid URL: the host name has a character that is not allowed", Request{URL: `http://a\@b/`}},
		{"a line break in a header", "", "header X-A: the value has a line break or a control character in it", Request{URL: "http://h", Options: Options{Headers: nethttp.Header{"X-A": {"1\r\nX-B: 2"}}}}},
		{"a colon in a header name", "", `header name "X:A" is not valid`, Request{URL: "http://h", Options: Options{Headers: nethttp.Header{"X:A": {"1"}}}}},
		{"a method with a blank", "", `method "GET /" is not valid`, Request{Method: "GET /", URL: "http://h"}},
		{"two kinds of auth", "", "auth: give username and password, or bearer, not both", Request{URL: "http://h", Options: Options{Auth: &Auth{Username: "a", Bearer: "b"}}}},
		{"a line break in a token", "", "auth: the bearer token has a control character in it", Request{URL: "http://h", Options: Options{Auth: &Auth{Bearer: "a\nb"}}}},
		{"no certificate", "", "ca_cert: there is no PEM certificate in it", Request{URL: "http://h", Options: Options{TLS: TLS{CA: "x"}}}},
		{"a key alone", "", "client_key: client_cert is missing", Request{URL: "http://h", Options: Options{TLS: TLS{Key: "x"}}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := newTestClient(t, Options{}).Do(t.Context(), test.request)
			if err == nil || codeOf(err) != test.code || err.Error() != test.message {
				t.Errorf("error = %q %v, want %q %s", codeOf(err), err, test.code, test.message)
			}
		})
	}
}

func TestClosedClient(t *testing.T) {
	server := record(t, nil)
	c := newTestClient(t, Options{})
	if _, err := c.Do(t.Context(), Request{URL: server.URL}); err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
	if _, err := c.Do(t.Context(), Request{URL: server.URL}); !errors.Is(err, errClosed) {
		t.Errorf("error = %v, want %v", err, errClosed)
	}
}

func TestConnectionsAreReused(t *testing.T) {
	server := record(t, func(w nethttp.ResponseWriter, q *nethttp.Request) { _, _ = io.WriteString(w, q.RemoteAddr) })
	c := newTestClient(t, Options{})
	remotes := make(map[string]bool)
	for range 10 {
		got, err := c.Do(t.Context(), Request{URL: server.URL, Options: Options{Timeout: 5 * time.Second}})
		if err != nil {
			t.Fatal(err)
		}
		remotes[string(got.Body)] = true
	}
	if len(remotes) != 1 {
		t.Errorf("10 requests took %d connections, want 1", len(remotes))
	}
}
