package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"

	"assay.rs/core"
	"assay.rs/core/coretest"
)

func TestCodesOfPostgres(t *testing.T) {
	e := &postgresEngine{config: &pgconn.Config{}}
	for state, want := range map[string]*core.Code{
		"23505": errConstraint, "40001": errSerialization, "40P01": errSerialization, "42P01": errSyntax, "57014": errTimeout, "55P03": errTimeout,
		"25006": errReadOnly, "53100": errFull, "53200": errFull, "53300": errConnect, "58030": errIO, "XX001": errIO, "XX002": errIO,
		"28P01": errConnect, "57P01": errConnect, "3D000": errConnect, "08006": errConnect, "22012": nil, "P0001": nil, "": nil,
	} {
		got := e.failure(fmt.Errorf("wrapped: %w", &pgconn.PgError{Code: state, Message: "said", Detail: "more"}))
		if got.code != want || got.lost || got.message != "said: more (SQLSTATE "+state+")" {
			t.Errorf("SQLSTATE %s: %+v, want %v", state, got, want)
		}
	}
	if got := e.failure(&pgconn.PgError{Severity: "FATAL", Code: "57P01"}); !got.lost {
		t.Errorf("FATAL: %+v, want that the connection is lost", got)
	}
	if got := e.failure(io.ErrUnexpectedEOF); !got.lost || got.code != errConnect {
		t.Errorf("the end of the connection: %+v", got)
	}
	if got := e.failure(context.Canceled); got.lost || got.code != nil {
		t.Errorf("a task that is cancelled: %+v", got)
	}
}

func TestCodesOfMySQL(t *testing.T) {
	e := &mysqlEngine{}
	for _, tt := range []struct {
		number         uint16
		state, message string
		want           *core.Code
		lost           bool
	}{
		{1213, "40001", "", errSerialization, false},
		{1020, "HY000", "", errSerialization, false},
		{1205, "HY000", "", errTimeout, false},
		{1062, "23000", "", errConstraint, false},
		{9999, "23000", "", errConstraint, false},
		{1045, "28000", "", errConnect, false},
		{1053, "08S01", "", errConnect, true},
		{1927, "70100", "", errConnect, true},
		{9999, "08S01", "", errConnect, true},
		{1054, "42S22", "", errSyntax, false},
		{1064, "42000", "", errSyntax, false},
		{9999, "HY000", "", nil, false},
		{1021, "HY000", "", errFull, false},
		{1114, "HY000", "", errFull, false},
		{1041, "HY000", "", errFull, false},
		{1030, "HY000", `Got error 28 "No space left on device"`, errFull, false},
		{1026, "HY000", "Error writing file 'x' (errno: 28 ...)", errFull, false},
		{1030, "HY000", "Got error 5", errIO, false},
		{1194, "HY000", "", errIO, false},
		{1290, "HY000", "The MariaDB server is running with the --read-only option", errReadOnly, false},
		{1290, "HY000", "... running with the --secure-file-priv option", nil, false},
		{1792, "25006", "", errReadOnly, false},
		{1836, "HY000", "", errReadOnly, false},
	} {
		reported := &mysql.MySQLError{Number: tt.number, Message: tt.message}
		copy(reported.SQLState[:], tt.state)
		if got := e.failure(reported); got.code != tt.want || got.lost != tt.lost {
			t.Errorf("error %d, %s %s: %+v, want %v, lost = %v", tt.number, tt.state, tt.message, got, tt.want, tt.lost)
		}
	}
	for err, unsent := range map[error]bool{driver.ErrBadConn: true, mysql.ErrInvalidConn: false, io.EOF: false} {
		if got := e.failure(err); !got.lost || got.code != errConnect || got.unsent != unsent {
			t.Errorf("%v: %+v, want that the connection is lost", err, got)
		}
	}
	if got := e.failure(context.DeadlineExceeded); got.lost || got.code != nil {
		t.Errorf("out of time: %+v", got)
	}
	s := &mysqlSession{}
	if !s.ended(fmt.Errorf("x: %w", &mysql.MySQLError{Number: 1213})) || s.ended(&mysql.MySQLError{Number: 1205}) || s.ended(errors.New("x")) {
		t.Error("a deadlock alone ends a transaction")
	}
}

