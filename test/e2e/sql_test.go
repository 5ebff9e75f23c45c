package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"assay.rs/test/servers"
)

func TestSQLChecksOnServers(t *testing.T) {
	for name, start := range map[string]func(testing.TB) *servers.Database{"postgres": servers.Postgres, "mysql": servers.MariaDB} {
		t.Run(name, func(t *testing.T) {
			d := start(t)
			t.Setenv("DB_PASSWORD", servers.Password)
			url := fmt.Sprintf("%s://assay@localhost:%d/assay?sslmode=verify-full&sslrootcert=%s", d.Scheme, d.Port, d.CA)
			doc, r := runChecks(t, filepath.Join(built, "assay"), fmt.Sprintf(`
secrets: { pw: { from_env: DB_PASSWORD } }
checks:
  - { name: right, type: sql, url: "%[1]s", password: "${secrets.pw}", query: "select 40 + 2", expect: { value: 42 } }
  - { name: wrong, type: sql, url: "%[1]s", password: "${secrets.pw}", query: "select 40 + 2", expect: { max: 41 } }
  - { name: login, type: sql, url: "%[1]s", password: "no", query: "select 1" }
  - { name: syntax, type: sql, url: "%[1]s", password: "${secrets.pw}", query: "selct 1" }
  - { name: secret, type: sql, url: "%[1]s", password: "${secrets.pw}", query: "select '${secrets.pw}'", expect: { value: x } }
`, url))
			if len(doc.Checks) != 5 {
				t.Fatalf("%d checks: %s", len(doc.Checks), r.stdout)
			}
			for i, want := range []struct{ status, class, message string }{
				{"passed", "", "query returned: 42"},
				{"failed", "assert", "value <= 41 (got 42)"},
				{"error", "connect", "connect to " + d.Scheme + "://assay@localhost"},
				{"error", "error", "syntax"},
				{"failed", "assert", "value == x (got ***)"},
			} {
				c := doc.Checks[i]
				if c.Status != want.status || c.ErrorClass != want.class || c.Message == nil || !strings.Contains(*c.Message, want.message) {
					t.Errorf("check %s: status %q, class %q, message %v, want %+v", c.Name, c.Status, c.ErrorClass, deref(c.Message), want)
				}
			}
			if strings.Contains(r.stdout+r.stderr, servers.Password) {
				t.Errorf("the password is in the output:\n%s\n%s", r.stdout, r.stderr)
			}
		})
	}
}

func deref(s *string) string {
	if s == nil {
		return "<nil>"
	}
	return *s
}
