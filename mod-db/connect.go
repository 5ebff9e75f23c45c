package db

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"assay.rs/core"
)

// connectOptions say how to connect.
type connectOptions struct {
	maxConns       int
	timeout        time.Duration
	connectTimeout *time.Duration // nil is as the URL says, or the default
	retry          *core.Retry
}

const maxConnsLimit = 10_000

// defaultConnectTimeout is how long an attempt to connect may take.
const defaultConnectTimeout = 10 * time.Second

// hostLimitKey is under which the context of an attempt keeps how long each of several hosts may take.
type hostLimitKey struct{}

func defaultConnect() connectOptions {
	return connectOptions{maxConns: 5}
}

func connectOptionsType() core.Type[connectOptions] {
	return core.Record("db.ConnectOptions", "How to connect.",
		core.NewKey("max_conns", core.Int(), func(o *connectOptions) *int { return &o.maxConns },
			"How many connections there may be at a time.").Default("5"),
		core.NewKey("timeout", core.Duration(), func(o *connectOptions) *time.Duration { return &o.timeout },
			"How long a statement may take, in seconds; 0 is as long as its task may. db.each is only bounded until its first row.").Default("0"),
		core.NewKey("connect_timeout", core.Nullable(core.Duration()), func(o *connectOptions) **time.Duration { return &o.connectTimeout },
			"How long each attempt to connect to a host may take, in seconds.").Default("10"),
		core.NewKey("retry", retryType(), func(o *connectOptions) **core.Retry { return &o.retry },
			"Try again to connect, for a database that is still starting."))
}

func connectFunc(conn core.Type[*Conn]) core.Func {
	return core.Fn2(core.Doc{
		Name: "connect",
		Text: "Connects to a database: `postgres://user:password@host/name`, `mysql://` or `mariadb://`, `sqlite:///absolute.db`, " +
			"`sqlite://relative.db` or `sqlite::memory:`. Connections are opened as needed, at most `max_conns`, and checked before they are used again.",
		Needs: core.Net, Level: core.Script, Raises: []*core.Code{errConnect, errTimeout, core.ErrDenied},
		Examples: []string{`local conn = db.connect("sqlite::memory:")  assert.eq(conn:query_one("select 1 as n").n, 1)`},
	},
		core.Arg("url", core.String(), "Where it is. Special characters of a password are percent-encoded."),
		core.Opt("options", connectOptionsType(), defaultConnect(), "How to connect."),
		core.Returns(conn, "The database."), connect)
}

func connect(c core.Call, url string, o connectOptions) (*Conn, error) {
	if o.maxConns < 1 || o.maxConns > maxConnsLimit {
		return nil, fmt.Errorf("option 'max_conns': must be between 1 and %d, got %d", maxConnsLimit, o.maxConns)
	}
	d, err := newDatabase(environment{c.Dialer(), c.Root()}, url, o)
	if err != nil {
		return nil, err
	}
	try := func(ctx context.Context, _ int) error { return d.first(ctx) }
	if o.retry != nil {
		_, err = o.retry.Do(c, try)
	} else {
		err = try(c.Context(), 1)
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	c.Own(d)
	return &Conn{db: d}, nil
}

// environment is what a connection may touch.
type environment struct {
	dialer core.Dialer
	root   core.Root
}

// newDatabase is a database that nobody has connected to yet.
func newDatabase(within environment, url string, o connectOptions) (*database, error) {
	e, shown, err := engineOf(within, url)
	if err != nil {
		return nil, err
	}
	d := &database{engine: e, url: shown, limit: o.timeout}
	limit := defaultConnectTimeout
	switch of, ok := e.(*postgresEngine); {
	case o.connectTimeout != nil:
		limit = *o.connectTimeout
	case ok && of.limit > 0:
		limit = of.limit
	}
	open := func(ctx context.Context) (session, error) { return d.dial(ctx, limit) }
	d.pool = newPool(o.maxConns, e.oneWriter(), open)
	return d, nil
}

// dial opens a session. The error has the code db.connect and names the database.
func (d *database) dial(ctx context.Context, limit time.Duration) (session, error) {
	total := limit
	if several, ok := d.engine.(*postgresEngine); ok && several.several {
		total = limit * time.Duration(2+len(several.config.Fallbacks)) // one may be tried twice, see prefer-standby
	}
	within, cancel := limited(context.WithValue(ctx, hostLimitKey{}, limit), total)
	defer cancel()
	s, err := d.engine.open(within)
	if err == nil {
		return s, nil
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if within.Err() != nil {
		err = fmt.Errorf("no answer within %s", total)
	}
	if denied, ok := errors.AsType[*core.Error](err); ok {
		return nil, denied
	}
	f := d.engine.failure(err)
	return nil, errConnect.With(&driverError{"connect to " + d.url + ": " + f.message, err}, f.hint)
}

// first opens the first session: connecting is what shows that the database is there.
func (d *database) first(ctx context.Context) error {
	l, err := d.pool.get(ctx, false)
	if err != nil {
		return err
	}
	if m, ok := d.engine.(*sqliteEngine); ok && m.memory && d.anchor == nil {
		if d.anchor, err = m.open(ctx); err != nil {
			l.release(true)
			return err
		}
	}
	l.release(false)
	return nil
}

// engineOf is the engine for a URL, and the URL without its password.
func engineOf(within environment, url string) (engine, string, error) {
	scheme, rest, ok := strings.Cut(url, ":")
	if ok {
		switch scheme {
		case "postgres", "postgresql":
			return opened(openPostgres(within, url))
		case "mysql", "mariadb":
			return opened(openMySQL(within, url))
		case "sqlite":
			return opened(openSQLite(within.root, rest))
		}
	}
	return nil, "", core.WithHint(errors.New("the URL names no kind of database"), "begin it with postgres://, mysql://, mariadb:// or sqlite:")
}

// opened makes an engine of the interface's type; a nil pointer in it would not be nil.
func opened[E engine](e E, shown string, err error) (engine, string, error) {
	if err != nil {
		return nil, "", err
	}
	return e, shown, nil
}

// String names the database without its password.
func (c *Conn) String() string {
	if c.tx != nil {
		return "db.Conn: transaction in " + c.db.url
	}
	return "db.Conn: " + c.db.url
}

// shut is what leaving the scope of a <close> variable does; a transaction ends by itself.
func (c *Conn) shut() error {
	if c.tx != nil {
		return nil
	}
	return c.db.Close()
}
