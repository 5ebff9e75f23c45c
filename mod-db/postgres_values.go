package db

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"assay.rs/core"
)

// The object ids of types that are not text, from PostgreSQL's pg_type.dat.
const (
	oidBool        = 16
	oidBytea       = 17
	oidInt8        = 20
	oidInt2        = 21
	oidInt4        = 23
	oidText        = 25
	oidOID         = 26
	oidJSON        = 114
	oidFloat4      = 700
	oidFloat8      = 701
	oidUnknown     = 705
	oidVarchar     = 1043
	oidTimestamp   = 1114
	oidTimestamptz = 1184
	oidJSONB       = 3802
)

// elementOf is the type of the elements of an array type. The types that are text are all the same to us.
func elementOf(oid uint32) (uint32, bool) {
	switch oid {
	case 1000:
		return oidBool, true
	case 1001:
		return oidBytea, true
	case 1005, 1006, 1007:
		return oidInt4, true
	case 1016, 1028:
		return oidInt8, true
	case 1021, 1022:
		return oidFloat8, true
	case 1115:
		return oidTimestamp, true
	case 1185:
		return oidTimestamptz, true
	case 1002, 1003, 1009, 1014, 1015, // "char", name, text, bpchar, varchar
		1182, 1183, 1187, 1231, 1270, // date, time, interval, numeric, timetz
		1561, 1563, 2951, 199, 3807, 143, // bit, varbit, uuid, json, jsonb, xml
		1040, 775, 1041, 651, 791, // macaddr, macaddr8, inet, cidr, money
		3905, 3907, 3909, 3911, 3913, 3927: // ranges
		return oidText, true
	}
	return 0, false
}

// postgresCell is a value in the text format. It keeps no part of text.
func postgresCell(text []byte, oid uint32) (cell, error) {
	switch oid { // these need no copy of the text
	case oidBool:
		return boolCell(string(text) == "t"), nil
	case oidInt2, oidInt4, oidInt8, oidOID:
		n, err := strconv.ParseInt(string(text), 10, 64)
		return integerCell(n), err
	case oidFloat4, oidFloat8:
		n, err := strconv.ParseFloat(string(text), 64)
		return numberCell(n), err
	}
	s := string(text)
	switch oid {
	case oidBytea:
		raw, err := bytea(s)
		return textCell(raw), err
	case oidTimestamp, oidTimestamptz:
		return textCell(rfc3339(s)), nil
	}
	if element, ok := elementOf(oid); ok {
		items, err := parseArray(s, element)
		return cell{late: items}, err
	}
	return textCell(s), nil
}

// bytea reads both formats that a server may have.
func bytea(s string) (string, error) {
	if digits, ok := strings.CutPrefix(s, `\x`); ok {
		raw, err := hex.DecodeString(digits)
		return string(raw), err
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '\\':
			b.WriteByte(s[i])
		case strings.HasPrefix(s[i:], `\\`):
			b.WriteByte('\\')
			i++
		case i+3 < len(s):
			n, err := strconv.ParseUint(s[i+1:i+4], 8, 8)
			if err != nil {
				return "", fmt.Errorf("bytea %q: %w", s, err)
			}
			b.WriteByte(byte(n))
			i += 3
		}
	}
	return b.String(), nil
}

var errArray = errors.New("the server's text of an array cannot be read")

// arrayParser reads {1,NULL,{"a b"}}.
type arrayParser struct {
	s       string
	at      int
	element uint32
}

func parseArray(s string, element uint32) ([]any, error) {
	if strings.HasPrefix(s, "[") { // bounds: [0:1]={...}
		_, s, _ = strings.Cut(s, "=")
	}
	p := arrayParser{s: s, element: element}
	items, err := p.array(0)
	if err == nil && p.at != len(s) {
		err = errArray
	}
	return items, err
}

// maxDimensions is PostgreSQL's.
const maxDimensions = 6

func (p *arrayParser) array(depth int) ([]any, error) {
	if depth == maxDimensions || !p.skip('{') {
		return nil, errArray
	}
	items := []any{}
	if p.skip('}') {
		return items, nil
	}
	for {
		item, err := p.item(depth)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
		switch {
		case p.skip('}'):
			return items, nil
		case !p.skip(','):
			return nil, errArray
		}
	}
}

