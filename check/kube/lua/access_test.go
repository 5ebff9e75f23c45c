package lua

import (
	"os"
	"path/filepath"
	"testing"

	"assay.rs/core"
	"assay.rs/core/coretest"
)

const config = `
current-context: b
clusters:
- {name: c, cluster: {server: "https://k:6443/", certificate-authority-data: Q0E=, tls-server-name: api}}
users:
- {name: u, user: {token: secret}}
- {name: v, user: {client-certificate-data: Q0VSVA==, client-key-data: S0VZ}}
- {name: w, user: {exec: {command: aws}}}
contexts:
- {name: a, context: {cluster: c, user: u, namespace: shop}}
- {name: b, context: {cluster: c, user: v}}
- {name: w, context: {cluster: c, user: w}}
`

func TestExamples(t *testing.T) { coretest.Examples(t, []core.Module{New()}, nil) }

func TestAccess(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, script string }{
		{"a token", `
			local a = kube.access{kubeconfig = FILE, context = "a"}
			assert.eq({a.server, a.namespace, a.context, a.in_pod}, {"https://k:6443", "shop", "a", false})
			assert.eq(a.options, {auth = {bearer = "secret"}, ca_cert = "CA", server_name = "api", follow_redirects = false, headers = {}})`},
		{"a certificate, from KUBECONFIG", `
			local a = kube.access()
			assert.eq({a.namespace, a.context}, {"default", "b"})
			assert.eq({a.options.client_cert, a.options.client_key, a.options.auth}, {"CERT", "KEY"})`},
		{"a program is refused", `
			local e = assert.raises(function() kube.access{context = "w"} end, "its credentials come from a program")
			assert.eq(e.code, "kube.config")`},
		{"an unknown context", `assert.raises(function() kube.access{context = "none"} end, "there is no context")`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			kit := coretest.Kit{Modules: []core.Module{New()}, Globals: map[string]any{"FILE": file}, Env: map[string]string{"KUBECONFIG": file}}
			if result := kit.Exec(t, "access.lua", tt.script); result.Err != nil || result.Assertions == 0 {
				t.Errorf("%v, %d assertions", result.Err, result.Assertions)
			}
		})
	}
}

// A check reads no kubeconfig outside of its folder, and a sandbox has no clusters at all.
func TestAccessObeysThePolicy(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, script string
		policy       core.Policy
	}{
		{"check", `assert.eq(select(2, pcall(kube.access, {kubeconfig = FILE})).code, "policy.denied")`, core.CheckPolicy(t.TempDir())},
		{"check in the folder", `assert.eq(kube.access{kubeconfig = FILE, context = "a"}.namespace, "shop")`, core.CheckPolicy(filepath.Dir(file))},
		{"sandbox", `assert.is_nil(kube)`, core.SandboxPolicy(core.Destinations{})},
	} {
		t.Run(tt.name, func(t *testing.T) {
			kit := coretest.Kit{Modules: []core.Module{New()}, Globals: map[string]any{"FILE": file}, Env: map[string]string{}, Policy: tt.policy}
			if result := kit.Exec(t, "access.lua", tt.script); result.Err != nil || result.Assertions == 0 {
				t.Errorf("%v, %d assertions", result.Err, result.Assertions)
			}
		})
	}
}
