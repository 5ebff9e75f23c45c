package kubernetes

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"assay.rs/test/servers"
)

const examples = "../../examples"

// apply applies files as an administrator.
func apply(t *testing.T, kubeconfig string, files ...string) {
	t.Helper()
	const source = `for _, file in ipairs(arg) do require("assay.k8s").apply_file(file) end`
	path := filepath.Join(t.TempDir(), "apply.lua")
	if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := script(t, kubeconfig, append([]string{path}, files...)...).CombinedOutput(); err != nil {
		t.Fatalf("apply %s: %v\n%s", files, err, out)
	}
}

// tokenOf is a token of a service account.
func tokenOf(t *testing.T, c *servers.Cluster, namespace, name string) string {
	t.Helper()
	answer := c.Must(t, http.MethodPost, "/api/v1/namespaces/"+namespace+"/serviceaccounts/"+name+"/token", `{apiVersion: authentication.k8s.io/v1, kind: TokenRequest, spec: {}}`)
	var request struct{ Status struct{ Token string } }
	if err := json.Unmarshal(answer, &request); err != nil || request.Status.Token == "" {
		t.Fatalf("no token: %v", err)
	}
	return request.Status.Token
}

// runs starts a script that runs until the end of the test, when it must end with 0 after SIGTERM.
func runs(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		if err := cmd.Wait(); err != nil || t.Failed() {
			t.Errorf("%s: %v, want exit status 0\n%s", cmd.Args[1], err, &output)
		}
	})
}

