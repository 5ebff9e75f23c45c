package check

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay.rs/core/spec"
	assayhttp "assay.rs/mod-http"
)

// Each option of http.get is an option of checks by the same name, or one of these, for a reason.
func TestChecksHaveTheOptionsOfTheClient(t *testing.T) {
	reasons := map[string]string{
		"timeout":     "attempt_timeout",
		"retry":       "retry of every check",
		"retries":     "retries of every check",
		"cookies":     "cookies are kept within the redirects of a check; to send one, headers: {Cookie: ...}",
		"multipart":   "a script check can upload files",
		"max_elapsed": "retry",
	}
	module := assayhttp.New(assayhttp.Config{}).Spec()
	keys := newHTTPCheck(nil).Keys()
	has := func(name string) bool { return hasKey(name, keys) }
	n := 0
	for _, r := range module.Records {
		if r.Name != "http.Options" {
			continue
		}
		for _, f := range r.Fields {
			n++
			if !has(f.Name) && reasons[f.Name] == "" {
				t.Errorf("http.get has an option %q: a check of type http needs it too, or a reason not to", f.Name)
			}
			if text := assayhttp.OptionText(f.Name); text != "" && !documented(f, text) {
				t.Errorf("option %q is documented as %q for scripts and as %q for checks", f.Name, f.Text, text)
			}
		}
	}
	if n < 20 {
		t.Errorf("http.Options has %d fields, want the 20 and more of the module", n)
	}
}

func documented(f spec.Field, text string) bool { return strings.Contains(f.Text, text) }

func TestOptionsOfRequests(t *testing.T) {
	b := newBench(t)
	b.write("token", "tok3n-value\n")
	server := serve(t, answer(200, "ok"))
	host := strings.TrimPrefix(server.URL, "http://")
	r := b.run(`checks:
  - {name: query, type: http, url: "` + server.URL + `/a?x=1#f", query: {q: "a b&c", n: [1, 2]}}
  - {name: basic, type: http, url: "` + server.URL + `/", auth: {username: me, password: "pa:ss"}}
  - {name: bearer, type: http, url: "` + server.URL + `/", auth: {bearer: abcdefgh}}
  - {name: file, type: http, url: "` + server.URL + `/", auth: {bearer_file: token}}
  - {name: form, type: http, url: "` + server.URL + `/", form: {a: "x y", b: [1, 2]}}
  - {name: resolve, type: http, url: "http://api.test:80/", resolve: {"api.test:80": "` + host + `"}}
  - {name: proxy, type: http, url: "http://far.test/x", proxy: "` + server.URL + `"}
  - {name: small, type: http, url: "` + server.URL + `/", max_body: 1, expect: {body: ok}}
`)
	if got, want := statusesOf(r), "query passed, basic passed, bearer passed, file passed, form passed, resolve passed, proxy passed, small error"; got != want {
		t.Fatalf("statuses = %s\nwant       %s: %s", got, want, text(r.Checks[0].Message))
	}
	seen := server.requests()
	for i, want := range []string{
		"/a?x=1&n=1&n=2&q=a+b%26c | | ", "/ | Basic bWU6cGE6c3M= | ", "/ | Bearer abcdefgh | ", "/ | Bearer tok3n-value | ",
		"/ | | a=x+y&b=1&b=2", "/ | | ", "http://far.test/x | | ",
	} {
		s := seen[i]
		if got := fmt.Sprintf("%s | %s | %s", s.URI, s.Header.Get("Authorization"), s.Body); strings.ReplaceAll(got, "|  |", "| |") != want {
			t.Errorf("request %d is %q, want %q", i, got, want)
		}
	}
	if got := seen[4]; got.Method != "POST" || got.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		t.Errorf("form: %s with %q", got.Method, got.Header.Get("Content-Type"))
	}
	for _, c := range r.Checks {
		for _, secret := range []string{"tok3n-value", "abcdefgh", "pa:ss", "bWU6cGE6c3M="} {
			if c.Request != nil && strings.Contains(c.Request.Curl, secret) {
				t.Errorf("%s shows a secret: %s", c.Name, c.Request.Curl)
			}
		}
	}
	if got, want := r.Checks[1].Request.Curl, `-u 'me:***'`; !strings.Contains(got, want) {
		t.Errorf("curl line %s, want %s in it", got, want)
	}
}

func TestTokenFileIsReadAgainForEachAttempt(t *testing.T) {
	b := newBench(t)
	path := b.write("token", "first-token")
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer second-token" {
			if err := os.WriteFile(path, []byte("second-token"), 0o600); err != nil {
				t.Error(err)
			}
			w.WriteHeader(401)
		}
	})
	r := b.run("retries: 1\nchecks:\n  - {name: a, type: http, url: '" + server.URL + "', auth: {bearer_file: token}}\n")
	if !r.Passed || r.Checks[0].Attempts != 2 {
		t.Errorf("passed %v after %d attempts, want true after 2: %s", r.Passed, r.Checks[0].Attempts, text(r.Checks[0].Message))
	}
}

