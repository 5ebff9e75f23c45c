package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"

	"github.com/go-sql-driver/mysql"

	"assay.rs/core"
)

// mysqlEngine connects to a server of MySQL or MariaDB.
type mysqlEngine struct {
	connector driver.Connector
	root      core.Root // for LOAD DATA LOCAL INFILE
}

var errSeveralHosts = core.WithHint(errors.New("the URL names several hosts: only PostgreSQL takes them"), "name one, or a proxy in front of them")

// openMySQL reads a URL mysql://... or mariadb://...
func openMySQL(within environment, text string) (*mysqlEngine, string, error) {
	a, err := parseAddress(text, "3306")
	if err != nil {
		return nil, "", err
	}
	if mode := a.take("ssl-mode"); mode != "" { // as MySQL's own programs call it
		a.options["sslmode"] = sslModeOf(mode)
	}
	if len(a.hosts) > 1 {
		return nil, "", errSeveralHosts
	}
	at := a.hosts[0]
	modes, err := a.encryptions(within.root)
	if err != nil {
		return nil, "", err
	}
	encrypted := modes[0]
	if err := a.unknown("sslmode", "sslrootcert", "sslcert", "sslkey", "socket"); err != nil {
		return nil, "", err
	}
	config := mysql.NewConfig()
	config.User, config.Passwd, config.DBName = a.user, a.password, a.database
	config.Net, config.Addr = "tcp", at.target()
	if at.isSocket() {
		config.Net, config.Addr = "unix", at.name
	}
	config.TLS, config.AllowFallbackToPlaintext = encrypted.config, encrypted.plain
	config.DialFunc = noteWire(wired(within.dialer))
	config.ClientFoundRows = true
	config.Logger = &mysql.NopLogger{}
	config.Params = map[string]string{"time_zone": "'+00:00'"}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, "", errURL
	}
	return &mysqlEngine{connector, within.root}, a.shown, nil
}

// sslModeOf is libpq's name of a mode of MySQL's, or the name as it is.
func sslModeOf(mode string) string {
	switch strings.ToUpper(mode) {
	case "DISABLED":
		return "disable"
	case "PREFERRED":
		return "prefer"
	case "REQUIRED":
		return "require"
	case "VERIFY_CA":
		return "verify-ca"
	case "VERIFY_IDENTITY":
		return "verify-full"
	}
	return mode
}

func (e *mysqlEngine) style() style {
	return style{syntax: mysqlSyntax(), numbered: numbered{prefix: "?"}}
}

func (e *mysqlEngine) oneWriter() bool          { return false }
func (e *mysqlEngine) writes(string) bool       { return true }
func (e *mysqlEngine) noTransaction(error) bool { return false }

func (e *mysqlEngine) begin(o txOptions) []string {
	var all []string
	if o.isolation != "" {
		all = append(all, "SET TRANSACTION ISOLATION LEVEL "+strings.ToUpper(o.isolation))
	}
	if o.readOnly {
		return append(all, "START TRANSACTION READ ONLY")
	}
	return append(all, "START TRANSACTION")
}

func (e *mysqlEngine) open(ctx context.Context) (session, error) {
	s := &mysqlSession{engine: e}
	conn, err := e.connect(context.WithValue(ctx, wireKey{}, &s.wire))
	if err != nil {
		return nil, err
	}
	s.conn = conn
	if s.id, err = connectionID(ctx, conn); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return s, nil
}

func (e *mysqlEngine) connect(ctx context.Context) (mysqlConn, error) {
	opened, err := e.connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn, ok := opened.(mysqlConn)
	if !ok {
		return nil, errors.Join(errors.New("the MySQL driver lacks an interface"), opened.Close())
	}
	return conn, nil
}

func connectionID(ctx context.Context, conn mysqlConn) (string, error) {
	rows, err := conn.QueryContext(ctx, "SELECT CONCAT(CONNECTION_ID())", nil)
	if err != nil {
		return "", err
	}
	values := make([]driver.Value, 1)
	err = rows.Next(values)
	id, _ := values[0].([]byte)
	return string(id), errors.Join(err, rows.Close())
}

