package db

import (
	"fmt"
	"math"

	"assay.rs/core"
)

// Config is what the module's connections have in common. The zero value is what scripts expect.
type Config struct{}

// New is the db module.
func New(Config) core.Module {
	class := core.NewObject[*Conn]("db.Conn", "A database, or a transaction in it. Tasks may share it.")
	class.ToString(func(c *Conn) string { return c.String() })
	class.Close(func(c *Conn) error { return c.shut() })
	conn := class.Type()
	arg := func() core.Param[*Conn] { return core.Arg("conn", conn, "The database, or a transaction.") }
	functions := statements("db.", arg, conn)
	class.Method(statements("conn:", class.Self, conn)...)
	return core.Module{
		Name: "db",
		Doc: "Talks to PostgreSQL, MySQL, MariaDB and SQLite. Statements have placeholders: `?`, `$1`, or `:name`. " +
			"NULL is nil in rows, and `db.null` in parameters. Integers are exact, decimals are text.",
		Funcs: append([]core.Func{connectFunc(conn), blobFunc()}, functions...),
		Consts: []core.Const{
			core.NewConst("null", core.Null(), core.None{}, "NULL, for parameters: nil cannot stand in an array. It is json.null."),
		},
	}
}

func blobFunc() core.Func {
	class := core.NewObject[blob]("db.Blob", "Bytes, for parameters.")
	class.ToString(func(b blob) string { return fmt.Sprintf("db.Blob: %d bytes", len(b.data)) })
	return core.Fn1(core.Doc{
		Name: "blob", Text: "Makes bytes of a string, for parameters: SQLite then stores and finds a blob, whatever the bytes are and wherever they go. " +
			"A string for a column that is declared as a blob is one anyway.",
		Needs: core.Pure, Level: core.Script,
		Examples: []string{`local conn = db.connect("sqlite::memory:")
assert.eq(conn:query_one("select typeof(?) as a, typeof(?) as b", {"AB", db.blob("AB")}), {a = "text", b = "blob"})`},
	},
		core.Arg("data", core.String(), "Any bytes."), core.Returns(class.Type(), "The bytes."),
		func(_ core.Call, data string) (blob, error) { return blob{data}, nil })
}

// statements declares what a connection can do, as functions of the module and as its methods.
func statements(prefix string, self func() core.Param[*Conn], conn core.Type[*Conn]) []core.Func {
	d := declaration{prefix: prefix, self: self, conn: conn}
	return append([]core.Func{
		d.query(), d.queryOne(), d.execute(), d.each(), d.tx(), d.execScript(), d.close(),
	}, d.extras()...)
}

type declaration struct {
	prefix string
	self   func() core.Param[*Conn]
	conn   core.Type[*Conn]
}

// doc is that of a function or method. In examples, conn is open and has a table of people.
func (d declaration) doc(name, text, example string) core.Doc {
	call := "db." + name + "(conn, "
	if d.prefix != "db." {
		call = "conn:" + name + "("
	}
	return core.Doc{
		Name: name, Text: text, Needs: core.Net, Level: core.Script, Raises: codes(),
		Examples: []string{exampleConn + replaceCall(example, call)},
	}
}

func sqlParam() core.Param[string] {
	return core.Arg("sql", core.String(), "One statement, with `?`, `$1` or `:name` for values. `??` is PostgreSQL's operator `?`.")
}

func paramsParam() core.Param[params] {
	return core.Opt("params", paramsType(), params{}, "The values, in an array or by name.")
}

func (d declaration) query() core.Func {
	return core.Fn3(d.doc("query", "Gives all rows, each a table by column; `rows.columns` has the names in order. "+
		"A second column of a name has `_2` behind it.",
		`local rows = CALL"select name, age from people where age > ? order by name", {20})  assert.eq(rows[1].name, "ada")`),
		d.self(), sqlParam(), paramsParam(), core.Returns(rowsType(), "The rows."),
		func(c core.Call, conn *Conn, sql string, p params) (*resultSet, error) {
			return conn.query(c, sql, p, math.MaxInt)
		})
}

