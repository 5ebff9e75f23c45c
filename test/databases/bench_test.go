package databases

import (
	"context"
	"database/sql"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx
	_ "modernc.org/sqlite"             // the driver sqlite

	"assay.rs/core"
	"assay.rs/test/internal/scan"
	"assay.rs/test/servers"
)

// BenchmarkQuery reads 10,000 rows of four columns: into structs and into maps with database/sql, and as a
// script gets them.
func BenchmarkQuery(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		path := filepath.Join(b.TempDir(), "bench.db")
		benchQuery(b, "sqlite", path, "sqlite://"+path)
	})
	b.Run("postgres", func(b *testing.B) {
		url := servers.Postgres(b).URL("sslmode=disable")
		benchQuery(b, "pgx", url, url)
	})
}

func benchQuery(b *testing.B, driver, dsn, url string) {
	db, err := sql.Open(driver, dsn)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if err := scan.Fill(b.Context(), db); err != nil {
		b.Fatal(err)
	}
	b.Run("structs", func(b *testing.B) { benchScan(b, db, scan.Structs) })
	b.Run("maps", func(b *testing.B) { benchScan(b, db, scan.Maps) })
	b.Run("script", func(b *testing.B) { benchScript(b, url) })
}

func benchScan(b *testing.B, db *sql.DB, read func(context.Context, *sql.DB) error) {
	b.ReportAllocs()
	defer reportCPU(b, used(b))
	for b.Loop() {
		if err := read(b.Context(), db); err != nil {
			b.Fatal(err)
		}
	}
}

// benchScript runs a script that asks for each turn of the benchmark.
func benchScript(b *testing.B, url string) {
	b.ReportAllocs()
	defer reportCPU(b, used(b))
	k := kit("", url)
	k.Modules = append(k.Modules, core.Module{Name: "bench", Doc: "Runs a benchmark.", Funcs: []core.Func{
		core.Fn0(core.Doc{Name: "again", Text: "Tells whether to go on.", Needs: core.Pure, Level: core.Script},
			core.Returns(core.Bool(), "Whether."), func(core.Call) (bool, error) { return b.Loop(), nil }),
	}})
	k.Globals["QUERY"], k.Globals["ROWS"] = scan.Query, scan.Rows
	got := k.Exec(b, "bench.lua", `
		local conn = db.connect(URL)
		while bench.again() do
			assert.eq(#conn:query(QUERY), ROWS)
		end`)
	if got.Err != nil {
		b.Fatal(got.Err)
	}
}

// reportCPU tells what the client has used, beside the time, which has that of the server.
func reportCPU(b *testing.B, before time.Duration) {
	b.ReportMetric(float64((used(b)-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
}

func used(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
