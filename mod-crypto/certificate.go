package crypto

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"

	"assay.rs/core"
)

// certificate is what crypto.x509 tells.
type certificate struct {
	subject, commonName, issuer       string
	dnsNames, addresses, emails, uris []string
	notBefore, notAfter               int64
	serial, fingerprint               string
	keyAlgorithm, signatureAlgorithm  string
	keySize                           int
	isCA, selfSigned                  bool
}

func text(name string, at func(*certificate) *string, doc string) core.Key[certificate] {
	return core.NewKey(name, core.String(), at, doc)
}

func texts(name string, at func(*certificate) *[]string, doc string) core.Key[certificate] {
	return core.NewKey(name, core.ListOf(core.String()), at, doc)
}

func certificateType() core.Type[certificate] {
	return core.Record("crypto.Certificate", "What a certificate says.",
		text("subject", func(c *certificate) *string { return &c.subject }, `Whose it is, as RFC 2253 writes it: "CN=example.com,O=Example".`),
		text("common_name", func(c *certificate) *string { return &c.commonName }, "The common name in the subject, or empty."),
		text("issuer", func(c *certificate) *string { return &c.issuer }, "Who has signed it, as RFC 2253 writes it."),
		texts("dns_names", func(c *certificate) *[]string { return &c.dnsNames }, "The host names that it is for."),
		texts("ip_addresses", func(c *certificate) *[]string { return &c.addresses }, "The addresses that it is for."),
		texts("email_addresses", func(c *certificate) *[]string { return &c.emails }, "The e-mail addresses that it is for."),
		texts("uris", func(c *certificate) *[]string { return &c.uris }, "The URIs that it is for, such as spiffe://cluster/ns/a."),
		core.NewKey("not_before", core.Integer(), func(c *certificate) *int64 { return &c.notBefore }, "From when it is valid, in seconds since 1970, as `time()` counts."),
		core.NewKey("not_after", core.Integer(), func(c *certificate) *int64 { return &c.notAfter }, "Until when it is valid."),
		text("serial", func(c *certificate) *string { return &c.serial }, "The serial number in hexadecimal digits, as openssl prints it."),
		text("fingerprint_sha256", func(c *certificate) *string { return &c.fingerprint }, "The SHA-256 hash of the certificate in hexadecimal digits."),
		text("key_algorithm", func(c *certificate) *string { return &c.keyAlgorithm }, "RSA, ECDSA or Ed25519."),
		core.NewKey("key_size", core.Int(), func(c *certificate) *int { return &c.keySize }, "The size of the key in bits; 0 where it is not known."),
		text("signature_algorithm", func(c *certificate) *string { return &c.signatureAlgorithm }, "How it was signed, such as ECDSA-SHA256."),
		core.NewKey("is_ca", core.Bool(), func(c *certificate) *bool { return &c.isCA }, "Whether it may sign others."),
		core.NewKey("self_signed", core.Bool(), func(c *certificate) *bool { return &c.selfSigned }, "Whether its own key has signed it."))
}

func certificateFunc() core.Func {
	return core.Fn1(raising(doc("x509", "Reads the first certificate of a PEM text (RFC 5280). Whether to trust it is another question.",
		"local c = crypto.x509([[\n"+exampleCertificate+"]])\nassert.eq(c.subject, \"CN=api.example\")  assert.eq(c.dns_names, {\"api.example\"})"), errKey),
		core.Arg("pem", core.String(), "One certificate or several as PEM."), core.Returns(certificateType(), "What it says."), readCertificate)
}

func readCertificate(_ core.Call, text string) (certificate, error) {
	var block *pem.Block
	for rest := []byte(text); ; {
		if block, rest = pem.Decode(rest); block == nil {
			return certificate{}, errKey.With(errors.New("there is no PEM block CERTIFICATE"), "a block begins with -----BEGIN CERTIFICATE----- on a line of its own")
		}
		if block.Type == "CERTIFICATE" {
			break
		}
	}
	x, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return certificate{}, errKey.With(fmt.Errorf("the certificate cannot be read: %w", err), "")
	}
	sum := sha256.Sum256(x.Raw)
	c := certificate{
		commonName: x.Subject.CommonName, dnsNames: x.DNSNames, emails: x.EmailAddresses,
		notBefore: x.NotBefore.Unix(), notAfter: x.NotAfter.Unix(), serial: serial(x), fingerprint: hex.EncodeToString(sum[:]),
		keyAlgorithm: x.PublicKeyAlgorithm.String(), keySize: keyBits(x.PublicKey), signatureAlgorithm: x.SignatureAlgorithm.String(),
		isCA: x.IsCA, selfSigned: bytes.Equal(x.RawSubject, x.RawIssuer) && x.CheckSignature(x.SignatureAlgorithm, x.RawTBSCertificate, x.Signature) == nil,
	}
	for _, address := range x.IPAddresses {
		c.addresses = append(c.addresses, address.String())
	}
	for _, uri := range x.URIs {
		c.uris = append(c.uris, uri.String())
	}
	if c.subject, err = distinguishedName(x.RawSubject); err != nil {
		return certificate{}, errKey.With(fmt.Errorf("the subject cannot be read: %w", err), "")
	}
	if c.issuer, err = distinguishedName(x.RawIssuer); err != nil {
		return certificate{}, errKey.With(fmt.Errorf("the issuer cannot be read: %w", err), "")
	}
	return c, nil
}

// serial has a whole number of bytes, as openssl prints it.
func serial(x *x509.Certificate) string {
	digits := fmt.Sprintf("%X", x.SerialNumber)
	if len(digits)%2 == 1 {
		digits = "0" + digits
	}
	return digits
}

func keyBits(key any) int {
	switch key := key.(type) {
	case *rsa.PublicKey:
		return key.N.BitLen()
	case *ecdsa.PublicKey:
		return key.Curve.Params().BitSize
	case ed25519.PublicKey:
		return 256
	}
	return 0
}
