package spec

import "strings"

// String gives the type as Lua programmers write it: "string", "number[]", "http.Response|nil".
func (t Type) String() string { return t.text(asNamed) }

// part is a piece of a type's text; ref marks the name of a Record or Class.
type part struct {
	text string
	ref  bool
}

func asNamed(name string) string { return name }

// text is the type with its scalars written as scalar gives them.
func (t Type) text(scalar func(name string) string) string {
	var b strings.Builder
	for _, p := range t.parts(scalar) {
		b.WriteString(p.text)
	}
	return b.String()
}

func (t Type) parts(scalar func(name string) string) []part {
	if !t.Nullable {
		return t.base(scalar)
	}
	if t.Kind == Callback {
		return join("", lit("("), t.base(scalar), lit(")|nil"))
	}
	return append(t.base(scalar), lit("|nil")...)
}

func (t Type) base(scalar func(name string) string) []part {
	switch t.Kind {
	case List:
		if strings.ContainsAny(t.Elem.text(scalar), `|("`) {
			return join("", lit("("), t.Elem.parts(scalar), lit(")[]"))
		}
		return join("", t.Elem.parts(scalar), lit("[]"))
	case Map:
		return join("", lit("table<string, "), t.Elem.parts(scalar), lit(">"))
	case Enum:
		return lit(`"` + strings.Join(t.Values, `"|"`) + `"`)
	case Union:
		return join("|", each(t.Of, func(o Type) []part {
			if o.Kind == Callback && !o.Nullable {
				return join("", lit("("), o.parts(scalar), lit(")"))
			}
			return o.parts(scalar)
		})...)
	case Callback:
		params := each(t.Params, func(p Param) []part {
			return append(lit(p.label()+": "), p.Type.parts(scalar)...)
		})
		fn := join("", lit("fun("), join(", ", params...), lit(")"))
		if len(t.Returns) == 0 {
			return fn
		}
		return join("", fn, lit(": "), returnParts(t.Returns, scalar))
	case Ref:
		return []part{{t.Name, true}}
	case Scalar:
	}
	return lit(scalar(t.Name))
}

// returnParts is what a function gives: "string, integer", "...: any".
func returnParts(rs []Return, scalar func(name string) string) []part {
	return join(", ", each(rs, func(r Return) []part {
		if r.Rest {
			return append(lit("...: "), r.Type.parts(scalar)...)
		}
		return r.Type.parts(scalar)
	})...)
}

// label is the name as a signature has it: "url", "options?", "...".
func (p Param) label() string {
	switch {
	case p.Rest:
		return "..."
	case p.Optional:
		return p.Name + "?"
	default:
		return p.Name
	}
}

func lit(text string) []part { return []part{{text: text}} }

func each[T any](items []T, parts func(T) []part) [][]part {
	all := make([][]part, len(items))
	for i, item := range items {
		all[i] = parts(item)
	}
	return all
}

func join(sep string, lists ...[]part) []part {
	var all []part
	for i, list := range lists {
		if i > 0 && sep != "" {
			all = append(all, part{text: sep})
		}
		all = append(all, list...)
	}
	return all
}
