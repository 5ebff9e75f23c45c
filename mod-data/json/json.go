// Package json offers JSON and jq to scripts: json.parse, encode, array, object, null, query and first.
//
// The codec is core's, [core.DecodeJSON] and [core.EncodeJSON], since bodies of requests need it too;
// the language of query and first is that of the package jq, with its bounds.
package json

import (
	"fmt"
	"strings"

	"assay.rs/core"
)

var errQuery = core.NewCode("json.query", "the jq expression is wrong, or fails on the value")

// New makes the module.
func New() core.Module {
	return core.Module{
		Name: "json",
		Doc: "Reads and writes JSON (RFC 8259), and asks values questions in the language of jq.\n\n" +
			"A table with the keys 1 to n is an array, any other an object. Arrays that came from JSON stay arrays " +
			"when they are empty or end with nulls. An integer beyond 2^53 is an `int64` value: exact, and exact again when it is written. " +
			"Beyond 64 bits it is the nearest number.",
		Funcs: []core.Func{
			core.Fn2(core.Doc{
				Name: "parse",
				Text: "Reads one JSON text. A null is `nil`, so that an object does not have the key at all; with `null = \"keep\"` it is `json.null`. " +
					"Of equal keys the last one counts. Text that is not UTF-8 or not JSON to the letter raises, with line and column.",
				Needs: core.Pure, Level: core.Check,
				Raises: []*core.Code{core.ErrJSONSyntax, core.ErrJSONLimit},
				Examples: []string{
					`local pod = json.parse('{"name": "web", "ports": [80, 443]}')  assert.eq(pod.ports[2], 443)`,
					`local t = json.parse('[1, null]', {null = "keep"})  assert.eq(t[2], json.null)`,
					`local ok, e = pcall(json.parse, '{"a": }')  assert.eq(e.code, "json.syntax")  assert.contains(e.message, "1:7")`,
				},
			},
				core.Arg("text", core.String(), "JSON text."),
				core.Opt("options", parseOptionsType(), parseOptions{null: "nil"}, "How to read it."),
				core.Returns(core.Any(), "The value."), parse),
			core.Fn2(core.Doc{
				Name: "encode",
				Text: "Writes `v` as JSON, keys sorted. An empty table is `{}` unless it was made an array. " +
					"Whole-number keys of an object become strings. Objects of builtins are written as their fields. " +
					"NaN, infinities, functions, cycles, nesting over 200 and text that is not UTF-8 raise and name the path, such as `.spec.items[3]`.",
				Needs: core.Pure, Level: core.Check,
				Raises: []*core.Code{core.ErrJSONValue, core.ErrJSONLimit},
				Examples: []string{
					`assert.eq(json.encode({b = {1, 2}, a = "x"}), '{"a":"x","b":[1,2]}')`,
					`assert.eq(json.encode({a = {}}, {indent = 2}), '{\n  "a": {}\n}')`,
					`local ok, e = pcall(json.encode, {spec = {0/0}})  assert.contains(e.message, ".spec[1]")`,
				},
			},
				core.Arg("v", core.Any(), "Any value that JSON can hold."),
				core.Opt("options", encodeOptionsType(), encodeOptions{}, "How to write it."),
				core.Returns(core.Bytes(), "JSON text, without a newline at the end."), encode),
			core.Fn1(core.Doc{
				Name: "array", Text: "Makes encoders take `t` for an array even when it is empty or has nils in it. Without `t` the table is new.",
				Needs: core.Pure, Level: core.Check,
				Examples: []string{`assert.eq(json.encode({items = json.array()}), '{"items":[]}')  assert.eq(json.encode(json.array({1, nil, 3})), "[1,null,3]")`},
			}, core.Arg("t", core.Nullable(tableType()), "A table whose keys are positive whole numbers."), core.Returns(core.Any(), "The table."), array),
			core.Fn1(core.Doc{
				Name: "object", Text: "Makes encoders take `t` for an object even when its keys are 1 to n. Without `t` the table is new.",
				Needs: core.Pure, Level: core.Check,
				Examples: []string{`assert.eq(json.encode(json.object({"a", "b"})), '{"1":"a","2":"b"}')`},
			}, core.Arg("t", core.Nullable(tableType()), "A table."), core.Returns(core.Any(), "The table."), object),
			queryFunc(), firstFunc(),
		},
		Consts: []core.Const{core.NewConst("null", core.Null(), core.None{}, "Stands for a null that is kept: in a table, where `nil` would be no entry at all, it is written as `null`.")},
	}
}

