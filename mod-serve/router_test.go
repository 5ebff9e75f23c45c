package serve

import (
	"net/url"
	"strings"
	"testing"
)

func routesOf(t testing.TB, lines ...string) *router {
	t.Helper()
	var all []route
	for _, line := range lines {
		method, pattern, _ := strings.Cut(line, " ")
		all = append(all, route{method: method, pattern: pattern})
	}
	r, err := newRouter(all)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRouter(t *testing.T) {
	r := routesOf(t,
		"GET /", "GET /users/{id}", "GET /users/me", "POST /users", "GET /api/*", "GET /api/v1/*", "GET /api/v1/status",
		"GET /n/{n:[0-9]+}", "* /any", "* /users/{id}/all", "PURGE /cache/*", "GET /a/{x}/b/{y}", "GET /grüße", "GET /both", "* /both", "HEAD /own", "GET /own", "GET /own/*", "* /own/*")
	for _, tt := range []struct{ method, target, want string }{
		{"GET", "/", "GET /"},
		{"GET", "/users/7", "GET /users/{id} id=7"},
		{"GET", "/users/me", "GET /users/me"},
		{"GET", "/users/a%2Fb", "GET /users/{id} id=a/b"},
		{"GET", "/users/a%20b", "GET /users/{id} id=a b"},
		{"GET", "/users/7/", "none"},
		{"GET", "/users", "none POST"},
		{"HEAD", "/users/7", "GET /users/{id} id=7"},
		{"DELETE", "/users/7", "none GET HEAD"},
		{"GET", "/api/x/y", "GET /api/* *=x/y"},
		{"GET", "/api/v1/x", "GET /api/v1/* *=x"},
		{"GET", "/api/v1/status", "GET /api/v1/status"},
		{"GET", "/api", "none"},
		{"GET", "/n/12", "GET /n/{n:[0-9]+} n=12"},
		{"GET", "/n/x", "none"},
		{"PUT", "/any", "* /any"},
		{"BREW", "/any", "* /any"},
		{"HEAD", "/any", "* /any"},
		{"GET", "/users/7/all", "* /users/{id}/all id=7"},
		{"PURGE", "/cache/a", "PURGE /cache/* *=a"},
		{"GET", "/cache/a", "none PURGE"},
		{"GET", "/a/1/b/2", "GET /a/{x}/b/{y} x=1 y=2"},
		{"GET", "/gr%C3%BC%C3%9Fe", "GET /grüße"},
		{"GET", "/nope", "none"},
		{"HEAD", "/both", "GET /both"},
		{"HEAD", "/own", "HEAD /own"},
		{"HEAD", "/own/x", "GET /own/* *=x"},
	} {
		u, err := url.ParseRequestURI(tt.target)
		if err != nil {
			t.Fatal(err)
		}
		f := r.find(tt.method, u)
		got := "none"
		if f.route != nil {
			got = f.route.method + " " + f.route.pattern
			for _, p := range f.params {
				got += " " + p.name + "=" + p.value
			}
		} else if allowed := r.allowed(u); len(allowed) > 0 {
			got += " " + strings.Join(allowed, " ")
		}
		if got != tt.want {
			t.Errorf("%s %s leads to %q, want %q", tt.method, tt.target, got, tt.want)
		}
	}
}

func TestRouterRefuses(t *testing.T) {
	for pattern, want := range map[string]string{
		"/a/*/b": "must be the last", "/a/{x": "delimiter", "/{x}/{x}": "duplicate", "/{x:[}": "regexp",
	} {
		_, err := newRouter([]route{{method: "GET", pattern: pattern}})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "GET[") {
			t.Errorf("newRouter(%q) = %v, want an error with %q that names the route", pattern, err, want)
		}
	}
}

func FuzzRouter(f *testing.F) {
	f.Add("/users/{id}", "/users/7")
	f.Add("/a/*", "/a/%2e%2e/b")
	f.Add("/{a:[0-9]+}/{b}", "/1/2?x")
	f.Fuzz(func(t *testing.T, pattern, target string) {
		if !strings.HasPrefix(pattern, "/") {
			return
		}
		r, err := newRouter([]route{{method: "GET", pattern: pattern}, {method: "*", pattern: "/x/*"}})
		if err != nil {
			return
		}
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return
		}
		if found := r.find("GET", u); found.route != nil && len(r.allowed(u)) == 0 && found.route.method != "*" {
			t.Errorf("%s leads to %s, but no method is allowed", target, pattern)
		}
		r.find("BREW", u)
	})
}
