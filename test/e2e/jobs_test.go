package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"assay.rs/test/servers"
)

// platform is what the jobs of examples/jobs work on.
type platform struct {
	kubernetes, openbao, zitadel *keeper
	replace                      []string // what stands in the files of the examples, and what it is here
	env                          []string
}

func newPlatform(t *testing.T) *platform {
	p := &platform{kubernetes: kubernetes(t), openbao: openbao(t), zitadel: zitadel(t)}
	config := filepath.Join(t.TempDir(), "kubeconfig")
	text := fmt.Sprintf(`{apiVersion: v1, kind: Config, current-context: c, contexts: [{name: c, context: {cluster: c, user: u}}],
clusters: [{name: c, cluster: {server: "%s"}}], users: [{name: u, user: {token: cluster-token}}]}`, p.kubernetes.url)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p.replace = []string{"http://openbao.secrets.svc:8200", p.openbao.url, "http://zitadel.auth.svc:8080", p.zitadel.url}
	p.env = []string{"KUBECONFIG=" + config, "BAO_TOKEN=root-token-secret", "ZITADEL_TOKEN=zitadel-token-secret", "KUBERNETES_SERVICE_HOST="}
	return p
}

// run runs a job on the example of its config. What it prints has no secret in it.
func (p *platform) run(t *testing.T, name string, args ...string) result {
	t.Helper()
	jobs := filepath.Join(root, "examples", "jobs")
	text, err := os.ReadFile(filepath.Join(jobs, name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(config, []byte(strings.NewReplacer(p.replace...).Replace(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), assay(), append([]string{filepath.Join(jobs, name+".lua"), config}, args...)...)
	r := runCommand(t, cmd, p.env)
	for _, secret := range p.secrets() {
		if strings.Contains(r.stdout+r.stderr, secret) {
			t.Errorf("%s %v prints the secret %q\n%s%s", name, args, secret, r.stdout, r.stderr)
		}
	}
	return r
}

// secrets are all that were made: what looks like one in the servers' states.
func (p *platform) secrets() []string {
	state := p.openbao.state() + p.kubernetes.state() + p.zitadel.state()
	return append(regexp.MustCompile(`[A-Za-z0-9]{32,}|[\w-]+-secret\b`).FindAllString(state, -1), "root-token-secret", "unseal-key-secret", servers.Password)
}

// runCommand runs a program with more in its environment.
func runCommand(t *testing.T, cmd *exec.Cmd, env []string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = t.TempDir(), append(os.Environ(), env...), &stdout, &stderr
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), cmd.ProcessState}
}

func (p *platform) state() string {
	return p.openbao.state() + p.kubernetes.state() + p.zitadel.state()
}

// twice runs a job dry, then twice: a dry run changes nothing, the first run does what the dry one has said, and the second nothing.
func (p *platform) twice(t *testing.T, name string) (first string) {
	t.Helper()
	before := p.state()
	dry := p.run(t, name, "--dry-run")
	if dry.code != 0 || !strings.Contains(dry.stdout, "would ") || p.state() != before {
		t.Errorf("%s --dry-run: exit %d, changed = %v\n%s%s", name, dry.code, p.state() != before, dry.stdout, dry.stderr)
	}
	did := p.run(t, name)
	if did.code != 0 || !strings.Contains(did.stdout, " changed\n") || strings.Contains(did.stdout, "would ") {
		t.Fatalf("%s: exit %d, want 0 and what was changed\n%s%s", name, did.code, did.stdout, did.stderr)
	}
	after := p.state()
	again := p.run(t, name)
	if again.code != 0 || again.stdout != "nothing to change\n" || p.state() != after {
		t.Errorf("%s again: exit %d, changed = %v, want it to say that there is nothing to change\n%s%s", name, again.code, p.state() != after, again.stdout, again.stderr)
	}
	return did.stdout
}

func contains(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s has no %q:\n%s", what, part, text)
		}
	}
}

