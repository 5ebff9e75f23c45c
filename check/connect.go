package check

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"assay.rs/core/retry"
	assayhttp "assay.rs/mod-http"
)

// hostPort is the address of a check that connects: host:port, [v6]:port, or a host alone where a port is implied.
type hostPort struct {
	text        Template
	impliedPort string // "" is none
}

func (e *hostPort) key(example string) Key {
	return Key{Name: "address", Text: "Host and port: " + example + ", [2001:db8::1]:443.", Required: true, Value: Text(&e.text)}
}

func (e *hostPort) prepare(p *Prep) {
	if text, ok := e.text.fixed(); ok && e.text.Set() {
		if _, _, err := splitAddress(text, e.impliedPort); err != nil {
			p.Fail([]string{"address"}, "%s", err)
		}
	}
}

// expand gives host and port.
func (e *hostPort) expand(a Attempt) (host, port string, err error) {
	text, err := e.text.Expand(a.Captures)
	if err != nil {
		return "", "", fmt.Errorf("address: %w", err)
	}
	return splitAddress(text, e.impliedPort)
}

func splitAddress(text, implied string) (host, port string, err error) {
	if strings.Contains(text, "://") {
		return "", "", fmt.Errorf("the address %q is a URL: write host:port", clip(text))
	}
	host, port, err = net.SplitHostPort(text)
	if err != nil && implied != "" && !strings.HasSuffix(text, ":") {
		bare := strings.TrimSuffix(strings.TrimPrefix(text, "["), "]")
		if net.ParseIP(bare) != nil || !strings.ContainsAny(text, ":[]/ ") {
			host, port, err = bare, implied, nil
		}
	}
	if err != nil {
		return "", "", fmt.Errorf("the address %q must be host:port", clip(text))
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 1 || n > 65535 {
		return "", "", fmt.Errorf("the address %q has no port from 1 to 65535", clip(text))
	}
	if host == "" || strings.ContainsAny(host, " /@") {
		return "", "", fmt.Errorf("the address %q has no host", clip(text))
	}
	return host, port, nil
}

// dial connects. The error has a class: dns, timeout or connect.
func dial(ctx context.Context, host, port string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, connectError(ctx, err)
	}
	return conn, nil
}

// connectError gives the class of a connection that was not made, or broke.
func connectError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return Broken(retry.DNS, fmt.Errorf("lookup %s: %s", dns.Name, dns.Err))
	}
	message := errors.New(assayhttp.Describe(err))
	if timed, ok := errors.AsType[net.Error](err); ok && timed.Timeout() {
		return Broken(retry.Timeout, message)
	}
	return Broken(retry.Connect, message)
}

// transportFailure gives the class of what kept a request over TLS from being answered, by the kind of the error: the
// phase in which it came is not known.
func transportFailure(ctx context.Context, host string, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, record := errors.AsType[tls.RecordHeaderError](err)
	op, network := errors.AsType[*net.OpError](err)
	switch {
	case certificate, record, network && (op.Op == "remote error" || op.Op == "local error"):
		return Broken(retry.TLS, fmt.Errorf("tls with %s: %s", host, assayhttp.Describe(err)))
	case network, errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return connectError(ctx, err)
	}
	return Broken(retry.Error, errors.New(assayhttp.Describe(err)))
}

// deadlineFor makes reads and writes of a connection end with the attempt.
func deadlineFor(ctx context.Context, conn net.Conn) (stop func() bool) {
	if at, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(at) // a connection that cannot be bounded is bounded by AfterFunc
	}
	return context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
}

// trust is whom a check trusts when it speaks TLS, and who it is: as the options of http.get of the same names.
type trust struct {
	ca, cert, key, serverName Template
	caFile, certFile, keyFile string
	insecure                  bool
}

func (t *trust) keys() []Key {
	return []Key{
		{Name: "ca_cert", Text: assayhttp.OptionText("ca_cert"), Value: Text(&t.ca)},
		{Name: "ca_cert_file", Text: assayhttp.OptionText("ca_cert_file") + " It is read again for each attempt.", Value: Word(&t.caFile)},
		{Name: "client_cert", Text: assayhttp.OptionText("client_cert"), Value: Text(&t.cert)},
		{Name: "client_cert_file", Text: assayhttp.OptionText("client_cert_file") + " It is read again for each attempt.", Value: Word(&t.certFile)},
		{Name: "client_key", Text: assayhttp.OptionText("client_key"), Value: Text(&t.key)},
		{Name: "client_key_file", Text: assayhttp.OptionText("client_key_file") + " It is read again for each attempt.", Value: Word(&t.keyFile)},
		{Name: "server_name", Text: assayhttp.OptionText("server_name"), Value: Text(&t.serverName)},
		{Name: "insecure", Text: assayhttp.OptionText("insecure"), Value: Flag(&t.insecure)},
	}
}

// given reports whether a key says something of TLS.
func (t *trust) given() bool {
	return t.insecure || t.caFile != "" || t.certFile != "" || t.keyFile != "" || t.ca.Set() || t.cert.Set() || t.key.Set() || t.serverName.Set()
}

func (t *trust) prepare(p *Prep) {
	for _, file := range []*string{&t.caFile, &t.certFile, &t.keyFile} {
		if *file != "" {
			*file = p.r.find(*file)
		}
	}
	for _, pair := range []struct {
		option string
		text   Template
		file   string
	}{{"ca_cert", t.ca, t.caFile}, {"client_cert", t.cert, t.certFile}, {"client_key", t.key, t.keyFile}} {
		if pair.text.Set() && pair.file != "" {
			p.Fail([]string{pair.option}, "'%s' and '%s_file' exclude each other", pair.option, pair.option)
		}
	}
	if (t.key.Set() || t.keyFile != "") && !t.cert.Set() && t.certFile == "" {
		p.Fail([]string{"client_key_file"}, "a client key needs 'client_cert' or 'client_cert_file'")
	}
}

// maxPEM is how large a file of certificates may be.
const maxPEM = 1 << 20

// options reads the files anew, since those in pods are renewed.
func (t *trust) options(a Attempt) (assayhttp.TLS, error) {
	var o assayhttp.TLS
	if t.insecure {
		o.Insecure = &t.insecure
	}
	for _, source := range []struct {
		name string
		text Template
		file string
		into *string
	}{
		{"ca_cert", t.ca, t.caFile, &o.CA},
		{"client_cert", t.cert, t.certFile, &o.Cert},
		{"client_key", t.key, t.keyFile, &o.Key},
		{"server_name", t.serverName, "", &o.ServerName},
	} {
		if source.file != "" {
			text, err := readFile(source.file, maxPEM)
			if err != nil {
				return o, fmt.Errorf("%s_file %s: %w", source.name, source.file, err)
			}
			*source.into = string(text)
			continue
		}
		text, err := source.text.Expand(a.Captures)
		if err != nil {
			return o, fmt.Errorf("%s: %w", source.name, err)
		}
		*source.into = text
	}
	if o.Key != "" {
		a.Hide(o.Key)
	}
	return o, nil
}

// config is for a connection to host.
func (t *trust) config(a Attempt, host string) (*tls.Config, error) {
	o, err := t.options(a)
	if err != nil {
		return nil, err
	}
	config, err := o.Config()
	if err != nil {
		return nil, err
	}
	if config.ServerName == "" {
		config.ServerName = host
	}
	return config, nil
}
