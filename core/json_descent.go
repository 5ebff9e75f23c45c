package core

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Descent is the way from the root of a value down to the part that an encoder writes. It finds tables
// that contain themselves and nesting that is too deep, and gives errors their path. The zero value but
// for its fields stands at the root.
type Descent struct {
	Call    Call
	Invalid *Code // of errors about what a value is
	Limit   *Code // of errors about its size
	steps   []step
	sorting members
}

// step is a table on the way, and which of its members is next.
type step struct {
	table *lua.LTable // nil for an object of a module
	key   string
	index int // of an array, from 1; byKey for an object, 0 before the first member
}

const byKey = -1

// Member is an entry of a table or an object, as encoders write it.
type Member struct {
	Key   string
	Value Value
}

// Enter goes into a table, or into an object of a module. It fails when the table is on the way already,
// when it lies deeper than 200, and with the cause when the task was stopped.
func (d *Descent) Enter(v Value) error {
	t, _ := v.v.(*lua.LTable)
	if len(d.steps) >= maxDepth {
		return d.Fail(d.Limit, "nested deeper than %d", maxDepth)
	}
	for i := range d.steps {
		if t != nil && d.steps[i].table == t {
			return d.Fail(d.Invalid, "a table contains itself")
		}
	}
	if err := d.Call.halted(); err != nil {
		return err
	}
	d.steps = append(d.steps, step{table: t})
	return nil
}

// Leave goes back to where Enter was.
func (d *Descent) Leave() { d.steps = d.steps[:len(d.steps)-1] }

// Depth is the number of tables on the way.
func (d *Descent) Depth() int { return len(d.steps) }

// Index says that the element i of the array is next.
func (d *Descent) Index(i int) { d.steps[len(d.steps)-1].index = i }

// Key says that the entry key is next.
func (d *Descent) Key(key string) {
	s := &d.steps[len(d.steps)-1]
	s.key, s.index = key, byKey
}

// Fail is an error that names the path: ".spec.items[3]: NaN has no form in JSON".
func (d *Descent) Fail(code *Code, format string, args ...any) error {
	if path := d.path(); path != "" {
		return code.Errorf("%s: %w", path, fmt.Errorf(format, args...))
	}
	return code.Errorf(format, args...)
}

const (
	maxPath = 200
	maxName = 40
)

func (d *Descent) path() string {
	var b strings.Builder
	for _, s := range d.steps {
		switch {
		case s.index > 0:
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
		case s.index != byKey:
		case identifier(s.key):
			b.WriteString("." + s.key)
		default:
			b.WriteString("[" + strconv.Quote(clipText(s.key)) + "]")
		}
		if b.Len() > maxPath {
			return strings.ToValidUTF8(b.String()[:maxPath], "") + "..."
		}
	}
	return b.String()
}

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

// Members appends the entries of v, which was entered, to list, sorted by key. Whole numbers become text;
// other keys are an error, and so is one that is there as a number and as text. An object of a module
// gives its properties; any other value that is no table is an error.
func (d *Descent) Members(list []Member, v Value) ([]Member, error) {
	base := len(list)
	list, err := d.unsorted(list, v)
	if err != nil {
		return list, err
	}
	added := list[base:]
	d.sorting = added
	sort.Sort(&d.sorting)
	for i := 1; i < len(added); i++ {
		if added[i].Key == added[i-1].Key {
			d.Key(added[i].Key)
			return list, d.Fail(d.Invalid, "the table has this key as a number and as text")
		}
	}
	return list, nil
}

// members sorts by key. The sorts of package slices are compiled anew for each type, which takes 12 kB here.
type members []Member

func (m *members) Len() int           { return len(*m) }
func (m *members) Less(i, j int) bool { return (*m)[i].Key < (*m)[j].Key }
func (m *members) Swap(i, j int)      { (*m)[i], (*m)[j] = (*m)[j], (*m)[i] }

func (d *Descent) unsorted(list []Member, v Value) ([]Member, error) {
	if t, ok := v.v.(*lua.LTable); ok {
		err := eachEntry(t, func(k, item lua.LValue) error {
			key, err := memberKey(k)
			list = append(list, Member{key, Value{item}})
			return err
		})
		if err != nil {
			return list, d.Fail(d.Invalid, "%w", err)
		}
		return list, nil
	}
	fields, err := d.Call.Fields(v)
	if err != nil {
		return list, err
	}
	if len(fields) == 0 {
		d.Leave()
		return list, d.Fail(d.Invalid, "a %s cannot be written", v.TypeName())
	}
	for key, field := range fields {
		if !field.IsNil() {
			list = append(list, Member{key, field})
		}
	}
	return list, nil
}

// memberKey is a table key as text.
func memberKey(k lua.LValue) (string, error) {
	if s, ok := k.(lua.LString); ok {
		return string(s), nil
	}
	if n, ok := int64Of(k); ok {
		return strconv.FormatInt(n, 10), nil
	}
	key, err := objectKey(k)
	if n, ok := k.(lua.LNumber); ok && err != nil {
		return "", fmt.Errorf("the key %s is no whole number", n)
	}
	return key, err
}
