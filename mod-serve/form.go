package serve

import (
	"mime"

	"assay.rs/core"
	"assay.rs/core/query"
	"assay.rs/core/spec"
)

const formKind = "application/x-www-form-urlencoded"

// fieldCost is about what a field of a form takes beside its text.
const fieldCost = 128

// formType is the fields of a form: the first value of each, or all of them.
func formType(all bool) core.Type[core.Value] {
	value := spec.Type{Kind: spec.Scalar, Name: "string"}
	described := spec.Type{Kind: spec.Map, Elem: &value}
	if all {
		described.Elem = &spec.Type{Kind: spec.List, Elem: &value}
	}
	return core.Custom(described, nil, func(_ core.Call, fields core.Value) core.Value { return fields })
}

func formOf(all bool) func(c core.Call, r *request) (core.Value, error) {
	return func(c core.Call, r *request) (core.Value, error) { return r.fields(c, all) }
}

// fields reads the body.
func (r *request) fields(c core.Call, all bool) (core.Value, error) {
	fields := c.NewTable(0)
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != formKind {
		return fields.Value(), nil //nolint:nilerr // another body has no fields
	}
	if err := c.Copies(len(r.body)); err != nil {
		return core.Nil(), err
	}
	err = query.Each(string(r.body), func(name, value string) error {
		if err := c.Copies(fieldCost + 2*(len(name)+len(value))); err != nil {
			return err
		}
		text := core.TextValue(value)
		values, known := fields.Get(name).Table()
		switch {
		case !all && fields.Get(name).IsNil():
			fields.Set(name, text)
		case all && !known:
			values = c.NewTable(1)
			fields.Set(name, values.Value())
			values.Append(text)
		case all:
			values.Append(text)
		}
		return nil
	})
	return fields.Value(), err
}
