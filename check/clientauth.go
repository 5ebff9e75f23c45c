package check

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"time"
)

// clientAuth finds out what a server thinks of the client's certificate. In TLS 1.3 a client has ended its handshake before the
// server has looked at the certificate, so a refusal comes later, where a check that sends nothing would not see it.
type clientAuth struct {
	conn     net.Conn
	asked    bool // the server wants a certificate
	waiting  bool // the handshake is over, and the answer awaited
	accepted bool // the server has sent a ticket, which it does only when the handshake is over for it, too
}

// watchClientAuth makes config tell about the handshake of conn.
func watchClientAuth(config *tls.Config, conn net.Conn) *clientAuth {
	c := &clientAuth{conn: conn}
	own := config.Certificates
	config.GetClientCertificate = func(wanted *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		c.asked = true
		for i := range own {
			if wanted.SupportsCertificate(&own[i]) == nil {
				return &own[i], nil
			}
		}
		return new(tls.Certificate), nil
	}
	config.ClientSessionCache = c
	return c
}

// Get never resumes a session: each attempt judges the certificate anew.
func (c *clientAuth) Get(string) (*tls.ClientSessionState, bool) { return nil, false }

// Put is told of a ticket.
func (c *clientAuth) Put(string, *tls.ClientSessionState) {
	c.accepted = true
	if c.waiting {
		_ = c.conn.SetReadDeadline(time.Unix(1, 0)) // ends the read; it has a deadline anyway
	}
}

// verdictTime is how long a server is given to refuse a certificate. One that is content may say nothing at all.
const verdictTime = 2 * time.Second

// verdict is the server's refusal, or nil. It waits only for a server that has asked for a certificate in TLS 1.3.
func (c *clientAuth) verdict(ctx context.Context, secured *tls.Conn) error {
	if !c.asked || secured.ConnectionState().Version < tls.VersionTLS13 {
		return nil
	}
	until := time.Now().Add(verdictTime)
	if at, ok := ctx.Deadline(); ok && at.Before(until) {
		until = at
	}
	if err := c.conn.SetReadDeadline(until); err != nil {
		return err
	}
	c.waiting = true
	_, err := secured.Read(make([]byte, 1))
	if c.accepted || errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() == nil {
		return nil
	}
	return err
}
