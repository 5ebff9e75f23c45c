// Package lua gives scripts the checks: check.run runs a check file and returns its document. [New] makes the module of
// the types that a program has.
package lua

import (
	"context"
	"errors"
	"fmt"
	"time"

	"assay.rs/check"
	"assay.rs/core"
)

// Config says what check files may use.
type Config struct {
	Types func() []check.Type
	Start check.StartFixture // nil refuses fixtures
}

// target is what to run: the path of a file or folder, or the text of a file.
type target struct{ path, text string }

// maxPath is how long a path may be, as the kernel has it.
const maxPath = 4096

type options struct {
	vars    map[string]string
	only    []string
	skip    []string
	tags    []string
	timeout time.Duration
}

// New makes the module check.
func New(cfg Config) core.Module {
	return core.Module{
		Name: "check", Doc: "Runs check files from scripts.",
		Funcs: []core.Func{
			core.Fn2(core.Doc{
				Name: "run",
				Text: "Runs the checks of a file, of a folder or of a table that says what a file would say, and returns the document that " +
					"`assay checks.yaml` prints: `passed`, `outcome`, `reason`, `summary`, and `checks` with their `name`, `status` and `message`. " +
					"It does not raise when checks fail, nor when the file is wrong: then `outcome` is `error`, and `errors` says what and where. " +
					"Other tasks go on meanwhile, and other runs, too. Checks are not bound by the flags that restrict a script, so a restricted script cannot run them.",
				Needs: core.Net | core.Listen | core.Read | core.Write | core.Env | core.Exec, Level: core.Script,
				Raises: []*core.Code{core.ErrJSONValue, core.ErrJSONLimit},
				Examples: []string{`local r = check.run({checks = {{name = "sum", type = "script", script = "assert.eq(1 + 1, 2)"}}})
assert(r.passed, r.reason)`},
			},
				core.Arg("checks", targetType(), "A path, or a table. Paths in a table are relative to the working directory."),
				core.Opt("options", optionsType(), options{}, "What of it to run, and how."),
				core.Returns(documentType(), "The document."),
				cfg.run),
			core.Fn1(core.Doc{
				Name: "merge",
				Text: "Joins the documents of all shards of a run into that of the whole, as `assay merge` does. It raises when a shard is missing " +
					"or there twice, and when the documents are of different check files.",
				Needs: core.Pure, Level: core.Script,
				Raises: []*core.Code{core.ErrJSONValue, core.ErrJSONLimit},
				Examples: []string{`local ok, e = pcall(check.merge, {'{"schema": "assay.check/v1"}'})
assert(not ok) print(e) -- document 1: not the document of a shard`},
			},
				core.Arg("documents", core.ListOf(partType()), "Texts as --shard-count makes them, or their tables, in any order."),
				core.Returns(documentType(), "The document of the whole run."),
				merge),
		},
	}
}

// partType reads the text of a document, or a table of it.
func partType() core.Type[string] {
	return core.Custom(core.AnyOf("string", "table"), func(c core.Call, v core.Value) (string, error) {
		if text, ok := v.Text(); ok && v.Kind() == core.KindString {
			return text, nil
		}
		if _, ok := v.Table(); !ok {
			return "", errors.New("the text or the table of a document expected")
		}
		text, err := core.EncodeJSON(c, v, "")
		return string(text), err
	}, nil)
}

func merge(c core.Call, documents []string) (string, error) {
	parts := make([]check.Part, 0, len(documents))
	total := 0
	for i, text := range documents {
		total += len(text)
		if err := c.Made(4 * total); err != nil {
			return "", err
		}
		name := fmt.Sprintf("document %d", i+1)
		r, err := check.ParseReport([]byte(text))
		if err != nil {
			return "", fmt.Errorf("%s: not a document of checks: %w", name, err)
		}
		parts = append(parts, check.Part{From: name, Report: r})
	}
	merged, err := check.Merge(parts)
	if err != nil {
		return "", err
	}
	return written(c, merged)
}

