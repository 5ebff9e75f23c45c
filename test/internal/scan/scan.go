// Package scan is what db.query is compared with: reading a query of many rows with database/sql.
package scan

import (
	"context"
	"database/sql"
	"fmt"
)

// Rows is how many rows there are, and Query what reads them.
const (
	Rows  = 10_000
	Query = "select id, name, amount, ok from bench"
)

// Fill makes the table.
func Fill(ctx context.Context, db *sql.DB) error {
	for _, statement := range []string{
		"create table bench (id integer primary key, name text, amount double precision, ok boolean)",
		fmt.Sprintf("with recursive c(n) as (select 1 union all select n + 1 from c where n < %d) "+
			"insert into bench select n, 'name ' || n, n * 0.5, n %% 2 = 1 from c", Rows),
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// Structs reads as a program does that knows its columns.
func Structs(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, Query)
	if err != nil {
		return err
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
			return err
		}
		all = append(all, r)
	}
	return complete(len(all), rows.Err())
}

// Maps reads as one does that does not know them: it gets of a row what a script gets.
func Maps(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, Query)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values, targets := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	var all []map[string]any
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		row := make(map[string]any, len(columns))
		for i, name := range columns {
			row[name] = values[i]
		}
		all = append(all, row)
	}
	return complete(len(all), rows.Err())
}

func complete(n int, err error) error {
	if err == nil && n != Rows {
		err = fmt.Errorf("%d rows, want %d", n, Rows)
	}
	return err
}
