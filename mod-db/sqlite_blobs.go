package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// SQLite compares and stores a value as what it is bound as: text never equals a blob, and a strict table takes no
// text in a blob column. Other databases tell what type a placeholder has; here it is read from the statement: where a
// column that is declared as a blob is compared with a placeholder, or gets it, a string is bound as a blob.

// tableColumn is a column of a table of SQLite.
type tableColumn struct {
	name string // in small letters
	blob bool   // it is declared as one
	own  bool   // it gets a value from an insert that names no columns
}

// sqliteSchema is the columns of each table and view, by its name in small letters.
type sqliteSchema struct {
	version int64
	changes int64     // of the engine, when it was read
	commits int64     // of the engine, when it was looked at last
	looked  time.Time // at the version
	tables  map[string][]tableColumn
	blobs   bool // there is a blob column
}

const columnsOfAll = `SELECT lower(t.name), lower(c.name), upper(c.type), c.hidden FROM pragma_table_list t,
	pragma_table_xinfo(t.name, t.schema) c ORDER BY t.schema, t.name, c.cid`

// schemaAge is how long a schema is taken to be as it was. What this process changes is seen at once.
const schemaAge = time.Second

// note tells the sessions of the database that a statement may have changed the schema, or shown others a change.
func (e *sqliteEngine) note(firstWord string) {
	switch firstWord {
	case "SELECT", "VALUES", "EXPLAIN", "WITH", "INSERT", "UPDATE", "DELETE", "REPLACE", "BEGIN", "SAVEPOINT", "RELEASE":
	case "COMMIT", "END":
		e.commits.Add(1)
	default:
		e.changes.Add(1)
	}
}

// columns is the schema as it is now.
func (s *sqliteSession) columns(ctx context.Context) (*sqliteSchema, error) {
	changes, commits := s.engine.changes.Load(), s.engine.commits.Load()
	known := s.schema
	if known != nil && known.changes != changes {
		known = nil
	}
	if known != nil && known.commits == commits && time.Since(known.looked) < schemaAge {
		return known, nil
	}
	version := int64(-1)
	err := s.read(ctx, "PRAGMA schema_version", func(row []driver.Value) { version, _ = row[0].(int64) })
	if err != nil {
		return nil, err
	}
	if known != nil && known.version == version {
		known.commits, known.looked = commits, time.Now()
		return known, nil
	}
	found := &sqliteSchema{version: version, changes: changes, commits: commits, looked: time.Now(), tables: make(map[string][]tableColumn)}
	err = s.read(ctx, columnsOfAll, func(row []driver.Value) {
		table, _ := row[0].(string)
		name, _ := row[1].(string)
		declared, _ := row[2].(string)
		hidden, _ := row[3].(int64)
		c := tableColumn{name: name, blob: isBlob(declared), own: hidden == 0}
		found.tables[table] = append(found.tables[table], c)
		found.blobs = found.blobs || c.blob
	})
	if err == nil {
		s.schema = found
	}
	return found, err
}

// isBlob tells whether a type has the affinity BLOB, https://www.sqlite.org/datatype3.html, by its name.
func isBlob(declared string) bool {
	for _, other := range []string{"INT", "CHAR", "CLOB", "TEXT"} {
		if strings.Contains(declared, other) {
			return false
		}
	}
	return strings.Contains(declared, "BLOB")
}

