// Package template renders texts with Jinja or with Go's templates: template.render and render_string.
//
// The engines are the packages jinja and gotemplate, which know nothing of Lua; what they may take they ask
// a [budget] for.
package template

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"assay.rs/core"

	"assay.rs/mod-data/internal/plain"
	"assay.rs/mod-data/template/gotemplate"
	"assay.rs/mod-data/template/jinja"
)

var (
	errSyntax = core.NewCode("template.syntax", "the template is wrong; nothing was rendered")
	errRender = core.NewCode("template.render", "rendering failed: something is undefined, or a filter or function failed")
	errValue  = core.NewCode("template.value", "a variable is nothing that templates can hold, such as a function")
	errLimit  = core.NewCode("template.limit", "a template is larger than 1 MB, or a variable is nested too deeply")
)

// maxText is how large a template may be.
const maxText = 1 << 20

// New makes the module.
func New() core.Module {
	return core.Module{
		Name: "template",
		Doc: "Renders texts from templates.\n\n" +
			"The engine `jinja` has the syntax, filters and tests of Jinja2: `{{ name | upper }}`, `{% for %}`, `{% include %}`, `{% extends %}`. " +
			"The engine `go` is Go's text/template with the functions of sprig and those of Helm: `include`, `required`, `tpl`, `toYaml`, `fromYaml`, `toJson`, `fromJson`. " +
			"What is undefined renders empty, unless `strict` is set.",
		Funcs: []core.Func{
			core.Fn3(core.Doc{
				Name: "render_string", Text: "Renders a text. It can include files when `dir` is given.",
				// Of files and variables the policy is asked when a template wants one.
				Needs: core.Env, Level: core.Check, Raises: codes(),
				Examples: []string{
					`assert.eq(template.render_string("{% for p in ports %}{{ p }};{% endfor %}", {ports = {80, 443}}), "80;443;")`,
					`assert.eq(template.render_string('{{ .name | upper | quote }}', {name = "web"}, {engine = "go"}), '"WEB"')`,
					`local ok, e = pcall(template.render_string, "{{ name }}", {}, {strict = true})  assert.eq(e.code, "template.render")`,
				},
			},
				core.Arg("text", core.String(), "The template."), varsParam(), optionsParam(),
				core.Returns(core.String(), "The rendered text."), renderString),
			core.Fn3(core.Doc{
				Name: "render",
				Text: "Renders a file. Templates that it includes or extends are looked for in `dir`, or else in the folder of the file. " +
					"A path that ends with .tmpl, .gotmpl or .tpl is one for the engine `go`; with .html or .htm, `autoescape` is on in the engine `jinja`.",
				Needs: core.Read | core.Env, Level: core.Script, Raises: append(codes(), core.ErrDenied),
				Examples: []string{`local ok, e = pcall(template.render, "no-such-file.j2")  assert.contains(e.message, "no-such-file.j2")`},
			},
				core.Arg("path", core.String(), "The file."), varsParam(), optionsParam(),
				core.Returns(core.String(), "The rendered text."), render),
		},
	}
}

func codes() []*core.Code { return []*core.Code{errSyntax, errRender, errValue, errLimit} }

func varsParam() core.Param[map[string]any] {
	return core.Opt("vars", varsType(), nil, "The variables, by name; in the engine `go` they are the dot.")
}

// varsType is a table, which the body sees as plain data.
func varsType() core.Type[map[string]any] {
	return core.Custom(core.AnyOf("table"), func(c core.Call, v core.Value) (map[string]any, error) {
		if t, ok := v.Table(); ok && t.IsArray() && t.Len() > 0 || !ok && v.Kind() != core.KindObject {
			return nil, fmt.Errorf("a table with names as keys expected, got %s", described(v))
		}
		data, err := plain.Data(c, v, errValue, errLimit)
		if err != nil {
			return nil, err
		}
		vars, _ := data.(map[string]any)
		return vars, nil
	}, nil)
}

