package yaml

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strings"

	"assay.rs/core"
)

var (
	errSyntax = core.NewCode("yaml.syntax", "the text is not YAML, or over the limits for it")
	errValue  = core.NewCode("yaml.value", "the value has no form in YAML")
	errLimit  = core.NewCode("yaml.limit", "the value is too large or nested too deeply")
)

// New makes the module yaml for scripts.
func New() core.Module {
	return core.Module{
		Name: "yaml",
		Doc: "Reads and writes YAML 1.2.\n\nPlain scalars follow the core schema: `010` is 10, `yes` and `2024-01-01` are strings, `1e3` is a number. " +
			"Tables follow the rules of `json`: a table with the keys 1 to n is a list, any other a map, lists that came from YAML stay lists, " +
			"and integers are exact within 64 bits.",
		Funcs: []core.Func{parseFunc(), parseAllFunc(), encodeFunc(), encodeAllFunc()},
	}
}

func parseFunc() core.Func {
	return core.Fn2(core.Doc{
		Name: "parse",
		Text: "Reads the one document of a text, with anchors and merge keys resolved. A null is `nil`, and so is a text without a document; " +
			"with `null = \"keep\"` it is `json.null`. Keys that are not strings become strings. " +
			"Two equal keys, two documents, an unknown tag and text that is not YAML raise, with line and column.",
		Needs: core.Pure, Level: core.Check, Raises: []*core.Code{errSyntax},
		Examples: []string{
			`local c = yaml.parse("replicas: 3\nports: [80, 443]")  assert.eq(c.replicas, 3)  assert.eq(c.ports[2], 443)`,
			`local ok, e = pcall(yaml.parse, "a: [1")  assert.eq(e.code, "yaml.syntax")`,
			`assert.eq(yaml.parse("bucket: !Ref Logs", {tags = "ignore"}).bucket, "Logs")`,
		},
	}, textParam(), optionsParam(), core.Returns(core.Any(), "The value."), parse)
}

func parseAllFunc() core.Func {
	return core.Fn2(core.Doc{
		Name: "parse_all", Text: "Reads all documents of a text, which `---` separates.",
		Needs: core.Pure, Level: core.Check, Raises: []*core.Code{errSyntax},
		Examples: []string{`local docs = yaml.parse_all("kind: Pod\n---\nkind: Service\n")  assert.eq(docs[2].kind, "Service")`},
	}, textParam(), optionsParam(), core.Returns(core.Any(), "An array of the documents."), parseAll)
}

func textParam() core.Param[string] { return core.Arg("text", core.String(), "YAML text.") }

type parseOptions struct{ null, tags string }

func optionsParam() core.Param[parseOptions] {
	return core.Opt("options", core.Record("yaml.ParseOptions", "How to read YAML.",
		core.NewKey("null", core.Enum("nil", "keep"), func(o *parseOptions) *string { return &o.null },
			"What a null becomes: `nil`, or `json.null`.").Default(`"nil"`),
		core.NewKey("tags", core.Enum("refuse", "ignore"), func(o *parseOptions) *string { return &o.tags },
			"What an unknown tag such as `!Ref` does: raises, or nothing.").Default(`"refuse"`),
	), parseOptions{null: "nil", tags: "refuse"}, "How to read it.")
}

func encodeFunc() core.Func {
	return core.Fn1(core.Doc{
		Name: "encode",
		Text: "Writes `v` as one document in block style, keys sorted, with a newline at the end. Strings that would read as something else are quoted; " +
			"texts of several lines are literal blocks. Functions, cycles, nesting over 200 and text that is not UTF-8 raise and name the path, " +
			"such as `.spec.items[3]`.",
		Needs: core.Pure, Level: core.Check, Raises: []*core.Code{errValue, errLimit},
		Examples: []string{`assert.eq(yaml.encode({name = "web", args = {"on", "-v"}}), 'args:\n  - "on"\n  - -v\nname: web\n')`},
	}, core.Arg("v", core.Any(), "Any value that YAML can hold."), core.Returns(core.Bytes(), "YAML text."), encode)
}

