package servers

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"syscall"
	"testing"
	"time"
)

// CA is an authority of the test, which signs the certificates of servers and clients.
type CA struct {
	PEM  []byte // its certificate
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// NewCA makes an authority that nobody trusts yet.
func NewCA(t testing.TB) *CA {
	t.Helper()
	ca := &CA{key: newKey(t), cert: &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "assay test authority"},
		NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}}
	ca.PEM = sign(t, ca.cert, ca.cert, ca.key, ca.key)
	return ca
}

// File writes the authority's certificate into dir.
func (ca *CA) File(t testing.TB, dir string) string {
	t.Helper()
	return write(t, &syscall.SysProcAttr{}, dir, "ca.pem", ca.PEM)
}

// Pair is a certificate and its key, in PEM.
type Pair struct{ Cert, Key []byte }

// Sign makes a certificate for localhost that a server and a client can show. edit may change it before it is signed.
func (ca *CA) Sign(t testing.TB, edit func(*x509.Certificate)) Pair {
	t.Helper()
	cert := localhost()
	if edit != nil {
		edit(cert)
	}
	key := newKey(t)
	return Pair{sign(t, cert, ca.cert, key, ca.key), keyPEM(t, key)}
}

// SelfSigned makes a certificate for localhost that no authority has signed.
func SelfSigned(t testing.TB) Pair {
	t.Helper()
	cert, key := localhost(), newKey(t)
	return Pair{sign(t, cert, cert, key, key), keyPEM(t, key)}
}

// TLS is the pair as crypto/tls takes it.
func (p Pair) TLS(t testing.TB) tls.Certificate {
	t.Helper()
	pair, err := tls.X509KeyPair(p.Cert, p.Key)
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

// Files writes the pair into dir.
func (p Pair) Files(t testing.TB, dir string) (cert, key string) {
	t.Helper()
	as := &syscall.SysProcAttr{}
	return write(t, as, dir, "client.pem", p.Cert), write(t, as, dir, "client.key", p.Key)
}

func localhost() *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
}

// certify makes an authority and a certificate for localhost, and gives the files of the latter.
func (d *Database) certify(t testing.TB, as *syscall.SysProcAttr) (cert, key string) {
	t.Helper()
	ca := NewCA(t)
	d.CA = write(t, as, d.dir, "ca.pem", ca.PEM)
	pair := ca.Sign(t, nil)
	return write(t, as, d.dir, "server.pem", pair.Cert), write(t, as, d.dir, "server.key", pair.Key)
}

func keyPEM(t testing.TB, key *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// sign gives the certificate in PEM.
func sign(t testing.TB, cert, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, cert, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// Authority makes an authority that signs nothing, and gives the file of its certificate.
func Authority(t testing.TB) string {
	t.Helper()
	return NewCA(t).File(t, t.TempDir())
}
