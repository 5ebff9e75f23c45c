package check

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"assay.rs/core/retry"
	"assay.rs/mod-data/jsonschema"
	"assay.rs/mod-data/yaml"
)

// bodySchema is the JSON Schema that a body must fit; its zero value is none.
type bodySchema struct {
	compiled *jsonschema.Schema
	name     string // of its file; empty for one in the check file
}

// value reads {file: path}, or a schema itself. Nothing is substituted in either: $ and its friends are the schema's.
func (b *bodySchema) value() Value {
	return Value{func() schema {
		return schema{"type": "object", "minProperties": 1, "properties": schema{"file": schema{"type": "string", "description": "A file with the schema, in JSON or YAML."}}}
	}, func(r *Reader, n *yaml.Node) {
		if n.Kind != yaml.Map {
			r.Fail(n, "must be {file: ...} or a JSON Schema, not %s", describe(n))
			return
		}
		document, at := n, filepath.Join(r.origin, filepath.Base(r.file.Name))
		b.name = ""
		if file := n.Get("file"); file != nil && len(n.Pairs) == 1 {
			name, ok := stringOf(file)
			if !ok {
				r.Fail(file, "must be a path, not %s", describe(file))
				return
			}
			at, b.name = r.find(name), name
			var err error
			if document, err = r.schemaFile(at); err != nil {
				r.Fail(file, "schema %s: %s", clip(name), err)
				return
			}
		}
		if err := b.compile(r, document, at); err != nil {
			r.Fail(n, "schema: %s", err)
			return
		}
		if !b.compiled.Asserts() {
			r.Fail(n, "the schema holds for everything: it says nothing")
		}
	}}
}

// maxSchema is how large a file with a schema may be.
const maxSchema = 4 << 20

func (r *Reader) schemaFile(path string) (*yaml.Node, error) {
	data, err := readFile(path, maxSchema)
	if err != nil {
		return nil, err
	}
	r.scope.needed.files[path] = true
	root, err := yaml.Parse(data)
	if err == nil && root == nil {
		err = errors.New("the file is empty")
	}
	return root, err
}

// compile reads a schema with what it refers to: files beside it or below, and nothing from the network.
func (b *bodySchema) compile(r *Reader, document *yaml.Node, path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	folder := filepath.Dir(path)
	load := func(at *url.URL) (any, error) {
		if at.Scheme != "file" {
			return nil, errors.New("nothing is fetched: only files beside the schema are read")
		}
		inside, err := filepath.Rel(folder, filepath.FromSlash(at.Path))
		if err != nil || !filepath.IsLocal(inside) {
			return nil, errors.New("only files beside the schema, or in folders there, are read")
		}
		n, err := r.schemaFile(filepath.Join(folder, inside))
		if err != nil {
			return nil, err
		}
		return jsonOf(n)
	}
	tree, err := jsonOf(document)
	if err != nil {
		return err
	}
	b.compiled, err = jsonschema.Compile(tree, &url.URL{Scheme: "file", Path: filepath.ToSlash(path)}, load)
	return err
}

// jsonOf is a YAML value as JSON decodes it.
func jsonOf(n *yaml.Node) (any, error) {
	raw, err := json.Marshal(n.Go())
	if err != nil {
		return nil, fmt.Errorf("it is not JSON: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	err = d.Decode(&v)
	return v, err
}

func (b *bodySchema) wanted() bool { return b.compiled != nil }

// maxViolations is how many violations a result lists.
const maxViolations = 20

// assess judges a decoded body. notJSON is why there is none.
func (b *bodySchema) assess(ctx context.Context, o *Outcome, v any, notJSON error, a Attempt) {
	if !b.wanted() {
		return
	}
	subject := strings.TrimSpace("schema " + b.name)
	if notJSON != nil {
		o.assess(Assertion{Expr: subject, Expected: true}, subject+": the body is not JSON: "+notJSON.Error())
		return
	}
	bad, err := b.compiled.Validate(ctx, v)
	if errors.Is(err, jsonschema.ErrTooComplex) {
		o.Err = Broken(retry.Limit, fmt.Errorf("%s: %w", subject, err))
		return
	}
	if err != nil {
		o.Err = err
		return
	}
	if len(bad) == 0 {
		o.assess(Assertion{Expr: subject, Passed: true, Expected: true, Actual: true}, "")
		return
	}
	for i, wrong := range bad {
		if i == maxViolations {
			o.assess(Assertion{Expr: fmt.Sprintf("%s: %d more violations", subject, len(bad)-i), Expected: 0, Actual: len(bad) - i}, "")
			return
		}
		at := wrong.At
		if at == "" {
			at = "the body"
		}
		expr := clip(a.Redact(fmt.Sprintf("%s: %s", subject, at))) + " " + cut(a.Redact(wrong.Want), 300)
		o.assess(Assertion{Expr: expr, Expected: a.Redact(wrong.Want), Actual: a.Excerpt(shown(wrong.Got, a))},
			fmt.Sprintf("%s (got %s)", expr, shown(wrong.Got, a)))
	}
}