func (d declaration) queryOne() core.Func {
	return core.Fn3(d.doc("query_one", "Gives the first row, or nil when there is none.",
		`assert.eq(CALL"select age from people where name = :name", {name = "ada"}).age, 36)`),
		d.self(), sqlParam(), paramsParam(), core.Returns(oneType(), "The row."),
		func(c core.Call, conn *Conn, sql string, p params) (*resultSet, error) {
			return conn.query(c, sql, p, 1)
		})
}

func (d declaration) execute() core.Func {
	return core.Fn3(d.doc("execute", "Runs a statement that gives no rows.",
		`assert.eq(CALL"update people set age = age + 1 where name = ?", {"ada"}).rows_affected, 1)`),
		d.self(), sqlParam(), paramsParam(), core.Returns(outcomeType(), "What it did."),
		func(c core.Call, conn *Conn, sql string, p params) (outcome, error) { return conn.execute(c, sql, p) })
}

func outcomeType() core.Type[outcome] {
	return core.Record("db.Outcome", "What a statement did.",
		core.NewKey("rows_affected", core.Integer(), func(o *outcome) *int64 { return &o.affected }, "How many rows it inserted, changed or deleted."),
		core.NewKey("last_insert_id", core.Nullable(core.Integer()), func(o *outcome) **int64 { return &o.inserted },
			"The id that MySQL or SQLite gave to the last row inserted; nil on PostgreSQL, which has `returning`."))
}

func (d declaration) each() core.Func {
	return core.Fn4(d.doc("each", "Calls fn with one row after the other, in constant memory, until it returns false.",
		`local names = {}  CALL"select name from people", nil, function(row) table.insert(names, row.name) end)  assert.len(names, 2)`),
		d.self(), sqlParam(), core.Arg("params", paramsType(), "The values, or nil."),
		core.Arg("fn", rowCallback(), "What to do with a row; false ends it."), core.ReturnsNothing(),
		func(c core.Call, conn *Conn, sql string, p params, fn core.Callback) (core.None, error) {
			return core.None{}, conn.each(c, sql, p, fn)
		})
}

func (d declaration) tx() core.Func {
	return core.Fn3(d.doc("tx", "Runs fn in a transaction: commits when it returns, rolls back when it raises. fn gets a connection "+
		"that is the transaction; a transaction in it is a savepoint.",
		`CALLfunction(tx) tx:execute("delete from people") end)  assert.is_nil(conn:query_one("select * from people"))`),
		d.self(), core.Arg("fn", txCallback(d.conn), "What to do."), core.Opt("options", txOptionsType(), txOptions{}, "How."),
		core.ReturnsAll("What fn returns."),
		func(c core.Call, conn *Conn, fn core.Callback, o txOptions) ([]core.Value, error) {
			return conn.transact(c, d.conn, fn, o)
		})
}

func (d declaration) execScript() core.Func {
	return core.Fn2(d.doc("exec_script", "Runs any number of statements, divided by semicolons, one after the other on one connection. "+
		"It is not a transaction by itself; it may contain `begin` and `commit`. For MySQL, `delimiter` is understood.",
		`CALL"create table a (n int); insert into a values (1);")  assert.eq(conn:query_one("select n from a").n, 1)`),
		d.self(), core.Arg("sql", core.String(), "The statements."), core.ReturnsNothing(),
		func(c core.Call, conn *Conn, sql string) (core.None, error) { return core.None{}, conn.script(c, sql) })
}

func (d declaration) close() core.Func {
	return core.Fn1(d.doc("close", "Closes all connections. Without it they are closed when the task that opened them ends.",
		`CALL)`),
		d.self(), core.ReturnsNothing(), func(c core.Call, conn *Conn) (core.None, error) { return core.None{}, conn.close(c) })
}
