package servers

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Cluster is the control plane of Kubernetes on loopback: etcd, kube-apiserver and kube-controller-manager. It has no node and no
// scheduler: who needs pods that run plays the node.
type Cluster struct {
	URL    string
	CA     string // a file with the authority that signed the certificate of the API server
	dir    string
	token  string // an administrator's
	client *http.Client
	api    func() *process // starts the API server
	server *process
}

// controllers are those that the tests need.
const controllers = "deployment-controller,replicaset-controller,statefulset-controller,daemonset-controller,job-controller," +
	"serviceaccount-controller,namespace-controller,garbage-collector-controller,disruption-controller"

// Kubernetes runs the control plane of a cluster until the test ends.
func Kubernetes(t testing.TB) *Cluster {
	t.Helper()
	program := program(t, "controlplane", "test/kubernetes/testdata/controlplane, which ./test/run kubernetes builds")
	ca := NewCA(t)
	c := &Cluster{dir: t.TempDir(), token: secret(t), URL: fmt.Sprintf("https://127.0.0.1:%d", freePort(t))}
	c.CA = ca.File(t, c.dir)
	c.trust(t, ca)
	etcd := c.startEtcd(t, program)
	c.prepareAPIServer(t, program, etcd, ca)
	c.startAPIServer(t)
	// The controllers, as an administrator.
	start(t, program, "kube-controller-manager", "--kubeconfig="+c.Kubeconfig(t, "controllers", c.token), "--leader-elect=false",
		"--controllers="+controllers, "--bind-address=127.0.0.1", "--secure-port="+strconv.Itoa(freePort(t)), "--cert-dir="+c.dir)
	return c
}

func (c *Cluster) startEtcd(t testing.TB, program string) (url string) {
	t.Helper()
	url, peers := fmt.Sprintf("http://127.0.0.1:%d", freePort(t)), fmt.Sprintf("http://127.0.0.1:%d", freePort(t))
	p := start(t, program, "etcd", "--data-dir="+filepath.Join(c.dir, "etcd"), "--listen-client-urls="+url, "--advertise-client-urls="+url,
		"--listen-peer-urls="+peers, "--initial-advertise-peer-urls="+peers, "--initial-cluster=default="+peers, "--unsafe-no-fsync", "--log-level=warn")
	p.waitUntil(t, func(ctx context.Context) error { return answers(ctx, http.DefaultClient, url+"/health") })
	return url
}

// startAPIServer starts the API server, and waits until it answers.
func (c *Cluster) startAPIServer(t testing.TB) {
	t.Helper()
	c.server = c.api()
	c.server.waitUntil(t, func(ctx context.Context) error { return answers(ctx, c.client, c.URL+"/readyz") })
}

// RestartAPIServer kills the API server, which would wait for those who watch for a minute, and starts it again at the same
// address.
func (c *Cluster) RestartAPIServer(t testing.TB) {
	t.Helper()
	kill := func() {
		_ = c.server.cmd.Process.Kill() // it may have ended
		<-c.server.done
	}
	kill()
	c.startAPIServer(t)
	t.Cleanup(kill) // it would wait for the controllers, which end after it
}

// Kubelet runs a kubelet without containers, which test/kubernetes/testdata/controlplane describes, and gives its port.
func (c *Cluster) Kubelet(t testing.TB) (port int) {
	t.Helper()
	as := &syscall.SysProcAttr{}
	cert := NewCA(t).Sign(t, func(cert *x509.Certificate) { cert.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)} })
	port = freePort(t)
	p := start(t, program(t, "controlplane", "test/kubernetes/testdata/controlplane, which ./test/run kubernetes builds"), "kubelet", "--address="+loopback(port),
		"--cert="+write(t, as, c.dir, "kubelet-server.pem", cert.Cert), "--key="+write(t, as, c.dir, "kubelet-server.key", cert.Key))
	p.waitUntil(t, func(ctx context.Context) error {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", loopback(port))
		if err == nil {
			err = conn.Close()
		}
		return err
	})
	return port
}