func TestServiceWithItsOwnAuthority(t *testing.T) {
	root, _ := newCertificate(t, nil, "root authority", 100*24*time.Hour)
	_, cert := newCertificate(t, root, "localhost", 50*24*time.Hour)
	own, client := newCertificate(t, root, "client", time.Hour)
	pool := x509.NewCertPool()
	pool.AddCert(root.cert)
	start := func(config *tls.Config) string {
		config.Certificates = []tls.Certificate{cert}
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		s.TLS = config
		s.StartTLS()
		t.Cleanup(s.Close)
		return "https://localhost:" + port(s.Listener.Addr().String()) + "/"
	}
	der, err := x509.MarshalPKCS8PrivateKey(client.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t)
	ca := b.write("ca.pem", root.pem)
	pair := fmt.Sprintf("client_cert_file: %s, client_key_file: %s", b.write("cert.pem", own.pem),
		b.write("key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))))
	plain, mutual := start(&tls.Config{}), start(&tls.Config{ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert})
	for check, want := range map[string]string{
		"url: '" + plain + "'":                                                                   "error tls: tls with localhost",
		"url: '" + plain + "', ca_cert_file: " + ca:                                              "passed",
		"url: '" + plain + "', insecure: true":                                                   "passed",
		"url: '" + plain + "', ca_cert_file: absent.pem":                                         "error error: ca_cert_file ",
		"url: '" + mutual + "', ca_cert_file: " + ca:                                             "error ",
		"url: '" + mutual + "', ca_cert_file: " + ca + ", " + pair:                               "passed",
		"url: '" + plain + "', ca_cert_file: " + ca + ", expect: {tls: {expires_in: '>14d'}}":    "passed",
		"url: '" + plain + "', ca_cert_file: " + ca + ", expect: {tls: {expires_in: '>60d'}}":    "failed assert: expires_in >60d (got 49d",
		"url: '" + plain + "', ca_cert_file: " + ca + ", expect: {tls: {issuer: Let's Encrypt}}": `failed assert: issuer contains "Let's Encrypt" (got "CN=root authority,O=Test")`,
		"url: '" + plain + "', expect: {error: tls}":                                             "passed: tls with localhost",
		"url: '" + plain + "', ca_cert_file: " + ca + ", expect: {error: tls}":                   "failed assert: error tls (got an answer with status 200)",
	} {
		if got := one(t, "{name: a, type: http, "+check+"}"); !strings.HasPrefix(got, want) {
			t.Errorf("%s\ngot  %s\nwant %s", check, got, want)
		}
	}
}

func TestRequestThatMustFail(t *testing.T) {
	silent := listen(t, func(c net.Conn) { _, _ = c.Read(make([]byte, 1)); time.Sleep(3 * time.Second) })
	up := serve(t, answer(403, ""))
	for check, want := range map[string]string{
		"url: 'http://" + nobody(t) + "/', expect: {error: connect}":         "passed",
		"url: 'http://" + nobody(t) + "/', expect: {error: [timeout, dns]}":  "error connect: error timeout or dns (got connect: ",
		"url: 'http://" + silent + "/', expect: {error: timeout}":            "passed",
		"url: 'http://absent.invalid/', expect: {error: dns}":                "passed",
		"url: 'http://absent.invalid/', expect: {error: [connect, timeout]}": "error dns: error connect or timeout (got dns: ",
		"url: '" + up.URL + "', expect: {error: [connect, timeout]}":         "failed assert: error connect or timeout (got an answer with status 403)",
	} {
		if got := one(t, "{name: a, type: http, "+check+"}"); !strings.HasPrefix(got, want) {
			t.Errorf("%s\ngot  %s\nwant %s", check, got, want)
		}
	}
}

func TestBytesOfABody(t *testing.T) {
	server := serve(t, answer(200, "abc"))
	const sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	for check, want := range map[string]string{
		"{body: {sha256: " + sum + ", size: 3}}":            "passed",
		"{body: {sha256: " + strings.Repeat("0", 64) + "}}": "failed assert: body sha256 ",
		"{body: {size: '>3'}}":                              "failed assert: body size >3 (got 3)",
		"{body: {size: '>=1', contains: b}}":                "passed",
	} {
		if got := one(t, "{name: a, type: http, url: '"+server.URL+"', expect: "+check+"}"); !strings.HasPrefix(got, want) {
			t.Errorf("%s\ngot  %s\nwant %s", check, got, want)
		}
	}
}

func TestOptionsThatMakeNoSense(t *testing.T) {
	for check, want := range map[string]string{
		"url: 'http://h/', auth: {}":                              "says nothing: give a username and a password, or bearer, or bearer_file",
		"url: 'http://h/', auth: {bearer: x, username: y}":        "give a username and a password, or bearer, or bearer_file",
		"url: 'http://h/', auth: {password: y}":                   "a password needs a username",
		"url: 'http://h/', method: POST, body: x, form: {a: b}":   "'body' and 'form' exclude each other",
		"url: 'http://h/', unix_socket: /x, proxy: 'http://p'":    "a unix socket is not reached through a proxy: give one of both",
		"url: 'http://h/', resolve: {h: '1.2.3.4:5'}":             `"h" must be host:port`,
		"url: 'http://h/', expect: {tls: {expires_in: '>1d'}}":    "the URL is http://: there is no certificate",
		"url: 'http://h/', expect: {error: connect, status: 200}": "a request that fails has no answer: leave out the other expectations",
		"url: 'http://h/', expect: {body: {sha256: abc}}":         `must be 64 hexadecimal digits, not the string "abc"`,
	} {
		list := newBench(t).problems("checks:\n  - {name: a, type: http, " + check + "}\n")
		if len(list) != 1 || !strings.Contains(list[0].Message, want) {
			t.Errorf("%s\ngot  %v\nwant %s", check, list, want)
		}
	}
}

func TestUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), ReadHeaderTimeout: time.Second}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	if got := one(t, "{name: a, type: http, url: 'http://docker/', unix_socket: "+path+"}"); got != "passed" {
		t.Errorf("over a unix socket: %s", got)
	}
}
