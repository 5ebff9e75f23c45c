package kubernetes

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"assay.rs/test/servers"
)

// marks are those of templates of Helm, in texts of definitions.
var marks = regexp.MustCompile(`'\{\{[^']*\}\}'`)

// definitions writes the definitions of testdata/definitions.txt, as their projects publish them, into files; those of a module
// when one is given.
func definitions(t *testing.T, only string) (files []string) {
	t.Helper()
	list, err := os.ReadFile("testdata/definitions.txt")
	if err != nil {
		t.Fatal(err)
	}
	modules, err := exec.CommandContext(t.Context(), "go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for line := range strings.Lines(string(list)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Fields(line)
		if only != "" && f[0] != only {
			continue
		}
		text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(modules)), f[0]+"@"+f[1], f[2]))
		if err != nil {
			t.Fatalf("%v: ./test/run kubernetes fetches it", err)
		}
		file := filepath.Join(dir, fmt.Sprintf("%d.yaml", len(files)))
		if err := os.WriteFile(file, marks.ReplaceAll(text, []byte("helm")), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// The modules of custom resources read and change objects that an API server has checked against the definitions of their
// projects. Those of Kargo, and of Flux's sources and releases, are defined by the scripts themselves.
func TestCustomResources(t *testing.T) {
	cluster := servers.Kubernetes(t)
	admin := cluster.Kubeconfig(t, "admin", "")
	apply(t, admin, definitions(t, "")...)
	scripts, err := filepath.Glob("testdata/custom/*.lua")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts (%v)", err)
	}
	for _, file := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".lua"), func(t *testing.T) {
			if out, err := script(t, admin, file).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	t.Run("certificate of the webhook", func(t *testing.T) {
		cluster.Must(t, http.MethodPost, "/api/v1/namespaces", `{apiVersion: v1, kind: Namespace, metadata: {name: admission}}`)
		apply(t, admin, filepath.Join(examples, "admission", "certificate.yaml"))
		answer := string(cluster.Must(t, http.MethodGet, "/apis/cert-manager.io/v1/namespaces/admission/certificates/admission", ""))
		for _, want := range []string{`"secretName":"admission-tls"`, `"dnsNames":["admission.admission.svc"]`} {
			if !strings.Contains(answer, want) {
				t.Errorf("the certificate has no %s: %s", want, answer)
			}
		}
	})
}