func encodeAllFunc() core.Func {
	return core.Fn1(core.Doc{
		Name: "encode_all", Text: "Writes each element of an array as a document of its own, with `---` between them.",
		Needs: core.Pure, Level: core.Check, Raises: []*core.Code{errValue, errLimit},
		Examples: []string{`assert.eq(yaml.encode_all({{a = 1}, {b = 2}}), "a: 1\n---\nb: 2\n")`},
	}, core.Arg("docs", core.Any(), "An array of values."), core.Returns(core.Bytes(), "YAML text."), encodeAll)
}

func parse(c core.Call, text string, o parseOptions) (core.Value, error) {
	docs, err := o.documents(c, text)
	if err != nil {
		return core.Nil(), err
	}
	one, err := single(docs)
	if err != nil {
		return core.Nil(), errSyntax.With(err, "yaml.parse_all reads texts with several documents")
	}
	if one == nil {
		return core.Nil(), nil
	}
	return o.toLua(c, one), nil
}

func parseAll(c core.Call, text string, o parseOptions) (core.Value, error) {
	docs, err := o.documents(c, text)
	if err != nil {
		return core.Nil(), err
	}
	roots := make([]*Node, len(docs))
	for i, d := range docs {
		roots[i] = d.root
	}
	return o.list(c, roots), nil
}

func (o parseOptions) documents(c core.Call, text string) ([]document, error) {
	taken, ctx := 0, c.Context()
	memory := func(bytes int) error {
		before := taken
		if taken += bytes; taken>>20 == before>>20 {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return c.Made(taken)
	}
	docs, err := Options{IgnoreTags: o.tags == "ignore", Memory: memory}.documents([]byte(text))
	if err == nil {
		return docs, nil
	}
	hint := ""
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return nil, err // of memory
	}
	if strings.HasPrefix(e.Message, unknown) {
		hint = `the option tags = "ignore" reads values as if they had no such tag`
	}
	return nil, errSyntax.With(err, hint)
}

// toLua makes the Lua value of a tree, whose size parsing has bounded.
func (o parseOptions) toLua(c core.Call, n *Node) core.Value {
	switch n.Kind {
	case Null:
		if o.null == "keep" {
			return c.NullValue()
		}
		return core.Nil()
	case List:
		return o.list(c, n.Items)
	case Map:
		t := c.NewTable(len(n.Pairs))
		for _, p := range n.Pairs {
			if p.Value.Kind != Null || o.null == "keep" {
				t.Set(p.Key, o.toLua(c, p.Value))
			}
		}
		return t.Value()
	case Int:
		if n.Value == 0 && n.Text[0] == '-' {
			return core.NumberValue(math.Copysign(0, -1)) // as json.parse has it
		}
		return scalarToLua(c, n.Value)
	default:
		return scalarToLua(c, n.Value)
	}
}

func scalarToLua(c core.Call, value any) core.Value {
	switch value := value.(type) {
	case bool:
		return core.BoolValue(value)
	case int:
		return c.Integer(int64(value))
	case *big.Int:
		if value.IsInt64() {
			return c.Integer(value.Int64())
		}
		f, _ := new(big.Float).SetInt(value).Float64()
		return core.NumberValue(f)
	case float64:
		return core.NumberValue(value)
	case string:
		return core.TextValue(value)
	default:
		return core.Nil()
	}
}

func (o parseOptions) list(c core.Call, items []*Node) core.Value {
	t := c.NewArray(len(items))
	for i, item := range items {
		_ = t.SetAt(core.NumberValue(float64(i+1)), o.toLua(c, item)) // the key is a number
	}
	c.SetLen(t, len(items))
	return t.Value()
}

func encode(c core.Call, v core.Value) ([]byte, error) {
	w := newWriter(c)
	err := w.value(v, 0, atRoot)
	return w.out, err
}

func encodeAll(c core.Call, v core.Value) ([]byte, error) {
	docs, ok := v.Table()
	if !ok || !docs.IsArray() && !empty(docs) {
		return nil, fmt.Errorf("an array of documents expected, got %s", v.TypeName())
	}
	w := newWriter(c)
	if err := w.Enter(v); err != nil {
		return nil, err
	}
	for i := 1; i <= docs.Len(); i++ {
		if i > 1 {
			w.out = append(w.out, "---\n"...)
		}
		w.Index(i)
		if err := w.value(docs.At(i), 0, atRoot); err != nil {
			return nil, err
		}
	}
	return w.out, nil
}

func empty(t core.Table) bool {
	return t.Each(func(_, _ core.Value) error { return io.EOF }) == nil
}