func TestJobOfOpenBao(t *testing.T) {
	p := newPlatform(t)
	before := p.state()
	dry := p.run(t, "openbao-bootstrap", "--dry-run")
	if dry.code != 0 || p.state() != before {
		t.Errorf("dry run: exit %d, changed = %v\n%s%s", dry.code, p.state() != before, dry.stdout, dry.stderr)
	}
	contains(t, "a dry run", dry.stdout, "would initialize the server", "1 to change")
	first := p.run(t, "openbao-bootstrap")
	if first.code != 0 {
		t.Fatalf("exit %d\n%s%s", first.code, first.stdout, first.stderr)
	}
	contains(t, "the first run", first.stdout, "initialize the server, and keep its keys in the Secret secrets/openbao-root-token", "unseal the server",
		"enable the engine kv at secrets", "write the policy shop", "write the role approle/shop", "write environment, session_key of the secret secrets/shop/app")
	contains(t, "OpenBao", p.openbao.state(), `"environment": "production"`, `path \"secrets/data/shop/*\"`)
	after := p.state()
	again := p.run(t, "openbao-bootstrap")
	if again.stdout != "nothing to change\n" || p.state() != after {
		t.Errorf("again: changed = %v\n%s%s", p.state() != after, again.stdout, again.stderr)
	}
	// What somebody has changed is put right.
	p.openbao.mu.Lock()
	p.openbao.objects["auth/approle/role/shop"]["token_ttl"] = 60
	p.openbao.mu.Unlock()
	if mended := p.run(t, "openbao-bootstrap"); mended.stdout != "write the role approle/shop\n1 changed\n" {
		t.Errorf("a role that was changed: %s%s", mended.stdout, mended.stderr)
	}
}

func TestJobOfPostgres(t *testing.T) {
	p, d := newPlatform(t), servers.Postgres(t)
	p.replace = append(p.replace, "postgres.data.svc", "localhost", "5432", strconv.Itoa(d.Port), "user: postgres", "user: assay")
	p.env = append(p.env, "PGPASSWORD="+servers.Password)
	did := p.twice(t, "postgres-bootstrap")
	contains(t, "the job", did, "make the user shop", "make the database reports", "make the extension pg_trgm in shop", "grant CONNECT on reports to shop")
	p.openbao.secret("secrets/data/postgres/shop", object{"username": "shop", "password": "rotated"})
	contains(t, "a new password", p.run(t, "postgres-bootstrap").stdout, "give the user shop the password of its secret")
}

func TestJobOfMariaDB(t *testing.T) {
	p, d := newPlatform(t), servers.MariaDB(t)
	p.replace = append(p.replace, "mariadb.data.svc", "localhost", "3306", strconv.Itoa(d.Port), "user: root", "user: assay")
	p.env = append(p.env, "MYSQL_PWD="+servers.Password)
	contains(t, "the job", p.twice(t, "mariadb-bootstrap"), "make the database shop", "make the user shop", "grant all on shop to shop")
	p.openbao.secret("secrets/data/mariadb/shop", object{"username": "shop", "password": "rotated"})
	contains(t, "a new password", p.run(t, "mariadb-bootstrap").stdout, "give the user shop the password of its secret")
}

func TestJobOfRedis(t *testing.T) {
	p := newPlatform(t)
	p.kubernetes.set("/apis/apps/v1/namespaces/data/statefulsets/redis", object{"kind": "StatefulSet", "spec": object{"template": object{}}})
	did := p.twice(t, "redis-bootstrap")
	contains(t, "the job", did, "write host, password, port, username of the secret secrets/redis/shop", "apply Secret data/redis-acl", "restart statefulset/redis")
	contains(t, "the cluster", p.kubernetes.state(), "kubectl.kubernetes.io/restartedAt")
}

func TestJobOfArgoCD(t *testing.T) {
	p := newPlatform(t)
	p.twice(t, "argocd-rbac-sync")
	contains(t, "the ConfigMap", p.kubernetes.state(), `p, role:deployer, applications, sync, shop/*, allow\n`, `g, platform, role:admin\n`, `g, 270001, role:admin\n`, "role:readonly")
}

