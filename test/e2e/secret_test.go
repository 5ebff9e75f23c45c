package e2e

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"assay.rs/test/servers"
)

// secret is a folder as Kubernetes mounts a Secret of type kubernetes.io/tls: its files are links through
// ..data, which is replaced at once.
type secret struct {
	dir     string
	version int
}

// put replaces what is in the secret.
func (s *secret) put(t *testing.T, cert, key []byte) {
	t.Helper()
	s.version++
	version := fmt.Sprintf("..version_%d", s.version)
	steps := []func() error{
		func() error { return os.Mkdir(filepath.Join(s.dir, version), 0o700) },
		func() error { return os.WriteFile(filepath.Join(s.dir, version, "tls.crt"), cert, 0o600) },
		func() error { return os.WriteFile(filepath.Join(s.dir, version, "tls.key"), key, 0o600) },
		func() error { return os.Symlink(version, filepath.Join(s.dir, "..data_tmp")) },
		func() error { return os.Rename(filepath.Join(s.dir, "..data_tmp"), filepath.Join(s.dir, "..data")) },
	}
	if s.version == 1 {
		steps = append(steps,
			func() error { return os.Symlink("..data/tls.crt", filepath.Join(s.dir, "tls.crt")) },
			func() error { return os.Symlink("..data/tls.key", filepath.Join(s.dir, "tls.key")) })
	} else {
		steps = append(steps, func() error { return os.RemoveAll(filepath.Join(s.dir, fmt.Sprintf("..version_%d", s.version-1))) })
	}
	for _, step := range steps {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
}

// secure is a service that serves with the certificate of a secret.
type secure struct {
	t       *testing.T
	url     string
	trusted *x509.CertPool
	log     *record
}

// record is what a program has logged so far.
type record struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.Write(p)
}

// count tells how often a text was logged.
func (r *record) count(text string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Count(r.b.String(), text)
}

func startSecure(t *testing.T, issuer *servers.Issuer, s *secret) *secure {
	t.Helper()
	authority, err := os.ReadFile(issuer.File)
	if err != nil {
		t.Fatal(err)
	}
	service := &secure{t: t, trusted: x509.NewCertPool(), log: &record{}}
	service.trusted.AppendCertsFromPEM(authority)
	cmd := exec.CommandContext(t.Context(), filepath.Join(built, "assay"), "testdata/tls/service.lua", filepath.Join(s.dir, "tls.crt"), filepath.Join(s.dir, "tls.key"))
	cmd.Stderr = service.log
	service.url = "https://127.0.0.1:" + serving(t, cmd)
	return service
}

// client keeps its connection. It does not resume sessions, in which no certificate is shown.
func (s *secure) client() *http.Client {
	return &http.Client{Timeout: time.Minute, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.trusted}}}
}

// open asks a path, and gives the answer, the name in the certificate and whether the connection is an old one.
func (s *secure) open(client *http.Client, path string) (answer *http.Response, name string, reused bool) {
	s.t.Helper()
	ctx := httptrace.WithClientTrace(s.t.Context(), &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) { reused = info.Reused }})
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, http.NoBody)
	if err != nil {
		s.t.Fatal(err)
	}
	answer, err = client.Do(req)
	if err != nil {
		s.t.Fatalf("the service does not answer: %v", err)
	}
	return answer, answer.TLS.PeerCertificates[0].Subject.CommonName, reused
}

func (s *secure) ask(client *http.Client) (name string, reused bool) {
	s.t.Helper()
	answer, name, reused := s.open(client, "/")
	defer answer.Body.Close()
	if got, err := io.ReadAll(answer.Body); err != nil || string(got) != "hello" {
		s.t.Fatalf("got %q, %v, want hello", got, err)
	}
	return name, reused
}

// askAnew asks on a new connection.
func (s *secure) askAnew() (name string) {
	s.t.Helper()
	client := s.client()
	defer client.CloseIdleConnections()
	name, _ = s.ask(client)
	return name
}

// inUse is how soon a new certificate must be used: a second as documented, and as much as a busy machine takes.
const inUse = 5 * time.Second

// until asks anew, each time with a certificate of the given names, until the condition holds.
func (s *secure) until(what string, names []string, holds func(name string) bool) {
	s.t.Helper()
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		name := s.askAnew()
		if !slices.Contains(names, name) {
			s.t.Fatalf("the certificate of %s is used, want one of %v", name, names)
		}
		if holds(name) {
			return
		}
		if time.Since(began) > inUse {
			s.t.Fatalf("not within %s: %s", inUse, what)
		}
	}
}

// tick is what lies between two events of the service.
const tick = 50 * time.Millisecond

const unreadable = "the certificate could not be read again"

func TestCertificateOfRotatingSecret(t *testing.T) {
	issuer, mounted := servers.NewIssuer(t), &secret{dir: t.TempDir()}
	cert, key := issuer.Issue(t, "first")
	mounted.put(t, cert, key)
	s := startSecure(t, issuer, mounted)
	old := s.client()
	defer old.CloseIdleConnections()
	if name, _ := s.ask(old); name != "first" {
		t.Fatalf("the certificate is that of %s, want first", name)
	}
	began := time.Now()
	ticks, _, _ := s.open(s.client(), "/ticks")
	defer ticks.Body.Close()

	secondCert, secondKey := issuer.Issue(t, "second")
	mounted.put(t, secondCert, secondKey)
	s.until("the second certificate is used", []string{"first", "second"}, func(name string) bool { return name == "second" })
	if name, reused := s.ask(old); name != "first" || !reused {
		t.Errorf("an old connection: certificate of %s, reused: %t, want first, true", name, reused)
	}

	thirdCert, thirdKey := issuer.Issue(t, "third")
	for _, half := range []struct {
		name      string
		cert, key []byte
	}{
		{"a certificate with the key of another", thirdCert, secondKey},
		{"half a certificate", thirdCert[:len(thirdCert)/2], thirdKey},
		{"an empty key", thirdCert, nil},
	} {
		t.Run(half.name, func(t *testing.T) {
			before := s.log.count(unreadable)
			mounted.put(t, half.cert, half.key)
			s.until("it is logged", []string{"second"}, func(string) bool { return s.log.count(unreadable) > before })
		})
	}
	mounted.put(t, thirdCert, thirdKey)
	s.until("the third certificate is used", []string{"second", "third"}, func(name string) bool { return name == "third" })

	// All that came while the certificate changed, and something that is sent now.
	stream := bufio.NewReader(ticks.Body)
	for range time.Since(began) / tick {
		if line, err := stream.ReadString('\n'); err != nil || line != "data: tick\n" {
			t.Fatalf("a stream that was begun with the first certificate: %q, %v", line, err)
		}
		_, _ = stream.ReadString('\n') // the empty line behind it
	}
}
