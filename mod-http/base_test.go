package http

import (
	"strings"
	"testing"
)

func TestBaseURL(t *testing.T) {
	for _, test := range []struct{ base, url, want string }{
		{"", "/a", "/a"},
		{"http://h", "/a", "http://h/a"},
		{"http://h/", "a?b=1", "http://h/a?b=1"},
		{"http://h/api/v1", "/users", "http://h/api/v1/users"},
		{"http://h/api/", "/users", "http://h/api/users"},
		{"http://h/api", "", "http://h/api"},
		{"http://h/api", "?q=1", "http://h/api?q=1"},
		{"http://h/api", "https://other/x", "https://other/x"},
		{"http://h/api", "//other/x", "http://h/api//other/x"},
		{"http://h/api", "/go?to=http://other/", "http://h/api/go?to=http://other/"},
		{"http://u:p@h", "/a", "http://u:p@h/a"},
	} {
		c := client{base: test.base}
		if got := c.at(test.url); got != test.want {
			t.Errorf("%q at %q = %q, want %q", test.url, test.base, got, test.want)
		}
	}
}

func TestBaseURLIsChecked(t *testing.T) {
	for base, want := range map[string]string{
		"/api":                    "it has no scheme",
		"ftp://h":                 "scheme \"ftp\" is not known",
		"http://h/?a=1":           "a query or a fragment",
		"http://u:secret@h/#part": "a query or a fragment",
	} {
		err := checkBase(base)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("base_url %q: %v, want an error with %q", base, err, want)
		}
	}
}

func TestClientWithBaseURL(t *testing.T) {
	server := record(t, answerHealth)
	prints(t, server.URL, `
		local c = http.client{base_url = URL, headers = {["X-A"] = "b"}}
		print(c:get("/health").status, c:get("missing").status, c:get(URL .. "/missing").status)
		print(c:request{url = "/health"}.url == URL .. "/health", c:request{method = "GET"}.url == URL .. "/")
		print(pcall(http.client, {base_url = "api"}))
		print(pcall(http.get, "/health"))
	`, `
200 404 404
true true
false http.client: invalid URL: it has no scheme
false http.get: invalid URL: it has no scheme
`)
}
