package http

import (
	"io"
	"net"
	nethttp "net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assay.rs/core/coretest"
)

func TestRetryInLua(t *testing.T) {
	quick := `{attempts = 3, initial = 0.001}`
	for _, test := range []struct {
		name, source string
		statuses     []int // of the answers; the last one is repeated
		want         string
		requests     int
	}{
		{"until it works", `print(http.get(URL, {retry = ` + quick + `}).status)`, []int{503, 500, 200}, "200\n", 3},
		{"the last answer", `print(http.get(URL, {retry = ` + quick + `}).status)`, []int{503}, "503\n", 3},
		{"not after 404", `print(http.get(URL, {retry = ` + quick + `}).status)`, []int{404}, "404\n", 1},
		{"after 429", `print(http.get(URL, {retry = ` + quick + `}).status)`, []int{429, 200}, "200\n", 2},
		{"not after POST", `print(http.post(URL, "x", {retry = ` + quick + `}).status)`, []int{503, 200}, "503\n", 1},
		{"not after PATCH", `print(http.request{method = "patch", url = URL, retry = ` + quick + `}.status)`, []int{503, 200}, "503\n", 1},
		{"after PUT", `print(http.put(URL, "x", {retry = ` + quick + `}).status)`, []int{503, 200}, "200\n", 2},
		{"POST when asked", `print(http.post(URL, "x", {retry = {initial = 0.001, on = "5xx"}}).status)`, []int{503, 200}, "200\n", 2},
		{"4xx when asked", `print(http.get(URL, {retry = {initial = 0.001, on = {"4xx"}}}).status)`, []int{404, 200}, "200\n", 2},
		{"only what is asked", `print(http.get(URL, {retry = {initial = 0.001, on = {"4xx"}}}).status)`, []int{503, 200}, "503\n", 1},
		{
			"a function decides", `print(http.get(URL, {retry = {initial = 0.001, on = function(e) print(e.code, e.message) return e.message ~= "status 410" end}}).status)`,
			[]int{404, 503, 410},
			"http.status status 404\nhttp.status status 503\nhttp.status status 410\n410\n", 3,
		},
		{"successes", `print(http.get(URL, {retry = {initial = 0.001, attempts = 5, successes = 2}}).status)`, []int{503, 200, 503, 200}, "200\n", 5},
		{"a client's default", `print(http.client{retry = ` + quick + `}:get(URL).status)`, []int{503, 200}, "200\n", 2},
		{"a call's own", `print(http.client{retry = ` + quick + `}:get(URL, {retry = {attempts = 1}}).status)`, []int{503, 200}, "503\n", 1},
		{"none by default", `print(http.get(URL).status)`, []int{503, 200}, "503\n", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			var n atomic.Int32
			server := record(t, func(w nethttp.ResponseWriter, _ *nethttp.Request) {
				at := min(int(n.Add(1)), len(test.statuses)) - 1
				w.WriteHeader(test.statuses[at])
			})
			prints(t, server.URL, test.source, test.want)
			if got := len(server.all()); got != test.requests {
				t.Errorf("%d requests, want %d", got, test.requests)
			}
		})
	}
}