// mysqlConn is what we use of the driver.
type mysqlConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.Pinger
	driver.QueryerContext
	driver.Validator
}

// mysqlSession is a connection to a server.
type mysqlSession struct {
	conn   mysqlConn
	engine *mysqlEngine
	wire   *wire
	id     string // by which another connection can end its statement
}

// wireKey is under which the context of a connection that is being made keeps where its wire is noted: the driver does
// not show it.
type wireKey struct{}

func noteWire(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if note, ok := ctx.Value(wireKey{}).(**wire); ok && err == nil {
			*note = wireOf(conn)
		}
		return conn, err
	}
}

func (s *mysqlSession) ping(ctx context.Context) error { return s.conn.Ping(ctx) }
func (s *mysqlSession) listen(ctx context.Context)     { s.wire.listen(ctx) }

// ended is true after a deadlock, whose victim InnoDB rolls back whole.
func (s *mysqlSession) ended(err error) bool {
	reported, ok := errors.AsType[*mysql.MySQLError](err)
	return ok && reported.Number == 1213
}

func (s *mysqlSession) alive() bool    { return s.conn.IsValid() }
func (s *mysqlSession) reusable() bool { return s.alive() }
func (s *mysqlSession) close() error   { return s.conn.Close() }

func (s *mysqlSession) query(ctx context.Context, st statement) (cursor, error) {
	w := s.watch(ctx)
	rows, statement, err := s.start(w.inner, st)
	if err != nil {
		w.stop()
		return nil, err
	}
	c := &mysqlCursor{session: s, rows: rows, statement: statement, watch: w}
	c.names = rows.Columns()
	c.values = make([]driver.Value, len(c.names))
	types, _ := rows.(driver.RowsColumnTypeDatabaseTypeName)
	for i := range c.names {
		name := types.ColumnTypeDatabaseTypeName(i)
		if name == "TINYINT" && displayWidth(rows, i) == 1 {
			name = "BOOL"
		}
		c.types = append(c.types, name)
	}
	return c, nil
}

// start runs a statement: as it is, or prepared when it has values.
func (s *mysqlSession) start(ctx context.Context, st statement) (driver.Rows, driver.Stmt, error) {
	if len(st.args) == 0 {
		rows, err := s.conn.QueryContext(ctx, st.text, nil)
		return rows, nil, err
	}
	prepared, err := s.conn.PrepareContext(ctx, st.text)
	if err != nil {
		return nil, nil, err
	}
	querier, ok := prepared.(driver.StmtQueryContext)
	if !ok {
		return nil, nil, errors.Join(driver.ErrSkip, prepared.Close())
	}
	rows, err := querier.QueryContext(ctx, mysqlArgs(st.args))
	if err != nil {
		return nil, nil, errors.Join(err, prepared.Close())
	}
	return rows, prepared, nil
}

func (s *mysqlSession) execute(ctx context.Context, st statement) (outcome, error) {
	w := s.watch(ctx)
	defer w.stop()
	text, forget, err := s.engine.localFile(st.text)
	if err != nil {
		return outcome{}, err
	}
	defer forget()
	st.text = text
	done, err := s.run(w.inner, st)
	if err != nil {
		return outcome{}, err
	}
	var o outcome
	if o.affected, err = done.RowsAffected(); err != nil {
		return o, err
	}
	id, err := done.LastInsertId()
	if id != 0 {
		o.inserted = &id
	}
	return o, err
}

func (s *mysqlSession) run(ctx context.Context, st statement) (result driver.Result, err error) {
	if len(st.args) == 0 {
		return s.conn.ExecContext(ctx, st.text, nil)
	}
	prepared, err := s.conn.PrepareContext(ctx, st.text)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, prepared.Close()) }()
	execer, ok := prepared.(driver.StmtExecContext)
	if !ok {
		return nil, driver.ErrSkip
	}
	return execer.ExecContext(ctx, mysqlArgs(st.args))
}

