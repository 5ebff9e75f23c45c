package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"modernc.org/sqlite"

	"assay.rs/core"
)

// sqliteEngine opens SQLite databases.
type sqliteEngine struct {
	name   string // as the driver takes it
	memory bool
	root   core.Root
}

// memories number the in-memory databases of the process, since their names are shared by it.
var memories atomic.Int64 //nolint:gochecknoglobals // the process has one space of such names

// openSQLite reads the part of a URL behind "sqlite:".
func openSQLite(root core.Root, rest string) (*sqliteEngine, string, error) {
	name, query, _ := strings.Cut(strings.TrimPrefix(rest, "//"), "?")
	options, err := url.ParseQuery(query)
	if err != nil {
		return nil, "", core.WithHint(errors.New("the options behind ? cannot be read"), "write sqlite://FILE?mode=ro")
	}
	mode := "rwc"
	for key, values := range options {
		if key != "mode" {
			return nil, "", unknownOption(key, "mode")
		}
		mode = values[len(values)-1]
	}
	if mode != "ro" && mode != "rw" && mode != "rwc" {
		return nil, "", core.WithHint(errors.New("unknown mode "+strconv.Quote(mode)), "mode is ro, rw or rwc (the default: create the file)")
	}
	if name == ":memory:" {
		memory := "file:/assay-" + strconv.FormatInt(memories.Add(1), 10) + "?vfs=memdb"
		return &sqliteEngine{name: memory, memory: true, root: root}, "sqlite::memory:", nil
	}
	path, err := url.PathUnescape(name)
	if err != nil || path == "" {
		return nil, "", core.WithHint(errors.New("the URL names no file"), "write sqlite:///absolute.db, sqlite://relative.db or sqlite::memory:")
	}
	resolved, err := root.Path(path, mode != "ro")
	if err != nil {
		return nil, "", err
	}
	file := url.URL{Scheme: "file", Path: resolved, RawQuery: "mode=" + mode + "&_defensive=1&_error_rc=1"}
	return &sqliteEngine{name: file.String(), root: root}, "sqlite://" + name, nil
}

func (e *sqliteEngine) style() style {
	return style{syntax: sqliteSyntax(), numbered: numbered{prefix: "?", number: true}}
}

func (e *sqliteEngine) oneWriter() bool { return true }

// writes takes what it does not know for a writer: it then waits for its turn instead of failing.
func (e *sqliteEngine) writes(sql string) bool {
	syntax := sqliteSyntax()
	switch syntax.firstWord(sql) {
	case "SELECT", "VALUES", "EXPLAIN":
		return false
	case "WITH":
		for _, word := range syntax.words(sql, len(sql)) {
			switch word {
			case "INSERT", "UPDATE", "DELETE", "REPLACE":
				return true
			}
		}
		return false
	}
	return true
}

// begin takes the write lock at once: a transaction that would need it later could only fail.
func (e *sqliteEngine) begin(o txOptions) []string {
	if o.readOnly {
		return []string{"BEGIN"}
	}
	return []string{"BEGIN IMMEDIATE"}
}

func (e *sqliteEngine) noTransaction(err error) bool {
	return strings.Contains(err.Error(), "no transaction is active")
}

