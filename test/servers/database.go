package servers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Password is that of every database server. It has characters that a URL must escape.
const Password = "p@ss/w#rd%1"

// Database is a database server on loopback that a test can stop and start again.
type Database struct {
	Scheme string // of its URL
	Port   int
	Socket string // the path of its unix socket, or of the folder that libpq looks for it in
	CA     string // a file with the authority that signed its certificate, for localhost
	dir    string
	start  func(t testing.TB) *process
	runs   *process
}

// URL connects by TCP as the user assay, with options such as "sslmode=disable".
func (d *Database) URL(options string) string { return d.URLAt(d.Port, options) }

// URLAt is URL through a proxy that listens on another port.
func (d *Database) URLAt(port int, options string) string {
	u := url.URL{
		Scheme: d.Scheme, User: url.UserPassword("assay", Password),
		Host: net.JoinHostPort("localhost", strconv.Itoa(port)), Path: "/assay", RawQuery: options,
	}
	return u.String()
}

// errNotReady is a server that has not said yet that it is ready.
var errNotReady = errors.New("it has not said that it is ready for connections")

// Start starts a server that was stopped, and returns once it takes connections.
func (d *Database) Start(t testing.TB) {
	t.Helper()
	d.runs = d.start(t)
	d.runs.waitUntil(t, func(context.Context) error {
		said := d.runs.output.String()
		if strings.Contains(said, "ready to accept connections") || strings.Contains(said, "ready for connections") {
			return nil
		}
		return errNotReady
	})
}

// Kill ends the server as a crash would.
func (d *Database) Kill(t testing.TB) {
	t.Helper()
	if err := syscall.Kill(-d.runs.cmd.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatalf("kill %s: %v", d.runs.cmd.Path, err)
	}
	<-d.runs.done
}

// folder makes one for the data of a server, and says as whom it runs: one that refuses root, as nobody.
func folder(t testing.TB, name string, refusesRoot bool) (dir string, as *syscall.SysProcAttr) {
	t.Helper()
	dir, err := os.MkdirTemp("", "assay-"+name) //nolint:usetesting // the folders above that of the test keep other users out
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("remove %s: %v", dir, err)
		}
	})
	// A group of its own, for Kill.
	as = &syscall.SysProcAttr{Setpgid: true}
	if refusesRoot && os.Getuid() == 0 {
		nobody, err := user.Lookup("nobody")
		if err != nil {
			t.Fatal(err)
		}
		uid, uidErr := strconv.ParseUint(nobody.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(nobody.Gid, 10, 32)
		if uidErr != nil || gidErr != nil {
			t.Fatalf("the user nobody has the ids %s and %s", nobody.Uid, nobody.Gid)
		}
		as.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		own(t, as, dir)
	}
	return dir, as
}

// own gives files to the user that the server runs as.
func own(t testing.TB, as *syscall.SysProcAttr, names ...string) {
	t.Helper()
	if as.Credential == nil {
		return
	}
	for _, name := range names {
		if err := os.Chown(name, int(as.Credential.Uid), int(as.Credential.Gid)); err != nil {
			t.Fatal(err)
		}
	}
}

// once runs a program to its end, with input on its stdin.
func once(t testing.TB, as *syscall.SysProcAttr, dir, input, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.SysProcAttr, cmd.Dir, cmd.Stdin = as, dir, strings.NewReader(input)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// write makes a file in dir that only the server's user reads.
func write(t testing.TB, as *syscall.SysProcAttr, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	own(t, as, path)
	return path
}

// Postgres runs a PostgreSQL server with an empty database assay, owned by the superuser assay.
func Postgres(t testing.TB) *Database {
	t.Helper()
	postgres := realPath(t, program(t, "postgres", "Debian's package postgresql"))
	dir, as := folder(t, "postgres", true)
	data := filepath.Join(dir, "data")
	password := write(t, as, dir, "password", []byte(Password))
	once(t, as, dir, "", filepath.Join(filepath.Dir(postgres), "initdb"), "--pgdata="+data, "--username=assay", "--pwfile="+password,
		"--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync")
	once(t, as, dir, "create database assay\n", postgres, "--single", "-D", data, "postgres")
	d := &Database{Scheme: "postgres", Port: freePort(t), Socket: dir, dir: dir}
	cert, key := d.certify(t, as)
	d.start = func(t testing.TB) *process {
		return startAs(t, as, syscall.SIGINT, postgres, "-D", data, "-p", strconv.Itoa(d.Port), "-c", "listen_addresses=localhost",
			"-c", "unix_socket_directories="+dir, "-c", "fsync=off", "-c", "max_connections=30",
			"-c", "ssl=on", "-c", "ssl_cert_file="+cert, "-c", "ssl_key_file="+key)
	}
	d.Start(t)
	return d
}

// MariaDB runs a MariaDB server with an empty database assay, where the user assay may do all.
func MariaDB(t testing.TB) *Database {
	t.Helper()
	mariadbd := realPath(t, program(t, "mariadbd", "Debian's package mariadb-server-core"))
	share := filepath.Join(filepath.Dir(mariadbd), "..", "share", "mysql")
	dir, as := folder(t, "mariadb", false)
	data := filepath.Join(dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	// A server removes what others have in a shared tmpdir when it starts.
	common := []string{
		"--no-defaults", "--datadir=" + data, "--tmpdir=" + dir, "--lc-messages-dir=" + share, "--character-sets-dir=" + filepath.Join(share, "charsets"),
		"--character-set-server=utf8mb4", "--innodb-log-file-size=8M", "--innodb-buffer-pool-size=16M", "--innodb-flush-log-at-trx-commit=0",
	}
	if os.Getuid() == 0 {
		common = append(common, "--user=root")
	}
	tables := []string{"create database mysql;\nuse mysql;\n"}
	for _, name := range []string{"mysql_system_tables.sql", "mysql_performance_tables.sql", "mysql_system_tables_data.sql"} {
		text, err := os.ReadFile(filepath.Join(share, name))
		if err != nil {
			t.Fatal(err)
		}
		tables = append(tables, string(text))
	}
	once(t, as, dir, strings.Join(tables, ""), mariadbd, append(common, "--bootstrap")...)
	users := write(t, as, dir, "users.sql", fmt.Appendf(nil, "create database if not exists assay;\n"+
		"create user if not exists assay@localhost identified by '%[1]s';\ngrant all on *.* to assay@localhost with grant option;\n"+
		"create user if not exists assay@'127.0.0.1' identified by '%[1]s';\ngrant all on *.* to assay@'127.0.0.1' with grant option;\n", Password))
	d := &Database{Scheme: "mysql", Port: freePort(t), Socket: filepath.Join(dir, "socket"), dir: dir}
	cert, key := d.certify(t, as)
	d.start = func(t testing.TB) *process {
		return startAs(t, as, syscall.SIGTERM, mariadbd, append(common, "--port="+strconv.Itoa(d.Port), "--bind-address=127.0.0.1",
			"--socket="+d.Socket, "--pid-file="+filepath.Join(dir, "pid"), "--init-file="+users, "--skip-name-resolve=OFF",
			"--max-connections=30", "--ssl-cert="+cert, "--ssl-key="+key, "--ssl-ca="+d.CA)...)
	}
	d.Start(t)
	return d
}

func realPath(t testing.TB, name string) string {
	t.Helper()
	path, err := filepath.EvalSymlinks(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}
