package db

import (
	"database/sql/driver"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// mysqlCell is a value of a column of the given type.
func mysqlCell(value any, kind string) cell {
	switch v := value.(type) {
	case int64:
		if kind == "BOOL" && (v == 0 || v == 1) {
			return boolCell(v == 1)
		}
		return integerCell(v)
	case uint64:
		if v > math.MaxInt64 {
			return textCell(strconv.FormatUint(v, 10))
		}
		return integerCell(int64(v))
	case float32:
		// The shortest decimal is what was stored; the nearest double has more digits.
		n, err := strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64)
		if err != nil {
			n = float64(v)
		}
		return numberCell(n)
	case float64:
		return numberCell(v)
	case []byte:
		return mysqlText(string(v), kind)
	case string:
		return mysqlText(v, kind)
	}
	return cell{}
}

func mysqlText(s, kind string) cell {
	switch kind {
	case "DATETIME", "TIMESTAMP":
		return textCell(rfc3339(s))
	case "BIT":
		var n uint64
		for i := range len(s) {
			n = n<<8 | uint64(s[i])
		}
		return mysqlCell(n, kind)
	}
	return textCell(s)
}

// displayWidth is the n of TINYINT(n), by which MySQL tells booleans from numbers, or 0. The driver has it
// and gives no way to ask; an integer is read as one where it is not found.
func displayWidth(rows driver.Rows, column int) uint64 {
	v := reflect.ValueOf(rows)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return 0
	}
	set := v.Elem().FieldByName("rs")
	if !set.IsValid() {
		return 0
	}
	columns := set.FieldByName("columns")
	if !columns.IsValid() || column >= columns.Len() {
		return 0
	}
	length := columns.Index(column).FieldByName("length")
	if !length.IsValid() || !length.CanUint() {
		return 0
	}
	return length.Uint()
}

func mysqlArgs(args []any) []driver.NamedValue {
	named := make([]driver.NamedValue, len(args))
	for i, arg := range args {
		switch v := arg.(type) {
		case blob:
			arg = []byte(v.data)
		case list:
			arg = v.json
		case document:
			arg = v.json
		}
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: arg}
	}
	return named
}

// isLocalFile tells whether a statement sends a file of ours to the server.
func isLocalFile(sql string) bool {
	found := mysqlSyntax().words(sql, 6)
	if len(found) < 4 || found[0] != "LOAD" {
		return false
	}
	return strings.Contains(strings.Join(found, " "), "LOCAL INFILE")
}
