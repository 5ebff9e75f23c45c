package kubernetes

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"assay.rs/test/servers"
)

var block = regexp.MustCompile("(?ms)^```lua\n(.*?)^```$")

// Each example of docs/how-to/controllers.md works as it stands. Those that serve run until they are told to end, and end with 0.
func TestControllersPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/how-to/controllers.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := block.FindAllSubmatch(page, -1)
	if len(blocks) < 5 {
		t.Fatalf("%d examples, want more", len(blocks))
	}
	cluster := servers.Kubernetes(t)
	for _, object := range []struct{ path, body string }{
		{"namespaces", `{apiVersion: v1, kind: Namespace, metadata: {name: of-a-team, labels: {team: shop}}}`},
		{"namespaces/default/configmaps", `{apiVersion: v1, kind: ConfigMap, metadata: {name: site, labels: {settings: "yes"}}, data: {host: example.com}}`},
		{"namespaces/default/configmaps", `{apiVersion: v1, kind: ConfigMap, metadata: {name: bucket, labels: {bucket: "yes"}}}`},
	} {
		cluster.Must(t, http.MethodPost, "/api/v1/"+object.path, object.body)
	}
	is := func(path, text string) func(t *testing.T) {
		return func(t *testing.T) {
			t.Helper()
			eventually(t, path+" has "+text, func() bool {
				_, answer, err := cluster.Request(t.Context(), http.MethodGet, "/api/v1/namespaces/"+path, "", "")
				return err == nil && strings.Contains(string(answer), text)
			})
		}
	}
	does := map[string]func(t *testing.T){
		`"quota"`:    is("of-a-team/resourcequotas/team", `"pods":"20"`),
		`"settings"`: is("default/secrets/site", `"kind":"ConfigMap","name":"site"`),
		`"buckets"`:  is("default/configmaps/bucket", `"assay.rs/buckets"`),
	}
	kubeconfig := cluster.Kubeconfig(t, "page", "")
	for i, b := range blocks {
		t.Run(fmt.Sprintf("example %d", i+1), func(t *testing.T) {
			text := strings.ReplaceAll(strings.ReplaceAll(string(b[1]), "port = 8080", "port = 0"), "port = 8443", "port = 0")
			dir := t.TempDir()
			cert := servers.NewCA(t).Sign(t, nil)
			for name, data := range map[string][]byte{"example.lua": []byte(text), "tls.crt": cert.Cert, "tls.key": cert.Key} {
				if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			cmd := script(t, kubeconfig, "example.lua")
			cmd.Dir = dir
			log, err := os.Create(filepath.Join(dir, "log"))
			if err != nil {
				t.Fatal(err)
			}
			defer log.Close()
			cmd.Stdout, cmd.Stderr = log, log
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(text, "port = 0") {
				eventually(t, "it serves", func() bool {
					said, err := os.ReadFile(log.Name())
					return err == nil && strings.Contains(string(said), "listening")
				})
				for name, done := range does {
					if strings.Contains(text, "name = "+name) {
						done(t)
					}
				}
				if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
					t.Fatal(err)
				}
			}
			if err := cmd.Wait(); err != nil {
				said, _ := os.ReadFile(log.Name()) // for the message
				t.Errorf("%v, want exit status 0\n%s\n%s", err, text, said)
			}
		})
	}
}
