package db

import (
	"database/sql"
	"math"
	"path/filepath"
	"testing"

	"assay.rs/core"
)

const benchRows = 10_000

// BenchmarkQuery reads 10,000 rows of four columns: by a scan with database/sql, and as a script gets them.
func BenchmarkQuery(b *testing.B) {
	path := filepath.Join(b.TempDir(), "bench.db")
	d := openTest(b, "sqlite://"+path, 1)
	mustExecute(b, d, "create table t (id integer primary key, name text, amount real, ok boolean)")
	mustExecute(b, d, "with recursive c(n) as (select 1 union all select n + 1 from c where n < ?) "+
		"insert into t select n, 'name ' || n, n * 0.5, n % 2 from c", int64(benchRows))
	const query = "select id, name, amount, ok from t"
	b.Run("scan", func(b *testing.B) {
		std, err := sql.Open("sqlite", path)
		if err != nil {
			b.Fatal(err)
		}
		defer std.Close()
		for b.Loop() {
			scan(b, std, query)
		}
	})
	b.Run("script", func(b *testing.B) {
		withCall(b, func(c core.Call) error {
			conn, rows := &Conn{db: d}, rowsType()
			for b.Loop() {
				got, err := conn.query(c, query, params{}, math.MaxInt)
				if err != nil {
					return err
				}
				c.Hold(func() { core.ValueOf(c, rows, got) })
			}
			return nil
		})
	})
}

func scan(b *testing.B, std *sql.DB, query string) {
	rows, err := std.QueryContext(b.Context(), query)
	if err != nil {
		b.Fatal(err)
	}
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
			b.Fatal(err)
		}
		all = append(all, r)
	}
	if err := rows.Err(); err != nil || len(all) != benchRows {
		b.Fatalf("%d rows, %v", len(all), err)
	}
}
