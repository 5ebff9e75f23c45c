// Package databases runs the db module against real servers.
package databases

import (
	"path/filepath"
	"strings"
	"testing"

	"assay.rs/core"
	"assay.rs/core/coretest"
	"assay.rs/mod-data/json"
	"assay.rs/mod-db"
	"assay.rs/test/servers"
)

// kit runs scripts on a database: URL is where it is, DB which it is.
func kit(name, url string) coretest.Kit {
	return coretest.Kit{
		Modules: []core.Module{db.New(db.Config{}), json.New()},
		Globals: map[string]any{"URL": url, "DB": name},
	}
}

// everywhere runs a test on each of the three databases. Those of a server are started once.
func everywhere(t *testing.T, test func(t *testing.T, name, url string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, "sqlite", "sqlite://"+filepath.Join(t.TempDir(), "test.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, "postgres", servers.Postgres(t).URL("")) })
	t.Run("mariadb", func(t *testing.T) { test(t, "mariadb", servers.MariaDB(t).URL("")) })
}

func TestSameScriptOnAllDatabases(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, name, url string) { kit(name, url).Run(t, "testdata/all") })
}

func TestTypes(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, name, url string) { kit(name, url).Run(t, filepath.Join("testdata", name)) })
}

func TestEncryption(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(testing.TB) *servers.Database{"postgres": servers.Postgres, "mariadb": servers.MariaDB} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := start(t)
			other := servers.Authority(t)
			for _, tt := range []struct{ name, url, want string }{
				{"preferred", d.URL(""), "encrypted"},
				{"none", d.URL("sslmode=disable"), "plain"},
				{"required", d.URL("sslmode=require"), "encrypted"},
				{"verified", d.URL("sslmode=verify-full&sslrootcert=" + d.CA), "encrypted"},
				{"verified without name", byAddress(d.URL("sslmode=verify-ca&sslrootcert=" + d.CA)), "encrypted"},
				{"another authority", d.URL("sslmode=verify-full&sslrootcert=" + other), "certificate signed by unknown authority"},
				{"another authority without name", d.URL("sslmode=verify-ca&sslrootcert=" + other), "certificate signed by unknown authority"},
				{"authorities of the system", d.URL("sslmode=verify-full"), "certificate signed by unknown authority"},
				{"another name", byAddress(d.URL("sslmode=verify-full&sslrootcert=" + d.CA)), "cannot validate certificate for 127.0.0.1"},
				{"a mode that is none", d.URL("sslmode=on"), "unknown sslmode"},
				{"a file that is missing", d.URL("sslmode=verify-full&sslrootcert=/none"), "sslrootcert: open /none: no such file"},
				{"unix socket", d.URL("host=" + d.Socket), "plain"},
				{"wrong password", strings.Replace(d.URL(""), "%40", "x", 1), "connect to " + d.Scheme + "://assay@localhost"},
			} {
				t.Run(tt.name, func(t *testing.T) {
					got := kit(name, tt.url).Exec(t, "tls.lua", `
						local ok, e = pcall(db.connect, URL)
						if not ok then print(e) return end
						if DB == "postgres" then
							print(e:query_one("select ssl from pg_stat_ssl where pid = pg_backend_pid()").ssl and "encrypted" or "plain")
						else
							print(e:query_one("show status like 'Ssl_cipher'").Value ~= "" and "encrypted" or "plain")
						end`)
					if got.Err != nil || !strings.Contains(got.Stdout, tt.want) {
						t.Errorf("got %q, %v, want %q", got.Stdout, got.Err, tt.want)
					}
					if strings.Contains(got.Stdout, servers.Password) || strings.Contains(got.Stdout, "w%23rd") {
						t.Errorf("the password is in %q", got.Stdout)
					}
				})
			}
		})
	}
}

func byAddress(url string) string { return strings.Replace(url, "@localhost:", "@127.0.0.1:", 1) }