type parseOptions struct{ null string }

func parseOptionsType() core.Type[parseOptions] {
	return core.Record("json.ParseOptions", "How json.parse reads.",
		core.NewKey("null", core.Enum("nil", "keep"), func(o *parseOptions) *string { return &o.null },
			"What a null becomes: `nil`, or `json.null`.").Default(`"nil"`))
}

func parse(c core.Call, text string, o parseOptions) (core.Value, error) {
	return core.DecodeJSON(c, text, o.null == "keep")
}

type encodeOptions struct{ indent string }

func encodeOptionsType() core.Type[encodeOptions] {
	return core.Record("json.EncodeOptions", "How json.encode writes.",
		core.NewKey("indent", indentType(), func(o *encodeOptions) *string { return &o.indent },
			"Puts each member on its own line, indented by that many spaces or that text for each level; without it the text is one line."))
}

// maxIndent keeps the text of a deep value in bounds.
const maxIndent = 16

func indentType() core.Type[string] {
	return core.Custom(core.AnyOf("integer", "string"), func(_ core.Call, v core.Value) (string, error) {
		if n, ok := v.Integer(); ok {
			if n < 0 || n > maxIndent {
				return "", fmt.Errorf("0 to %d spaces expected, got %d", maxIndent, n)
			}
			return strings.Repeat(" ", int(n)), nil
		}
		s, ok := v.Text()
		if !ok || v.Kind() != core.KindString {
			return "", fmt.Errorf("a number of spaces or a text of blanks expected, got %s", v.TypeName())
		}
		if len(s) > maxIndent || strings.Trim(s, " \t") != "" {
			return "", fmt.Errorf("at most %d spaces or tabs expected, got %q", maxIndent, s)
		}
		return s, nil
	}, nil)
}

func encode(c core.Call, v core.Value, o encodeOptions) ([]byte, error) {
	return core.EncodeJSON(c, v, o.indent)
}

func tableType() core.Type[core.Table] {
	return core.Custom(core.AnyOf("table"), func(_ core.Call, v core.Value) (core.Table, error) {
		t, ok := v.Table()
		if !ok {
			return t, fmt.Errorf("table expected, got %s", v.TypeName())
		}
		return t, nil
	}, func(_ core.Call, t core.Table) core.Value { return t.Value() })
}

func array(c core.Call, t *core.Table) (core.Value, error) {
	if t == nil {
		return c.NewArray(0).Value(), nil
	}
	err := t.Each(func(k, _ core.Value) error {
		if n, ok := k.Integer(); !ok || n < 1 {
			return fmt.Errorf("an array cannot have the key %s", describeKey(k))
		}
		return nil
	})
	if err != nil {
		return core.Nil(), err
	}
	c.Mark(*t, true)
	return t.Value(), nil
}

func describeKey(k core.Value) string {
	s, ok := k.Text()
	switch {
	case !ok:
		return "of type " + k.TypeName()
	case k.Kind() == core.KindString:
		return fmt.Sprintf("%q", s)
	default:
		return s
	}
}

func object(c core.Call, t *core.Table) (core.Value, error) {
	if t == nil {
		fresh := c.NewTable(0)
		t = &fresh
	}
	c.Mark(*t, false)
	return t.Value(), nil
}
