package db

import (
	"context"
	"crypto/rand"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
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
	path   string // of the file
	mode   string // it is opened in
	root   core.Root

	changes, commits atomic.Int64 // of the schema, and of transactions: see note
}

// sqliteCreates is the mode that creates a file that is not there.
const sqliteCreates = "rwc"

// openSQLite reads the part of a URL behind "sqlite:".
func openSQLite(root core.Root, rest string) (*sqliteEngine, string, error) {
	name, query, _ := strings.Cut(strings.TrimPrefix(rest, "//"), "?")
	options, err := url.ParseQuery(query)
	if err != nil {
		return nil, "", core.WithHint(errors.New("the options behind ? cannot be read"), "write sqlite://FILE?mode=ro")
	}
	mode := sqliteCreates
	for key, values := range options {
		if key != "mode" {
			return nil, "", unknownOption(key, "mode")
		}
		mode = values[len(values)-1]
	}
	if mode != "ro" && mode != "rw" && mode != sqliteCreates {
		return nil, "", core.WithHint(errors.New("unknown mode "+strconv.Quote(mode)), "mode is ro, rw or rwc (the default: create the file)")
	}
	if name == ":memory:" {
		// The process shares the names of such databases: nobody else is to guess this one.
		memory := "file:/assay-" + rand.Text() + "?vfs=memdb&_dqs=0"
		return &sqliteEngine{name: memory, memory: true, root: root}, "sqlite::memory:", nil
	}
	path, err := url.PathUnescape(name)
	if err != nil || path == "" || strings.IndexByte(path, 0) >= 0 {
		return nil, "", core.WithHint(errors.New("the URL names no file"), "write sqlite:///absolute.db, sqlite://relative.db or sqlite::memory:")
	}
	resolved, err := root.Path(path, mode != "ro")
	if err != nil {
		return nil, "", err
	}
	// Without _dqs=0 a misspelt "column" is a text, and a query finds what is not there.
	file := url.URL{Scheme: "file", Path: resolved, RawQuery: "mode=" + mode + "&_defensive=1&_error_rc=1&_dqs=0"}
	return &sqliteEngine{name: file.String(), path: path, mode: mode, root: root}, "sqlite://" + name, nil
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
	s := &sqliteSession{engine: e}
	name := e.name
	if e.root.Limited() && !e.memory {
		var err error
		if s.files, err = newSQLiteFiles(e.root); err != nil {
			return nil, err
		}
		name += s.files.option()
	}
	err := s.connect(ctx, name)
	if err == nil {
		return s, nil
	}
	if s.files != nil && s.files.denied != nil {
		err = s.files.denied
	}
	if closeErr := s.close(); closeErr != nil {
		return nil, errors.Join(err, closeErr)
	}
	return nil, e.unopened(err)
}

func (s *sqliteSession) connect(ctx context.Context, name string) error {
	opened, err := new(sqlite.Driver).Open(name)
	if err != nil {
		return err
	}
	conn, ok := opened.(sqliteConn)
	if !ok {
		return errors.Join(errors.New("the SQLite driver lacks an interface"), opened.Close())
	}
	s.conn = conn
	if s.handle, err = handleOf(conn); err != nil {
		return err
	}
	if s.engine.root.Limited() {
		s.handle.takeNames()
	}
	if err := conn.RegisterAuthorizer(s.authorize); err != nil {
		return err
	}
	for _, pragma := range s.engine.pragmas() {
		if _, err := conn.ExecContext(ctx, "PRAGMA "+pragma, nil); err != nil {
			return err
		}
	}
	return nil
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
	conn   sqliteConn // nil when it could not be made
	engine *sqliteEngine
	handle sqliteHandle
	files  *sqliteFiles  // nil where the policy permits all, and of a database in memory, which reaches none
	denied error         // what was refused of the statement that was compiled last
	schema *sqliteSchema // as it was last; nil until somebody asks
	broken bool
}

