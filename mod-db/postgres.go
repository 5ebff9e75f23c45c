package db

import (
	"cmp"
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
type postgresEngine struct {
	config  *pgconn.Config
	several bool          // there are several hosts
	shuffle bool          // they are tried in any order
	limit   time.Duration // of an attempt to connect, as the URL says; 0 when it does not
}

// maxMessage is the most that a row or another message of the server may have, in bytes.
const maxMessage = 256 << 20

// cancelLimit is how long a server may take to end a statement that we gave up.
const cancelLimit = 2 * time.Second

// openPostgres reads a URL postgres://... Options that libpq does not know go to the server, such as search_path.
func openPostgres(within environment, text string) (*postgresEngine, string, error) {
	a, err := parseAddress(text, "5432")
	if err != nil {
		return nil, "", err
	}
	// The only way to make a Config. What libpq reads from the environment is set below, or without effect.
	config, err := pgconn.ParseConfig("host=localhost sslmode=disable user=postgres")
	if err != nil {
		return nil, "", errors.New("the environment has PG variables that cannot be read")
	}
	e := &postgresEngine{config: config}
	if err := e.options(&a); err != nil {
		return nil, "", err
	}
	hosts, err := postgresHosts(&a, within.root, config.SSLNegotiation == "direct")
	if err != nil {
		return nil, "", err
	}
	config.Database, config.Password = a.database, a.password
	if a.user != "" {
		config.User = a.user
	}
	config.Host, config.Port, config.TLSConfig, config.Fallbacks = hosts[0].Host, hosts[0].Port, hosts[0].TLSConfig, hosts[1:]
	e.several = len(a.hosts) > 1
	config.ConnectTimeout, config.MaxProtocolMessageBodyLen = 0, maxMessage
	config.RuntimeParams = map[string]string{"application_name": "assay", "client_encoding": "UTF8", "datestyle": "ISO"}
	maps.Copy(config.RuntimeParams, a.options)
	config.DialFunc = wired(within.dialer)
	// The name is resolved by the dialer, where the policy sees it.
	config.LookupFunc = func(_ context.Context, host string) ([]string, error) { return []string{host}, nil }
	return e, a.shown, nil
}

// postgresHosts are the hosts in the order in which they are tried, each with its own encryption: twice where it may
// go on without.
func postgresHosts(a *address, root core.Root, direct bool) ([]*pgconn.FallbackConfig, error) {
	modes, err := a.encryptions(root)
	if err != nil {
		return nil, err
	}
	var all []*pgconn.FallbackConfig
	for i, h := range a.hosts {
		port, err := strconv.ParseUint(h.port, 10, 16)
		if err != nil {
			return nil, errURL
		}
		all = append(all, &pgconn.FallbackConfig{Host: h.name, Port: uint16(port), TLSConfig: modes[i].config})
		if direct && modes[i].config != nil {
			// The server asks for it, and nothing is tried without encryption.
			modes[i].config.NextProtos, modes[i].plain = []string{"postgresql"}, false
		}
		if modes[i].plain {
			all = append(all, &pgconn.FallbackConfig{Host: h.name, Port: uint16(port)})
		}
	}
	return all, nil
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
	if e.shuffle {
		shuffleHosts(config)
	}
	if e.several {
		config.ConnectTimeout, _ = ctx.Value(hostLimitKey{}).(time.Duration)
	}
	config.OnNotification = func(_ *pgconn.PgConn, n *pgconn.Notification) { s.notes = append(s.notes, n) }
	config.BuildContextWatcherHandler = s.interruption
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	s.conn, s.wire = conn, wireOf(conn.Conn())
	return s, nil
}

// postgresSession is a connection to a server.
type postgresSession struct {
	conn    *pgconn.PgConn
	wire    *wire
	notes   []*pgconn.Notification // that came in
	waiting bool                   // for notifications: the server runs nothing that could be ended
}

// interruption is what happens when the context of a statement ends.
func (s *postgresSession) interruption(conn *pgconn.PgConn) ctxwatch.Handler {
	return &postgresInterruption{s, &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: cancelLimit}, nil}
}

// postgresInterruption asks the server to end a statement; it only stops waiting where there is none.
type postgresInterruption struct {
	session *postgresSession
	cancel  *pgconn.CancelRequestContextWatcherHandler
	chosen  ctxwatch.Handler
}

// HandleCancel is called when the context ends.
func (h *postgresInterruption) HandleCancel(ctx context.Context) {
	h.chosen = h.cancel
	if h.session.waiting {
		h.chosen = &pgconn.DeadlineContextWatcherHandler{Conn: h.session.conn.Conn()}
	}
	h.chosen.HandleCancel(ctx)
}

// HandleUnwatchAfterCancel is called after that, when the statement has ended.
func (h *postgresInterruption) HandleUnwatchAfterCancel() { h.chosen.HandleUnwatchAfterCancel() }

func (s *postgresSession) ping(ctx context.Context) error { return s.conn.Ping(ctx) }
func (s *postgresSession) listen(ctx context.Context)     { s.wire.listen(ctx) }
func (s *postgresSession) ended(error) bool               { return s.conn.TxStatus() == 'I' }
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
		f := postgresFailure(reported)
		// The server that could be written is another one now.
		f.stale = f.code == errReadOnly && e.config.ValidateConnect != nil
		return f
	}
	f := failure{message: err.Error()}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return f
	}
	if failed, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		f.message = failed.Unwrap().Error()
	}
	if network, ok := errors.AsType[*net.OpError](err); ok && !e.several {
		f.message = network.Error()
	}
	f.message = strings.ReplaceAll(f.message, "\n", "; ") // of several hosts
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
	case e.Code == "25006":
		f.code = errReadOnly
	case class == "53" && e.Code != "53300":
		f.code = errFull
	case e.Code == "58030" || e.Code == "XX001" || e.Code == "XX002":
		f.code, f.hint = errIO, cmp.Or(f.hint, "look at the disk of the server, and at its log")
	case class == "08" || class == "28" || class == "57" || class == "3D" || e.Code == "53300":
		f.code = errConnect
	}
	return f
}