func TestRetryOfFailures(t *testing.T) {
	for _, test := range []struct {
		name, source, want string
		attempts           int32
	}{
		{"GET after a broken connection", `http.get(URL, {retry = {attempts = 3, initial = 0}})`, "http.connect after 3 attempts: HOST closed the connection without an answer", 3},
		{"POST after a broken connection", `http.post(URL, "x", {retry = {attempts = 3, initial = 0}})`, "http.connect HOST closed the connection without an answer", 1},
		{"POST when asked", `http.post(URL, "x", {retry = {attempts = 3, initial = 0, on = "connect"}})`, "http.connect after 3 attempts: HOST closed the connection without an answer", 3},
	} {
		var n atomic.Int32
		url := peer(t, func(net.Conn) { n.Add(1) })
		got, err := run(t, coretest.Kit{Globals: map[string]any{"URL": url}}, `local ok, e = pcall(function() `+test.source+` end) print(e.code, e.message)`)
		got = strings.ReplaceAll(strings.TrimSpace(got), strings.TrimPrefix(url, "http://"), "HOST")
		if err != nil || got != test.want || n.Load() != test.attempts {
			t.Errorf("%s: %q after %d attempts, %v, want %q after %d", test.name, got, n.Load(), err, test.want, test.attempts)
		}
	}
	prints(t, refused(t), `
		local ok, e = pcall(http.post, URL, "x", {retry = {attempts = 2, initial = 0}})
		print(e.code, e.message:match("^after 2 attempts: dial tcp") ~= nil)
		ok, e = pcall(http.get, "nonsense", {retry = {attempts = 2, initial = 60}})
		print(e.code, e.message)
	`, `
http.connect true
http.url invalid URL: it has no scheme
`)
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "3": 3 * time.Second, "-3": 0, "soon": 0, "99999999999999": 0,
		now.Add(time.Minute).Format(nethttp.TimeFormat): time.Minute, now.Add(-time.Minute).Format(nethttp.TimeFormat): 0,
	} {
		if got := RetryAfter(nethttp.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("Retry-After %q = %s, want %s", value, got, want)
		}
	}
}

func TestRetryAfterIsCappedByMaxElapsed(t *testing.T) {
	server := record(t, func(w nethttp.ResponseWriter, _ *nethttp.Request) {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(nethttp.StatusServiceUnavailable)
	})
	began := time.Now()
	prints(t, server.URL, `print(http.get(URL, {retry = {attempts = 2, initial = 0.001, max_elapsed = 0.1}}).status)`, "503\n")
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
}