func TestJobOfKargo(t *testing.T) {
	p := newPlatform(t)
	old := object{"metadata": object{"name": "old", "labels": object{"app.kubernetes.io/managed-by": "kargo-rbac-sync"}}}
	p.kubernetes.set("/api/v1/namespaces/shop/serviceaccounts/old", old)
	p.kubernetes.set("/api/v1/namespaces/shop/serviceaccounts/others", object{"metadata": object{"name": "others"}})
	did := p.twice(t, "kargo-rbac-sync")
	contains(t, "the job", did, "apply ServiceAccount shop/promoter", "apply RoleBinding shop/promoter", "delete the serviceaccount shop/old")
	contains(t, "the cluster", p.kubernetes.state(), `"rbac.kargo.akuity.io/claims": "{\"groups\":[\"shop\"]}"`, "serviceaccounts/others")
}

func TestJobOfZitadel(t *testing.T) {
	p := newPlatform(t)
	p.openbao.secret("secrets/data/zitadel/google", object{"client_id": "g", "client_secret": "google-secret"})
	did := p.twice(t, "zitadel-configure")
	contains(t, "the job", did, "make the project platform", "make the application grafana", "write client_id, client_secret of the secret secrets/argocd/oauth",
		"make the identity provider Google", "let people log in with Google", "take the password off the login")
	contains(t, "OpenBao", p.openbao.state(), `"client_id": "a1-client"`, `"client_secret": "a2-app-secret"`)
}

func TestJobOfContentLayer(t *testing.T) {
	p := newPlatform(t)
	p.kubernetes.set("/apis/apps/v1/namespaces/shop/deployments/content", object{"kind": "Deployment", "spec": object{"template": object{}}})
	did := p.twice(t, "content-layer")
	contains(t, "the job", did, "make the application content", "write client_id, client_secret, session_secret of the secret secrets/oauth/content",
		"apply Secret shop/content-oauth", "restart deployment/content")
}

func TestJobThatVerifiesConfiguration(t *testing.T) {
	p := newPlatform(t)
	wrong := p.run(t, "config-verification", "--dry-run")
	if wrong.code != 1 || !strings.HasSuffix(wrong.stdout, "1 right, 3 wrong; nothing was changed\n") {
		t.Errorf("exit %d, want 1 with what is wrong\n%s%s", wrong.code, wrong.stdout, wrong.stderr)
	}
	contains(t, "the job", wrong.stdout, "wrong  the secret secrets/shop/app: it is not there", "wrong  the configmap shop/shop: it is not there")
	p.openbao.secret("secrets/data/shop/app", object{"environment": "production", "session_key": "k"})
	p.kubernetes.set("/api/v1/namespaces/shop/secrets/shop-oauth", object{"data": object{"AUTH_CLIENT_ID": "eA=="}})
	p.kubernetes.set("/api/v1/namespaces/shop/configmaps/shop", object{"data": object{"DATABASE_HOST": ""}})
	contains(t, "an empty value", p.run(t, "config-verification").stdout, "wrong  the configmap shop/shop: it has no DATABASE_HOST", "3 right, 1 wrong")
	p.kubernetes.set("/api/v1/namespaces/shop/configmaps/shop", object{"data": object{"DATABASE_HOST": "db"}})
	before := p.state()
	for range 2 {
		if right := p.run(t, "config-verification"); right.code != 0 || !strings.Contains(right.stdout, "4 right, 0 wrong; nothing was changed") || p.state() != before {
			t.Errorf("exit %d\n%s%s", right.code, right.stdout, right.stderr)
		}
	}
}

func TestJobAfterSync(t *testing.T) {
	p := newPlatform(t)
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"version":"1.2"}`) }))
	defer api.Close()
	p.kubernetes.set("/apis/apps/v1/namespaces/shop/deployments/api", object{
		"apiVersion": "apps/v1", "kind": "Deployment", "metadata": object{"name": "api", "namespace": "shop", "generation": 1}, "spec": object{"replicas": 1},
		"status": object{"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1, "availableReplicas": 1},
	})
	env := append(p.env, "API="+api.URL, "PROMETHEUS="+servers.Prometheus(t), "VERSION=1.2")
	for range 2 {
		r := runCommand(t, exec.CommandContext(t.Context(), assay(), filepath.Join(root, "examples", "jobs", "postsync-verify.yaml")), env)
		if d := read(t, r); !d.Passed || len(d.Checks) != 4 {
			t.Errorf("passed = %v with %d checks\n%s\n%s", d.Passed, len(d.Checks), r.stdout, r.stderr)
		}
	}
}
