package e2e

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"assay.rs/test/servers"
)

func TestPostgresModule(t *testing.T) {
	d := servers.Postgres(t)
	script := filepath.Join(t.TempDir(), "postgres.lua")
	if err := os.WriteFile(script, []byte(`
		local postgres = require("assay.postgres")
		local port, password = tonumber(arg[1]), arg[2]
		local pg = postgres.client("localhost", port, "assay", password, nil, {max_conns = 2, sslmode = "require"})
		assert.eq(pg:user_exists("app"), false)
		assert.eq(pg:ensure_user("app", "it's \\ a secret", {createdb = true}), true)
		assert.eq(pg:ensure_user("app", "another"), false)
		assert.eq(pg:ensure_database('we"ird', "app"), true)
		assert.eq(pg:ensure_database('we"ird', "app"), false)
		assert.eq(pg:database_exists('we"ird'), true)
		assert.eq(pg:database_exists("none"), false)
		pg:grant('we"ird', "app", "CONNECT, TEMPORARY")
		pg:grant('we"ird', "app")
		assert.raises(function() pg:grant("x", "app", "ALL; drop") end, "privileges must be words")
		assert.eq(pg:query("select $1::int + 1 as n", {1})[1].n, 2)
		assert.eq(pg:execute("create table t (n int)").rows_affected, 0)
		local vault = {kv_get = function(_, mount, path)
			assert.eq(mount .. " " .. path, "secrets db/app")
			return {data = {username = "app", password = "it's \\ a secret", database = 'we"ird'}}
		end}
		local app = postgres.client_from_vault(vault, "db/app", "localhost", port)
		assert.eq(app:query("select current_user || ' ' || current_database() as who")[1].who, 'app we"ird')
		app:close()
		assert.eq(select(2, pcall(app.query, app, "select 1")).code, "db.closed")
		assert.eq(pg:ensure_extension("pg_trgm"), true)
		assert.eq(pg:ensure_extension("pg_trgm"), false)
		assert.eq(pg:extension_exists("none"), false)
		pg:set_password("app", 'new \\ "secret\'')
		postgres.client("localhost", port, "app", 'new \\ "secret\'', "postgres", {sslmode = "require"}):close()
		pg:close()`), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := run(t, filepath.Join(built, "assay"), script, strconv.Itoa(d.Port), servers.Password); r.code != 0 {
		t.Errorf("exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
}