func described(v core.Value) string {
	if v.Kind() == core.KindTable {
		return "an array"
	}
	return v.TypeName()
}

type options struct {
	engine              string
	dir                 string
	strict              bool
	autoescape          *bool
	trim, lstrip, final bool
}

func optionsParam() core.Param[options] {
	return core.Opt("options", core.Record("template.Options", "How to render.",
		core.NewKey("engine", core.Enum("jinja", "go"), func(o *options) *string { return &o.engine }, "The engine; without it the path tells.").Default(`"jinja"`),
		core.NewKey("dir", core.String(), func(o *options) *string { return &o.dir }, "The folder of the templates that this one includes or extends."),
		core.NewKey("strict", core.Bool(), func(o *options) *bool { return &o.strict }, "What is undefined raises.").Default("false"),
		core.NewKey("autoescape", core.Nullable(core.Bool()), func(o *options) **bool { return &o.autoescape },
			"What is printed is escaped for HTML, but for what is marked `safe`."),
		core.NewKey("trim_blocks", core.Bool(), func(o *options) *bool { return &o.trim }, "Jinja: the newline behind a block tag is removed.").Default("false"),
		core.NewKey("lstrip_blocks", core.Bool(), func(o *options) *bool { return &o.lstrip }, "Jinja: blanks before a block tag at the beginning of a line are removed.").Default("false"),
		core.NewKey("keep_trailing_newline", core.Bool(), func(o *options) *bool { return &o.final }, "Jinja: one newline at the end of the template stays.").Default("false"),
	), options{}, "How to render.")
}

func renderString(c core.Call, text string, vars map[string]any, o options) (string, error) {
	if o.engine == "" {
		o.engine = "jinja"
	}
	return run(c, "template", text, vars, o)
}

func render(c core.Call, path string, vars map[string]any, o options) (string, error) {
	extension := strings.ToLower(filepath.Ext(path))
	if o.engine == "" {
		o.engine = "jinja"
		if slices.Contains([]string{".tmpl", ".gotmpl", ".tpl"}, extension) {
			o.engine = "go"
		}
	}
	if o.autoescape == nil && o.engine == "jinja" {
		isHTML := extension == ".html" || extension == ".htm"
		o.autoescape = &isHTML
	}
	if o.dir == "" {
		o.dir = filepath.Dir(path)
	}
	text, err := c.Root().ReadFile(path, maxText)
	if err != nil {
		return "", err
	}
	return run(c, filepath.Base(path), string(text), vars, o)
}

func run(c core.Call, name, text string, vars map[string]any, o options) (string, error) {
	if len(text) > maxText {
		return "", errLimit.Errorf("a template of %d bytes: at most %d are read", len(text), maxText)
	}
	b := &budget{call: c, memory: c.Meter()}
	escape := o.autoescape != nil && *o.autoescape
	var out string
	var err error
	if o.engine == "go" {
		out, err = gotemplate.Render(gotemplate.Config{
			Load: o.loader(c), Spend: b.spend, Slow: b.slow, Env: environment(c), Lookup: lookup(c), Strict: o.strict, Escape: escape,
		}, name, text, vars)
	} else {
		out, err = jinja.Render(jinja.Config{
			Load: o.loader(c), Spend: b.spend, Strict: o.strict, Autoescape: escape,
			TrimBlocks: o.trim, LstripBlocks: o.lstrip, KeepNewline: o.final,
		}, name, text, vars)
	}
	if b.ended != nil {
		return "", b.ended
	}
	return out, failure(err)
}

// failure gives an error of an engine its code.
func failure(err error) error {
	if err == nil {
		return nil
	}
	code := errRender
	if e, ok := errors.AsType[*jinja.Error](err); ok && e.Syntax {
		code = errSyntax
	}
	if e, ok := errors.AsType[*gotemplate.Error](err); ok && e.Syntax {
		code = errSyntax
	}
	hint := ""
	if inner, ok := errors.AsType[*core.Error](err); ok {
		hint = inner.Hint
	}
	return code.With(err, hint)
}
