package http

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	nethttp "net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"assay.rs/core"
	"assay.rs/core/coretest"
)

// proxy is a server that forwards requests and opens tunnels; it wants "u:p" when it wants a password.
type proxy struct {
	*httptest.Server
	mu   sync.Mutex
	asks []string // method and target of each request
}

func serveProxy(t *testing.T, password string) *proxy {
	t.Helper()
	p := new(proxy)
	p.Server = httptest.NewServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
		p.mu.Lock()
		p.asks = append(p.asks, r.Method+" "+r.RequestURI)
		p.mu.Unlock()
		if want := "Basic " + base64.StdEncoding.EncodeToString([]byte(password)); password != "" && r.Header.Get("Proxy-Authorization") != want {
			w.WriteHeader(nethttp.StatusProxyAuthRequired)
			return
		}
		if r.Method == nethttp.MethodConnect {
			tunnel(t, w, r.Host)
			return
		}
		out := r.Clone(r.Context())
		out.RequestURI = ""
		out.Header.Del("Proxy-Authorization")
		answer, err := nethttp.DefaultTransport.RoundTrip(out)
		if err != nil {
			w.WriteHeader(nethttp.StatusBadGateway)
			return
		}
		defer answer.Body.Close()
		w.WriteHeader(answer.StatusCode)
		_, _ = io.Copy(w, answer.Body)
	}))
	t.Cleanup(p.Close)
	return p
}

func tunnel(t *testing.T, w nethttp.ResponseWriter, to string) {
	t.Helper()
	server, err := net.Dial("tcp", to)
	if err != nil {
		w.WriteHeader(nethttp.StatusBadGateway)
		return
	}
	defer server.Close()
	w.WriteHeader(nethttp.StatusOK)
	client, buffered, err := w.(nethttp.Hijacker).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	defer client.Close()
	var up sync.WaitGroup
	up.Go(func() {
		_, _ = io.Copy(server, buffered)
		_ = server.(*net.TCPConn).CloseWrite()
	})
	_, _ = io.Copy(client, server)
	_ = client.Close()
	up.Wait()
}

func (p *proxy) seen() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.asks...)
}

func TestProxyOption(t *testing.T) {
	server := record(t, func(w nethttp.ResponseWriter, _ *nethttp.Request) { _, _ = io.WriteString(w, "hello") })
	secure := httptest.NewTLSServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, _ *nethttp.Request) { _, _ = io.WriteString(w, "secret") }))
	t.Cleanup(secure.Close)
	open, closed := serveProxy(t, ""), serveProxy(t, "u:canary")
	withPassword := strings.Replace(closed.URL, "//", "//u:canary@", 1)
	for _, test := range []struct {
		name, source, want string
		through            *proxy
		asked              string
	}{
		{"http", `http.get(URL, {proxy = open})`, "hello", open, "GET " + server.URL + "/"},
		{"without a scheme", `http.get(URL, {proxy = open:sub(8)})`, "hello", open, "GET " + server.URL + "/"},
		{"of a client", `http.client{proxy = open}:get(URL)`, "hello", open, "GET " + server.URL + "/"},
		{"a tunnel", `http.get(TLS, {proxy = open, insecure = true})`, "secret", open, "CONNECT " + strings.TrimPrefix(secure.URL, "https://")},
		{"with a password", `http.get(URL, {proxy = password})`, "hello", closed, "GET " + server.URL + "/"},
		{"a tunnel with a password", `http.get(TLS, {proxy = password, insecure = true})`, "secret", closed, "CONNECT " + strings.TrimPrefix(secure.URL, "https://")},
		{"none, in spite of the client's", `http.client{proxy = open}:get(URL, {proxy = false})`, "hello", open, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := len(test.through.seen())
			kit := coretest.Kit{Globals: map[string]any{"URL": server.URL, "TLS": secure.URL, "open": open.URL, "password": withPassword}}
			got, err := run(t, kit, "print("+test.source+".body)")
			if err != nil || got != test.want+"\n" {
				t.Errorf("printed %q, %v, want %q", got, err, test.want)
			}
			if asked := strings.Join(test.through.seen()[before:], ", "); asked != test.asked {
				t.Errorf("the proxy was asked %q, want %q", asked, test.asked)
			}
		})
	}
}

