package db

import (
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"

	"assay.rs/core"
)

// postgresEngine connects to a PostgreSQL server.
type postgresEngine struct{ config *pgconn.Config }

// maxMessage is the most that a row or another message of the server may have, in bytes.
const maxMessage = 256 << 20

// cancelLimit is how long a server may take to end a statement that we gave up.
const cancelLimit = 2 * time.Second

// openPostgres reads a URL postgres://... Options that it does not know go to the server, as search_path.
func openPostgres(within environment, text string) (*postgresEngine, string, error) {
	a, err := parseAddress(text, "5432")
	if err != nil {
		return nil, "", err
	}
	encrypted, err := a.encryption(within.root)
	if err != nil {
		return nil, "", err
	}
	// The only way to make a Config. What libpq reads from the environment is set below, or without effect.
	config, err := pgconn.ParseConfig("host=localhost sslmode=disable user=postgres")
	if err != nil {
		return nil, "", errors.New("the environment has PG variables that cannot be read")
	}
	port, err := strconv.ParseUint(a.port, 10, 16)
	if err != nil {
		return nil, "", errURL
	}
	config.Host, config.Port, config.Database = a.host, uint16(port), a.database
	config.Password = a.password
	if a.user != "" {
		config.User = a.user
	}
	config.TLSConfig, config.Fallbacks, config.ValidateConnect = encrypted.config, nil, nil
	if encrypted.plain {
		config.Fallbacks = []*pgconn.FallbackConfig{{Host: config.Host, Port: config.Port}}
	}
	config.ConnectTimeout, config.MaxProtocolMessageBodyLen = 0, maxMessage
	config.RuntimeParams = map[string]string{"application_name": "assay", "client_encoding": "UTF8", "datestyle": "ISO"}
	maps.Copy(config.RuntimeParams, a.options)
	config.DialFunc = within.dialer.DialContext
	// The name is resolved by the dialer, where the policy sees it.
	config.LookupFunc = func(_ context.Context, host string) ([]string, error) { return []string{host}, nil }
	config.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: cancelLimit}
	}
	return &postgresEngine{config}, a.shown, nil
}

func (e *postgresEngine) style() style {
	return style{syntax: postgresSyntax(), numbered: numbered{"$", true}, operator: true}
}

func (e *postgresEngine) oneWriter() bool          { return false }
func (e *postgresEngine) writes(string) bool       { return true }
func (e *postgresEngine) noTransaction(error) bool { return false }

func (e *postgresEngine) begin(o txOptions) []string {
	text := "BEGIN"
	if o.isolation != "" {
		text += " ISOLATION LEVEL " + strings.ToUpper(o.isolation)
	}
	if o.readOnly {
		text += " READ ONLY"
	}
	return []string{text}
}

func (e *postgresEngine) open(ctx context.Context) (session, error) {
	s := &postgresSession{}
	config := e.config.Copy()
	config.OnNotification = func(_ *pgconn.PgConn, n *pgconn.Notification) { s.notes = append(s.notes, n) }
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	s.conn = conn
	return s, nil
}

// postgresSession is a connection to a server.
type postgresSession struct {
	conn  *pgconn.PgConn
	notes []*pgconn.Notification // that came in
}

func (s *postgresSession) ping(ctx context.Context) error { return s.conn.Ping(ctx) }
func (s *postgresSession) alive() bool                    { return !s.conn.IsClosed() }

// reusable is false for a session that is left in a transaction.
func (s *postgresSession) reusable() bool { return s.alive() && s.conn.TxStatus() == 'I' }

func (s *postgresSession) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), cancelLimit)
	defer cancel()
	return s.conn.Close(ctx)
}

func (s *postgresSession) start(ctx context.Context, st statement) (*pgconn.ResultReader, error) {
	values, err := s.bind(ctx, st)
	if err != nil {
		return nil, err
	}
	return s.conn.ExecParams(ctx, st.text, values.texts, values.types, values.formats, nil), nil
}

