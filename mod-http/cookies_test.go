package http

import (
	"io"
	nethttp "net/http"
	"os"
	"path/filepath"
	"testing"

	"assay.rs/core/coretest"
)

// setsCookies sets a cookie at /login, which leads to /home; everything answers with the cookies it got.
func setsCookies(w nethttp.ResponseWriter, r *nethttp.Request) {
	if r.URL.Path == "/login" {
		w.Header().Add("Set-Cookie", "session=s3; Path=/; HttpOnly")
		w.Header().Add("Set-Cookie", "narrow=n; Path=/elsewhere")
		nethttp.Redirect(w, r, "/home", nethttp.StatusFound)
		return
	}
	_, _ = io.WriteString(w, r.Header.Get("Cookie"))
}

func TestCookies(t *testing.T) {
	server := record(t, setsCookies)
	other := record(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		nethttp.Redirect(w, r, server.URL+"/home", nethttp.StatusFound)
	})
	for _, test := range []struct{ name, source, want string }{
		{"a table", `print(http.get(URL, {cookies = {b = 2, a = "x y"}}).body)`, "a=x y; b=2\n"},
		{"beside a header", `print(http.get(URL, {cookies = {b = 2}, headers = {Cookie = "a=1"}}).body)`, "a=1; b=2\n"},
		{"none is kept", `http.get(URL .. "/login") print(http.get(URL).body)`, "\n"},
		{"not even for a redirect", `print(http.get(URL .. "/login").body)`, "\n"},
		{"kept for a redirect", `print(http.get(URL .. "/login", {cookies = true}).body, http.get(URL, {cookies = true}).body)`, "session=s3 \n"},
		{"a client's jar", `local c = http.client{cookies = true} c:get(URL .. "/login") print(c:get(URL).body, c:get(URL .. "/elsewhere").body)`, "session=s3 narrow=n; session=s3\n"},
		{"another client's", `http.client{cookies = true}:get(URL .. "/login") print(http.client{cookies = true}:get(URL).body)`, "\n"},
		{"jar and table", `local c = http.client{cookies = true} c:get(URL .. "/login") print(c:get(URL, {cookies = {a = 1}}).body)`, "a=1; session=s3\n"},
		{"not this time", `local c = http.client{cookies = true} c:get(URL .. "/login") print(c:get(URL, {cookies = false}).body)`, "\n"},
		{"a client's table", `local c = http.client{cookies = {a = 1, b = 2}} print(c:get(URL, {cookies = {b = 3}}).body)`, "a=1; b=3\n"},
		{"not for another host", `print(http.get(OTHER, {cookies = {a = 1}}).body)`, "\n"},
		{"bad name", `print(select(2, pcall(http.get, URL, {cookies = {["a b"] = 1}})).message)`, "option 'cookies': cookie name \"a b\" is not valid\n"},
		{"bad value", `print(select(2, pcall(http.get, URL, {cookies = {a = "canary; b=2"}})).message)`, "option 'cookies': cookie a: the value has a semicolon or a control character in it\n"},
		{"two values", `print(select(2, pcall(http.get, URL, {cookies = {a = {1, 2}}})).message)`, "option 'cookies': a: a cookie has one value\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := run(t, coretest.Kit{Globals: map[string]any{"URL": server.URL, "OTHER": other.URL}}, test.source)
			if err != nil || got != test.want {
				t.Errorf("printed %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

func TestBearerFileIsReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	write := func(token string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(token), 0o600); err != nil {
			t.Error(err)
		}
	}
	write("first\n")
	server := record(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		switch r.Header.Get("Authorization") {
		case "Bearer first":
			write("second\n")
			w.WriteHeader(nethttp.StatusServiceUnavailable)
		case "Bearer second":
			write("third")
		}
		_, _ = io.WriteString(w, r.Header.Get("Authorization"))
	})
	got, err := run(t, coretest.Kit{Globals: map[string]any{"URL": server.URL, "path": path}}, `
		local c = http.client{auth = {bearer_file = path}}
		print(c:get(URL, {retry = {attempts = 2, initial = 0}}).body)
		print(c:get(URL).body, c:get(URL, {auth = {bearer = "own"}}).body, c:get(URL, {headers = {Authorization = "own"}}).body)
		print(http.get(URL, {auth = {bearer_file = path}}).body)
		for _, auth in ipairs{{bearer_file = path, bearer = "x"}, {bearer_file = path, username = "x"}, {bearer_file = path .. "x"}, {bearer_file = "/dev/null"}} do
			local _, e = pcall(http.get, URL, {auth = auth})
			print(e.message:gsub(path, "PATH"))
		end
	`)
	want := `Bearer second
Bearer third Bearer own own
Bearer third
auth: bearer is given twice 0
auth: give username and password, or bearer, not both 0
auth: option 'bearer_file': open PATHx: no such file or directory 1
auth: the bearer token is empty 0
`
	if err != nil || got != want {
		t.Errorf("printed %q, %v, want %q", got, err, want)
	}
}