func (p *arrayParser) skip(c byte) bool {
	if p.at < len(p.s) && p.s[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *arrayParser) item(depth int) (any, error) {
	if p.at < len(p.s) && p.s[p.at] == '{' {
		return p.array(depth + 1)
	}
	text, isQuoted, err := p.text()
	if err != nil {
		return nil, err
	}
	if !isQuoted && text == "NULL" {
		return nil, nil //nolint:nilnil // NULL is the value
	}
	value, err := postgresCell([]byte(text), p.element)
	if err != nil {
		return nil, err
	}
	if value.late != nil {
		return value.late, nil
	}
	return value.value, nil
}

func (p *arrayParser) text() (text string, isQuoted bool, err error) {
	if !p.skip('"') {
		end := strings.IndexAny(p.s[p.at:], ",}")
		if end < 0 {
			return "", false, errArray
		}
		text = p.s[p.at : p.at+end]
		p.at += end
		return text, false, nil
	}
	var b strings.Builder
	for p.at < len(p.s) {
		c := p.s[p.at]
		p.at++
		switch {
		case c == '"':
			return b.String(), true, nil
		case c == '\\' && p.at < len(p.s):
			c = p.s[p.at]
			p.at++
		}
		b.WriteByte(c)
	}
	return "", true, errArray
}

// bound are the values of a statement as the server takes them.
type bound struct {
	texts   [][]byte
	types   []uint32 // as the server has inferred them; nil when nobody asked
	formats []int16
}

// bind writes values as text, whose types the server infers. It asks for them where a value cannot do
// without: bytes that are no text, and tables.
func (s *postgresSession) bind(ctx context.Context, st statement) (bound, error) {
	var b bound
	for _, arg := range st.args {
		if !needsType(arg) {
			continue
		}
		described, err := s.conn.Prepare(ctx, "", st.text, nil)
		if err != nil {
			return b, err
		}
		b.types = described.ParamOIDs
		break
	}
	b.formats = make([]int16, len(st.args))
	for i, arg := range st.args {
		var oid uint32
		if i < len(b.types) {
			oid = b.types[i]
		}
		raw, isBlob := arg.(blob)
		if isBlob && oid != oidBytea {
			return b, fmt.Errorf("value of $%d: %w", i+1, errNotBytea)
		}
		text, isText := arg.(string)
		if isBlob {
			text = raw.data
		}
		if (isText || isBlob) && oid == oidBytea {
			b.texts, b.formats[i] = append(b.texts, []byte(text)), 1
			continue
		}
		written, err := postgresText(arg, oid)
		if err != nil {
			return b, fmt.Errorf("value of $%d: %w", i+1, err)
		}
		b.texts = append(b.texts, written)
	}
	return b, nil
}

func needsType(arg any) bool {
	switch v := arg.(type) {
	case string:
		return strings.ContainsAny(v, "\\\x00") || !utf8.ValidString(v)
	case blob, list, document:
		return true
	}
	return false
}

var errNotBytea = core.WithHint(errors.New("a blob is given where the statement takes no bytea"), "cast the placeholder: ?::bytea")

var errNotText = errors.New("text with a zero byte or invalid UTF-8 can only be stored in bytea")

func postgresText(arg any, oid uint32) ([]byte, error) {
	switch v := arg.(type) {
	case nil:
		return nil, nil
	case string:
		if strings.IndexByte(v, 0) >= 0 || !utf8.ValidString(v) {
			return nil, errNotText
		}
		return []byte(v), nil
	case list:
		switch oid {
		case oidJSON, oidJSONB, oidText, oidVarchar, oidUnknown:
			return []byte(v.json), nil
		}
		return appendArray(nil, v.items)
	case document:
		return []byte(v.json), nil
	}
	return scalarText(arg), nil
}

func scalarText(arg any) []byte {
	switch v := arg.(type) {
	case bool:
		return strconv.AppendBool(nil, v)
	case int64:
		return strconv.AppendInt(nil, v, 10)
	case float64:
		switch {
		case math.IsInf(v, 1):
			return []byte("Infinity")
		case math.IsInf(v, -1):
			return []byte("-Infinity")
		}
		return strconv.AppendFloat(nil, v, 'g', -1, 64)
	}
	return fmt.Append(nil, arg)
}

// appendArray writes {1,NULL,{"a b"}}.
func appendArray(to []byte, items []any) ([]byte, error) {
	to = append(to, '{')
	for i, item := range items {
		if i > 0 {
			to = append(to, ',')
		}
		switch v := item.(type) {
		case nil:
			to = append(to, "NULL"...)
		case []any:
			var err error
			if to, err = appendArray(to, v); err != nil {
				return nil, err
			}
		case string:
			to = append(to, '"')
			for j := range len(v) {
				if v[j] == '"' || v[j] == '\\' {
					to = append(to, '\\')
				}
				to = append(to, v[j])
			}
			to = append(to, '"')
		case map[string]any:
			return nil, errors.New("an array of tables: store it as json, or encode its elements")
		default:
			to = append(to, scalarText(item)...)
		}
	}
	return append(to, '}'), nil
}