func (s *sqliteSession) read(ctx context.Context, sql string, each func(row []driver.Value)) error {
	rows, err := s.conn.QueryContext(ctx, sql, nil)
	if err != nil {
		return err
	}
	row := make([]driver.Value, len(rows.Columns()))
	for err == nil {
		if err = rows.Next(row); err == nil {
			each(row)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, rows.Close())
}

// bind is the values of a statement as the driver takes them.
func (s *sqliteSession) bind(ctx context.Context, st statement) ([]driver.NamedValue, error) {
	args := sqliteArgs(st.args)
	if !slices.ContainsFunc(args, func(arg driver.NamedValue) bool { _, text := arg.Value.(string); return text }) {
		return args, nil
	}
	schema, err := s.columns(ctx)
	if err != nil {
		return nil, err
	}
	if !schema.blobs {
		return args, nil
	}
	for _, n := range schema.blobPlaceholders(st.text) {
		if n > len(args) {
			continue
		}
		if text, ok := st.args[n-1].(string); ok {
			args[n-1].Value = []byte(text)
		}
	}
	return args, nil
}

// token is a word, a placeholder or a character of a statement.
type token struct {
	name  string // of a word or quoted name, in small letters
	holds int    // the number of a placeholder, or 0
	mark  string // any other character
}

// tokens are those of a statement, without literals and comments: a literal is an empty one.
func tokens(sql string) []token {
	x := sqliteSyntax()
	var all []token
	for i := 0; i < len(sql); {
		if end := x.word(sql, i); end > i {
			all = append(all, token{name: strings.ToLower(sql[i:end])})
			i = end
			continue
		}
		end := x.opaque(sql, i)
		switch {
		case end > i && strings.HasPrefix(sql[i:], "'"):
			all = append(all, token{})
		case end > i+1 && strings.IndexByte("\"`[", sql[i]) >= 0:
			all = append(all, token{name: strings.ToLower(sql[i+1 : end-1])})
		case end > i: // a comment
		case sql[i] == '?':
			end = i + 1
			for end < len(sql) && isDigit(sql[end]) {
				end++
			}
			n, _ := strconv.Atoi(sql[i+1 : end])
			all = append(all, token{holds: n})
		case !isSpace(sql[i]):
			all = append(all, token{mark: sql[i : i+1]})
		}
		i = max(end, i+1)
	}
	return all
}

// blobPlaceholders are the numbers of those that stand for a value of a blob column wherever they stand.
func (s *sqliteSchema) blobPlaceholders(sql string) []int {
	all := tokens(sql)
	given := s.inserted(all)
	var blobs, others []int
	for i, p := range all {
		switch {
		case p.holds == 0:
		case given[i] || s.compared(all, i):
			blobs = append(blobs, p.holds)
		default:
			others = append(others, p.holds)
		}
	}
	return slices.DeleteFunc(blobs, func(n int) bool { return slices.Contains(others, n) })
}

// compared tells whether the placeholder at i is compared with a blob column, or assigned to one.
func (s *sqliteSchema) compared(all []token, i int) bool {
	if i+1 < len(all) && all[i+1].mark != "" && strings.Contains("|+-*/%&", all[i+1].mark) {
		return false // it is a part of an expression
	}
	before := i - 1
	if in := listStart(all, i); in >= 0 {
		before = in
	}
	for operator := false; before >= 0; before-- {
		p := all[before]
		switch {
		case p.mark != "" && strings.Contains("=<>!", p.mark), p.name == "is", p.name == "not", p.name == "in" && all[before+1].mark == "(":
			operator = true
			continue
		case operator && p.name != "":
			return s.isBlobIn(all, p.name)
		}
		break
	}
	after := i + 1
	for after < len(all) && all[after].mark != "" && strings.Contains("=<>!", all[after].mark) {
		after++
	}
	if after == i+1 || after >= len(all) || all[after].name == "" {
		return false
	}
	for after+2 < len(all) && all[after+1].mark == "." {
		after += 2
	}
	return s.isBlobIn(all, all[after].name)
}

// listStart is where the word IN stands before the list of placeholders that i is in, or -1.
func listStart(all []token, i int) int {
	for i--; i >= 0 && (all[i].holds > 0 || all[i].mark == ","); i-- {
	}
	if i > 0 && all[i].mark == "(" && all[i-1].name == "in" {
		return i - 1
	}
	return -1
}

// isBlobIn tells whether all tables of the statement that have a column of that name declare it as a blob.
func (s *sqliteSchema) isBlobIn(all []token, column string) bool {
	found := false
	for _, p := range all {
		for _, c := range s.tables[p.name] {
			if c.name == column && !c.blob {
				return false
			}
			found = found || c.name == column
		}
	}
	return found
}

// inserted are the places of the placeholders that an insert gives to blob columns: INTO table (columns) VALUES (...), (...).
func (s *sqliteSchema) inserted(all []token) map[int]bool {
	at := slices.IndexFunc(all, func(p token) bool { return p.name == "into" }) + 1
	if at == 0 {
		return nil
	}
	for at+2 < len(all) && all[at+1].mark == "." {
		at += 2
	}
	if at >= len(all) {
		return nil
	}
	columns := slices.DeleteFunc(slices.Clone(s.tables[all[at].name]), func(c tableColumn) bool { return !c.own })
	if at++; at+1 < len(all) && all[at].name == "as" {
		at += 2
	}
	if at < len(all) && all[at].mark == "(" {
		known := columns
		columns = nil
		for at++; at < len(all) && all[at].mark != ")"; at++ {
			if all[at].name == "" {
				continue
			}
			c := tableColumn{name: all[at].name}
			c.blob = slices.ContainsFunc(known, func(k tableColumn) bool { return k.name == c.name && k.blob })
			columns = append(columns, c)
		}
		at++
	}
	if at >= len(all) || all[at].name != "values" {
		return nil
	}
	given := make(map[int]bool)
	depth, column := 0, 0
	for at++; at < len(all); at++ {
		switch p := all[at]; {
		case p.mark == "(":
			if depth++; depth == 1 {
				column = 0
			}
		case p.mark == ")":
			depth--
		case p.mark == "," && depth == 1:
			column++
		case depth == 0 && p.name != "": // ON CONFLICT, RETURNING
			return given
		case p.holds > 0 && depth == 1 && column < len(columns) && columns[column].blob && alone(all, at):
			given[at] = true
		}
	}
	return given
}

// alone tells whether the token at i is a whole item of a list.
func alone(all []token, i int) bool {
	return strings.Contains("(,", all[i-1].mark) && all[i-1].mark != "" &&
		i+1 < len(all) && strings.Contains("),", all[i+1].mark) && all[i+1].mark != ""
}