func TestValuesOfMySQL(t *testing.T) {
	for _, tt := range []struct {
		value any
		kind  string
		want  cell
	}{
		{int64(1), "BOOL", boolCell(true)},
		{int64(2), "BOOL", numberCell(2)},
		{int64(1), "INT", numberCell(1)},
		{int64(math.MinInt64), "BIGINT", cell{late: int64(math.MinInt64)}},
		{uint64(math.MaxInt64), "UNSIGNED BIGINT", cell{late: int64(math.MaxInt64)}},
		{uint64(math.MaxUint64), "UNSIGNED BIGINT", textCell("18446744073709551615")},
		{float32(0.1), "FLOAT", numberCell(0.1)},
		{0.1, "DOUBLE", numberCell(0.1)},
		{[]byte("1.10"), "DECIMAL", textCell("1.10")},
		{[]byte("2024-01-02 03:04:05.500"), "DATETIME", textCell("2024-01-02T03:04:05.5Z")},
		{"2024-01-02", "DATE", textCell("2024-01-02")},
		{[]byte{1, 0}, "BIT", numberCell(256)},
		{[]byte{0xff, 0}, "BLOB", textCell("\xff\x00")},
		{nil, "INT", cell{}},
	} {
		if got := mysqlCell(tt.value, tt.kind); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%v of %s = %+v, want %+v", tt.value, tt.kind, got, tt.want)
		}
	}
	named := mysqlArgs([]any{int64(1), blob{"AB"}, list{json: "[1]"}, document{json: "{}"}})
	if got, want := fmt.Sprint(named), "[{ 1 1} { 2 [65 66]} { 3 [1]} { 4 {}}]"; got != want {
		t.Errorf("mysqlArgs = %s, want %s", got, want)
	}
}

func TestLocalFilesOfMySQL(t *testing.T) {
	dir := t.TempDir()
	policy := core.FullPolicy()
	policy.Files, policy.Roots = false, []string{dir}
	e := &mysqlEngine{root: policy.Root()}
	for sql, want := range map[string]string{
		"insert into t values ('local infile')":                "",
		"load data local infile 'FILE' into table t":           "no such file",
		"load /* x */ data local infile \"FILE\" into table t": "no such file",
		"load data local infile '/etc/passwd' into table t":    "denied by the policy",
		"load data low_priority local infile @x into table t":  "the name of the file cannot be read",
		"load data local infile '/etc/\\passwd' into table t":  "denied by the policy",
		"load data local infile '/etc/pas''swd' into table t":  "denied by the policy",
		"load data local infile 'never closed into table t":    "the name of the file cannot be read",
		"load data infile '/etc/passwd' into table t":          "",
	} {
		text, forget, err := e.localFile(strings.ReplaceAll(sql, "FILE", filepath.Join(dir, "none")))
		switch {
		case want == "" && (err != nil || text != sql):
			t.Errorf("localFile(%s) = %q, %v, want it as it was", sql, text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("localFile(%s) = %v, want %s", sql, err, want)
		}
		if forget != nil {
			forget()
		}
	}
	if got := unquote(`'a''b\'c'`); got != "a'b'c" {
		t.Errorf("unquote = %q", got)
	}
}

func TestOptionsOfURLs(t *testing.T) {
	for url, want := range map[string]string{
		"postgres://h/d?connect_timeout=5&channel_binding=prefer&target_session_attrs=any&gssencmode=disable&keepalives=1": "",
		"postgres://h/d?connect_timeout=0&sslnegotiation=direct&sslmode=require&sslcertmode=allow&require_auth=password":   "",
		"postgres://h1,h2/d?target_session_attrs=prefer-standby&load_balance_hosts=random&search_path=x":                   "",
		"postgres://h/d?fallback_application_name=x&options=-c%20geqo%3Doff&client_encoding=UTF8":                          "",
		"postgres://h/d?connect_timeout=soon":          "connect_timeout",
		"postgres://h/d?target_session_attrs=master":   "target_session_attrs",
		"postgres://h/d?gssencmode=require":            "gssencmode",
		"postgres://h/d?client_encoding=LATIN1":        "client_encoding",
		"postgres://h/d?service=x":                     "service",
		"postgres://h/d?passfile=x":                    "passfile",
		"postgres://h/d?hostaddr=::1":                  "hostaddr",
		"postgres://h/d?keepalives=0":                  "keepalives",
		"postgres://h/d?keepalives_idle=3":             "keepalives_idle",
		"postgres://h/d?replication=database":          "replication",
		"postgres://h/d?sslcrl=x":                      "sslcrl",
		"postgres://h/d?sslmode=on":                    "unknown sslmode",
		"postgres://h/d?sslmode=verify-full&sslcert=x": "sslcert and sslkey are given together",
		"postgres://h/d?sslrootcert=/none":             "sslrootcert",
		"postgres://h/d?sslcert=/none&sslkey=/none":    "sslcert",
		"postgres://h:x/d":                             "the URL cannot be read",
		"postgres://h:70000/d":                         "the URL cannot be read",
		"mysql://h/d?ssl-mode=REQUIRED":                "",
		"mysql://h/d?ssl-mode=VERIFY_CA&":              "",
		"mysql://h/d?ssl-mode=DISABLED&socket=/run/x":  "",
		"mysql://h/d?charset=latin1":                   "unknown option charset",
		"mysql://h1,h2/d":                              "several hosts: only PostgreSQL",
	} {
		_, _, err := engineOf(environment{core.FullPolicy().Dialer(), core.FullPolicy().Root()}, url)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", url, err, want)
		}
	}
}

