package check

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"assay.rs/mod-data/yaml"
)

// certificate is what a TLS connection must be like: `expect` of a tls check, `expect.tls` of an http check.
type certificate struct {
	expiresIn       time.Duration // 0 asks for no more than that it is valid now
	issuer, subject matcher
	names           []string
	version         tlsVersion
	alpn            string
}

func (c *certificate) keys() []Key {
	return []Key{
		{Name: "expires_in", Text: "How long the certificate, and those between it and the authority, must be valid: \">14d\".", Value: lifetimeValue(&c.expiresIn)},
		{Name: "issuer", Text: "Who signed the certificate, as RFC 2253 text: CN=R11,O=Let's Encrypt,C=US. A text that occurs, or conditions.", Value: matcherValue(&c.issuer)},
		{Name: "subject", Text: "Whom the certificate is for, as RFC 2253 text.", Value: matcherValue(&c.subject)},
		{Name: "dns_names", Text: "Names that the certificate must be for, each as it stands there: *.example.com.", Value: Words(&c.names)},
		{Name: "version", Text: "The TLS version: \">=1.2\", \"1.3\".", Value: c.version.value()},
		{Name: "alpn", Text: "The protocol that the server must choose: h2.", Value: Word(&c.alpn)},
	}
}

// any reports whether something is expected.
func (c *certificate) any() bool {
	return c.expiresIn > 0 || len(c.issuer.wants) > 0 || len(c.subject.wants) > 0 || len(c.names) > 0 || c.version.text != "" || c.alpn != ""
}

// offer offers what the expectations are about. An old version is offered only to see whether the server would take it.
func (c *certificate) offer(config *tls.Config) {
	if c.alpn != "" {
		config.NextProtos = []string{c.alpn}
	}
	if c.version.text != "" {
		config.MinVersion = tls.VersionTLS10
	}
}

func (c *certificate) assess(o *Outcome, state tls.ConnectionState, a Attempt, now time.Time) {
	if len(state.PeerCertificates) == 0 {
		o.Err = Failed("the server showed no certificate")
		return
	}
	leaf := state.PeerCertificates[0]
	if c.expiresIn > 0 {
		left := lifetime(state, now)
		want := "expires_in >" + days(c.expiresIn)
		o.assess(Assertion{Expr: want, Passed: left > c.expiresIn, Expected: ">" + days(c.expiresIn), Actual: days(left)},
			fmt.Sprintf("%s (got %s, until %s: %s)", want, days(left), now.Add(left).UTC().Format(time.DateOnly), clip(soonest(state).Subject.String())))
	}
	c.issuer.assess(o, "issuer", leaf.Issuer.String(), a)
	c.subject.assess(o, "subject", leaf.Subject.String(), a)
	for _, name := range c.names {
		has := slices.ContainsFunc(leaf.DNSNames, func(s string) bool { return strings.EqualFold(s, name) })
		o.assess(Assertion{Expr: "dns_names has " + name, Passed: has, Expected: name, Actual: leaf.DNSNames},
			fmt.Sprintf("dns_names has %s (got %s)", name, clip(strings.Join(leaf.DNSNames, ", "))))
	}
	if c.version.text != "" {
		got := strings.TrimPrefix(tls.VersionName(state.Version), "TLS ")
		o.assess(Assertion{Expr: "version " + c.version.text, Passed: c.version.holds(state.Version), Expected: c.version.text, Actual: got},
			fmt.Sprintf("version %s (got %s)", c.version.text, got))
	}
	if c.alpn != "" {
		o.assess(Assertion{Expr: "alpn == " + c.alpn, Passed: state.NegotiatedProtocol == c.alpn, Expected: c.alpn, Actual: state.NegotiatedProtocol},
			fmt.Sprintf("alpn == %s (got %q)", c.alpn, state.NegotiatedProtocol))
	}
}

