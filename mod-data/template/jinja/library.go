package jinja

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// library is what templates can use by name.
type library struct {
	filters map[string]filter
	tests   map[string]test
	globals map[string]func(r *run, where int, a *given) (value, error)
}

type filter struct {
	params string // names, with blanks between them
	apply  func(r *run, v value, a *bound) (value, error)
}

type test struct {
	params string
	passes func(r *run, v value, a *bound) (bool, error)
}

func newLibrary() *library {
	l := &library{filters: make(map[string]filter, 80), tests: make(map[string]test, 50)}
	l.addTextFilters()
	l.addMarkupFilters()
	l.addNumberFilters()
	l.addListFilters()
	l.addChoosingFilters()
	l.addDataFilters()
	l.addTests()
	l.addGlobals()
	return l
}

func (l *library) filter(names, params string, apply func(r *run, v value, a *bound) (value, error)) {
	for name := range strings.FieldsSeq(names) {
		l.filters[name] = filter{params, apply}
	}
}

// filter passes v through a filter.
func (r *run) filter(name string, v value, a *given) (value, error) {
	f, known := r.library.filters[name]
	if !known {
		return nil, fmt.Errorf("there is no filter '%s'", name)
	}
	if name != "default" && name != "d" {
		if err := r.strict(v); err != nil {
			return nil, err
		}
	}
	if err := r.spend(1, 0); err != nil {
		return nil, err
	}
	b, err := r.bind(a, strings.Fields(f.params))
	if err != nil {
		return nil, err
	}
	got, err := f.apply(r, v, b)
	if b.err != nil {
		return nil, b.err
	}
	return got, err
}

// test asks a test about v.
func (r *run) test(name string, v value, a *given) (bool, error) {
	t, known := r.library.tests[name]
	if !known {
		return false, fmt.Errorf("there is no test '%s'", name)
	}
	if name != "defined" && name != "undefined" {
		if err := r.strict(v); err != nil {
			return false, err
		}
	}
	b, err := r.bind(a, strings.Fields(t.params))
	if err != nil {
		return false, err
	}
	passed, err := t.passes(r, v, b)
	if b.err != nil {
		return false, b.err
	}
	return passed, err
}

func (l *library) test(names, params string, passes func(r *run, v value, a *bound) (bool, error)) {
	for name := range strings.FieldsSeq(names) {
		l.tests[name] = test{params, passes}
	}
}

// kindTest is a test of what a value is.
func (l *library) kindTest(names string, is func(v value) bool) {
	l.test(names, "", func(_ *run, v value, _ *bound) (bool, error) { return is(v), nil })
}

func (l *library) addTests() {
	l.kindTest("defined", func(v value) bool { return kindOf(v) != "undefined" })
	l.kindTest("undefined", func(v value) bool { return kindOf(v) == "undefined" })
	l.kindTest("none", func(v value) bool { return v == nil })
	l.kindTest("boolean", func(v value) bool { return kindOf(v) == "boolean" })
	l.kindTest("true", func(v value) bool { return v == true })
	l.kindTest("false", func(v value) bool { return v == false })
	l.kindTest("integer", func(v value) bool { return kindOf(v) == "integer" })
	l.kindTest("float", func(v value) bool { return kindOf(v) == "float" })
	l.kindTest("number", func(v value) bool { _, ok := float(v); return ok })
	l.kindTest("string", func(v value) bool { return kindOf(v) == "string" })
	l.kindTest("mapping", func(v value) bool { return kindOf(v) == "dict" })
	l.kindTest("sequence iterable", func(v value) bool {
		switch kindOf(v) {
		case "list", "tuple", "dict", "string", "undefined":
			return true
		}
		return false
	})
	l.kindTest("callable", func(v value) bool { return kindOf(v) == "function" || kindOf(v) == "macro" })
	l.kindTest("escaped", func(v value) bool { _, ok := v.(safe); return ok })
	l.kindTest("lower", func(v value) bool { s, _ := str(v); return s == strings.ToLower(s) && s != strings.ToUpper(s) })
	l.kindTest("upper", func(v value) bool { s, _ := str(v); return s == strings.ToUpper(s) && s != strings.ToLower(s) })
	l.test("filter", "", func(r *run, v value, _ *bound) (bool, error) {
		s, _ := str(v)
		_, known := r.library.filters[s]
		return known, nil
	})
	l.test("test", "", func(r *run, v value, _ *bound) (bool, error) {
		s, _ := str(v)
		_, known := r.library.tests[s]
		return known, nil
	})
	for names, op := range map[string]string{
		"eq equalto ==": "==", "ne !=": "!=", "lt lessthan <": "<", "le <=": "<=", "gt greaterthan >": ">", "ge >=": ">=", "in": "in",
	} {
		l.test(names, "other", func(r *run, v value, a *bound) (bool, error) {
			a.need(0)
			return r.holds(op, v, a.values[0])
		})
	}
	l.test("sameas", "other", func(r *run, v value, a *bound) (bool, error) {
		a.need(0)
		same, err := r.equal(v, a.values[0], 0)
		return same && kindOf(v) == kindOf(a.values[0]), err
	})
	l.addNumberTests()
}

