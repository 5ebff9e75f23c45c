package http

import (
	"crypto/tls"
	"encoding/pem"

	"assay.rs/core"
)

// tlsState is what an answer tells of its TLS connection.
type tlsState struct {
	version, cipher, protocol string
	subject, issuer, pem      string
	names                     []string
	notBefore, notAfter       int64
}

func tlsType() core.Type[*tlsState] {
	text := func(name string, at func(*tlsState) *string, doc string) core.Key[tlsState] {
		return core.NewKey(name, core.String(), at, doc)
	}
	moment := func(name string, at func(*tlsState) *int64, doc string) core.Key[tlsState] {
		return core.NewKey(name, core.Integer(), at, doc)
	}
	return core.Nullable(core.Record("http.TLS", "The TLS connection of an answer, and the certificate of the server.",
		text("version", func(p *tlsState) *string { return &p.version }, `The version, such as "TLS 1.3".`),
		text("cipher", func(p *tlsState) *string { return &p.cipher }, "The cipher suite."),
		text("protocol", func(p *tlsState) *string { return &p.protocol }, `What was agreed on by ALPN, such as "h2"; or empty.`),
		text("subject", func(p *tlsState) *string { return &p.subject }, "Whose the certificate is, as RFC 2253 writes it."),
		text("issuer", func(p *tlsState) *string { return &p.issuer }, "Who has signed it, as RFC 2253 writes it."),
		core.NewKey("dns_names", core.ListOf(core.String()), func(p *tlsState) *[]string { return &p.names }, "The host names that it is for."),
		moment("not_before", func(p *tlsState) *int64 { return &p.notBefore }, "From when it is valid, in seconds since 1970, as `time()` counts."),
		moment("not_after", func(p *tlsState) *int64 { return &p.notAfter }, "Until when it is valid."),
		text("pem", func(p *tlsState) *string { return &p.pem }, "The certificate as PEM, which `crypto.x509` tells more of."),
	))
}

// tlsState is nil without TLS.
func (r *Response) tlsState() *tlsState {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return nil
	}
	c := r.TLS.PeerCertificates[0]
	return &tlsState{
		version: tls.VersionName(r.TLS.Version), cipher: tls.CipherSuiteName(r.TLS.CipherSuite), protocol: r.TLS.NegotiatedProtocol,
		subject: c.Subject.String(), issuer: c.Issuer.String(), names: c.DNSNames, notBefore: c.NotBefore.Unix(), notAfter: c.NotAfter.Unix(),
		pem: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})),
	}
}
