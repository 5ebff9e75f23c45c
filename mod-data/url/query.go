package url

import (
	"errors"
	"fmt"
	std "net/url"

	"assay.rs/core"
	"assay.rs/core/query"
	"assay.rs/core/spec"
)

// parameters are the query of a URL, encoded.
type parameters struct {
	text  string
	given bool
}

// fieldCost is about what a value of a query takes beside its text.
const fieldCost = 128

func scalar() spec.Type { return core.AnyOf("string", "number", "boolean") }

// values describes a table of one value or several by name.
func values() spec.Type {
	one := scalar()
	list := spec.Type{Kind: spec.List, Elem: &one}
	either := spec.Type{Kind: spec.Union, Of: append(scalar().Of, list)}
	return spec.Type{Kind: spec.Map, Elem: &either}
}

func valuesType() core.Type[parameters] { return core.Custom(values(), encodeValues, nil) }

// queryType is a query as a table, and to build with also as text.
func queryType() core.Type[parameters] {
	described := values()
	described = spec.Type{Kind: spec.Union, Of: []spec.Type{described, {Kind: spec.Scalar, Name: "string"}}, Nullable: true}
	return core.Custom(described, func(c core.Call, v core.Value) (parameters, error) {
		text, ok := v.Text()
		switch {
		case v.IsNil():
			return parameters{}, nil
		case !ok:
			return encodeValues(c, v)
		}
		if err := c.Copies(3 * len(text)); err != nil {
			return parameters{}, err
		}
		return parameters{escape(text, queryKept), true}, nil
	}, func(c core.Call, p parameters) core.Value {
		v, _ := parseQuery(c, p.text) // of a URL, which is short; the limit of memory stops the task by itself
		return v
	})
}

func encodeValues(c core.Call, v core.Value) (parameters, error) {
	table, ok := v.Table()
	if !ok {
		return parameters{}, fmt.Errorf("table expected, got %s", v.TypeName())
	}
	encoded, size := make(std.Values), 0
	add := func(name string, v core.Value) error {
		text, ok := v.Text()
		switch {
		case v.Kind() == core.KindBool:
			text = fmt.Sprint(v.Bool())
		case !ok:
			return fmt.Errorf("key %q: string expected, got %s", name, v.TypeName())
		}
		more := 3*(len(name)+len(text)) + fieldCost
		if size += more; size > maxBytes {
			return errLimit.Errorf("the query is larger than %d bytes", maxBytes)
		}
		encoded.Add(name, text)
		return c.Copies(2 * more)
	}
	err := table.Each(func(k, v core.Value) error {
		name, ok := k.Text()
		if !ok || k.Kind() != core.KindString {
			return errors.New("the names must be strings")
		}
		list, several := v.Table()
		switch {
		case !several:
			return add(name, v)
		case !list.IsArray() && !empty(list):
			return fmt.Errorf("key %q: string or array of strings expected, got table", name)
		}
		for i := range list.Len() {
			if err := add(name, list.At(i+1)); err != nil {
				return err
			}
		}
		return nil
	})
	return parameters{encoded.Encode(), true}, err
}

func empty(t core.Table) bool {
	names, only := t.Keys()
	return only && len(names) == 0 && t.Len() == 0
}

func parseQuery(c core.Call, text string) (core.Value, error) {
	if len(text) > maxBytes {
		return core.Nil(), errLimit.Errorf("%d bytes: at most %d are read", len(text), maxBytes)
	}
	fields := c.NewTable(0)
	err := query.Each(text, func(name, value string) error {
		if err := c.Copies(fieldCost + 2*(len(name)+len(value))); err != nil {
			return err
		}
		before := fields.Get(name)
		list, several := before.Table()
		switch {
		case before.IsNil():
			fields.Set(name, core.TextValue(value))
		case several:
			list.Append(core.TextValue(value))
		default:
			list = c.NewTable(0)
			list.Append(before)
			list.Append(core.TextValue(value))
			fields.Set(name, list.Value())
		}
		return nil
	})
	return fields.Value(), err
}
