package spec

import "fmt"

// direction is which way a value goes: into a builtin or out of it.
type direction bool

const (
	in  direction = true
	out direction = false
)

// eachType calls visit for every type that the module mentions, outermost first.
func (m Module) eachType(visit func(t Type, d direction)) {
	fn := func(f Func) {
		for _, p := range f.Params {
			p.Type.walk(in, visit)
		}
		for _, r := range f.Returns {
			r.Type.walk(out, visit)
		}
	}
	if m.Call != nil {
		fn(*m.Call)
	}
	for _, f := range m.Funcs {
		fn(f)
	}
	for _, c := range m.Consts {
		c.Type.walk(out, visit)
	}
	for _, r := range m.Records {
		for _, f := range r.Fields {
			f.Type.walk(out, visit)
		}
	}
	for _, c := range m.Classes {
		for _, f := range c.Fields {
			f.Type.walk(out, visit)
		}
		for _, f := range c.Methods {
			fn(f)
		}
	}
}

func (t Type) walk(d direction, visit func(t Type, d direction)) {
	visit(t, d)
	if t.Elem != nil {
		t.Elem.walk(d, visit)
	}
	for _, o := range t.Of {
		o.walk(d, visit)
	}
	// What a builtin is called back with comes out of it, what the function returns goes in.
	for _, p := range t.Params {
		p.Type.walk(!d, visit)
	}
	for _, r := range t.Returns {
		r.Type.walk(d, visit)
	}
}

// options are the records that scripts write, so that each key may be left out.
func (m Module) options() map[string]bool {
	found := make(map[string]bool)
	var mark func(t Type, d direction)
	mark = func(t Type, d direction) {
		r, known := m.record(t.Name)
		if d != in || t.Kind != Ref || !known || found[t.Name] {
			return
		}
		found[t.Name] = true
		for _, f := range r.Fields {
			f.Type.walk(in, mark)
		}
	}
	m.eachType(mark)
	return found
}

// complete reports a type that lacks what its kind needs.
func (m Module) complete() error {
	var err error
	m.eachType(func(t Type, _ direction) {
		switch t.Kind {
		case List, Map:
			if t.Elem == nil {
				err = fmt.Errorf("a %s without elem", t.Kind)
			}
		case Scalar, Ref:
			if t.Name == "" {
				err = fmt.Errorf("a %s without name", t.Kind)
			}
		case Enum, Union, Callback:
		default:
			err = fmt.Errorf("kind %q is not known", t.Kind)
		}
	})
	return err
}
