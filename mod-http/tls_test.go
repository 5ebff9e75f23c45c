package http

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	nethttp "net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/core/coretest"
)

// authority signs certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  string
}

// issue makes a certificate signed by a, or by itself.
func issue(t *testing.T, a *authority, template *x509.Certificate) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(1)
	if template.NotAfter.IsZero() {
		template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	}
	parent, signer := template, key
	if a != nil {
		parent, signer = a.cert, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{cert, key, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))}
}

func (a *authority) pair() tls.Certificate {
	return tls.Certificate{Certificate: [][]byte{a.cert.Raw}, PrivateKey: a.key}
}

func (a *authority) keyPEM(t *testing.T) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(a.key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	return issue(t, nil, &x509.Certificate{
		Subject: pkix.Name{CommonName: "test authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	})
}

// serveTLS answers with the protocol of the request and the name of the client.
func serveTLS(t *testing.T, config *tls.Config) string {
	t.Helper()
	server := httptest.NewUnstartedServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
		w.Header().Set("X-Proto", r.Proto)
		if certs := r.TLS.PeerCertificates; len(certs) > 0 {
			w.Header().Set("X-Client", certs[0].Subject.CommonName)
		}
	}))
	server.TLS, server.EnableHTTP2 = config, true
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL
}

func tlsFor(c *authority) *tls.Config { return &tls.Config{Certificates: []tls.Certificate{c.pair()}} }

func certFor(name string) *x509.Certificate { return &x509.Certificate{DNSNames: []string{name}} }

func TestTLS(t *testing.T) {
	ca, other := newAuthority(t), newAuthority(t)
	loopback := []net.IP{net.IPv4(127, 0, 0, 1)}
	good := issue(t, ca, &x509.Certificate{IPAddresses: loopback, DNSNames: []string{"good.example"}})
	expired := issue(t, ca, &x509.Certificate{IPAddresses: loopback, NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: time.Now().Add(-time.Hour)})
	elsewhere := issue(t, ca, &x509.Certificate{DNSNames: []string{"elsewhere.example"}})
	visitor := issue(t, ca, &x509.Certificate{Subject: pkix.Name{CommonName: "visitor"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	pool := x509.NewCertPool()
	pool.AddCert(ca.cert)

	serve := func(c *authority) string { return serveTLS(t, tlsFor(c)) }
	goodURL, elsewhereURL, expiredURL := serve(good), serve(elsewhere), serve(expired)
	mutualURL := serveTLS(t, &tls.Config{
		Certificates: []tls.Certificate{good.pair()}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool,
		MaxVersion: tls.VersionTLS12, // where the handshake waits for the verdict
	})
	oldURL := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{good.pair()}, MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10})
	plainURL := strings.Replace(record(t, nil).URL, "http:", "https:", 1)

	for _, test := range []struct {
		name, url string
		tls       TLS
		message   string // after "tls with HOST: "; empty when there is an answer
		hint      string
		client    string
	}{
		{name: "trusted", url: goodURL, tls: TLS{CA: ca.pem}},
		{name: "insecure", url: expiredURL, tls: TLS{Insecure: new(true)}},
		{name: "unknown authority", url: goodURL, message: "x509: certificate signed by unknown authority", hint: "ca_cert"},
		{name: "another authority", url: goodURL, tls: TLS{CA: other.pem}, message: "x509: certificate signed by unknown authority", hint: "ca_cert"},
		{name: "expired", url: expiredURL, tls: TLS{CA: ca.pem}, message: "x509: certificate has expired", hint: "valid today"},
		{name: "wrong name", url: elsewhereURL, tls: TLS{CA: ca.pem}, message: "x509: cannot validate certificate for 127.0.0.1", hint: "server_name"},
		{name: "server_name", url: elsewhereURL, tls: TLS{CA: ca.pem, ServerName: "elsewhere.example"}},
		{name: "wrong server_name", url: goodURL, tls: TLS{CA: ca.pem, ServerName: "x.example"}, message: "x509: certificate is valid for good.example, not x.example", hint: "server_name"},
		{name: "no client certificate", url: mutualURL, tls: TLS{CA: ca.pem}, message: "tls: handshake failure", hint: "client_cert"},
		{name: "client certificate", url: mutualURL, tls: TLS{CA: ca.pem, Cert: visitor.pem, Key: visitor.keyPEM(t)}, client: "visitor"},
		{name: "client certificate with its key", url: mutualURL, tls: TLS{CA: ca.pem, Cert: visitor.pem + visitor.keyPEM(t)}, client: "visitor"},
		{name: "an old protocol", url: oldURL, tls: TLS{CA: ca.pem}, message: "tls: "},
		{name: "no TLS", url: plainURL, message: "the server does not speak TLS", hint: "http://"},
		{name: "closed in the handshake", url: strings.Replace(peer(t, says("")), "http:", "https:", 1), message: "the server closed the connection during the handshake"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := newTestClient(t, Options{TLS: test.tls}).Do(t.Context(), Request{URL: test.url})
			if test.message == "" {
				if err != nil {
					t.Fatal(err)
				}
				if got.Header.Get("X-Proto") != "HTTP/2.0" || got.Header.Get("X-Client") != test.client || got.Timings.TLS <= 0 {
					t.Errorf("header = %v, timings %+v", got.Header, got.Timings)
				}
				return
			}
			var e *core.Error
			if !errors.As(err, &e) {
				t.Fatalf("error = %T %v", err, err)
			}
			want := "tls with " + strings.TrimPrefix(test.url, "https://") + ": " + test.message
			if codeOf(e) != "http.tls" || !strings.HasPrefix(e.Error(), want) || !strings.Contains(e.Hint, test.hint) {
				t.Errorf("error = %s %s (%s)\nwant %s (%s)", codeOf(e), e, e.Hint, want, test.hint)
			}
		})
	}
}

