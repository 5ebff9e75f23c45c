package db

import (
	"context"
	"errors"
	"io"

	"assay.rs/core"
)

// Answer is what [Query] found.
type Answer struct {
	Columns []string
	First   []any // the first row: nil, bool, int64, float64, string, []any; nil when there is none
	Rows    int
}

// Query is for Go programs: it connects to the database of a URL, as far as the policy permits, runs one
// statement without values, counts its rows and closes the connection. The error is a *core.Error, with a
// code as in scripts, or the cause of the end of ctx. It does not show the password of the URL.
func Query(ctx context.Context, policy core.Policy, url, sql string) (answer Answer, err error) {
	o := defaultConnect()
	o.maxConns = 1
	d, err := newDatabase(environment{policy.Dialer(), policy.Root()}, url, o)
	if err != nil {
		return Answer{}, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	c := &Conn{db: d}
	s, err := c.statement(sql, params{})
	if err != nil {
		return Answer{}, err
	}
	err = c.use(ctx, d.engine.writes(sql), func(on session) error {
		cur, err := on.query(ctx, s)
		if err != nil {
			return err
		}
		answer.Columns = cur.columns()
		return errors.Join(answer.read(cur), cur.close())
	})
	if err != nil {
		return Answer{}, d.raise(ctx, err)
	}
	return answer, nil
}

func (a *Answer) read(cur cursor) error {
	row := make([]cell, len(a.Columns))
	for ; ; a.Rows++ {
		err := cur.next(row)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if a.Rows > 0 {
			continue
		}
		for _, cell := range row {
			a.First = append(a.First, cell.data())
		}
	}
}

// data is the cell as Go data.
func (c cell) data() any {
	if c.late != nil {
		return c.late
	}
	if n, whole := c.value.Integer(); whole {
		return n
	}
	data, err := c.value.Go(core.Call{})
	if err != nil {
		return nil // a driver gives nothing that has no form in Go
	}
	return data
}
