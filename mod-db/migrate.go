package db

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"

	"assay.rs/core"
)

// migration is a file of a folder.
type migration struct {
	number   int64
	name     string
	text     string
	checksum string
	plain    bool // it is no transaction
}

// migrated is what migrate did.
type migrated struct {
	applied []string
	version int64
}

func migratedType() core.Type[migrated] {
	return core.Record("db.Migrated", "What migrate did.",
		core.NewKey("applied", core.ListOf(core.String()), func(m *migrated) *[]string { return &m.applied }, "The files that it ran, in order."),
		core.NewKey("version", core.Integer(), func(m *migrated) *int64 { return &m.version }, "The highest number that has been run; 0 for none."))
}

const (
	maxMigration = 10 << 20 // bytes
	createTable  = "CREATE TABLE IF NOT EXISTS assay_migrations " +
		"(version bigint PRIMARY KEY, name varchar(255) NOT NULL, checksum varchar(64) NOT NULL, applied_at varchar(40) NOT NULL)"
	migrationLock = "assay_migrations"
	noTransaction = "-- no transaction"
)

// migrate runs the files that have not been run, under a lock that others who migrate wait for.
func (c *Conn) migrate(call core.Call, dir string) (migrated, error) {
	if c.tx != nil {
		return migrated{}, errInTx
	}
	files, err := readMigrations(call.Root(), dir)
	if err != nil {
		return migrated{}, err
	}
	ctx := call.Context()
	var did migrated
	err = c.use(ctx, true, func(s session) error {
		if !c.sqlite() { // where the transaction is a lock
			if err := c.takeLock(ctx, s, migrationLock, nil); err != nil {
				return err
			}
			// The lock and the statements are of one session: when it is lost, they fail.
			defer func() { _ = c.freeLock(ctx, s, migrationLock) }()
		}
		if err := c.db.run(ctx, s, createTable); err != nil {
			return err
		}
		did, err = c.runMigrations(ctx, s, files)
		return err
	})
	if err != nil {
		return migrated{}, c.db.raise(ctx, err)
	}
	return did, nil
}

// nameFormat is 0001_create_users.sql, or .up.sql.
func nameFormat() *regexp.Regexp { return regexp.MustCompile(`^(\d{1,18})[_.-].*\.sql$`) }

func readMigrations(root core.Root, dir string) ([]migration, error) {
	folder, err := root.Open(dir)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	entries, err := folder.ReadDir(-1)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", dir, err)
	}
	var files []migration
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".sql") || strings.HasSuffix(name, ".down.sql") {
			continue
		}
		parts := nameFormat().FindStringSubmatch(name)
		if parts == nil {
			return nil, core.WithHint(fmt.Errorf("%s: the name has no number", path.Join(dir, name)), "call it like 0001_create_users.sql")
		}
		m := migration{name: name}
		if m.number, err = strconv.ParseInt(parts[1], 10, 64); err != nil {
			return nil, err
		}
		text, err := root.ReadFile(path.Join(dir, name), maxMigration)
		if err != nil {
			return nil, err
		}
		m.text = strings.ReplaceAll(string(text), "\r\n", "\n")
		sum := sha256.Sum256([]byte(m.text))
		m.checksum, m.plain = hex.EncodeToString(sum[:]), strings.HasPrefix(m.text, noTransaction)
		files = append(files, m)
	}
	sort.Slice(files, func(i, j int) bool { return files[i].number < files[j].number })
	for i := 1; i < len(files); i++ {
		if files[i].number == files[i-1].number {
			return nil, fmt.Errorf("%s and %s have the same number", path.Join(dir, files[i-1].name), files[i].name)
		}
	}
	return files, nil
}

func (c *Conn) runMigrations(ctx context.Context, s session, files []migration) (migrated, error) {
	did := migrated{applied: []string{}}
	known, err := applied(ctx, s)
	if err != nil {
		return did, err
	}
	for number := range known {
		did.version = max(did.version, number)
	}
	for _, m := range files {
		checksum, before := known[m.number]
		switch {
		case before && checksum == m.checksum:
			continue
		case before:
			return did, core.WithHint(fmt.Errorf("%s was changed after it had been run", m.name), "put it back, and make the change in a new file")
		case m.number < did.version:
			return did, core.WithHint(fmt.Errorf("%s is new, but number %d has been run", m.name, did.version), "give it a higher number")
		}
		ran, err := c.runMigration(ctx, s, m)
		if err != nil {
			return did, err
		}
		did.version = m.number
		if ran {
			did.applied = append(did.applied, m.name)
		}
	}
	return did, nil
}

// applied is the checksum of each number that has been run.
func applied(ctx context.Context, s session) (map[int64]string, error) {
	cur, err := s.query(ctx, statement{text: "SELECT version, checksum FROM assay_migrations"})
	if err != nil {
		return nil, err
	}
	known := make(map[int64]string)
	row := make([]cell, 2)
	for {
		err := cur.next(row)
		if errors.Is(err, io.EOF) {
			return known, cur.close()
		}
		if err != nil {
			return nil, errors.Join(err, cur.close())
		}
		number, _ := row[0].value.Integer()
		known[number], _ = row[1].value.Text()
	}
}

// runMigration runs one file, unless another has done it since we looked.
func (c *Conn) runMigration(ctx context.Context, s session, m migration) (ran bool, err error) {
	located := func(err error) error {
		known, ok := errors.AsType[*core.Error](c.db.raise(ctx, err))
		if !ok || ctx.Err() != nil || c.db.failureOf(err).lost {
			return err
		}
		in := *known
		in.Message = m.name + ": " + known.Message
		return &in
	}
	if !m.plain {
		if err := c.db.run(ctx, s, c.db.engine.begin(txOptions{})...); err != nil {
			return false, err
		}
		defer func() {
			if err != nil || !ran {
				err = errors.Join(err, c.db.rollback(ctx, s))
			}
		}()
	}
	known, err := applied(ctx, s)
	if _, done := known[m.number]; err != nil || done {
		return false, err
	}
	style := c.db.engine.style()
	for i, p := range style.split(m.text) {
		if style.control(p.text) != controlNone {
			return false, located(errByHand)
		}
		if err := c.db.run(ctx, s, p.text); err != nil {
			return false, located(c.db.inPart(ctx, err, i+1, p.line))
		}
	}
	insert, err := style.prepare("INSERT INTO assay_migrations (version, name, checksum, applied_at) VALUES (?, ?, ?, ?)",
		params{array: []any{m.number, m.name, m.checksum, time.Now().UTC().Format(time.RFC3339)}})
	if err != nil {
		return false, err
	}
	if _, err := s.execute(ctx, insert); err != nil {
		return false, err
	}
	if m.plain {
		return true, nil
	}
	return true, c.db.commit(ctx, s)
}
