package kubernetes

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay.rs/test/servers"
)

// A token that is refused while a watch goes on is read anew: when its file has another, the watch goes on where it was, and
// tells of what happened meanwhile, once.
func TestTokenIsRotated(t *testing.T) {
	cluster := servers.Kubernetes(t)
	servedSoon(t, cluster)
	cluster.Must(t, http.MethodPost, "/api/v1/namespaces/default/serviceaccounts", `{apiVersion: v1, kind: ServiceAccount, metadata: {name: watcher}}`)
	cluster.Must(t, http.MethodPost, "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", `{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: watcher},
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}, subjects: [{kind: ServiceAccount, name: watcher, namespace: default}]}`)
	cluster.Must(t, http.MethodPost, "/api/v1/namespaces/default/secrets", `{apiVersion: v1, kind: Secret, metadata: {name: bound}}`)
	answer := cluster.Must(t, http.MethodPost, "/api/v1/namespaces/default/serviceaccounts/watcher/token",
		`{apiVersion: authentication.k8s.io/v1, kind: TokenRequest, spec: {boundObjectRef: {kind: Secret, apiVersion: v1, name: bound}}}`)
	var request struct{ Status struct{ Token string } }
	if err := json.Unmarshal(answer, &request); err != nil || request.Status.Token == "" {
		t.Fatalf("no token: %v", err)
	}
	dir := t.TempDir()
	file, log := filepath.Join(dir, "token"), filepath.Join(dir, "log")
	write := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(file, request.Status.Token)
	write(log, "")
	config := cluster.Kubeconfig(t, "watcher", "the token")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	write(config, strings.Replace(string(text), `token: "the token"`, fmt.Sprintf("tokenFile: %q", file), 1))

	var output strings.Builder
	cmd := script(t, config, "testdata/token.lua", log)
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	made := func(name string) {
		cluster.Must(t, http.MethodPost, "/api/v1/namespaces/default/configmaps", fmt.Sprintf(`{apiVersion: v1, kind: ConfigMap, metadata: {name: %s}}`, name))
	}
	noted := func(name string) int {
		text, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count("\n"+string(text), "\n"+name+"\n")
	}
	made("before")
	eventually(t, "the watch goes on", func() bool { return noted("before") == 1 })
	cluster.Must(t, http.MethodDelete, "/api/v1/namespaces/default/secrets/bound", "")
	cluster.RestartAPIServer(t) // which ends the watch
	refused := cluster.KubeconfigAt(t, "refused", request.Status.Token, cluster.URL)
	eventually(t, "the token is refused", func() bool {
		path := filepath.Join(dir, "refused.lua")
		write(path, `local ok, e = pcall(require("assay.k8s").list, "default", "configmap") assert(not ok and e.status == 401)`)
		return script(t, refused, path).Run() == nil
	})
	made("meanwhile")
	if n := noted("meanwhile"); n != 0 {
		t.Fatalf("the watch told of what it may not see, %d times", n)
	}
	write(file, tokenOf(t, cluster, "default", "watcher"))
	eventually(t, "the watch goes on with the other token", func() bool { return noted("meanwhile") == 1 })
	made("end")
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, output.String())
	}
	for _, name := range []string{"before", "meanwhile", "end"} {
		if n := noted(name); n != 1 {
			t.Errorf("the watch told %d times of %s, want once", n, name)
		}
	}
}

// A server that knows the older protocol of commands alone is talked with by that.
func TestOlderProtocolOfCommands(t *testing.T) {
	cluster := servers.Kubernetes(t)
	startNodeWith(t, cluster, cluster.Kubelet(t))
	servedSoon(t, cluster)
	box(t, cluster)
	server, err := url.Parse(cluster.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(&httputil.ReverseProxy{
		Transport: cluster.Transport(),
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(server)
			const header = "Sec-Websocket-Protocol"
			if r.In.Header.Get(header) != "" {
				r.Out.Header.Set(header, "v4.channel.k8s.io")
			}
		},
	})
	t.Cleanup(proxy.Close)
	if out, err := script(t, cluster.KubeconfigAt(t, "older", "", proxy.URL), "testdata/exec4.lua").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