// lifetime is how long the whole chain is valid: that of the verified chain that lasts longest, since a client may take
// any of them, without its root, which clients trust whatever its date. Without verification it is what was shown.
func lifetime(state tls.ConnectionState, now time.Time) time.Duration {
	if c := soonest(state); c != nil {
		return c.NotAfter.Sub(now)
	}
	return 0
}

// soonest is the certificate that ends the chain's validity.
func soonest(state tls.ConnectionState) *x509.Certificate {
	chains := state.VerifiedChains
	if len(chains) == 0 {
		chains = [][]*x509.Certificate{state.PeerCertificates}
	}
	var best *x509.Certificate
	for _, chain := range chains {
		if len(chain) > 1 && len(state.VerifiedChains) > 0 {
			chain = chain[:len(chain)-1]
		}
		first := slices.MinFunc(chain, func(a, b *x509.Certificate) int { return a.NotAfter.Compare(b.NotAfter) })
		if best == nil || first.NotAfter.After(best.NotAfter) {
			best = first
		}
	}
	return best
}

// certificateValue is what the document says of a connection.
func certificateValue(state tls.ConnectionState) any {
	if len(state.PeerCertificates) == 0 {
		return nil
	}
	leaf := state.PeerCertificates[0]
	names := make([]any, len(leaf.DNSNames))
	for i, n := range leaf.DNSNames {
		names[i] = n
	}
	return map[string]any{
		"subject": leaf.Subject.String(), "issuer": leaf.Issuer.String(), "dns_names": names,
		"not_before": leaf.NotBefore.UTC().Format(time.RFC3339), "not_after": leaf.NotAfter.UTC().Format(time.RFC3339),
		"version": strings.TrimPrefix(tls.VersionName(state.Version), "TLS "), "alpn": state.NegotiatedProtocol,
	}
}

// days writes a time as people speak of certificates.
func days(d time.Duration) string {
	if d < 0 {
		return "-" + days(-d)
	}
	if d < 48*time.Hour {
		return d.Round(time.Minute).String()
	}
	return fmt.Sprintf("%dd", int(math.Floor(d.Hours()/24)))
}

func lifetimeValue(into *time.Duration) Value {
	return Value{func() schema { return schema{"type": "string", "pattern": `^>\s*[0-9.]+[a-zµ]|\$\{`} }, func(r *Reader, n *yaml.Node) {
		v, ok := r.resolved(n)
		if !ok {
			return
		}
		s, _ := stringOf(v)
		bound, above := strings.CutPrefix(s, ">")
		d, err := ParseDuration(strings.TrimSpace(bound))
		switch {
		case err != nil || d <= 0:
			r.Fail(n, "must be a bound such as '>14d', not %s", describe(v))
		case !above:
			r.Fail(n, "must be a bound, not %s: did you mean '>%s'?", describe(v), s)
		default:
			*into = d
		}
	}}
}

// tlsVersion is a version of TLS, or the least one.
type tlsVersion struct {
	text  string
	is    uint16
	least bool
}

func (v *tlsVersion) value() Value {
	known := map[string]uint16{"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}
	return Value{func() schema {
		return schema{"anyOf": []any{schema{"type": "string", "pattern": `^(>=\s*)?1\.[0-3]$|\$\{`}, schema{"enum": []any{1.0, 1.1, 1.2, 1.3}}}}
	}, func(r *Reader, n *yaml.Node) {
		at, ok := r.resolved(n)
		if !ok {
			return
		}
		text, _ := scalarText(at)
		number, least := strings.CutPrefix(text, ">=")
		number = strings.TrimSpace(number)
		is, ok := known[number]
		if !ok {
			r.Fail(n, "must be a version such as '>=1.2' or '1.3', not %s", describe(at))
			return
		}
		*v = tlsVersion{strings.ReplaceAll(text, " ", ""), is, least}
	}}
}

func (v tlsVersion) holds(got uint16) bool { return got == v.is || v.least && got > v.is }