// targetType reads a path or a table.
func targetType() core.Type[target] {
	return core.Custom(core.AnyOf("string", "table"), func(c core.Call, v core.Value) (target, error) {
		if path, ok := v.Text(); ok && v.Kind() == core.KindString {
			if len(path) > maxPath {
				return target{}, fmt.Errorf("a path of at most %d bytes expected, got %d: the text of a check file is read by yaml.parse, which gives a table", maxPath, len(path))
			}
			return target{path: path}, nil
		}
		if _, ok := v.Table(); !ok {
			return target{}, errors.New("a path or a table expected")
		}
		text, err := core.EncodeJSON(c, v, "  ")
		return target{text: string(text)}, err
	}, nil)
}

func optionsType() core.Type[options] {
	return core.Record("check.Options", "What of a check file to run, and how.",
		core.NewKey("vars", core.MapOf(varType()), func(o *options) *map[string]string { return &o.vars },
			"Values for vars of the file, as --var gives them. An unknown name is an error of the document."),
		core.NewKey("only", core.ListOf(core.String()), func(o *options) *[]string { return &o.only }, "Names of the checks to run."),
		core.NewKey("skip", core.ListOf(core.String()), func(o *options) *[]string { return &o.skip }, "Names of the checks to leave out."),
		core.NewKey("tags", core.ListOf(core.String()), func(o *options) *[]string { return &o.tags }, "Run the checks that have one of these tags."),
		core.NewKey("timeout", core.Duration(), func(o *options) *time.Duration { return &o.timeout },
			"How long the run may take, in seconds; the file's own timeout counts when it is shorter. 0 leaves it to the file.").Default("0"))
}

// varType is a value as --var takes it, as text.
func varType() core.Type[string] {
	return core.Custom(core.AnyOf("string", "number", "boolean"), func(c core.Call, v core.Value) (string, error) {
		if _, ok := v.Table(); ok || v.Kind() == core.KindNil || v.Kind() == core.KindFunction {
			return "", errors.New("a text, a number or a boolean expected")
		}
		return c.ToString(v), nil
	}, nil)
}

// documentType is a report as a table.
func documentType() core.Type[string] {
	return core.Custom(core.AnyOf("table"), nil, func(c core.Call, text string) core.Value {
		v, err := core.DecodeJSON(c, text, false)
		if err != nil {
			return core.Nil()
		}
		return v
	})
}

func (cfg Config) run(c core.Call, what target, o options) (string, error) {
	if o.timeout < 0 {
		return "", fmt.Errorf("option 'timeout': must not be negative, got %s", o.timeout)
	}
	load := check.Options{
		Types: cfg.Types(), StartFixture: cfg.Start, LookupEnv: c.Env, Log: c.Log(),
		Memory: memory(c), Vars: o.vars, Only: o.only, Skip: o.skip, Tags: o.tags, Timeout: o.timeout,
	}
	var plan *check.Plan
	var err error
	path := what.path
	if path == "" && what.text != "" {
		path = "table"
		plan, err = check.LoadText(path, what.text, load)
	} else {
		plan, err = check.Load(path, load)
	}
	var report *check.Report
	if err != nil {
		report = check.Refused(path, err)
	} else {
		report = plan.Run(c.Context())
	}
	// A limit of the script that was reached ends it, however the document tells that.
	if err := c.Context().Err(); err != nil {
		return "", context.Cause(c.Context())
	}
	return written(c, report)
}

// written is the text of the document.
func written(c core.Call, report *check.Report) (string, error) {
	document := c.Buffer()
	if err := report.Write(document); err != nil {
		return "", err
	}
	if document.Len() > core.MaxJSONText {
		return "", core.ErrJSONLimit.Errorf("the document has %d bytes: at most %d are read", document.Len(), core.MaxJSONText)
	}
	return document.String(), nil
}

// memory asks for what the reading of check files takes, a megabyte at a time.
func memory(c core.Call) func(bytes int) error {
	taken := 0
	return func(bytes int) error {
		before := taken
		if taken += bytes; taken>>20 == before>>20 {
			return nil
		}
		return c.Made(taken)
	}
}
