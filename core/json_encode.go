package core

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"
)

// jsonEncoder appends values to a text.
type jsonEncoder struct {
	c       Call
	out     []byte
	indent  string
	path    []jsonStep
	members []jsonMember // of the objects that are open
}

// jsonStep is a table that is being written, and which of its members.
type jsonStep struct {
	table *lua.LTable // nil for an object of a module
	key   string
	index int // of an array, from 1
}

type jsonMember struct {
	key   string
	value lua.LValue
}

// fail is an error that names where in the value it lies.
func (e *jsonEncoder) fail(code *Code, format string, args ...any) error {
	at := e.where()
	if at == "" {
		return code.Errorf(format, args...)
	}
	return code.Errorf("%s: "+format, append([]any{at}, args...)...)
}

// where is the path of the member that is being written: ".spec.items[3]".
func (e *jsonEncoder) where() string {
	var b strings.Builder
	for _, step := range e.path {
		switch {
		case step.index > 0:
			b.WriteString("[" + strconv.Itoa(step.index) + "]")
		case identifier(step.key):
			b.WriteString("." + step.key)
		default:
			b.WriteString("[" + strconv.Quote(clipText(step.key)) + "]")
		}
		if b.Len() > maxPath {
			return strings.ToValidUTF8(b.String()[:maxPath], "") + "..."
		}
	}
	return b.String()
}

const (
	maxPath = 200
	maxName = 40
)

func clipText(s string) string {
	if len(s) > maxName {
		return s[:maxName] + "..."
	}
	return s
}