// The operator of examples/operator, with the rights of its manifests and no more, copies a secret, keeps the copies as the
// source is, and cleans up.
func TestOperatorExample(t *testing.T) {
	cluster := servers.Kubernetes(t)
	folder := filepath.Join(examples, "operator")
	admin := cluster.Kubeconfig(t, "admin", "")
	apply(t, admin, filepath.Join(folder, "manifests.yaml"))
	account := cluster.Kubeconfig(t, "replicator", tokenOf(t, cluster, "replicator", "replicator"))
	for _, ns := range []string{"shared", "one", "two", "other"} {
		labels := `{team: shop}`
		if ns == "other" {
			labels = "{}"
		}
		cluster.Must(t, http.MethodPost, "/api/v1/namespaces", fmt.Sprintf(`{apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: %s}}`, ns, labels))
	}
	text, err := os.ReadFile(account)
	if err != nil {
		t.Fatal(err)
	}
	// The Lease is in the namespace of the pod: here, that of the context.
	if err := os.WriteFile(account, []byte(strings.ReplaceAll(string(text), "cluster: test, user", "namespace: replicator, cluster: test, user")), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := script(t, account, filepath.Join(folder, "operator.lua"))
	cmd.Env = append(cmd.Env, "PORT=0")
	runs(t, cmd)
	apply(t, admin, filepath.Join(folder, "replication.yaml"))
	const kind = "/apis/replication.example.com/v1/replications/pull-secret"
	eventually(t, "there is no source", func() bool {
		return strings.Contains(string(cluster.Must(t, http.MethodGet, kind, "")), "there is no Secret shared/pull-secret")
	})
	cluster.Must(t, http.MethodPost, "/api/v1/namespaces/shared/secrets", `{apiVersion: v1, kind: Secret, type: example.com/pull, metadata: {name: pull-secret}, data: {key: AP8=}}`)
	value := func(ns string) string {
		_, answer, err := cluster.Request(t.Context(), http.MethodGet, "/api/v1/namespaces/"+ns+"/secrets/pull-secret", "", "")
		var secret struct {
			Type string
			Data map[string]string
		}
		if err != nil || json.Unmarshal(answer, &secret) != nil {
			return ""
		}
		return secret.Type + " " + secret.Data["key"]
	}
	copies := func(want ...string) func() bool {
		return func() bool { return value("one") == want[0] && value("two") == want[1] && value("other") == want[2] }
	}
	const is, none = "example.com/pull ", " "
	eventually(t, "the copies are there", copies(is+"AP8=", is+"AP8=", none))
	cluster.Must(t, http.MethodPatch, "/api/v1/namespaces/shared/secrets/pull-secret", `{"data": {"key": "AQ=="}}`)
	eventually(t, "the copies follow", copies(is+"AQ==", is+"AQ==", none))
	cluster.Must(t, http.MethodPatch, "/api/v1/namespaces/one/secrets/pull-secret", `{"data": {"key": "Ag=="}}`)
	cluster.Must(t, http.MethodDelete, "/api/v1/namespaces/two/secrets/pull-secret", "")
	eventually(t, "changed and deleted copies are put back", copies(is+"AQ==", is+"AQ==", none))
	cluster.Must(t, http.MethodPatch, "/api/v1/namespaces/other", `{"metadata": {"labels": {"team": "shop"}}}`)
	cluster.Must(t, http.MethodPatch, "/api/v1/namespaces/two", `{"metadata": {"labels": {"team": null}}}`)
	eventually(t, "the namespaces that are meant have copies", copies(is+"AQ==", none, is+"AQ=="))
	eventually(t, "the status says so", func() bool {
		answer := string(cluster.Must(t, http.MethodGet, kind, ""))
		return strings.Contains(answer, `"copies":2`) && strings.Contains(answer, `"reason":"Copied"`)
	})
	cluster.Must(t, http.MethodDelete, kind, "")
	eventually(t, "the copies go with their owner", copies(none, none, none))
}

// The webhook of examples/admission, behind the configurations of its manifests, refuses and changes pods.
func TestAdmissionExample(t *testing.T) {
	cluster := servers.Kubernetes(t)
	servedSoon(t, cluster)
	folder := filepath.Join(examples, "admission")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	tls, ca := t.TempDir(), servers.NewCA(t)
	certify := func(ca *servers.CA) {
		cert := ca.Sign(t, func(cert *x509.Certificate) { cert.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)} })
		for name, data := range map[string][]byte{"tls.crt": cert.Cert, "tls.key": cert.Key} {
			if err := os.WriteFile(filepath.Join(tls, name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	certify(ca)
	cmd := script(t, "none", filepath.Join(folder, "admission.lua"))
	cmd.Env = append(cmd.Env, "TLS="+tls, fmt.Sprintf("PORT=%d", port))
	runs(t, cmd)
	eventually(t, "the webhook listens", func() bool {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			return false
		}
		return conn.Close() == nil
	})
	// No network leads from this API server to services.
	text, err := os.ReadFile(filepath.Join(folder, "manifests.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	manifests := func(ca *servers.CA) string {
		local := string(text)
		for _, path := range []string{"/mutate", "/validate"} {
			service := "{ service: { name: admission, namespace: admission, path: " + path + " } }"
			if !strings.Contains(local, service) {
				t.Fatalf("the manifests do not have %s", service)
			}
			local = strings.ReplaceAll(local, service, fmt.Sprintf("{ url: \"https://127.0.0.1:%d%s\", caBundle: %s }", port, path, base64.StdEncoding.EncodeToString(ca.PEM)))
		}
		file := filepath.Join(t.TempDir(), "manifests.yaml")
		if err := os.WriteFile(file, []byte(local), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	admin := cluster.Kubeconfig(t, "admin", "")
	apply(t, admin, manifests(ca))
	pod := func(labels, image string) (status int, answer string) {
		body := fmt.Sprintf(`{apiVersion: v1, kind: Pod, metadata: {generateName: p-, labels: %s}, spec: {automountServiceAccountToken: false, containers: [{name: app, image: %q}]}}`, labels, image)
		status, text, err := cluster.Request(t.Context(), http.MethodPost, "/api/v1/namespaces/default/pods?dryRun=All", "application/yaml", body)
		if err != nil {
			t.Fatal(err)
		}
		return status, string(text)
	}
	const good = "registry.example.com/app:1.2"
	eventually(t, "the webhook is asked", func() bool {
		_, answer := pod("{}", good)
		return strings.Contains(answer, "the label team is missing")
	})
	for _, test := range []struct {
		name, labels, image, want string
		status                    int
	}{
		{"no team", "{}", good, "the label team is missing: whose is it?", http.StatusForbidden},
		{"another registry", "{team: shop}", "docker.io/app:1", "the image docker.io/app:1 is from no permitted registry", http.StatusForbidden},
		{"no version", "{team: shop}", "registry.example.com/app", "has no version", http.StatusForbidden},
		{"as it shall be, and changed", "{team: shop}", good, `"securityContext":{"runAsNonRoot":true}`, http.StatusCreated},
		{"the containers, too", "{team: shop}", good, `"securityContext":{"allowPrivilegeEscalation":false}`, http.StatusCreated},
	} {
		t.Run(test.name, func(t *testing.T) {
			if status, answer := pod(test.labels, test.image); status != test.status || !strings.Contains(answer, test.want) {
				t.Errorf("status %d, %s\nwant %d, and %s", status, answer, test.status, test.want)
			}
		})
	}
	t.Run("a certificate that is changed", func(t *testing.T) {
		next := servers.NewCA(t)
		certify(next)
		apply(t, admin, manifests(next))
		eventually(t, "the webhook has the new one", func() bool {
			status, _ := pod("{team: shop}", good)
			return status == http.StatusCreated
		})
	})
}
