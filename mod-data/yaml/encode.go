package yaml

import (
	"math"
	"strconv"
	"strings"

	"assay.rs/core"
	"assay.rs/mod-data/internal/plain"
)

// writer appends values to a text, in block style with two blanks for each level.
type writer struct {
	core.Descent
	out     []byte
	left    int           // values that may still be written
	members []core.Member // of the maps that are open
}

func newWriter(c core.Call) *writer {
	return &writer{Descent: core.Descent{Call: c, Invalid: errValue, Limit: errLimit}, left: MaxNodes}
}

// lead is what stands before a value on its line.
type lead uint8

const (
	atRoot    lead = iota
	afterKey       // "key:"
	afterDash      // "-": the first member of a table stands on the same line
)

// value writes v and the end of its line. The members of a table stand at the level indent.
func (w *writer) value(v core.Value, indent int, at lead) error {
	if w.left--; w.left < 0 {
		return errLimit.Errorf("more than %d values", MaxNodes)
	}
	switch v.Kind() {
	case core.KindTable:
		if t, _ := v.Table(); t.IsArray() {
			return w.list(t, indent, at)
		}
		return w.mapping(v, indent, at)
	case core.KindObject:
		return w.mapping(v, indent, at)
	default:
	}
	if at != atRoot {
		w.out = append(w.out, ' ')
	}
	if err := w.scalar(v, indent); err != nil {
		return err
	}
	w.out = append(w.out, '\n')
	return w.size()
}

func (w *writer) size() error {
	if len(w.out) > MaxBytes {
		return errLimit.Errorf("more than %d bytes of YAML", MaxBytes)
	}
	return nil
}

func (w *writer) scalar(v core.Value, indent int) error {
	switch v.Kind() {
	case core.KindNil, core.KindNull:
		w.out = append(w.out, "null"...)
	case core.KindBool:
		w.out = strconv.AppendBool(w.out, v.Bool())
	case core.KindInt64:
		n, _ := v.Integer()
		w.out = strconv.AppendInt(w.out, n, 10)
	case core.KindNumber:
		f, _ := v.Number()
		w.out = appendNumber(w.out, f)
	case core.KindString, core.KindError:
		s, _ := v.Text()
		return w.text(s, indent)
	default:
		return w.Fail(errValue, "a %s has no form in YAML", v.TypeName())
	}
	return nil
}

// appendNumber writes numbers so that those with a fraction read as floats in YAML 1.1 too, which wants a point.
func appendNumber(out []byte, f float64) []byte {
	out, done := plain.AppendNumber(out, f, ".")
	if done {
		return out
	}
	format := byte('f')
	if abs := math.Abs(f); abs < 1e-6 || abs >= 1<<63 {
		format = 'e'
	}
	digits := strconv.FormatFloat(f, format, -1, 64)
	if mantissa, exponent, ok := strings.Cut(digits, "e"); ok && !strings.Contains(mantissa, ".") {
		digits = mantissa + ".0e" + exponent
	}
	return append(out, digits...)
}

func (w *writer) list(t core.Table, indent int, at lead) error {
	if err := w.Enter(t.Value()); err != nil {
		return err
	}
	n := t.Len()
	if n == 0 {
		w.none("[]", at)
	}
	for i := 1; i <= n; i++ {
		w.begin(i == 1, indent, at)
		w.out = append(w.out, '-')
		w.Index(i)
		if err := w.value(t.At(i), indent+1, afterDash); err != nil {
			return err
		}
	}
	w.Leave()
	return w.size()
}

func (w *writer) mapping(v core.Value, indent int, at lead) error {
	if err := w.Enter(v); err != nil {
		return err
	}
	base := len(w.members)
	var err error
	if w.members, err = w.Members(w.members, v); err != nil {
		return err
	}
	members := w.members[base:]
	if len(members) == 0 {
		w.none("{}", at)
	}
	for i, m := range members {
		w.begin(i == 0, indent, at)
		w.Key(m.Key)
		if err := w.key(m.Key, indent); err != nil {
			return err
		}
		if err := w.value(m.Value, indent+1, afterKey); err != nil {
			return err
		}
	}
	w.members = w.members[:base]
	w.Leave()
	return w.size()
}

// none writes an empty table.
func (w *writer) none(brackets string, at lead) {
	if at != atRoot {
		w.out = append(w.out, ' ')
	}
	w.out = append(append(w.out, brackets...), '\n')
}

// begin brings a member to where it stands: on a line of its own, but for the first one after a dash.
func (w *writer) begin(first bool, indent int, at lead) {
	if first && at == afterDash {
		w.out = append(w.out, ' ')
		return
	}
	if first && at == afterKey {
		w.out = append(w.out, '\n')
	}
	w.indent(indent)
}

func (w *writer) indent(levels int) {
	for range levels {
		w.out = append(w.out, "  "...)
	}
}

// maxSimpleKey is how long, in bytes, a key may be without a question mark. Parsers look for the colon
// within 1,024 characters, and quotes can make four characters of a byte.
const maxSimpleKey = 250

func (w *writer) key(key string, indent int) error {
	if len(key) <= maxSimpleKey {
		err := w.line(key)
		w.out = append(w.out, ':')
		return err
	}
	w.out = append(w.out, "? "...)
	err := w.line(key)
	w.out = append(w.out, '\n')
	w.indent(indent)
	w.out = append(w.out, ':')
	return err
}
