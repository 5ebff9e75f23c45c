package db

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"

	"assay.rs/core"
)

// encryption is how a connection is encrypted.
type encryption struct {
	config *tls.Config // nil is not at all
	plain  bool        // go on without when the server cannot
}

// sslModes are those of libpq. allow is taken for prefer.
func sslModes() []string {
	return []string{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
}

const maxPEM = 1 << 20

// encryptions takes the options sslmode, sslrootcert, sslcert and sslkey, and says how the connection to each host is
// encrypted. Their files obey the policy.
func (a *address) encryptions(root core.Root) ([]encryption, error) {
	base, err := a.encryption(root)
	if err != nil {
		return nil, err
	}
	all := make([]encryption, len(a.hosts))
	for i, h := range a.hosts {
		if base.config == nil || h.isSocket() {
			continue
		}
		all[i] = encryption{base.config.Clone(), base.plain}
		all[i].config.ServerName = h.name
	}
	return all, nil
}

// encryption is that of any host.
func (a *address) encryption(root core.Root) (encryption, error) {
	mode, ca, cert, key := a.take("sslmode"), a.take("sslrootcert"), a.take("sslcert"), a.take("sslkey")
	if mode == "" {
		mode = "prefer"
		if ca != "" {
			mode = "verify-ca"
		}
	}
	if mode == "disable" || !slices.ContainsFunc(a.hosts, func(h host) bool { return !h.isSocket() }) {
		return encryption{}, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if ca != "" && ca != "system" {
		pem, err := root.ReadFile(ca, maxPEM)
		if err != nil {
			return encryption{}, fmt.Errorf("sslrootcert: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return encryption{}, fmt.Errorf("sslrootcert: %s holds no certificate in PEM", ca)
		}
	}
	if cert != "" || key != "" {
		pair, err := clientPair(root, cert, key)
		if err != nil {
			return encryption{}, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	switch mode {
	case "allow", "prefer":
		config.InsecureSkipVerify = true // as the user wants it: no more than encryption
		return encryption{config, true}, nil
	case "require":
		config.InsecureSkipVerify = ca == "" // as libpq has it
		if ca != "" {
			verifyChain(config)
		}
	case "verify-ca":
		verifyChain(config)
	case "verify-full":
	default:
		return encryption{}, core.WithHint(fmt.Errorf("unknown sslmode %q", mode), fmt.Sprintf("sslmode is one of %v", sslModes()))
	}
	return encryption{config, false}, nil
}

func clientPair(root core.Root, cert, key string) (tls.Certificate, error) {
	if cert == "" || key == "" {
		return tls.Certificate{}, errors.New("sslcert and sslkey are given together")
	}
	certPEM, err := root.ReadFile(cert, maxPEM)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("sslcert: %w", err)
	}
	keyPEM, err := root.ReadFile(key, maxPEM)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("sslkey: %w", err)
	}
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("sslcert %s and sslkey %s: %w", cert, key, err)
	}
	return pair, nil
}

// verifyChain makes config verify who signed the server's certificate, but not its name.
func verifyChain(config *tls.Config) {
	config.InsecureSkipVerify = true
	roots := config.RootCAs
	config.VerifyConnection = func(state tls.ConnectionState) error {
		options := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
		for _, c := range state.PeerCertificates[1:] {
			options.Intermediates.AddCert(c)
		}
		_, err := state.PeerCertificates[0].Verify(options)
		return err
	}
}
