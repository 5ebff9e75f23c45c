package main

import (
	"context"

	"assay.rs/check"
	"assay.rs/core"
	"assay.rs/mod-db"
)

// databases is how checks of the type sql reach theirs.
type databases struct{}

// Query implements [check.Database].
func (databases) Query(ctx context.Context, url, query string) (check.Rows, error) {
	answer, err := db.Query(ctx, core.FullPolicy(), url, query)
	if err != nil {
		return check.Rows{}, err
	}
	rows := check.Rows{Count: answer.Rows}
	if len(answer.First) > 0 {
		rows.Value = answer.First[0]
	}
	return rows, nil
}
