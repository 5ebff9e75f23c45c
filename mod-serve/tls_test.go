package serve

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// writeCertificate puts a certificate for name into the two files.
func writeCertificate(t *testing.T, cert, key, name string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTLS(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writeCertificate(t, cert, key, "first.test")
	s := start(t, fmt.Sprintf(`http.serve(0, {GET = {["/"] = function(req) return {body = "hello"} end}},
		{host = "127.0.0.1", on_listen = listening, tls = {cert = %q, key = %q}})`, cert, key))
	ask := func() (protocol, name string) {
		transport := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
		defer transport.CloseIdleConnections()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("https://127.0.0.1:%d/", s.port), nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := transport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if got := readAll(answer); got != "hello" {
			t.Errorf("body = %q, want hello", got)
		}
		return answer.Proto, answer.TLS.PeerCertificates[0].Subject.CommonName
	}
	if protocol, name := ask(); protocol != "HTTP/2.0" || name != "first.test" {
		t.Errorf("got %s with the certificate of %s, want HTTP/2.0 with first.test", protocol, name)
	}
	if err := os.WriteFile(key, []byte("half a key"), 0o600); err != nil {
		t.Fatal(err)
	}
	until(t, "a key that cannot be read is logged", func() bool {
		_, name := ask()
		return name == "first.test" && len(s.log.String()) > 0
	})
	writeCertificate(t, cert, key, "second.test")
	until(t, "the new certificate is used", func() bool {
		_, name := ask()
		return name == "second.test"
	})
}
