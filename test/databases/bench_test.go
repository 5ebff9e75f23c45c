package databases

import (
	"database/sql"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql" // for database/sql
	_ "github.com/jackc/pgx/v5/stdlib" // for database/sql
	_ "modernc.org/sqlite"             // for database/sql

	"assay.rs/core"
	"assay.rs/test/servers"
)

const (
	benchRows  = 10_000
	benchQuery = "select id, name, amount, ok from bench"
)

// BenchmarkQuery reads 10,000 rows of four columns: into structs and into maps with database/sql, and as a
// script gets them.
func BenchmarkQuery(b *testing.B) {
	for _, tt := range []struct {
		name, driver string
		start        func(b *testing.B) (url, dsn string)
	}{
		{"sqlite", "sqlite", func(b *testing.B) (url, dsn string) {
			path := b.TempDir() + "/bench.db"
			return "sqlite://" + path, path
		}},
		{"postgres", "pgx", func(b *testing.B) (url, dsn string) {
			url = servers.Postgres(b).URL("sslmode=disable")
			return url, url
		}},
	} {
		b.Run(tt.name, func(b *testing.B) {
			url, dsn := tt.start(b)
			std, err := sql.Open(tt.driver, dsn)
			if err != nil {
				b.Fatal(err)
			}
			defer std.Close()
			std.SetMaxOpenConns(1)
			fillBench(b, std, tt.name)
			b.Run("structs", func(b *testing.B) { benchScan(b, std, scanStructs) })
			b.Run("maps", func(b *testing.B) { benchScan(b, std, scanMaps) })
			b.Run("script", func(b *testing.B) { benchScript(b, tt.name, url) })
		})
	}
}

func fillBench(b *testing.B, std *sql.DB, name string) {
	b.Helper()
	fill := "with recursive c(n) as (select 1 union all select n + 1 from c where n < 10000) " +
		"insert into bench select n, 'name ' || n, n * 0.5, n % 2 = 1 from c"
	for _, statement := range []string{"create table bench (id integer primary key, name text, amount double precision, ok boolean)", fill} {
		if _, err := std.ExecContext(b.Context(), statement); err != nil {
			b.Fatalf("%s: %v", name, err)
		}
	}
}

// reportCPU tells what the client has used, beside the time that includes the server's.
func reportCPU(b *testing.B, before time.Duration) {
	b.ReportMetric(float64((used(b) - before).Nanoseconds())/float64(b.N), "cpu-ns/op")
}

func used(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func benchScan(b *testing.B, std *sql.DB, scan func(rows *sql.Rows) (n int, err error)) {
	b.ReportAllocs()
	defer reportCPU(b, used(b))
	for b.Loop() {
		rows, err := std.QueryContext(b.Context(), benchQuery)
		if err != nil {
			b.Fatal(err)
		}
		n, err := scan(rows)
		if err == nil {
			err = rows.Err()
		}
		if err != nil || n != benchRows {
			b.Fatalf("%d rows, %v", n, err)
		}
	}
}

func scanStructs(rows *sql.Rows) (int, error) {
	defer rows.Close()
	type row struct {
		id     int64
		name   string
		amount float64
		ok     bool
	}
	var all []row
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.id, &r.name, &r.amount, &r.ok); err != nil {
			return 0, err
		}
		all = append(all, r)
	}
	return len(all), rows.Err()
}

func scanMaps(rows *sql.Rows) (int, error) {
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	values, targets := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	var all []map[string]any
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return 0, err
		}
		row := make(map[string]any, len(columns))
		for i, name := range columns {
			row[name] = values[i]
		}
		all = append(all, row)
	}
	return len(all), rows.Err()
}

// benchScript asks for each turn of the benchmark.
func benchScript(b *testing.B, name, url string) {
	b.ReportAllocs()
	defer reportCPU(b, used(b))
	k := kit(name, url)
	k.Modules = append(k.Modules, core.Module{Name: "bench", Doc: "Runs a benchmark.", Funcs: []core.Func{
		core.Fn0(core.Doc{Name: "again", Text: "Tells whether to go on.", Needs: core.Pure, Level: core.Script},
			core.Returns(core.Bool(), "Whether."), func(core.Call) (bool, error) { return b.Loop(), nil }),
	}})
	rt, err := core.New(core.Config{Modules: k.Modules, Policy: core.FullPolicy()})
	if err != nil {
		b.Fatal(err)
	}
	vm := rt.Open(core.Host{})
	defer vm.Close()
	if err := vm.SetGlobal("URL", url); err != nil {
		b.Fatal(err)
	}
	chunk, err := core.Compile("bench.lua", []byte(strings.ReplaceAll(`
		local conn = db.connect(URL)
		while bench.again() do
			local rows = conn:query("QUERY")
			if #rows ~= 10000 then error(#rows .. " rows") end
		end`, "QUERY", benchQuery)))
	if err != nil {
		b.Fatal(err)
	}
	if err := vm.Run(b.Context(), chunk); err != nil {
		b.Fatal(err)
	}
}