func identifier(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c != '_' && (c|0x20 < 'a' || c|0x20 > 'z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != "" && len(s) <= maxName
}

func (e *jsonEncoder) value(v lua.LValue) error {
	switch v := v.(type) {
	case lua.LString:
		return e.str(string(v))
	case lua.LNumber:
		return e.number(float64(v))
	case *lua.LTable:
		return e.table(v)
	case lua.LBool:
		e.out = strconv.AppendBool(e.out, bool(v))
	case *lua.LNilType:
		e.out = append(e.out, "null"...)
	case *lua.LUserData:
		return e.userData(v)
	default:
		return e.fail(ErrJSONValue, "a %s has no form in JSON", typeName(v))
	}
	return nil
}

func (e *jsonEncoder) userData(ud *lua.LUserData) error {
	switch value := ud.Value.(type) {
	case int64:
		e.out = strconv.AppendInt(e.out, value, 10)
		return nil
	case null:
		e.out = append(e.out, "null"...)
		return nil
	case *Error:
		return e.str(value.Error())
	}
	fields, ok := e.c.Fields(Value{ud})
	if !ok {
		return e.fail(ErrJSONValue, "a %s has no form in JSON", typeName(ud))
	}
	if err := e.open(nil); err != nil {
		return err
	}
	base := len(e.members)
	for key, field := range fields {
		if !field.IsNil() {
			e.members = append(e.members, jsonMember{key, field.lua()})
		}
	}
	return e.object(base)
}

const twoTo63 = 1 << 63

func (e *jsonEncoder) number(f float64) error {
	abs := math.Abs(f)
	switch {
	case math.IsNaN(f):
		return e.fail(ErrJSONValue, "NaN has no form in JSON")
	case math.IsInf(f, 0):
		return e.fail(ErrJSONValue, "an infinite number has no form in JSON")
	case f == 0 && math.Signbit(f):
		e.out = append(e.out, "-0"...)
	case abs < twoTo63 && f == math.Trunc(f):
		e.out = strconv.AppendInt(e.out, int64(f), 10)
	case abs >= 1e-6 && abs < 1e21:
		e.out = strconv.AppendFloat(e.out, f, 'f', -1, 64)
	default:
		e.out = strconv.AppendFloat(e.out, f, 'e', -1, 64)
		// 1e-7, not 1e-07: the shortest form, and what other encoders write.
		if n := len(e.out); e.out[n-4] == 'e' && e.out[n-3] == '-' && e.out[n-2] == '0' {
			e.out = append(e.out[:n-2], e.out[n-1])
		}
	}
	return nil
}

// open begins a table.
func (e *jsonEncoder) open(t *lua.LTable) error {
	if len(e.path) >= maxDepth {
		return e.fail(ErrJSONLimit, "nested deeper than %d", maxDepth)
	}
	for i := range e.path {
		if t != nil && e.path[i].table == t {
			return e.fail(ErrJSONValue, "a table contains itself")
		}
	}
	if err := e.c.halted(); err != nil {
		return err
	}
	e.path = append(e.path, jsonStep{table: t})
	return nil
}

func (e *jsonEncoder) table(t *lua.LTable) error {
	if err := e.open(t); err != nil {
		return err
	}
	if n, ok := arrayShape(t); ok {
		return e.array(t, n)
	}
	base := len(e.members)
	err := eachEntry(t, func(k, v lua.LValue) error {
		key, err := e.key(k)
		e.members = append(e.members, jsonMember{key, v})
		return err
	})
	if err != nil {
		return err
	}
	return e.object(base)
}

// key is a table key as the key of an object.
func (e *jsonEncoder) key(k lua.LValue) (string, error) {
	if s, ok := k.(lua.LString); ok {
		return string(s), nil
	}
	if n, ok := int64Of(k); ok {
		return strconv.FormatInt(n, 10), nil
	}
	key, err := objectKey(k)
	if err == nil {
		return key, nil
	}
	e.path = e.path[:len(e.path)-1]
	if n, ok := k.(lua.LNumber); ok {
		return "", e.fail(ErrJSONValue, "the key %s is no whole number", n)
	}
	return "", e.fail(ErrJSONValue, "a %s cannot be a key in JSON", typeName(k))
}

func (e *jsonEncoder) array(t *lua.LTable, n int) error {
	e.out = append(e.out, '[')
	step := len(e.path) - 1
	for i := 1; i <= n; i++ {
		if i > 1 {
			e.out = append(e.out, ',')
		}
		e.line()
		e.path[step].index = i
		if err := e.value(t.RawGetInt(i)); err != nil {
			return err
		}
		if len(e.out) > MaxJSONText {
			return e.tooLong()
		}
	}
	return e.closing(']', n > 0)
}

// object writes the members from base on and forgets them.
func (e *jsonEncoder) object(base int) error {
	members := e.members[base:]
	slices.SortFunc(members, func(a, b jsonMember) int { return strings.Compare(a.key, b.key) })
	e.out = append(e.out, '{')
	step := len(e.path) - 1
	for i, m := range members {
		e.path[step].key = m.key
		if i > 0 {
			if m.key == members[i-1].key {
				return e.fail(ErrJSONValue, "the table has this key as a number and as text")
			}
			e.out = append(e.out, ',')
		}
		e.line()
		if err := e.str(m.key); err != nil {
			return err
		}
		e.out = append(e.out, ':')
		if e.indent != "" {
			e.out = append(e.out, ' ')
		}
		if err := e.value(m.value); err != nil {
			return err
		}
		if len(e.out) > MaxJSONText {
			return e.tooLong()
		}
	}
	e.members = e.members[:base]
	return e.closing('}', len(members) > 0)
}

// line begins the line of a member.
func (e *jsonEncoder) line() {
	if e.indent == "" {
		return
	}
	e.out = append(e.out, '\n')
	for range e.path {
		e.out = append(e.out, e.indent...)
	}
}

func (e *jsonEncoder) closing(bracket byte, filled bool) error {
	e.path = e.path[:len(e.path)-1]
	if filled {
		e.line()
	}
	e.out = append(e.out, bracket)
	return nil
}

func (e *jsonEncoder) tooLong() error {
	e.path = nil
	return e.fail(ErrJSONLimit, "more than %d bytes of JSON", MaxJSONText)
}

func (e *jsonEncoder) str(s string) error {
	if len(e.out)+len(s) > MaxJSONText {
		return e.tooLong()
	}
	if !utf8.ValidString(s) {
		return e.fail(ErrJSONValue, "text that is not UTF-8 has no form in JSON")
	}
	e.out = append(e.out, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		e.out = append(e.out, s[start:i]...)
		start = i + 1
		e.escaped(c)
		if len(e.out) > MaxJSONText {
			return e.tooLong()
		}
	}
	e.out = append(e.out, s[start:]...)
	e.out = append(e.out, '"')
	return nil
}

func (e *jsonEncoder) escaped(c byte) {
	switch c {
	case '"', '\\':
		e.out = append(e.out, '\\', c)
	case '\b':
		e.out = append(e.out, '\\', 'b')
	case '\f':
		e.out = append(e.out, '\\', 'f')
	case '\n':
		e.out = append(e.out, '\\', 'n')
	case '\r':
		e.out = append(e.out, '\\', 'r')
	case '\t':
		e.out = append(e.out, '\\', 't')
	default:
		const digits = "0123456789abcdef"
		e.out = append(e.out, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
	}
}