func (l *library) addNumberTests() {
	l.test("even", "", func(_ *run, v value, _ *bound) (bool, error) { return divisible(v, int64(2)) })
	l.test("odd", "", func(r *run, v value, _ *bound) (bool, error) {
		rest, err := r.operate("%", v, int64(2))
		one, _ := float(rest)
		return one == 1, err
	})
	l.test("divisibleby", "num", func(_ *run, v value, a *bound) (bool, error) {
		a.need(0)
		return divisible(v, a.values[0])
	})
}

func divisible(v value, by value) (bool, error) {
	n, whole1 := whole(v)
	m, whole2 := whole(by)
	x, ok1 := float(v)
	y, ok2 := float(by)
	switch {
	case !ok1 || !ok2:
		return false, fmt.Errorf("number expected, got %s", kindOf(v))
	case y == 0:
		return false, errZero
	case whole1 && whole2:
		return m == -1 || n%m == 0, nil
	}
	return math.Mod(x, y) == 0, nil
}

func (l *library) addGlobals() {
	l.globals = map[string]func(r *run, where int, a *given) (value, error){
		"range": rangeGlobal, "dict": dictGlobal, "cycler": cyclerGlobal, "joiner": joinerGlobal,
		"namespace": func(r *run, where int, a *given) (value, error) {
			d, err := dictGlobal(r, where, a)
			if err != nil {
				return nil, err
			}
			return &namespace{*d.(*dict)}, nil
		},
	}
}

func (*namespace) kind() string { return "namespace" }

func (n *namespace) attr(name string) (value, bool) {
	v, ok := n.m[name]
	return v, ok
}

func rangeGlobal(r *run, _ int, a *given) (value, error) {
	b, err := r.bind(a, []string{"start", "stop", "step"})
	if err != nil {
		return nil, err
	}
	b.need(0)
	start, stop, step := int64(0), b.int(0, 0), b.int(2, 1)
	if b.has[1] {
		start, stop = stop, b.int(1, 0)
	}
	if b.err != nil {
		return nil, b.err
	}
	if step == 0 {
		return nil, errors.New("the step must not be 0")
	}
	span := float64(stop) - float64(start)
	n := int64(max(0, span/float64(step)))
	if err := r.spendTimes(2*itemSize, n); err != nil {
		return nil, err
	}
	l := &list{}
	for i := start; step > 0 && i < stop || step < 0 && i > stop; i += step {
		l.items = append(l.items, i)
		if last := i + step; (last > i) != (step > 0) {
			break
		}
	}
	return l, nil
}

func dictGlobal(r *run, _ int, a *given) (value, error) {
	if len(a.list) > 1 {
		return nil, fmt.Errorf("1 argument without a name at most, got %d", len(a.list))
	}
	d := newDict(len(a.names))
	if len(a.list) == 1 {
		from, ok := a.list[0].(*dict)
		if !ok {
			return nil, fmt.Errorf("a dict expected, got %s", r.subject(a.list[0]))
		}
		if err := r.spend(len(from.keys), len(from.keys)*entrySize); err != nil {
			return nil, err
		}
		for _, key := range from.keys {
			d.set(key, from.m[key])
		}
	}
	for _, name := range a.names {
		d.set(name, a.named[name])
	}
	return d, r.spend(1, len(a.names)*entrySize)
}

// cycler gives its values one after the other.
type cycler struct {
	values []value
	at     int
}

func cyclerGlobal(_ *run, _ int, a *given) (value, error) {
	if len(a.list) == 0 {
		return nil, errors.New("values to choose from expected")
	}
	return &cycler{values: a.list}, nil
}

func (*cycler) kind() string { return "cycler" }

func (c *cycler) attr(name string) (value, bool) {
	switch name {
	case "current":
		return c.values[c.at], true
	case "next":
		return &function{name, func(*run, int, *given) (value, error) {
			v := c.values[c.at]
			c.at = (c.at + 1) % len(c.values)
			return v, nil
		}}, true
	case "reset":
		return &function{name, func(*run, int, *given) (value, error) {
			c.at = 0
			return nil, nil //nolint:nilnil // none is the value
		}}, true
	}
	return nil, false
}

// joinerGlobal gives a function that is empty the first time and a separator ever after.
func joinerGlobal(r *run, _ int, a *given) (value, error) {
	b, err := r.bind(a, []string{"sep"})
	if err != nil {
		return nil, err
	}
	sep, used := b.str(0, ", "), false
	return &function{"joiner", func(*run, int, *given) (value, error) {
		if !used {
			used = true
			return "", nil
		}
		return sep, nil
	}}, b.err
}
