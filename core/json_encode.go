package core

import (
	"math"
	"strconv"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"
)

// jsonEncoder appends values to a text.
type jsonEncoder struct {
	Descent
	out     []byte
	charged int // bytes that the text may grow to
	indent  string
	members []Member // of the objects that are open
}

// newEncoder makes one for a text, with the lists of the last one. It needs the baton.
func (vm *VM) newEncoder(c Call, indent string) *jsonEncoder {
	e := vm.encoder
	if e == nil {
		e = &jsonEncoder{}
	}
	vm.encoder = nil
	e.Descent.Call, e.Invalid, e.Limit = c, ErrJSONValue, ErrJSONLimit
	e.out, e.charged, e.indent = make([]byte, 0, startJSON), freeJSON, indent
	return e
}

// maxKept is how long the lists of an encoder are that is kept.
const maxKept = 64

// keepEncoder keeps an encoder that has come to its end, for the next text. It needs the baton.
func (vm *VM) keepEncoder(e *jsonEncoder) {
	if cap(e.members) > maxKept || cap(e.steps) > maxKept {
		return
	}
	clear(e.members[:cap(e.members)])
	clear(e.steps[:cap(e.steps)])
	e.out, e.Descent.Call = nil, Call{}
	vm.encoder = e
}

func (e *jsonEncoder) value(v lua.LValue) error {
	switch v := v.(type) {
	case lua.LString:
		return e.str(string(v))
	case lua.LNumber:
		return e.number(float64(v))
	case *lua.LTable:
		if n, ok := arrayShape(v); ok {
			return e.array(v, n)
		}
		return e.object(Value{v})
	case lua.LBool:
		e.out = strconv.AppendBool(e.out, bool(v))
	case *lua.LNilType:
		e.out = append(e.out, "null"...)
	case *lua.LUserData:
		return e.userData(v)
	default:
		return e.Fail(ErrJSONValue, "a %s has no form in JSON", typeName(v))
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
	return e.object(Value{ud})
}

const twoTo63 = 1 << 63

func (e *jsonEncoder) number(f float64) error {
	abs := math.Abs(f)
	switch {
	case math.IsNaN(f):
		return e.Fail(ErrJSONValue, "NaN has no form in JSON")
	case math.IsInf(f, 0):
		return e.Fail(ErrJSONValue, "an infinite number has no form in JSON")
	case f == 0 && math.Signbit(f):
		e.out = append(e.out, "-0"...)
	case f >= -twoTo63 && f < twoTo63 && f == math.Trunc(f):
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

func (e *jsonEncoder) array(t *lua.LTable, n int) error {
	if err := e.Enter(Value{t}); err != nil {
		return err
	}
	e.out = append(e.out, '[')
	for i := 1; i <= n; i++ {
		if i > 1 {
			e.out = append(e.out, ',')
		}
		e.line()
		e.Index(i)
		if err := e.value(t.RawGetInt(i)); err != nil {
			return err
		}
		if err := e.fits(0); err != nil {
			return err
		}
	}
	e.closing(']', n > 0)
	return nil
}

func (e *jsonEncoder) object(v Value) error {
	if err := e.Enter(v); err != nil {
		return err
	}
	base := len(e.members)
	var err error
	if e.members, err = e.Members(e.members, v); err != nil {
		return err
	}
	members := e.members[base:]
	e.out = append(e.out, '{')
	for i, m := range members {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		e.line()
		e.Key(m.Key)
		if err := e.str(m.Key); err != nil {
			return err
		}
		e.out = append(e.out, ':')
		if e.indent != "" {
			e.out = append(e.out, ' ')
		}
		if err := e.value(m.Value.lua()); err != nil {
			return err
		}
		if err := e.fits(0); err != nil {
			return err
		}
	}
	e.members = e.members[:base]
	e.closing('}', len(members) > 0)
	return nil
}

// line begins the line of a member.
func (e *jsonEncoder) line() {
	if e.indent == "" {
		return
	}
	e.out = append(e.out, '\n')
	for range e.Depth() {
		e.out = append(e.out, e.indent...)
	}
}

func (e *jsonEncoder) closing(bracket byte, filled bool) {
	e.Leave()
	if filled {
		e.line()
	}
	e.out = append(e.out, bracket)
}

// fits tells whether n bytes more may be written. The room for the text, which doubles, is charged before
// it is needed.
func (e *jsonEncoder) fits(n int) error {
	n += len(e.out)
	switch {
	case n <= e.charged:
		return nil
	case n > MaxJSONText:
		return ErrJSONLimit.Errorf("more than %d bytes of JSON", MaxJSONText)
	}
	e.charged = max(2*n, chargedFrom/2)
	return e.Call.Charge(2 * e.charged) // and as much for the string that is made of it
}

func (e *jsonEncoder) str(s string) error {
	if err := e.fits(len(s)); err != nil {
		return err
	}
	if !utf8.ValidString(s) {
		return e.Fail(ErrJSONValue, "text that is not UTF-8 has no form in JSON")
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
		if err := e.fits(0); err != nil {
			return err
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
