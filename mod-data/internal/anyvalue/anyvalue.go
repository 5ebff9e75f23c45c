// Package anyvalue makes Lua values of the bytes of a fuzzer, for the tests of what writes values and reads
// them back.
package anyvalue

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"assay.rs/core"
)

// Format is what a format can hold.
type Format struct {
	Nulls   bool // nil in arrays
	Special bool // NaN and the infinities
}

// maxNesting keeps values within what every format takes.
const maxNesting = 20

// Table makes a table with string keys, and in it whatever the bytes say: the same ones give the same table.
func (f Format) Table(c core.Call, data []byte) core.Value {
	m := &maker{Format: f, call: c, data: data}
	return m.object(0)
}

type maker struct {
	Format
	call core.Call
	data []byte
}

func (m *maker) byte() byte {
	if len(m.data) == 0 {
		return 0
	}
	b := m.data[0]
	m.data = m.data[1:]
	return b
}

func (m *maker) word() uint64 {
	var word [8]byte
	copy(word[:], m.data)
	m.data = m.data[min(8, len(m.data)):]
	return binary.LittleEndian.Uint64(word[:])
}

func (m *maker) value(depth int) core.Value {
	switch kind := m.byte() % 9; kind {
	case 0:
		return core.BoolValue(m.byte()%2 == 0)
	case 1:
		return core.NumberValue(float64(int8(m.byte())))
	case 2:
		return m.call.Integer(int64(m.word()))
	case 3, 4:
		f := math.Float64frombits(m.word())
		if !m.Special && (math.IsNaN(f) || math.IsInf(f, 0)) {
			f = 0.1
		}
		return core.NumberValue(f)
	case 5:
		if depth < maxNesting {
			return m.array(depth + 1)
		}
	case 6:
		if depth < maxNesting {
			return m.object(depth + 1)
		}
	}
	return core.TextValue(m.text())
}

// text is valid UTF-8, with the characters that formats have trouble with more often than others.
func (m *maker) text() string {
	var b strings.Builder
	for range m.byte() % 12 {
		c := m.byte()
		switch {
		case c < 0x80:
			b.WriteByte(c)
		case c < 0xc0:
			b.WriteString([]string{"\n", " ", "\t", "'", `"`, "\\", "#", ": ", "- ", "\r\n", "\u0085", "\u2028", "\ufeff", "é", "😀", "null"}[c%16])
		default:
			b.WriteRune([]rune{0, 0x7f, 0xa0, 0xd7ff, 0xe000, 0xfffd, 0xfffe, 0xffff, 0x10000, 0x10ffff}[c%10])
		}
	}
	return b.String()
}

func (m *maker) array(depth int) core.Value {
	n := int(m.byte() % 5)
	t := m.call.NewArray(n)
	for i := 1; i <= n; i++ {
		if m.Nulls && m.byte()%6 == 0 {
			continue
		}
		_ = t.SetAt(core.NumberValue(float64(i)), m.value(depth)) // the key is a number
	}
	m.call.SetLen(t, n)
	return t.Value()
}

func (m *maker) object(depth int) core.Value {
	n := int(m.byte() % 5)
	t := m.call.NewTable(n)
	for range n {
		t.Set(m.text(), m.value(depth))
	}
	return t.Value()
}

// Difference is where two values differ and how, or "" when they do not. Numbers are equal when they are the
// same bits, or both NaN, or the same whole number beyond 2^53, which is read as an int64 value; arrays, when
// they have the same length and are both arrays to encoders.
func Difference(a, b core.Value) string { return difference("", a, b) }

func difference(path string, a, b core.Value) string {
	x, isTable := a.Table()
	y, both := b.Table()
	if !isTable || !both {
		return scalars(path, a, b)
	}
	if x.IsArray() != y.IsArray() {
		return fmt.Sprintf("%s: array %v, %v", path, x.IsArray(), y.IsArray())
	}
	if x.IsArray() {
		if x.Len() != y.Len() {
			return fmt.Sprintf("%s: %d items, %d items", path, x.Len(), y.Len())
		}
		for i := 1; i <= x.Len(); i++ {
			if d := difference(fmt.Sprintf("%s[%d]", path, i), x.At(i), y.At(i)); d != "" {
				return d
			}
		}
		return ""
	}
	keys, _ := x.Keys()
	others, _ := y.Keys()
	if len(keys) != len(others) {
		return fmt.Sprintf("%s: keys %q, %q", path, keys, others)
	}
	for _, key := range keys {
		if d := difference(fmt.Sprintf("%s[%q]", path, key), x.Get(key), y.Get(key)); d != "" {
			return d
		}
	}
	return ""
}

func scalars(path string, a, b core.Value) string {
	same := a.Kind() == b.Kind()
	switch {
	case a.Kind() == core.KindNumber && b.Kind() == core.KindInt64:
		x, _ := a.Number()
		y, _ := b.Integer()
		same = math.Abs(x) < 1<<63 && int64(x) == y
	case !same:
	case a.Kind() == core.KindNumber:
		x, _ := a.Number()
		y, _ := b.Number()
		same = math.Float64bits(x) == math.Float64bits(y) || math.IsNaN(x) && math.IsNaN(y)
	case a.Kind() == core.KindInt64:
		x, _ := a.Integer()
		y, _ := b.Integer()
		same = x == y
	default:
		same = a.Same(b)
	}
	if same {
		return ""
	}
	x, _ := a.Text()
	y, _ := b.Text()
	return fmt.Sprintf("%s: %s %q, %s %q", path, a.TypeName(), x, b.TypeName(), y)
}