// mysqlCursor reads rows.
type mysqlCursor struct {
	session   *mysqlSession
	rows      driver.Rows
	statement driver.Stmt // or nil
	watch     *mysqlWatch
	names     []string
	types     []string
	values    []driver.Value
	done      bool
}

func (c *mysqlCursor) columns() []string { return c.names }

func (c *mysqlCursor) next(row []cell) error {
	if c.done {
		return io.EOF
	}
	if err := c.rows.Next(c.values); err != nil {
		c.done = true
		if errors.Is(err, io.EOF) {
			return io.EOF
		}
		return err
	}
	for i, value := range c.values {
		row[i] = mysqlCell(value, c.types[i])
	}
	return nil
}

// close ends a statement whose rows nobody wants any more.
func (c *mysqlCursor) close() error {
	for n := 0; !c.done; n++ {
		c.done = c.rows.Next(c.values) != nil
		if n == drainRows {
			c.watch.kill()
			_ = c.rows.Close() // it says that we ended it
			break
		}
	}
	err := c.rows.Close()
	c.watch.stop()
	if c.statement != nil {
		err = errors.Join(err, c.statement.Close())
	}
	return err
}

func (e *mysqlEngine) failure(err error) failure {
	if reported, ok := errors.AsType[*mysql.MySQLError](err); ok {
		return mysqlFailure(reported)
	}
	f := failure{message: err.Error()}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return f
	}
	if network, ok := errors.AsType[*net.OpError](err); ok {
		f.message = network.Error()
	}
	_, network := errors.AsType[net.Error](err)
	unsent := errors.Is(err, driver.ErrBadConn)
	if unsent || errors.Is(err, mysql.ErrInvalidConn) {
		f.message = "the server has ended it"
	}
	if network || unsent || errors.Is(err, mysql.ErrInvalidConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) {
		f.code, f.lost, f.unsent = errConnect, true, unsent
	}
	return f
}

// mysqlFailure reads an error number, https://mariadb.com/kb/en/mariadb-error-code-reference/.
func mysqlFailure(e *mysql.MySQLError) failure {
	state := string(e.SQLState[:])
	f := failure{message: e.Message + " (error " + strconv.Itoa(int(e.Number)) + ", SQLSTATE " + state + ")"}
	switch e.Number {
	case 1213, 1020: // deadlock, record has changed
		f.code = errSerialization
		return f
	case 1205, 1317, 1969, 3024: // lock wait, interrupted, out of time
		f.code = errTimeout
		return f
	case 4025, 3819, 1048, 1062, 1169, 1216, 1217, 1364, 1451, 1452, 1557, 1586: // check, null, unique, foreign key
		f.code = errConstraint
		return f
	case 1040, 1044, 1045, 1049, 1053, 1129, 1130, 1203, 1226, 1698, 1927: // too many, login, no such database, going down
		f.code = errConnect
		f.lost = e.Number == 1053 || e.Number == 1927
		return f
	case 1021, 1037, 1038, 1041, 1114, 1135: // disk full, out of memory, table full, no thread
		f.code = errFull
		return f
	case 1036, 1792, 1836, 3100: // table is read only, transaction is, server is
		f.code = errReadOnly
		return f
	case 1290: // an option of the server forbids it
		if strings.Contains(e.Message, "read-only") || strings.Contains(e.Message, "read_only") {
			f.code = errReadOnly
		}
		return f
	case 1016, 1017, 1023, 1024, 1026, 1030, 1034, 1035, 1194, 1195: // files, storage engine, index, table marked as crashed
		f.code, f.hint = errIO, "look at the disk of the server, and at its log"
		if strings.Contains(e.Message, "errno: 28") || strings.Contains(e.Message, "error 28") { // ENOSPC
			f.code, f.hint = errFull, ""
		}
		return f
	case 1054, 1146, 1305: // no such column, table, function
		f.code = errSyntax
		return f
	}
	switch {
	case strings.HasPrefix(state, "42"):
		f.code = errSyntax
	case strings.HasPrefix(state, "23"):
		f.code = errConstraint
	case strings.HasPrefix(state, "08"):
		f.code, f.lost = errConnect, true
	}
	return f
}
