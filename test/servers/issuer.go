package servers

import (
	"crypto/ecdsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Issuer is an authority for services of this host.
type Issuer struct {
	File   string // with its certificate
	cert   *x509.Certificate
	key    *ecdsa.PrivateKey
	serial int64
}

// NewIssuer makes an authority that only who knows its file trusts.
func NewIssuer(t testing.TB) *Issuer {
	t.Helper()
	i := &Issuer{File: filepath.Join(t.TempDir(), "ca.pem"), key: newKey(t), serial: 1, cert: &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "assay test issuer"},
		NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}}
	if err := os.WriteFile(i.File, sign(t, i.cert, i.cert, i.key, i.key), 0o600); err != nil {
		t.Fatal(err)
	}
	return i
}

// Issue gives a certificate for localhost and 127.0.0.1 whose subject is name, and its key, in PEM.
func (i *Issuer) Issue(t testing.TB, name string) (cert, key []byte) {
	t.Helper()
	i.serial++
	template := &x509.Certificate{
		SerialNumber: big.NewInt(i.serial), Subject: pkix.Name{CommonName: name},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	private := newKey(t)
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return sign(t, template, i.cert, private, i.key), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}