func TestConnectionsOfAVM(t *testing.T) {
	closed := make(chan struct{}, 100)
	server := httptest.NewUnstartedServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) { _, _ = io.WriteString(w, r.RemoteAddr) }))
	server.Config.ConnState = func(_ net.Conn, state nethttp.ConnState) {
		if state == nethttp.StateClosed {
			closed <- struct{}{}
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	prints(t, server.URL, `
		local first = http.get(URL).body
		print(http.get(URL).body == first, http.get(URL, {timeout = 5}).body == first)
		print(http.client():get(URL).body == first)
	`, "true true\nfalse\n")
	for range 2 {
		select {
		case <-closed:
		case <-time.After(5 * time.Second):
			t.Fatal("a connection outlives its VM")
		}
	}
}

func TestProxyFromTheScriptsEnvironment(t *testing.T) {
	proxy := record(t, func(w nethttp.ResponseWriter, _ *nethttp.Request) { _, _ = io.WriteString(w, "from the proxy") })
	address := strings.Replace(proxy.URL, "//", "//u:p@", 1)
	env := map[string]string{"HTTP_PROXY": address, "HTTPS_PROXY": address, "NO_PROXY": ".internal"}
	got, err := run(t, coretest.Kit{Env: env}, `
		print(http.get("http://nowhere.invalid/a b").body)
		print(http.client():get("http://nowhere.invalid/").body)
		local ok, e = pcall(http.get, "https://nowhere.invalid/")
		print(e.code, e.message:gsub(":%d+ ", ":PORT "))
	`)
	if want := "from the proxy\nfrom the proxy\nhttp.tls"; err != nil || !strings.HasPrefix(got, want) {
		t.Errorf("printed %q, %v, want %q", got, err, want)
	}
	all := proxy.all()
	if first := all[0]; first.Host != "nowhere.invalid" || first.Path != "/a%20b" || first.Header.Get("Proxy-Authorization") != "Basic dTpw" {
		t.Errorf("first request = %+v", first)
	}
	if last := all[len(all)-1]; last.Method != "CONNECT" || last.Host != "nowhere.invalid:443" {
		t.Errorf("last request = %+v", last)
	}
}

func TestProxies(t *testing.T) {
	for _, test := range []struct {
		env       map[string]string
		url, want string
	}{
		{nil, "http://a/", ""},
		{map[string]string{"HTTP_PROXY": "http://p:1"}, "http://a/", "http://p:1"},
		{map[string]string{"http_proxy": "p:1"}, "http://a/", "http://p:1"},
		{map[string]string{"HTTP_PROXY": "http://p:1"}, "https://a/", ""},
		{map[string]string{"HTTPS_PROXY": "socks5://p:1"}, "https://a/", "socks5://p:1"},
		{map[string]string{"HTTP_PROXY": "http://p:1", "REQUEST_METHOD": "GET"}, "http://a/", ""},
		{map[string]string{"HTTP_PROXY": "http://p:1"}, "http://localhost:3/", ""},
		{map[string]string{"HTTP_PROXY": "http://p:1"}, "http://127.1.2.3/", ""},
		{map[string]string{"HTTP_PROXY": "http://p:1"}, "http://[::1]/", ""},
		{map[string]string{"HTTP_PROXY": "http://p:1", "NO_PROXY": "*"}, "http://a/", ""},
		{map[string]string{"HTTP_PROXY": "http://p:1", "no_proxy": "x, A.example"}, "http://b.a.example/", ""},
		{map[string]string{"HTTP_PROXY": "http://p:1", "NO_PROXY": "a.example"}, "http://ba.example/", "http://p:1"},
		{map[string]string{"HTTP_PROXY": "http://p:1", "NO_PROXY": ".a.example"}, "http://a.example/", "http://p:1"},
		{map[string]string{"HTTP_PROXY": "http://p:1", "NO_PROXY": "*.a.example"}, "http://b.a.example/", ""},
		{map[string]string{"HTTP_PROXY": "http://p:1", "NO_PROXY": "a:8080"}, "http://a/", "http://p:1"},
		{map[string]string{"HTTP_PROXY": "http://p:1", "NO_PROXY": "a:80"}, "http://a/", ""},
		{map[string]string{"HTTP_PROXY": "http://p:1", "NO_PROXY": "10.0.0.0/8"}, "http://10.1.2.3/", ""},
		{map[string]string{"HTTP_PROXY": "http://p:1", "NO_PROXY": "10.1.2.3"}, "http://10.1.2.3:9/", ""},
		{map[string]string{"HTTP_PROXY": "http://p:1", "NO_PROXY": "[fd00::1]:80"}, "http://[fd00::1]/", ""},
	} {
		p := readProxies(func(name string) (string, bool) { v, ok := test.env[name]; return v, ok })
		got, err := p.forURL(mustParse(t, test.url))
		text := ""
		if got != nil {
			text = got.String()
		}
		if err != nil || text != test.want {
			t.Errorf("%v %s: %q, %v, want %q", test.env, test.url, text, err, test.want)
		}
	}
}

func TestProxyFailures(t *testing.T) {
	refuses := record(t, func(w nethttp.ResponseWriter, _ *nethttp.Request) { w.WriteHeader(nethttp.StatusForbidden) })
	down := refused(t)
	for value, want := range map[string]string{
		refuses.URL:                    "proxy " + strings.TrimPrefix(refuses.URL, "http://") + " refused the connection with status 403",
		down:                           "proxy: dial tcp " + strings.TrimPrefix(down, "http://") + ": connection refused",
		"ftp://u:secret@p/":            "HTTPS_PROXY is of a kind that is not known: use http, https or socks5",
		"http://u:secret@p:notaport/x": "HTTPS_PROXY is not a URL",
	} {
		c := NewClient(Options{}, Environment{LookupEnv: func(name string) (string, bool) { return value, name == "HTTPS_PROXY" }})
		_, err := c.Do(t.Context(), Request{URL: "https://a/"})
		if codeOf(err) != "http.connect" || cmp.Diff(want, err.Error()) != "" {
			t.Errorf("%s: %s %v, want %s", value, codeOf(err), err, want)
		}
	}
}