func TestProxyOptionFailures(t *testing.T) {
	server, closed := record(t, nil), serveProxy(t, "u:p")
	down := refused(t)
	wrong := strings.Replace(closed.URL, "//", "//u:canary@", 1)
	for _, test := range []struct{ source, want string }{
		{`http.get(TLS, {proxy = wrong})`, "http.connect proxy " + strings.TrimPrefix(closed.URL, "http://") + " refused the connection with status 407"},
		{`http.get(URL, {proxy = down})`, "http.connect proxy: dial tcp " + strings.TrimPrefix(down, "http://") + ": connection refused"},
		{`http.get(URL, {proxy = "ftp://u:canary@h"})`, " option 'proxy': it is of a kind that is not known: use http, https or socks5"},
		{`http.get(URL, {proxy = "http://u:canary@h:99999x"})`, " option 'proxy': it is not a URL"},
		{`http.get(URL, {proxy = true})`, " option 'proxy': a URL or false expected"},
		{`http.get(URL, {proxy = down, unix_socket = "/x"})`, " a unix socket is not reached through a proxy: give one of both"},
	} {
		kit := coretest.Kit{Globals: map[string]any{"URL": server.URL, "TLS": strings.Replace(server.URL, "http:", "https:", 1), "wrong": wrong, "down": down}}
		_, err := run(t, kit, test.source)
		var raised *core.Error
		if !errors.As(err, &raised) {
			t.Fatalf("%s: %v", test.source, err)
		}
		if got := codeOf(raised) + " " + raised.Message; got != test.want || strings.Contains(got+raised.Hint, "canary") {
			t.Errorf("%s\n got %s (%s)\nwant %s", test.source, got, raised.Hint, test.want)
		}
	}
}

// A socks5 proxy (RFC 1928) that connects everything to one server.
func serveSOCKS(t *testing.T, to string) (url string, asked <-chan string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan string, 1)
	var running sync.WaitGroup
	t.Cleanup(func() {
		_ = listener.Close()
		running.Wait()
	})
	running.Go(func() {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		defer client.Close()
		r := bufio.NewReader(client)
		head := make([]byte, 2)
		_, _ = io.ReadFull(r, head)
		_, _ = io.CopyN(io.Discard, r, int64(head[1]))
		_, _ = client.Write([]byte{5, 0})
		_, _ = io.CopyN(io.Discard, r, 4)
		length, _ := r.ReadByte()
		name := make([]byte, int(length)+2)
		_, _ = io.ReadFull(r, name)
		seen <- fmt.Sprintf("%s:%d", name[:length], int(name[length])<<8|int(name[length+1]))
		_, _ = client.Write([]byte{5, 0, 0, 1, 127, 0, 0, 1, 0, 0})
		server, err := net.Dial("tcp", to)
		if err != nil {
			return
		}
		defer server.Close()
		running.Go(func() { _, _ = io.Copy(server, r); _ = server.Close() })
		_, _ = io.Copy(client, server)
	})
	return "socks5://" + listener.Addr().String(), seen
}

func TestSOCKSProxy(t *testing.T) {
	server := record(t, func(w nethttp.ResponseWriter, _ *nethttp.Request) { _, _ = io.WriteString(w, "hello") })
	url, asked := serveSOCKS(t, strings.TrimPrefix(server.URL, "http://"))
	got, err := run(t, coretest.Kit{Globals: map[string]any{"proxy": url}}, `print(http.get("http://api.test.svc:81/", {proxy = proxy}).body)`)
	if err != nil || got != "hello\n" {
		t.Fatalf("printed %q, %v", got, err)
	}
	if to := <-asked; to != "api.test.svc:81" {
		t.Errorf("the proxy was asked for %s", to)
	}
}

func TestUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	server := &nethttp.Server{Handler: nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
		_, _ = io.WriteString(w, r.Host+r.URL.Path)
	})}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) })
	t.Cleanup(func() {
		_ = server.Close()
		serving.Wait()
	})
	kit := coretest.Kit{Globals: map[string]any{"path": path}, Env: map[string]string{"HTTP_PROXY": "http://192.0.2.1"}}
	got, err := run(t, kit, `
		print(http.get("http://docker/v1/info", {unix_socket = path}).body)
		print(http.client{unix_socket = path}:get("http://localhost/x").body)
		local ok, e = pcall(http.get, "http://docker/", {unix_socket = path .. "/absent"})
		print(e.code, e.message)
	`)
	want := "docker/v1/info\nlocalhost/x\nhttp.connect dial unix " + path + "/absent: not a directory\n"
	if err != nil || got != want {
		t.Errorf("printed %q, %v, want %q", got, err, want)
	}
}

func TestResolve(t *testing.T) {
	server := record(t, func(w nethttp.ResponseWriter, r *nethttp.Request) { _, _ = io.WriteString(w, r.Host) })
	to := strings.TrimPrefix(server.URL, "http://")
	_, port, _ := net.SplitHostPort(to)
	kit := coretest.Kit{Globals: map[string]any{"to": to, "port": port}}
	got, err := run(t, kit, `
		print(http.get("http://api.example.com/", {resolve = {["API.example.com:80"] = to}}).body)
		print(http.get("http://api.example.com:" .. port, {resolve = {["api.example.com:" .. port] = "127.0.0.1"}}).body)
		local c = http.client{resolve = {["a.example.com:80"] = to}}
		print(c:get("http://a.example.com/").body, c:get("http://b.example.com/", {resolve = {["b.example.com:80"] = to}}).body)
		for _, bad in ipairs{{["a"] = "127.0.0.1"}, {["a:1"] = "b.example.com"}, {["a:1"] = "127.0.0.1:x"}} do
			print(select(2, pcall(http.get, "http://a/", {resolve = bad})).message)
		end
	`)
	want := "api.example.com\napi.example.com:" + port + "\na.example.com b.example.com\n" +
		"option 'resolve': \"a\" is not host:port\noption 'resolve': a:1: \"b.example.com\" is not ip:port\noption 'resolve': a:1: \"127.0.0.1:x\" is not ip:port\n"
	if err != nil || got != want {
		t.Errorf("printed %q, %v, want %q", got, err, want)
	}
}

func TestResolveKeepsTheNameForTLS(t *testing.T) {
	ca := newAuthority(t)
	url := serveTLS(t, tlsFor(issue(t, ca, certFor("good.example"))))
	kit := coretest.Kit{Globals: map[string]any{"to": strings.TrimPrefix(url, "https://"), "ca": ca.pem}}
	got, err := run(t, kit, `print(http.get("https://good.example/", {ca_cert = ca, resolve = {["good.example:443"] = to}}).status)`)
	if err != nil || got != "200\n" {
		t.Errorf("printed %q, %v", got, err)
	}
}

func TestWhatGetsAroundAPolicyIsRefused(t *testing.T) {
	server := record(t, nil)
	allowed, err := core.ParseDestinations("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ source, hint string }{
		{`http.get(URL, {proxy = URL})`, "--sandbox"},
		{`http.client{proxy = URL}`, "--sandbox"},
		{`http.get(URL, {unix_socket = "/var/run/docker.sock"})`, "--sandbox"},
		{`http.get("http://example.com", {resolve = {["example.com:80"] = "169.254.169.254"}})`, "--allow-net 169.254.169.254:80"},
	} {
		kit := coretest.Kit{Policy: core.SandboxPolicy(allowed), Globals: map[string]any{"URL": server.URL}}
		_, err := run(t, kit, test.source)
		var raised *core.Error
		if !errors.As(err, &raised) || codeOf(raised) != "policy.denied" || !strings.Contains(raised.Hint, test.hint) {
			t.Errorf("%s: error = %s %v", test.source, codeOf(err), err)
		}
	}
	if got, err := run(t, coretest.Kit{Policy: core.SandboxPolicy(allowed), Globals: map[string]any{"URL": server.URL}}, `print(http.get(URL, {proxy = false}).status)`); err != nil || got != "200\n" {
		t.Errorf("proxy = false: printed %q, %v", got, err)
	}
}
