package http

import (
	"fmt"
	nethttp "net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRedirectMethods(t *testing.T) {
	server := record(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		if status := r.URL.Query().Get("status"); status != "" {
			w.Header().Set("Location", "/to b?q={a b}#part")
			n, _ := strconv.Atoi(status)
			w.WriteHeader(n)
		}
	})
	for _, test := range []struct {
		status       int
		method, want string
	}{
		{301, "GET", "GET"},
		{301, "HEAD", "HEAD"},
		{301, "POST", "GET"},
		{301, "PUT", "PUT body text/x"},
		{302, "POST", "GET"},
		{302, "DELETE", "DELETE body text/x"},
		{303, "POST", "GET"},
		{303, "PUT", "GET"},
		{303, "HEAD", "HEAD"},
		{307, "POST", "POST body text/x"},
		{308, "PUT", "PUT body text/x"},
	} {
		r := Request{Method: test.method, URL: fmt.Sprintf("%s/from?status=%d", server.URL, test.status)}
		if test.method != "GET" && test.method != "HEAD" {
			r.Body, r.ContentType = []byte("body"), "text/x"
		}
		got, err := newTestClient(t, Options{}).Do(t.Context(), r)
		if err != nil {
			t.Errorf("%d after %s: %v", test.status, test.method, err)
			continue
		}
		last := server.last(t)
		sent := strings.TrimSpace(last.Method + " " + last.Body + " " + last.Header.Get("Content-Type"))
		if sent != test.want || last.Path != "/to%20b" || last.RawQuery != "q=%7Ba%20b%7D" {
			t.Errorf("%d after %s: sent %q %s?%s, want %q", test.status, test.method, sent, last.Path, last.RawQuery, test.want)
		}
		if want := server.URL + "/to%20b?q=%7Ba%20b%7D"; got.URL != want {
			t.Errorf("URL = %s, want %s", got.URL, want)
		}
	}
}

func TestRedirectsThatAreAnswers(t *testing.T) {
	server := record(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		if r.URL.Path == "/to" {
			w.Header().Set("Location", "/")
		}
		w.WriteHeader(nethttp.StatusFound)
	})
	for _, test := range []struct {
		name string
		path string
		o    Options
	}{
		{"no Location", "/", Options{}},
		{"follow_redirects is false", "/to", Options{FollowRedirects: new(false)}},
	} {
		got, err := newTestClient(t, test.o).Do(t.Context(), Request{URL: server.URL + test.path})
		if err != nil || got.Status != nethttp.StatusFound {
			t.Errorf("%s: %+v, %v", test.name, got, err)
		}
	}
}

func TestRedirectErrors(t *testing.T) {
	server := record(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		location, _ := url.QueryUnescape(r.URL.RawQuery)
		w.Header().Set("Location", location)
		w.WriteHeader(nethttp.StatusFound)
	})
	for _, location := range []string{"ftp://example.com/", "javascript:alert(1)", "http://", "http://a b/", "http://[::1", "http://h:99999/"} {
		before := len(server.all())
		_, err := newTestClient(t, Options{}).Do(t.Context(), Request{URL: server.URL + "/?" + url.QueryEscape(location)})
		if codeOf(err) != "http.redirects" || !strings.Contains(err.Error(), "leads to no http or https URL") {
			t.Errorf("Location %s: %s %v", location, codeOf(err), err)
		}
		if got := len(server.all()) - before; got != 1 {
			t.Errorf("Location %s: %d requests, want 1", location, got)
		}
	}
}

func TestRedirectsAreCounted(t *testing.T) {
	for _, test := range []struct {
		limit    *int
		requests int
		message  string
	}{
		{nil, 11, "more than 10 redirects"},
		{new(3), 4, "more than 3 redirects"},
		{new(0), 1, "more than 0 redirects"},
	} {
		server := record(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
			nethttp.Redirect(w, r, "/again", nethttp.StatusTemporaryRedirect)
		})
		_, err := newTestClient(t, Options{MaxRedirects: test.limit}).Do(t.Context(), Request{URL: server.URL})
		if codeOf(err) != "http.redirects" || err.Error() != test.message || len(server.all()) != test.requests {
			t.Errorf("%v after %d requests, want %s after %d", err, len(server.all()), test.message, test.requests)
		}
	}
}

func TestCredentialsStayWithTheirOrigin(t *testing.T) {
	target := record(t, nil)
	_, targetPort, _ := strings.Cut(strings.TrimPrefix(target.URL, "http://"), ":")
	var location string
	server := record(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		if r.URL.Path == "/from" {
			w.Header().Set("Location", location)
			w.WriteHeader(nethttp.StatusTemporaryRedirect)
		}
	})
	back := record(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		nethttp.Redirect(w, r, server.URL+"/to", nethttp.StatusTemporaryRedirect)
	})
	for _, test := range []struct {
		name, location string
		at             *recorder
		kept           bool
	}{
		{"same origin", "/to", server, true},
		{"another port", target.URL + "/to", target, false},
		{"another name of the host", "http://localhost:" + targetPort + "/to", target, false},
		{"away and back", back.URL, server, false},
	} {
		location = test.location
		_, err := newTestClient(t, Options{Headers: nethttp.Header{"Host": {"virtual.example"}}}).Do(t.Context(), Request{
			URL: server.URL + "/from",
			Options: Options{
				Auth:    &Auth{Bearer: "secret"},
				Headers: nethttp.Header{"cookie": {"session=secret"}, "WWW-Authenticate": {"secret"}, "X-Other": {"kept"}},
			},
		})
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		got := test.at.last(t)
		secrets := len(got.Header["Authorization"]) + len(got.Header["Cookie"]) + len(got.Header["Www-Authenticate"])
		if (secrets == 3) != test.kept || (secrets == 0) == test.kept {
			t.Errorf("%s: header = %v, credentials kept should be %v", test.name, got.Header, test.kept)
		}
		if (got.Host == "virtual.example") != test.kept {
			t.Errorf("%s: Host = %s", test.name, got.Host)
		}
		if got.Header.Get("X-Other") != "kept" {
			t.Errorf("%s: other headers are lost: %v", test.name, got.Header)
		}
	}
}

func TestTrusts(t *testing.T) {
	for _, test := range []struct {
		from, to string
		want     bool
	}{
		{"http://a/", "http://A:80/x", true},
		{"http://a/", "https://a/", true},
		{"http://a:8080/", "https://a:8443/", false},
		{"https://a/", "http://a/", false},
		{"https://a/", "https://a:444/", false},
		{"https://a/", "https://b.a/", false},
		{"https://b.a/", "https://a/", false},
	} {
		from, _ := url.Parse(test.from)
		to, _ := url.Parse(test.to)
		if got := trusts(from, to); got != test.want {
			t.Errorf("trusts(%s, %s) = %v", test.from, test.to, got)
		}
	}
}

func TestClientCertificateStaysWithItsOrigin(t *testing.T) {
	h := &hop{method: "GET", url: mustParse(t, "https://a/"), route: route{ca: "ca", cert: "cert", key: "key", serverName: "name"}}
	next, err := h.redirect(302, "https://b/")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(route{ca: "ca"}, next.route, cmp.AllowUnexported(route{})); diff != "" {
		t.Error(diff)
	}
}

func mustParse(t *testing.T, raw string) *url.URL {
	t.Helper()
	to, err := parseURL(raw)
	if err != nil {
		t.Fatal(err)
	}
	return to.url
}
