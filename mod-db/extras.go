package db

import (
	"errors"
	"fmt"
	"time"

	"assay.rs/core"
	"assay.rs/core/spec"
)

// only is the error of what a kind of database does not have.
func only(what, hint string) error { return core.WithHint(errors.New(what), hint) }

var errInTx = core.WithHint(errors.New("not inside of a transaction"), "use the connection that the transaction was begun on")

func (c *Conn) postgres() bool {
	_, ok := c.db.engine.(*postgresEngine)
	return ok
}

func (c *Conn) sqlite() bool {
	_, ok := c.db.engine.(*sqliteEngine)
	return ok
}

// maxPath is how long the name of a file may be: SQLite copies it several times.
const maxPath = 4 << 10

var errPath = errors.New("argument 1 'path': longer than 4 KB")

// backup copies an SQLite database into a new file.
func (c *Conn) backup(call core.Call, path string) error {
	if !c.sqlite() {
		return only("only SQLite databases are copied", "use the server's own program: pg_dump, mysqldump")
	}
	if c.tx != nil {
		return errInTx
	}
	if len(path) > maxPath {
		return errPath
	}
	ctx := call.Context()
	err := c.use(ctx, false, func(s session) error {
		_, err := s.execute(ctx, statement{"VACUUM INTO ?1", []any{path}})
		return err
	})
	if err != nil {
		return c.db.raise(ctx, err)
	}
	return nil
}

func (d declaration) extras() []core.Func {
	return []core.Func{d.backup(), d.migrate(), d.lock(), d.listen(), d.copyIn(), d.copyOut()}
}

func (d declaration) backup() core.Func {
	doc := d.doc("backup", "Copies an SQLite database into a new file, while others go on reading and writing.", "")
	call := "db.backup(conn, "
	if d.prefix != "db." {
		call = "conn:backup("
	}
	doc.Examples = []string{`local conn = db.connect("sqlite://" .. DIR .. "/shop-" .. math.random(1e9) .. ".db")
` + call + `DIR .. "/copy-" .. math.random(1e9) .. ".db")`}
	return core.Fn2(doc,
		d.self(), core.Arg("path", core.String(), "A file that does not exist."), core.ReturnsNothing(),
		func(c core.Call, conn *Conn, path string) (core.None, error) {
			return core.None{}, conn.backup(c, path)
		})
}

func (d declaration) migrate() core.Func {
	return core.Fn2(d.doc("migrate", "Runs the files of a folder that have not been run on this database, in the order of their numbers: "+
		"`0001_create_users.sql`. Each is a transaction, as far as the database can undo what it does; one whose first line is "+
		"`-- no transaction` is none. The table assay_migrations says what has been run. Of several that call it at the same time, one works.",
		`local did = CALLDIR)  assert.is_true(#did.applied <= 1)`),
		d.self(), core.Arg("dir", core.String(), "The folder. Files *.down.sql are left out."), core.Returns(migratedType(), "What was done."),
		func(c core.Call, conn *Conn, dir string) (migrated, error) { return conn.migrate(c, dir) })
}

// lockOptions say how to wait for a lock.
type lockOptions struct{ wait *time.Duration }

func (d declaration) lock() core.Func {
	return core.Fn4(d.doc("lock", "Runs fn while nobody else who asks the same server has the lock of that name. "+
		"PostgreSQL and MySQL have such locks; SQLite does not.",
		`local ok, e = pcall(function() return CALL"nightly", print) end)  assert.contains(e, "SQLite has no such locks")`),
		d.self(), core.Arg("name", core.String(), "The name of the lock."),
		core.Arg("fn", core.CallbackType(nil, spec.Return{Type: scalarSpec("any"), Text: "What lock returns.", Rest: true}), "What to do."),
		core.Opt("options", core.Record("db.LockOptions", "How to wait for a lock.",
			core.NewKey("wait", core.Nullable(core.Duration()), func(o *lockOptions) **time.Duration { return &o.wait },
				"How long to wait for the lock, in seconds, before db.timeout is raised; without it, as long as it takes.")),
			lockOptions{}, "How to wait."),
		core.ReturnsAll("What fn returns."),
		func(c core.Call, conn *Conn, name string, fn core.Callback, o lockOptions) ([]core.Value, error) {
			return conn.lock(c, name, fn, o.wait)
		})
}

// listenOptions say what else to do while listening.
type listenOptions struct{ onListen core.Callback }

func (d declaration) listen() core.Func {
	payload := []spec.Param{
		{Name: "payload", Type: scalarSpec("string"), Text: "What was sent along."},
		{Name: "channel", Type: scalarSpec("string"), Text: "The channel."},
	}
	return core.Fn4(d.doc("listen", "Calls fn with each notification of a PostgreSQL channel until it returns false. It has a connection "+
		"of its own, and connects again when that breaks.",
		`local ok, e = pcall(function() CALL"jobs", print) end)  assert.contains(e, "only PostgreSQL")`),
		d.self(), core.Arg("channel", core.String(), "The channel's exact name."),
		core.Arg("fn", core.CallbackType(payload, spec.Return{Type: scalarSpec("boolean"), Text: "false to stop."}), "What to do with one."),
		core.Opt("options", core.Record("db.ListenOptions", "What else to do while listening.",
			core.NewKey("on_listen", core.CallbackType(nil), func(o *listenOptions) *core.Callback { return &o.onListen },
				"Called once listening has begun, and again after the connection broke: what was sent in between is lost.")),
			listenOptions{}, "What else to do."),
		core.ReturnsNothing(),
		func(c core.Call, conn *Conn, channel string, fn core.Callback, o listenOptions) (core.None, error) {
			return core.None{}, conn.listen(c, channel, fn, o.onListen)
		})
}

func (d declaration) copyIn() core.Func {
	return core.Fn3(d.doc("copy_in", "Sends data to PostgreSQL's `copy ... from stdin`.",
		`local ok, e = pcall(function() CALL"copy people from stdin", "ada\t36\n") end)  assert.contains(e, "only PostgreSQL")`),
		d.self(), core.Arg("sql", core.String(), "A statement `copy table from stdin`."),
		core.Arg("data", sourceType(), "The data, or a function that gives one piece after the other, and nil at the end."),
		core.Returns(core.Integer(), "How many rows were stored."),
		func(c core.Call, conn *Conn, sql string, from source) (int64, error) {
			return conn.copyIn(c, sql, from)
		})
}

func (d declaration) copyOut() core.Func {
	return core.Fn3(d.doc("copy_out", "Receives the data of PostgreSQL's `copy ... to stdout`.",
		`local ok, e = pcall(function() CALL"copy people to stdout") end)  assert.contains(e, "only PostgreSQL")`),
		d.self(), core.Arg("sql", core.String(), "A statement `copy ... to stdout`."),
		core.Opt("fn", core.CallbackType([]spec.Param{{Name: "data", Type: scalarSpec("string"), Text: "A piece."}}), core.Callback{},
			"Called with one piece after the other; without it, all is returned."),
		core.Returns(core.Nullable(core.String()), "The data, or nil when fn has it."),
		func(c core.Call, conn *Conn, sql string, fn core.Callback) (*string, error) {
			return conn.copyOut(c, sql, fn)
		})
}

func (c *Conn) errOnlyPostgres(what string) error {
	return only(fmt.Sprintf("only PostgreSQL has %s", what), "this connection is to "+c.db.url)
}