func (e *sqliteEngine) open(ctx context.Context) (session, error) {
	opened, err := new(sqlite.Driver).Open(e.name)
	if err != nil {
		return nil, err
	}
	conn, ok := opened.(sqliteConn)
	if !ok {
		return nil, errors.Join(errors.New("the SQLite driver lacks an interface"), opened.Close())
	}
	s := &sqliteSession{conn: conn, engine: e}
	s.handle, err = handleOf(conn)
	if err == nil {
		err = conn.RegisterAuthorizer(s.authorize)
	}
	for _, pragma := range e.pragmas() {
		if err == nil {
			_, err = conn.ExecContext(ctx, "PRAGMA "+pragma, nil)
		}
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return s, nil
}

func (e *sqliteEngine) pragmas() []string {
	all := []string{"busy_timeout = 5000", "foreign_keys = ON", "synchronous = FULL"}
	if !e.memory && !strings.Contains(e.name, "mode=ro&") {
		all = append(all, "journal_mode = WAL")
	}
	return all
}

// sqliteConn is what we use of the driver.
type sqliteConn interface {
	driver.Conn
	driver.ExecerContext
	driver.QueryerContext
	sqlite.AuthorizerRegisterer
}

// sqliteSession is a connection to a file.
type sqliteSession struct {
	conn   sqliteConn
	engine *sqliteEngine
	handle sqliteHandle
	vacuum bool  // it runs VACUUM, which attaches a nameless database
	denied error // what the policy said to the statement that was compiled last
	broken bool
}

// authorize asks the policy about the files that ATTACH and VACUUM INTO name.
func (s *sqliteSession) authorize(action sqlite.AuthorizerActionCode, file, _, _, _ string) sqlite.AuthorizerReturnCode {
	if action != sqlite.AuthAttach {
		return sqlite.AuthorizerOK
	}
	if file == "" && s.vacuum || file == ":memory:" {
		return sqlite.AuthorizerOK
	}
	if err := s.engine.permits(file); err != nil {
		s.denied = err
		return sqlite.AuthorizerDeny
	}
	return sqlite.AuthorizerOK
}

// permits asks the policy about a file name as SQLite takes it. The name is empty when an expression
// stands for it, or for a temporary file.
func (e *sqliteEngine) permits(name string) error {
	changes := true
	if rest, isURI := strings.CutPrefix(name, "file:"); isURI {
		path, query, _ := strings.Cut(rest, "?")
		options, err := url.ParseQuery(query)
		if err != nil {
			return err
		}
		if strings.HasPrefix(path, "//") { // an authority, empty or localhost
			_, path, _ = strings.Cut(path[2:], "/")
			path = "/" + path
		}
		if path, err = url.PathUnescape(path); err != nil {
			return err
		}
		name, changes = path, options.Get("mode") != "ro"
	}
	if name == "" {
		name = "." // whatever it is, only a policy that permits all permits it
	}
	_, err := e.root.Path(name, changes)
	return err
}

func (s *sqliteSession) query(ctx context.Context, st statement) (cursor, error) {
	s.denied, s.vacuum = nil, false
	rows, err := s.conn.QueryContext(ctx, st.text, sqliteArgs(st.args))
	if err != nil {
		return nil, s.failed(err)
	}
	c := &sqliteCursor{ctx: ctx, stop: s.handle.interruptWith(ctx), rows: rows, values: make([]driver.Value, len(rows.Columns()))}
	if types, ok := rows.(driver.RowsColumnTypeDatabaseTypeName); ok {
		for i := range c.values {
			c.types = append(c.types, types.ColumnTypeDatabaseTypeName(i))
		}
	}
	return c, nil
}

func (s *sqliteSession) execute(ctx context.Context, st statement) (outcome, error) {
	first := sqliteSyntax().firstWord(st.text)
	s.denied, s.vacuum = nil, first == "VACUUM"
	done, err := s.conn.ExecContext(ctx, st.text, sqliteArgs(st.args))
	if err != nil {
		return outcome{}, s.failed(err)
	}
	var o outcome
	switch first { // the figures of the driver are those of the last statement that had any
	case "INSERT", "REPLACE", "WITH":
		id, err := done.LastInsertId()
		if err == nil && id != 0 {
			o.inserted = &id
		}
		fallthrough
	case "UPDATE", "DELETE":
		o.affected, err = done.RowsAffected()
	}
	return o, err
}

func (s *sqliteSession) failed(err error) error {
	if s.denied != nil {
		return s.denied
	}
	return err
}

func (s *sqliteSession) ping(context.Context) error { return nil }
func (s *sqliteSession) alive() bool                { return !s.broken }

func (s *sqliteSession) reusable() bool { return s.alive() }

func (s *sqliteSession) close() error {
	if s.broken {
		return nil
	}
	s.broken = true
	return s.conn.Close()
}

func sqliteArgs(args []any) []driver.NamedValue {
	named := make([]driver.NamedValue, len(args))
	for i, arg := range args {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: sqliteArg(arg)}
	}
	return named
}

// sqliteArg stores bytes that are no text as a blob.
func sqliteArg(arg any) driver.Value {
	switch v := arg.(type) {
	case string:
		if !utf8.ValidString(v) || strings.IndexByte(v, 0) >= 0 {
			return []byte(v)
		}
	case list:
		return v.json
	case document:
		return v.json
	}
	return arg
}

// sqliteCursor reads rows. The driver looks at the context until the first one; then we do.
type sqliteCursor struct {
	ctx    context.Context //nolint:containedctx // a cursor lives as long as its query
	stop   func()          // looking at ctx
	rows   driver.Rows
	types  []string // as the columns were declared, empty for expressions
	values []driver.Value
}

func (c *sqliteCursor) columns() []string { return c.rows.Columns() }

func (c *sqliteCursor) close() error {
	c.stop()
	return c.rows.Close()
}

func (c *sqliteCursor) next(row []cell) error {
	if err := c.ctx.Err(); err != nil {
		return err
	}
	if err := c.rows.Next(c.values); err != nil {
		if errors.Is(err, io.EOF) {
			return io.EOF
		}
		return err
	}
	for i, value := range c.values {
		declared := ""
		if i < len(c.types) {
			declared = c.types[i]
		}
		row[i] = sqliteCell(value, declared)
	}
	return nil
}
