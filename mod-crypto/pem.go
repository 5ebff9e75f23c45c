package crypto

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
)

// keyOfPEM reads the first key of a PEM text: private as PKCS#1, PKCS#8 or SEC 1, public as SubjectPublicKeyInfo
// or PKCS#1, or that of a certificate. Errors of the parsers are left out: they could quote what they read.
func keyOfPEM(text string) (any, error) {
	for rest := []byte(text); ; {
		var block *pem.Block
		block, rest = pem.Decode(rest)
		if block == nil {
			return nil, errKey.With(errors.New("there is no whole PEM block with a key"), "a block begins with -----BEGIN PRIVATE KEY----- on a line of its own")
		}
		if block.Type == "EC PARAMETERS" { // openssl ecparam writes the curve in front of the key
			continue
		}
		key, err := keyOfBlock(block)
		if err != nil {
			return nil, err
		}
		switch key.(type) {
		case *rsa.PrivateKey, *rsa.PublicKey, *ecdsa.PrivateKey, *ecdsa.PublicKey, ed25519.PrivateKey, ed25519.PublicKey:
			return key, nil
		}
		return nil, errKey.Errorf("the PEM block holds a key that is neither RSA, EC nor Ed25519")
	}
}

func keyOfBlock(block *pem.Block) (crypto.PublicKey, error) {
	if strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") || block.Type == "ENCRYPTED PRIVATE KEY" {
		return nil, errKey.With(errors.New("the private key is encrypted"), "decrypt it: openssl pkey -in key.pem -out plain.pem")
	}
	var key any
	var err error
	switch block.Type {
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "PUBLIC KEY":
		key, err = x509.ParsePKIXPublicKey(block.Bytes)
	case "RSA PUBLIC KEY":
		key, err = x509.ParsePKCS1PublicKey(block.Bytes)
	case "CERTIFICATE":
		var certificate *x509.Certificate
		if certificate, err = x509.ParseCertificate(block.Bytes); err == nil {
			key = certificate.PublicKey
		}
	default:
		return nil, errKey.Errorf("the PEM block is none of a key")
	}
	if err != nil {
		return nil, errKey.Errorf("the PEM block %s cannot be read", block.Type)
	}
	return key, nil
}