func TestShuffledHostsKeepTheirAttemptsTogether(t *testing.T) {
	e, _, err := openPostgres(environment{core.FullPolicy().Dialer(), core.FullPolicy().Root()}, "postgres://a,b,c/d?load_balance_hosts=random")
	if err != nil {
		t.Fatal(err)
	}
	first := make(map[string]bool)
	for range 200 {
		config := e.config.Copy()
		shuffleHosts(config)
		first[config.Host] = true
		if len(config.Fallbacks) != 5 || config.TLSConfig == nil || config.Fallbacks[0].Host != config.Host || config.Fallbacks[0].TLSConfig != nil {
			t.Fatalf("%s with %d fallbacks: the attempt without encryption does not follow", config.Host, len(config.Fallbacks))
		}
	}
	if len(first) != 3 {
		t.Errorf("first were %v, want each of three", first)
	}
}

func TestSQLiteTransactionThatTheDatabaseHasRolledBack(t *testing.T) {
	got := exec(t, coretest.Kit{Globals: map[string]any{"DIR": t.TempDir()}}, `
	local conn = db.connect("sqlite://" .. DIR .. "/full.db", {max_conns = 1})
	conn:exec_script("create table t (s text); pragma max_page_count = 20")
	local ok, e, after = pcall(conn.tx, conn, function(tx)
		tx:execute("insert into t values ('before')")
		local ok, e = pcall(function() for _ = 1, 100 do tx:execute("insert into t values (?)", {("x"):rep(4000)}) end end)
		assert.eq(e.code, "db.full", tostring(e))
		pcall(tx.execute, tx, "insert into t values ('after')")
	end)
	assert.eq(ok, false)
	assert.contains(tostring(e), "the transaction was rolled back, since a statement in it had failed")
	assert.eq(conn:query_one("select count(*) as n from t").n, 0)
	-- An error that ends nothing may be caught.
	conn:execute("create table u (n int primary key)")
	conn:tx(function(tx)
		tx:execute("insert into u values (1)")
		assert.eq(select(2, pcall(tx.execute, tx, "insert into u values (1)")).code, "db.constraint")
	end)
	assert.eq(conn:query_one("select count(*) as n from u").n, 1)
	local ro = db.connect("sqlite://" .. DIR .. "/full.db?mode=ro")
	assert.eq(select(2, pcall(ro.execute, ro, "delete from u")).code, "db.readonly")
	assert.eq(select(2, pcall(conn.tx, conn, function() end, {isolation = "none"})).code, nil)
	conn:tx(function(tx) assert.eq(tx:query_one("select n from u").n, 1) end, {read_only = true})`)
	if got.Err != nil {
		t.Error(got.Err)
	}
}

func TestQueryOfGoPrograms(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	if got := exec(t, coretest.Kit{Globals: map[string]any{"PATH": path}}, `db.connect("sqlite://" .. PATH):exec_script(
		"create table t (n integer, b boolean, f real, s text); insert into t values (9223372036854775807, 1, 0.5, 'x'), (2, 0, 1, null)")`); got.Err != nil {
		t.Fatal(got.Err)
	}
	answer, err := Query(t.Context(), core.FullPolicy(), "sqlite://"+path, "select * from t order by n desc")
	want := Answer{Columns: []string{"n", "b", "f", "s"}, First: []any{int64(math.MaxInt64), true, 0.5, "x"}, Rows: 2}
	if err != nil || !reflect.DeepEqual(answer, want) {
		t.Errorf("Query = %+v, %v, want %+v", answer, err, want)
	}
	for sql, code := range map[string]*core.Code{"selec": errSyntax, "select * from none": errSyntax, "select 1; select 2": errSyntax} {
		_, err := Query(t.Context(), core.FullPolicy(), "sqlite://"+path, sql)
		if known, ok := errors.AsType[*core.Error](err); !ok || known.Code != code {
			t.Errorf("Query(%s) = %v, want the code %s", sql, err, code.Name())
		}
	}
	if _, err := Query(t.Context(), core.FullPolicy(), "sqlite://"+path+".none?mode=ro", "select 1"); err == nil {
		t.Error("a file that is missing: no error")
	}
}

func TestSQLiteFileThatCannotBeOpenedSaysWhy(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct{ path, want string }{
		"no file":            {"/absent.db?mode=ro", "the file does not exist"},
		"no file to write":   {"/absent.db?mode=rw", "the file does not exist"},
		"no folder":          {"/no/absent.db", "the folder of the file does not exist"},
		"no folder to read":  {"/no/absent.db?mode=ro", "the folder of the file does not exist"},
		"a folder":           {"", "is a folder, not a file"},
		"a folder to read":   {"?mode=ro", "is a folder, not a file"},
		"not to be created":  {"/\x7f" + strings.Repeat("long", 80) + ".db", "the file does not exist and cannot be created"},
		"an escape in a URL": {"/absent%20one.db?mode=ro", "the file does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			withCall(t, func(call core.Call) error {
				_, err := connect(call, "sqlite://"+dir+c.path, defaultConnect())
				e, ok := errors.AsType[*core.Error](err)
				if !ok || e.Code != errConnect || !strings.HasSuffix(e.Message, ": "+c.want) {
					t.Errorf("connect: %v, want db.connect with %q", err, c.want)
				}
				return nil
			})
		})
	}
}