// authorize refuses what a limited script may not say. The files that ATTACH and VACUUM INTO name are judged
// where they are opened.
func (s *sqliteSession) authorize(action sqlite.AuthorizerActionCode, name, _, _, _ string) sqlite.AuthorizerReturnCode {
	limited := s.engine.root.Limited()
	switch {
	case action == sqlite.AuthAttach && s.engine.memory && namesFile(name):
		s.denied = errInMemory()
		return sqlite.AuthorizerDeny
	case action == sqlite.AuthAttach && !limited:
		if name != "" && name != ":memory:" {
			file, _, _ := strings.Cut(strings.TrimPrefix(name, "file:"), "?")
			_, _ = s.engine.root.Path(file, true) // nothing is refused, but it can be explained
		}
	case action == sqlite.AuthAttach && strings.HasPrefix(name, "file:"):
		return s.refuse("attach by a file: URI", "name the file by its path: it is opened as far as it is permitted")
	case action == sqlite.AuthPragma && limited && isFolderPragma(name):
		return s.refuse("pragma "+strings.ToLower(name), "set TMPDIR for the program")
	}
	return sqlite.AuthorizerOK
}

// errInMemory is the answer to ATTACH and VACUUM INTO of a file where the database is in memory: SQLite keeps the other one there
// as well, and says nothing, so that what a script takes for a backup is gone with the process.
func errInMemory() error {
	return core.WithHint(errors.New("a database in memory neither copies itself into files nor attaches them"), "open a file: sqlite://FILE")
}

// namesFile tells whether ATTACH or VACUUM INTO means a file of the disk.
func namesFile(name string) bool {
	return name != "" && name != ":memory:" && !(strings.HasPrefix(name, "file:") && strings.Contains(name, "vfs="))
}

// isFolderPragma tells whether a pragma says where the whole process keeps files.
func isFolderPragma(name string) bool {
	return strings.EqualFold(name, "temp_store_directory") || strings.EqualFold(name, "data_store_directory")
}

func (s *sqliteSession) refuse(what, hint string) sqlite.AuthorizerReturnCode {
	s.denied = core.ErrDenied.With(fmt.Errorf("%s: denied by the policy", what), hint)
	return sqlite.AuthorizerDeny
}

// begin forgets what was refused of an earlier statement.
func (s *sqliteSession) begin() {
	s.denied = nil
	if s.files != nil {
		s.files.denied = nil
	}
}

func (s *sqliteSession) query(ctx context.Context, st statement) (cursor, error) {
	s.begin()
	args, err := s.bind(ctx, st)
	if err != nil {
		return nil, err
	}
	defer s.engine.note(sqliteSyntax().firstWord(st.text))
	rows, err := s.conn.QueryContext(ctx, st.text, args)
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
	syntax := sqliteSyntax()
	first := syntax.firstWord(st.text)
	s.begin()
	if s.engine.memory && first == "VACUUM" && slices.Contains(syntax.words(st.text, len(st.text)), "INTO") {
		return outcome{}, errInMemory() // authorize is not told of a name that is a parameter
	}
	args, err := s.bind(ctx, st)
	if err != nil {
		return outcome{}, err
	}
	defer s.engine.note(first)
	done, err := s.conn.ExecContext(ctx, st.text, args)
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
	if s.files != nil && s.files.denied != nil {
		return s.files.denied
	}
	return err
}

func (s *sqliteSession) ping(context.Context) error { return nil }
func (s *sqliteSession) listen(ctx context.Context) { <-ctx.Done() }

// ended is true after some errors, such as that of a full disk.
func (s *sqliteSession) ended(error) bool { return !s.handle.inTransaction() }

func (s *sqliteSession) alive() bool { return !s.broken }

func (s *sqliteSession) reusable() bool { return s.alive() }

func (s *sqliteSession) close() error {
	if s.broken {
		return nil
	}
	s.broken = true
	var err error
	if s.conn != nil {
		err = s.conn.Close()
	}
	if s.files != nil {
		s.files.close()
	}
	return err
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
	case blob:
		return []byte(v.data)
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
