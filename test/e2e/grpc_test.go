package e2e

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"assay.rs/test/servers"
)

// serveGRPC runs a server of grpc-go with its health service, or without, and gives its port.
func serveGRPC(t *testing.T, config *tls.Config, healthy bool) string {
	t.Helper()
	var options []grpc.ServerOption
	if config != nil {
		options = append(options, grpc.Creds(credentials.NewTLS(config)))
	}
	server := grpc.NewServer(options...)
	if healthy {
		service := health.NewServer()
		service.SetServingStatus("up", healthpb.HealthCheckResponse_SERVING)
		service.SetServingStatus("down", healthpb.HealthCheckResponse_NOT_SERVING)
		service.SetServingStatus("lost", healthpb.HealthCheckResponse_UNKNOWN)
		healthpb.RegisterHealthServer(server, service)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return port(t, listener.Addr().String())
}

// port is that of an address.
func port(t *testing.T, address string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// each runs one check for each case, of one type, and compares "status class: message" with how it must begin.
func each(t *testing.T, binary, common string, cases map[string][2]string) {
	t.Helper()
	var yaml strings.Builder
	fmt.Fprintf(&yaml, "parallel: true\ndefaults: {attempt_timeout: 5s}\nchecks:\n")
	for name, c := range cases {
		fmt.Fprintf(&yaml, "  - {name: %q, %s, %s}\n", name, common, c[0])
	}
	d, r := runChecks(t, binary, yaml.String())
	if len(d.Checks) != len(cases) {
		t.Fatalf("%d results of %d checks\n%s%s", len(d.Checks), len(cases), r.stdout, r.stderr)
	}
	for _, c := range d.Checks {
		if got, want := c.verdict(), cases[c.Name][1]; !strings.HasPrefix(got, want) {
			t.Errorf("%s\ngot  %s\nwant %s", c.Name, got, want)
		}
	}
}

// verdict reads "status class: message".
func (c check) verdict() string {
	text := c.Status
	if c.ErrorClass != "" {
		text += " " + c.ErrorClass
	}
	if c.Message != nil {
		text += ": " + *c.Message
	}
	return text
}

// trust writes the server's authority and a certificate that the client's has signed, and gives them as keys of a check.
func trust(t *testing.T, ca, clients *servers.CA) (authority, client string) {
	t.Helper()
	dir := t.TempDir()
	cert, key := clients.Sign(t, nil).Files(t, dir)
	authority = "ca_cert_file: " + ca.File(t, dir)
	return authority, fmt.Sprintf("%s, client_cert_file: %s, client_key_file: %s", authority, cert, key)
}

// mutual is the configuration of a server that wants a certificate of the authority.
func mutual(t *testing.T, ca *servers.CA) *tls.Config {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca.PEM)
	return &tls.Config{Certificates: []tls.Certificate{ca.Sign(t, nil).TLS(t)}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert}
}

// What the type grpc says of a server of grpc-go, the implementation that most services use.
func TestGRPCHealth(t *testing.T) {
	ca := servers.NewCA(t)
	authority, client := trust(t, ca, ca)
	_, stranger := trust(t, ca, servers.NewCA(t))
	at := func(config *tls.Config, healthy bool) string {
		return "address: 'localhost:" + serveGRPC(t, config, healthy) + "'"
	}
	plain, none := at(nil, true), at(nil, false)
	secure := at(&tls.Config{Certificates: []tls.Certificate{ca.Sign(t, nil).TLS(t)}}, true)
	both := at(mutual(t, ca), true)
	forEachBinary(t, func(t *testing.T, binary string) {
		each(t, binary, "type: grpc", map[string][2]string{
			"the server":             {plain, "passed"},
			"a service":              {plain + ", service: up", "passed"},
			"not serving":            {plain + ", service: down", "failed assert: status == SERVING (got NOT_SERVING)"},
			"not serving, as wanted": {plain + ", service: down, expect: {status: NOT_SERVING}", "passed"},
			"unknown state":          {plain + ", service: lost", "failed assert: status == SERVING (got UNKNOWN)"},
			"no such service":        {plain + ", service: gone", "failed assert: status is SERVICE_UNKNOWN: the server answered with gRPC status 5 NOT_FOUND: unknown service"},
			"no such service, ended": {plain + ", service: gone, expect: {status: NOT_SERVING}", "failed assert: status is SERVICE_UNKNOWN"},
			"no health service":      {none, "failed assert: the server does not tell its health: the server answered with gRPC status 12 UNIMPLEMENTED: unknown service grpc.health.v1.Health"},
			"TLS":                    {secure + ", " + authority, "passed"},
			"TLS, a service":         {secure + ", service: down, " + authority, "failed assert: status == SERVING (got NOT_SERVING)"},
			"TLS, unknown authority": {secure + ", tls: true", "error tls: tls with localhost: x509: certificate signed by unknown authority"},
			"TLS, not spoken":        {secure, "error connect: "},
			"TLS, spoken in vain":    {plain + ", " + authority, "error tls: tls with localhost: "},
			// Whether the refusal or the end of the connection is seen first is a matter of luck: the class is tls or connect.
			"client's certificate":    {both + ", " + client, "passed"},
			"no client's certificate": {both + ", " + authority, "error "},
			"a stranger's":            {both + ", " + stranger, "error "},
		})
	})
}

// serveTLS answers each request of HTTP over TLS.
func serveTLS(t *testing.T, config *tls.Config) (address string) {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = config
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// What the types tls and http say of certificates that are wrong, over real connections.
func TestBadCertificates(t *testing.T) {
	ca := servers.NewCA(t)
	authority, client := trust(t, ca, ca)
	expired := ca.Sign(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })
	other := ca.Sign(t, func(c *x509.Certificate) { c.DNSNames = []string{"other.example"} })
	serve := func(config *tls.Config) string { return "localhost:" + port(t, serveTLS(t, config)) }
	one := func(pair servers.Pair) string {
		return serve(&tls.Config{Certificates: []tls.Certificate{pair.TLS(t)}})
	}
	for _, c := range []struct{ name, address, trust, tls, http string }{
		{"good", one(ca.Sign(t, nil)), authority, "passed", "passed"},
		{"expired", one(expired), authority, "error tls: tls with localhost: x509: certificate has expired", "error tls: tls with localhost:"},
		{"signed by itself", one(servers.SelfSigned(t)), authority, "error tls: tls with localhost: x509: certificate signed by unknown authority", "error tls: tls with localhost:"},
		{"of another host", one(other), authority, "error tls: tls with localhost: x509: certificate is valid for other.example, not localhost", "error tls: tls with localhost:"},
		{"client's wanted, none shown", serve(mutual(t, ca)), authority, "error tls: tls with localhost: ", "error "},
		{"client's wanted and shown", serve(mutual(t, ca)), client, "passed", "passed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			forEachBinary(t, func(t *testing.T, binary string) {
				each(t, binary, c.trust, map[string][2]string{
					"tls":  {fmt.Sprintf("type: tls, address: '%s'", c.address), c.tls},
					"http": {fmt.Sprintf("type: http, url: 'https://%s/'", c.address), c.http},
				})
			})
		})
	}
}
