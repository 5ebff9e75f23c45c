package db

import (
	"crypto/rand"
	"errors"
	"io"
	"strings"

	"github.com/go-sql-driver/mysql"

	"assay.rs/core"
)

var errFileName = core.WithHint(errors.New("load data local infile: the name of the file cannot be read"), "write it as a literal: load data local infile '/path' into table ...")

// localFile prepares LOAD DATA LOCAL INFILE: the file is opened under the policy, and the server is told a
// name that stands for it this once. Without it the driver refuses what a server asks for. forget must be
// called when the statement has ended.
func (e *mysqlEngine) localFile(sql string) (text string, forget func(), err error) {
	nothing := func() {}
	if !isLocalFile(sql) {
		return sql, nothing, nil
	}
	start, end := fileLiteral(sql)
	if end-start < 2 || sql[end-1] != sql[start] {
		return "", nothing, errFileName
	}
	file, err := e.root.Open(unquote(sql[start:end]))
	if err != nil {
		return "", nothing, err
	}
	name := rand.Text()
	mysql.RegisterReaderHandler(name, func() io.Reader { return file })
	forget = func() {
		mysql.DeregisterReaderHandler(name)
		_ = file.Close() // the driver has closed it after reading
	}
	return sql[:start] + "'Reader::" + name + "'" + sql[end:], forget, nil
}

// fileLiteral finds the literal behind INFILE.
func fileLiteral(sql string) (start, end int) {
	syntax := mysqlSyntax()
	infile := false
	for i := 0; i < len(sql); {
		if end := syntax.word(sql, i); end > i {
			infile = strings.EqualFold(sql[i:end], "infile")
			i = end
			continue
		}
		end := syntax.opaque(sql, i)
		if end > i && infile && (sql[i] == '\'' || sql[i] == '"') {
			return i, end
		}
		i = max(end, i+1)
	}
	return 0, 0
}

// unquote is the text of a literal.
func unquote(literal string) string {
	quote, inner := literal[0], literal[1:len(literal)-1]
	var b strings.Builder
	for i := 0; i < len(inner); i++ {
		if (inner[i] == '\\' || inner[i] == quote) && i+1 < len(inner) {
			i++
		}
		b.WriteByte(inner[i])
	}
	return b.String()
}