func (s *postgresSession) query(ctx context.Context, st statement) (cursor, error) {
	within, cancel := context.WithCancel(ctx)
	reader, err := s.start(within, st)
	if err != nil {
		cancel()
		return nil, err
	}
	c := &postgresCursor{reader: reader, cancel: cancel}
	for _, field := range reader.FieldDescriptions() {
		c.names = append(c.names, field.Name)
		c.types = append(c.types, field.DataTypeOID)
	}
	if len(c.names) == 0 { // the statement failed, or gives no rows: say so before a row is asked for
		c.done = true
		_, err := reader.Close()
		if err != nil {
			cancel()
			return nil, err
		}
	}
	return c, nil
}

var errRolledBack = core.WithHint(errors.New("the transaction was rolled back, since a statement in it had failed"),
	"let the error of that statement end the transaction, or put the statement in a transaction of its own within it")

func (s *postgresSession) execute(ctx context.Context, st statement) (outcome, error) {
	reader, err := s.start(ctx, st)
	if err != nil {
		return outcome{}, err
	}
	tag, err := reader.Close()
	if err != nil {
		return outcome{}, err
	}
	if st.text == "COMMIT" && tag.String() == "ROLLBACK" {
		return outcome{}, errRolledBack
	}
	if tag.Select() {
		return outcome{}, nil
	}
	return outcome{affected: tag.RowsAffected()}, nil
}

// postgresCursor reads rows in the text format.
type postgresCursor struct {
	reader *pgconn.ResultReader
	cancel context.CancelFunc
	names  []string
	types  []uint32
	done   bool
}

func (c *postgresCursor) columns() []string { return c.names }

func (c *postgresCursor) next(row []cell) error {
	if c.done {
		return io.EOF
	}
	if !c.reader.NextRow() {
		c.done = true
		if _, err := c.reader.Close(); err != nil {
			return err
		}
		return io.EOF
	}
	for i, text := range c.reader.Values() {
		if text == nil {
			row[i] = cell{}
			continue
		}
		var err error
		if row[i], err = postgresCell(text, c.types[i]); err != nil {
			return err
		}
	}
	return nil
}

// drainRows is how many rows are read rather than asking the server to stop.
const drainRows = 1000

// close ends a statement whose rows nobody wants any more.
func (c *postgresCursor) close() error {
	defer c.cancel()
	for n := 0; !c.done; n++ {
		c.done = !c.reader.NextRow()
		if n == drainRows {
			c.cancel()
			_, _ = c.reader.Close() // it says that we cancelled it
			return nil
		}
	}
	_, err := c.reader.Close()
	return err
}

func (e *postgresEngine) failure(err error) failure {
	if reported, ok := errors.AsType[*pgconn.PgError](err); ok {
		return postgresFailure(reported)
	}
	f := failure{message: err.Error()}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return f
	}
	if failed, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		f.message = failed.Unwrap().Error()
	}
	if network, ok := errors.AsType[*net.OpError](err); ok {
		f.message = network.Error()
	}
	_, network := errors.AsType[net.Error](err)
	if network || pgconn.SafeToRetry(err) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) {
		f.code, f.lost, f.unsent = errConnect, true, pgconn.SafeToRetry(err)
	}
	return f
}

// postgresFailure reads an SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html.
func postgresFailure(e *pgconn.PgError) failure {
	f := failure{message: e.Message, hint: e.Hint, lost: e.Severity == "FATAL" || e.Severity == "PANIC"}
	if e.Detail != "" {
		f.message += ": " + e.Detail
	}
	f.message += " (SQLSTATE " + e.Code + ")"
	class := e.Code[:min(2, len(e.Code))]
	switch {
	case class == "23":
		f.code = errConstraint
	case e.Code == "40001" || e.Code == "40P01":
		f.code = errSerialization
	case class == "42" || e.Code == "26000" || e.Code == "34000":
		f.code = errSyntax
	case e.Code == "57014" || e.Code == "55P03" || e.Code == "25P03":
		f.code = errTimeout
	case class == "08" || class == "28" || class == "57" || class == "3D" || e.Code == "53300":
		f.code = errConnect
	}
	return f
}
