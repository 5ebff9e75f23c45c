package check

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"
)

// authority signs certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  string
}

// newCertificate makes a certificate that by signs; nil is signed by itself, as an authority.
func newCertificate(t *testing.T, by *authority, name string, until time.Duration) (*authority, tls.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name, Organization: []string{"Test"}}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(until),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}, KeyUsage: x509.KeyUsageDigitalSignature,
	}
	parent, signer := c, key
	if by == nil || strings.HasSuffix(name, "authority") {
		c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign
	}
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{made, key, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))}, tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// listen serves each connection with handle.
func listen(t *testing.T, handle func(net.Conn)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				handle(conn)
			}()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return l.Addr().String()
}

// port is that of an address.
func port(address string) string {
	_, p, _ := net.SplitHostPort(address)
	return p
}

// nobody is an address where nothing listens.
func nobody(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// one runs a check and gives its result as "status class: message".
func one(t *testing.T, text string) string {
	t.Helper()
	b := newBench(t)
	r := b.run("defaults: {attempt_timeout: 3s}\nchecks:\n  - " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ") + "\n").Checks[0]
	got := string(r.Status)
	if r.ErrorClass != nil {
		got += " " + *r.ErrorClass
	}
	if r.Message != nil {
		got += ": " + *r.Message
	}
	return got
}

func TestTCP(t *testing.T) {
	open := listen(t, func(c net.Conn) { _, _ = io.WriteString(c, "SSH-2.0-OpenSSH_9.6\r\n") })
	redis := listen(t, func(c net.Conn) {
		buf := make([]byte, 6)
		if _, err := io.ReadFull(c, buf); err == nil && string(buf) == "PING\r\n" {
			_, _ = io.WriteString(c, "+PO")
			_, _ = io.WriteString(c, "NG\r\n")
		}
	})
	silent := listen(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	closed := nobody(t)
	for name, c := range map[string]struct{ check, want string }{
		"open":                              {"address: " + open, "passed"},
		"refused":                           {"address: " + closed, "error connect: dial tcp " + closed + ": connection refused"},
		"no such name":                      {"address: absent.invalid:80", "error dns: lookup absent.invalid: "},
		"banner":                            {"address: " + open + ", expect: {banner: SSH-2.0}", "passed"},
		"banner of something else":          {"address: " + open + ", expect: {banner: {matches: '^220 '}}", `failed assert: banner matches "^220 " (got "SSH-2.0-OpenSSH_9.6\r\n")`},
		"banner without what is there":      {"address: " + open + ", expect: {banner: {not_contains: OpenSSH}}", `failed assert: banner not contains "OpenSSH" (got "SSH-2.0-OpenSSH_9.6\r\n")`},
		"send and receive in pieces":        {"address: " + redis + `, send: "PING\r\n", expect: {banner: "+PONG"}`, "passed"},
		"silence is no banner":              {"address: " + silent + ", attempt_timeout: 200ms, expect: {banner: {not_contains: error}}", "failed assert: the server sent nothing"},
		"closed":                            {"address: " + closed + ", expect: {closed: true}", "passed"},
		"open, and should be closed":        {"address: " + open + ", expect: {closed: true}", "failed assert: the port is closed (got a connection to " + open + ")"},
		"closed, of a name without address": {"address: absent.invalid:80, expect: {closed: true}", "error dns: lookup absent.invalid: "},
	} {
		t.Run(name, func(t *testing.T) {
			if got := one(t, "{name: a, type: tcp, "+c.check+"}"); !strings.HasPrefix(got, c.want) {
				t.Errorf("%s\ngot  %s\nwant %s", c.check, got, c.want)
			}
		})
	}
}

func TestAddressesThatMakeNoSense(t *testing.T) {
	for check, want := range map[string]string{
		"{name: a, type: tcp, address: db}":                                          `the address "db" must be host:port`,
		"{name: a, type: tcp, address: 'http://db:80'}":                              `the address "http://db:80" is a URL: write host:port`,
		"{name: a, type: tcp, address: 'db:0'}":                                      `the address "db:0" has no port from 1 to 65535`,
		"{name: a, type: tcp, address: ':80'}":                                       `the address ":80" has no host`,
		"{name: a, type: tcp, address: 'db:80', expect: {closed: true, banner: x}}":  "a closed port sends nothing: leave out 'banner', 'latency' and 'send'",
		"{name: a, type: tls, address: db, insecure: true}":                          "insecure without an expectation says nothing: any certificate passes",
		"{name: a, type: tls, address: db, expect: {expires_in: 14d}}":               `must be a bound, not the string "14d": did you mean '>14d'?`,
		"{name: a, type: tls, address: db, expect: {version: '1.4'}}":                `must be a version such as '>=1.2' or '1.3', not the string "1.4"`,
		"{name: a, type: tls, address: db, ca_cert: x, ca_cert_file: y}":             "'ca_cert' and 'ca_cert_file' exclude each other",
		"{name: a, type: tls, address: db, client_key_file: y}":                      "a client key needs 'client_cert' or 'client_cert_file'",
		"{name: a, type: grpc, address: 'db:1', tls: false, ca_cert: x}":             "without TLS there is no certificate: leave out 'tls: false', or the keys of certificates",
		"{name: a, type: dns, host: db, expect: {addresses: '>=0'}}":                 ">=0 holds for everything: it says nothing",
		"{name: a, type: dns, host: db, expect: {addresses: '<=3'}}":                 "addresses <=3 passes without any: use 'absent: true' for a name that must not be there",
		"{name: a, type: dns, host: db, record: MX, expect: {addresses: 1}}":         "MX records are no addresses: use 'values' or 'contains'",
		"{name: a, type: dns, host: db, expect: {absent: true, values: [10.0.0.1]}}": "a record that is absent has no values: leave out 'addresses', 'values', 'contains' and 'ttl'",
		"{name: a, type: dns, host: db, server: 'a:b:c'}":                            `the server "a:b:c" must be a host or host:port`,
	} {
		list := newBench(t).problems("checks:\n  - " + check + "\n")
		if len(list) != 1 || !strings.Contains(list[0].Message, want) {
			t.Errorf("%s\ngot  %v\nwant %s", check, list, want)
		}
	}
}

func TestTLS(t *testing.T) {
	root, _ := newCertificate(t, nil, "root authority", 100*24*time.Hour)
	short, _ := newCertificate(t, root, "short authority", 5*24*time.Hour)
	serve := func(c tls.Certificate, config *tls.Config) string {
		if config == nil {
			config = &tls.Config{}
		}
		config.Certificates = []tls.Certificate{c}
		return listen(t, func(conn net.Conn) {
			if s := tls.Server(conn, config); s.HandshakeContext(context.Background()) == nil {
				_, _ = io.Copy(io.Discard, s)
			}
		})
	}
	_, good := newCertificate(t, root, "localhost", 50*24*time.Hour)
	_, expired := newCertificate(t, root, "localhost", -time.Hour)
	_, other := newCertificate(t, root, "other.example", 50*24*time.Hour)
	_, under := newCertificate(t, short, "localhost", 50*24*time.Hour)
	under.Certificate = append(under.Certificate, short.cert.Raw)
	_, self := newCertificate(t, nil, "localhost", 50*24*time.Hour)
	b := newBench(t)
	ca := b.write("ca.pem", root.pem)
	at := func(address string) string { return "localhost:" + port(address) }
	fine := serve(good, nil)
	old := serve(good, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	http2 := serve(good, &tls.Config{NextProtos: []string{"h2"}})
	for name, c := range map[string]struct{ check, want string }{
		"good":                    {"address: " + at(fine), "passed: expires in 49d"},
		"expired":                 {"address: " + at(serve(expired, nil)), "error tls: tls with localhost: x509: certificate has expired"},
		"another host":            {"address: " + at(serve(other, nil)), "error tls: tls with localhost: x509: certificate is valid for other.example, not localhost"},
		"server_name":             {"address: " + at(serve(other, nil)) + ", server_name: other.example", "passed"},
		"signed by itself":        {"address: " + at(serve(self, nil)), "error tls: tls with localhost: x509: certificate signed by unknown authority"},
		"long enough":             {"address: " + at(fine) + ", expect: {expires_in: '>14d'}", "passed"},
		"not long enough":         {"address: " + at(fine) + ", expect: {expires_in: '>60d'}", "failed assert: expires_in >60d (got 49d, until "},
		"intermediate ends soon":  {"address: " + at(serve(under, nil)) + ", expect: {expires_in: '>14d'}", "failed assert: expires_in >14d (got 4d, until "},
		"issuer":                  {"address: " + at(fine) + ", expect: {issuer: CN=root authority, subject: {contains: CN=localhost}, dns_names: [LOCALHOST]}", "passed"},
		"other names":             {"address: " + at(fine) + ", expect: {dns_names: [api.example]}", "failed assert: dns_names has api.example (got localhost)"},
		"version":                 {"address: " + at(fine) + ", expect: {version: '>=1.2'}", "passed"},
		"old version":             {"address: " + at(old) + ", expect: {version: '>=1.2'}", "failed assert: version >=1.2 (got 1.1)"},
		"old version, not asked":  {"address: " + at(old), "error tls: tls with localhost: "},
		"alpn":                    {"address: " + at(http2) + ", expect: {alpn: h2}", "passed"},
		"no alpn":                 {"address: " + at(fine) + ", expect: {alpn: h2}", `failed assert: alpn == h2 (got "")`},
		"insecure":                {"address: " + at(serve(self, nil)) + ", insecure: true, expect: {expires_in: '>14d'}", "passed"},
		"insecure and expired":    {"address: " + at(serve(expired, nil)) + ", insecure: true, expect: {expires_in: '>14d'}", "failed assert: expires_in >14d (got -1h0m0s"},
		"no TLS there":            {"address: " + at(listen(t, func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") })), "error tls: tls with localhost: the server does not speak TLS"},
		"closed in the handshake": {"address: " + at(listen(t, func(c net.Conn) { _, _ = c.Read(make([]byte, 1)) })), "error tls: tls with localhost: "},
		"smtp without TLS":        {"address: " + at(listen(t, smtp(nil))) + ", starttls: smtp", `error tls: starttls: the server answered "502 no", not 220`},
		"smtp":                    {"address: " + at(listen(t, smtp(&tls.Config{Certificates: []tls.Certificate{good}}))) + ", starttls: smtp, expect: {expires_in: '>14d'}", "passed"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := one(t, "{name: a, type: tls, ca_cert_file: "+ca+", "+c.check+"}"); !strings.HasPrefix(got, c.want) {
				t.Errorf("%s\ngot  %s\nwant %s", c.check, got, c.want)
			}
		})
	}
}

// smtp is a server that offers STARTTLS when it has a configuration for it.
func smtp(config *tls.Config) func(net.Conn) {
	return func(conn net.Conn) {
		say := func(s string) { _, _ = io.WriteString(conn, s+"\r\n") }
		say("220-mail.test\r\n220 ESMTP")
		for {
			line, err := readLine(conn)
			switch {
			case err != nil:
				return
			case strings.HasPrefix(line, "EHLO"):
				say("250-mail.test\r\n250-STARTTLS\r\n250 8BITMIME")
			case line == "STARTTLS" && config != nil:
				say("220 go ahead")
				_ = tls.Server(conn, config).HandshakeContext(context.Background())
				return
			default:
				say("502 no")
			}
		}
	}
}

// A server's refusal of the client's certificate is seen in every version of TLS, also where it comes behind the handshake.
func TestClientCertificate(t *testing.T) {
	root, _ := newCertificate(t, nil, "root authority", time.Hour)
	_, server := newCertificate(t, root, "localhost", time.Hour)
	own, client := newCertificate(t, root, "client", time.Hour)
	strange, stranger := newCertificate(t, nil, "stranger authority", time.Hour)
	pool := x509.NewCertPool()
	pool.AddCert(root.cert)
	b := newBench(t)
	ca := b.write("ca.pem", root.pem)
	files := func(name string, a *authority, c tls.Certificate) string {
		der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
		if err != nil {
			t.Fatal(err)
		}
		key := b.write(name+".key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
		return fmt.Sprintf(", client_cert_file: %s, client_key_file: %s", b.write(name+".pem", a.pem), key)
	}
	known, unknown := files("client", own, client), files("stranger", strange, stranger)
	for name, config := range map[string]*tls.Config{
		"1.2":                 {MaxVersion: tls.VersionTLS12, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool},
		"1.3":                 {ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool},
		"1.3, names no CA":    {ClientAuth: tls.RequireAnyClientCert, VerifyPeerCertificate: signedBy(pool)},
		"1.3 without tickets": {ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool, SessionTicketsDisabled: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config.Certificates = []tls.Certificate{server}
			address := listen(t, func(conn net.Conn) {
				if s := tls.Server(conn, config); s.HandshakeContext(context.Background()) == nil {
					_, _ = s.Read(make([]byte, 1))
				}
			})
			check := fmt.Sprintf("{name: a, type: tls, address: 'localhost:%s', ca_cert_file: %s", port(address), ca)
			if got, want := one(t, check+"}"), "error tls: tls with localhost: "; !strings.HasPrefix(got, want) {
				t.Errorf("without a certificate: %s, want %s", got, want)
			}
			if got, want := one(t, check+unknown+"}"), "error tls: tls with localhost: "; !strings.HasPrefix(got, want) {
				t.Errorf("with a stranger's certificate: %s, want %s", got, want)
			}
			if got, want := one(t, check+known+"}"), "passed"; !strings.HasPrefix(got, want) {
				t.Errorf("with a certificate: %s, want %s", got, want)
			}
		})
	}
}

// signedBy verifies the client's certificate as a server does that keeps the names of its authorities to itself.
func signedBy(pool *x509.CertPool) func([][]byte, [][]*x509.Certificate) error {
	return func(raw [][]byte, _ [][]*x509.Certificate) error {
		leaf, err := x509.ParseCertificate(raw[0])
		if err == nil {
			_, err = leaf.Verify(x509.VerifyOptions{Roots: pool, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
		}
		return err
	}
}
