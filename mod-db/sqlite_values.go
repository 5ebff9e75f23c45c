package db

import (
	"errors"
	"strings"
	"time"

	"modernc.org/sqlite"

	"assay.rs/core"
)

// sqliteCell is a value as its column was declared: SQLite itself knows neither booleans nor times.
func sqliteCell(value any, declared string) cell {
	switch v := value.(type) {
	case int64:
		if (declared == "BOOLEAN" || declared == "BOOL") && (v == 0 || v == 1) {
			return boolCell(v == 1)
		}
		return integerCell(v)
	case float64:
		return numberCell(v)
	case string:
		if strings.HasPrefix(declared, "DATETIME") || strings.HasPrefix(declared, "TIMESTAMP") {
			return textCell(rfc3339(v))
		}
		return textCell(v)
	case []byte:
		return textCell(string(v))
	case time.Time:
		if declared == "DATE" && v.Equal(v.Truncate(24*time.Hour)) {
			return textCell(v.Format(time.DateOnly))
		}
		return textCell(v.Format(time.RFC3339Nano))
	}
	return cell{}
}

// rfc3339 is a date and time as RFC 3339 writes it, in UTC when it names no zone. What is no
// date and time stays as it is.
func rfc3339(s string) string {
	// 2006-01-02 15:04:05
	if len(s) < 19 || s[4] != '-' || s[7] != '-' || s[10] != ' ' && s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return s
	}
	end := 19
	if end < len(s) && s[end] == '.' {
		for end++; end < len(s) && isDigit(s[end]); end++ {
		}
	}
	second, offset := s[11:end], s[end:]
	if strings.ContainsRune(second, '.') {
		second = strings.TrimRight(strings.TrimRight(second, "0"), ".")
	}
	switch {
	case offset == "":
		offset = "Z"
	case offset == "Z" || offset == "+00" || offset == "+00:00":
		offset = "Z"
	case offset[0] != '+' && offset[0] != '-':
		return s
	case len(offset) == 3: // +02
		offset += ":00"
	case len(offset) != 6:
		return s
	}
	return s[:10] + "T" + second + offset
}

// The result codes of SQLite, https://www.sqlite.org/rescode.html.
const (
	sqliteError        = 1
	sqliteBusy         = 5
	sqliteLocked       = 6
	sqliteReadOnly     = 8
	sqliteIOErr        = 10
	sqliteCorrupt      = 11
	sqliteFull         = 13
	sqliteCantOpen     = 14
	sqliteConstraint   = 19
	sqliteMismatch     = 20
	sqliteRange        = 25
	sqliteNotADB       = 26
	sqliteBusySnapshot = 517
)

func (e *sqliteEngine) failure(err error) failure {
	f := failure{message: err.Error()}
	if unopened, ok := errors.AsType[*sqliteUnopened](err); ok {
		f.code, f.hint = errConnect, unopened.hint
		return f
	}
	reported, ok := err.(*sqlite.Error) //nolint:errorlint // the driver does not wrap it
	if !ok {
		return f
	}
	f.message = strings.TrimPrefix(strings.TrimPrefix(f.message, "SQL logic error: "), "constraint failed: ")
	switch code := reported.Code(); code & 0xff {
	case sqliteError, sqliteRange:
		f.code = errSyntax
	case sqliteConstraint, sqliteMismatch:
		f.code = errConstraint
	case sqliteBusy, sqliteLocked:
		f.code, f.hint = errTimeout, "another process or connection has held the database for 5 seconds"
		if code == sqliteBusySnapshot {
			f.code, f.hint = errSerialization, ""
		}
	case sqliteReadOnly:
		f.code, f.hint = errReadOnly, "the database is opened with mode=ro, or its file may not be written"
	case sqliteCantOpen:
		f.code, f.hint = errConnect, "the folder of the file must exist and be writable"
	case sqliteNotADB, sqliteCorrupt:
		f.code, f.hint = errIO, "the file is damaged, or is no SQLite database"
	case sqliteIOErr:
		f.code, f.hint = errIO, "look at the disk: it is full or fails"
	case sqliteFull:
		f.code, f.hint = errFull, "look at the disk, and at pragma max_page_count"
	}
	return f
}

var _ engine = (*sqliteEngine)(nil)

func unknownOption(key string, known ...string) error {
	return core.WithHint(&optionError{key}, "the options of such a URL are: "+strings.Join(known, ", "))
}

type optionError struct{ key string }

func (e *optionError) Error() string { return "the URL has the unknown option " + e.key }
