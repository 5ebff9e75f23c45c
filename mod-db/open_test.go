package db

import (
	"context"
	"errors"
	"io"
	"testing"

	"assay.rs/core"
)

// withCall runs body as a builtin of a script that may do all.
func withCall(t testing.TB, body func(c core.Call) error) {
	t.Helper()
	module := core.Module{Name: "test", Doc: "Tests.", Funcs: []core.Func{core.Fn0(core.Doc{
		Name: "run", Text: "Runs the test.", Needs: core.Net, Level: core.Script,
	}, core.ReturnsNothing(), func(c core.Call) (core.None, error) { return core.None{}, body(c) })}}
	rt, err := core.New(core.Config{Modules: []core.Module{module}, Policy: core.FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	vm := rt.Open(core.Host{})
	defer vm.Close()
	chunk, err := core.Compile("test.lua", []byte("test.run()"))
	if err != nil {
		t.Fatal(err)
	}
	if err := vm.Run(t.Context(), chunk); err != nil {
		t.Fatal(err)
	}
}

// openTest opens a database that is closed when the test ends.
func openTest(t testing.TB, url string, conns int) *database {
	t.Helper()
	var d *database
	withCall(t, func(c core.Call) error {
		o := defaultConnect()
		o.maxConns = conns
		conn, err := connect(c, url, o)
		if err != nil {
			return err
		}
		d = conn.db
		c.Disown(d)
		return nil
	})
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return d
}

func executeTest(ctx context.Context, d *database, sql string, args ...any) error {
	c := &Conn{db: d}
	s, err := c.statement(sql, params{array: args})
	if err != nil {
		return err
	}
	err = c.use(ctx, d.engine.writes(sql), func(on session) error {
		_, err := on.execute(ctx, s)
		return err
	})
	if err != nil {
		return d.raise(ctx, err)
	}
	return nil
}

func mustExecute(t testing.TB, d *database, sql string, args ...any) {
	t.Helper()
	if err := executeTest(t.Context(), d, sql, args...); err != nil {
		t.Errorf("%s: %v", sql, err)
	}
}

func queryTest(t testing.TB, d *database, sql string, args ...any) (rows [][]cell, err error) {
	t.Helper()
	c, ctx := &Conn{db: d}, t.Context()
	s, err := c.statement(sql, params{array: args})
	if err != nil {
		return nil, err
	}
	err = c.use(ctx, d.engine.writes(sql), func(on session) error {
		cur, err := on.query(ctx, s)
		if err != nil {
			return err
		}
		for err == nil {
			row := make([]cell, len(cur.columns()))
			if err = cur.next(row); err == nil {
				rows = append(rows, row)
			}
		}
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return errors.Join(err, cur.close())
	})
	if err != nil {
		return nil, d.raise(ctx, err)
	}
	return rows, nil
}