func TestTLSOptionsInLua(t *testing.T) {
	ca := newAuthority(t)
	server := issue(t, ca, &x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}})
	visitor := issue(t, ca, &x509.Certificate{Subject: pkix.Name{CommonName: "visitor"}})
	url := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{server.pair()}, ClientAuth: tls.RequestClientCert})
	dir := t.TempDir()
	values := map[string]any{"URL": url, "ca": ca.pem, "cert": visitor.pem, "key": visitor.keyPEM(t)}
	for _, name := range []string{"ca", "cert", "key"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(values[name].(string)), 0o600); err != nil {
			t.Fatal(err)
		}
		values[name+"_file"] = path
	}
	got, err := run(t, coretest.Kit{Globals: values}, `
		print(http.get(URL, {ca_cert = ca, client_cert = cert, client_key = key}).headers["x-client"])
		print(http.get(URL, {ca_cert_file = ca_file, client_cert_file = cert_file, client_key_file = key_file}).headers["x-client"])
		print(http.client{ca_cert_file = ca_file}:get(URL).headers["x-client"])
		print(http.client{insecure = true}:get(URL).status)
		print(select(2, pcall(http.client{insecure = true}.get, http.client{insecure = true}, URL, {insecure = false})).code)
		print(select(2, pcall(http.get, URL)).code)
	`)
	if want := "visitor\nvisitor\nnil\n200\nhttp.tls\nhttp.tls\n"; err != nil || got != want {
		t.Errorf("printed %q, %v, want %q", got, err, want)
	}
}

func TestClientKeepsFewTransports(t *testing.T) {
	c := newTestClient(t, Options{})
	for i := range 3 * maxTransports {
		if _, err := c.transport(route{serverName: string(rune('a' + i))}); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(c.transports); got != maxTransports {
		t.Errorf("%d transports, want %d", got, maxTransports)
	}
}

func TestTLSOfAnAnswer(t *testing.T) {
	ca := newAuthority(t)
	cert := issue(t, ca, &x509.Certificate{
		Subject: pkix.Name{CommonName: "good", Organization: []string{"Example"}}, DNSNames: []string{"good.example", "b.example"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Unix(1_700_000_000, 0), NotAfter: time.Unix(4_000_000_000, 0),
	})
	url := serveTLS(t, tlsFor(cert))
	got, err := run(t, coretest.Kit{Globals: map[string]any{"URL": url, "CA": ca.pem, "PLAIN": record(t, nil).URL, "PEM": cert.pem}}, `
		local c = http.client{ca_cert = CA}
		for _ = 1, 2 do -- the second over the same connection
			local s = c:get(URL).tls
			print(s.version, s.protocol, s.cipher ~= "", s.subject, s.issuer, table.concat(s.dns_names, " "), s.not_before, s.not_after, s.pem == PEM)
		end
		print(c:get(PLAIN).tls)
	`)
	line := "TLS 1.3 h2 true CN=good,O=Example CN=test authority good.example b.example 1700000000 4000000000 true\n"
	if want := line + line + "nil\n"; err != nil || got != want {
		t.Errorf("got %q (%v), want %q", got, err, want)
	}
}