func (c *Cluster) prepareAPIServer(t testing.TB, program, etcd string, ca *CA) {
	t.Helper()
	as := &syscall.SysProcAttr{}
	file := func(name string, data []byte) string { return write(t, as, c.dir, name, data) }
	server := ca.Sign(t, func(cert *x509.Certificate) { cert.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)} })
	account := ca.Sign(t, nil) // whose key signs the tokens of service accounts
	client := ca.Sign(t, func(cert *x509.Certificate) { cert.Subject = pkix.Name{CommonName: "kube-apiserver"} })
	tokens := fmt.Sprintf("%s,admin,1,\"system:masters\"\n", c.token)
	_, port, _ := strings.Cut(strings.TrimPrefix(c.URL, "https://"), ":")
	arguments := []string{
		"kube-apiserver", "--etcd-servers=" + etcd, "--bind-address=127.0.0.1", "--secure-port=" + port, "--advertise-address=127.0.0.1",
		"--endpoint-reconciler-type=none", "--service-cluster-ip-range=10.96.0.0/16", "--client-ca-file=" + c.CA, "--cert-dir=" + c.dir,
		"--tls-cert-file=" + file("server.pem", server.Cert), "--tls-private-key-file=" + file("server.key", server.Key), "--token-auth-file=" + file("tokens.csv", []byte(tokens)),
		"--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file=" + file("account.pem", account.Cert), "--service-account-signing-key-file=" + file("account.key", account.Key),
		"--kubelet-client-certificate=" + file("kubelet.pem", client.Cert), "--kubelet-client-key=" + file("kubelet.key", client.Key), "--authorization-mode=RBAC",
	}
	c.api = func() *process { return start(t, program, arguments...) }
}

// trust makes the client of the tests.
func (c *Cluster) trust(t testing.TB, ca *CA) {
	t.Helper()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca.PEM) {
		t.Fatal("the authority has no certificate")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	c.client = &http.Client{Transport: bearer{transport, c.token}, Timeout: 20 * time.Second}
	t.Cleanup(transport.CloseIdleConnections)
}

// Transport makes requests as an administrator.
func (c *Cluster) Transport() http.RoundTripper { return c.client.Transport }

// bearer adds a token to each request.
type bearer struct {
	http.RoundTripper
	token string
}

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.token)
	return b.RoundTripper.RoundTrip(r)
}

func secret(t testing.TB) string {
	t.Helper()
	b := make([]byte, 16)
	if _, err := rand.Read(b); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(b)
}

// answers asks whether a URL answers with 200.
func answers(ctx context.Context, client *http.Client, url string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(answer.Body, 4096)) // for the message
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: status %d: %s", url, answer.StatusCode, body)
	}
	return nil
}

// Kubeconfig writes a kubeconfig for a token; "" is an administrator's.
func (c *Cluster) Kubeconfig(t testing.TB, name, token string) (file string) {
	t.Helper()
	return c.KubeconfigAt(t, name, token, c.URL)
}

// KubeconfigAt is Kubeconfig for another way to the API server.
func (c *Cluster) KubeconfigAt(t testing.TB, name, token, url string) (file string) {
	t.Helper()
	if token == "" {
		token = c.token
	}
	return write(t, &syscall.SysProcAttr{}, c.dir, name+".kubeconfig", fmt.Appendf(nil, `apiVersion: v1
kind: Config
current-context: %[1]s
clusters: [{name: test, cluster: {server: %[2]q, certificate-authority: %[3]q}}]
users: [{name: %[1]s, user: {token: %[4]q}}]
contexts: [{name: %[1]s, context: {cluster: test, user: %[1]s}}]
`, name, url, c.CA, token))
}

// Request asks the API server for something as an administrator, with a body of YAML or JSON, and gives the status and answer.
func (c *Cluster) Request(ctx context.Context, method, path, contentType, body string) (status int, answer []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, method, c.URL+path, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Accept", "application/json")
	response, err := c.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(response.Body)
	return response.StatusCode, bytes.TrimSpace(answer), err
}

// Must is Request, and ends the test when the answer is not a success.
func (c *Cluster) Must(t testing.TB, method, path, body string) []byte {
	t.Helper()
	contentType := "application/yaml"
	if method == http.MethodPatch {
		contentType = "application/merge-patch+json"
	}
	status, answer, err := c.Request(t.Context(), method, path, contentType, body)
	if err != nil || status >= 300 {
		t.Fatalf("%s %s: status %d, %v\n%s", method, path, status, err, answer)
	}
	return answer
}
