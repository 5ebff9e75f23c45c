// Package jsonschema judges JSON values by JSON Schema, draft 2020-12, with formats asserted (RFC 3339, 5321, 1123, 3986,
// 4122 and their like).
//
// It is stricter than the draft where silence would make a schema say less than its author thinks: a keyword that is
// nearly a known one, a keyword of an older draft, an unknown format and a pattern that RE2 does not have are errors of
// [Compile]. Nothing is fetched: references lead into the schema itself or to what a Loader gives.
package jsonschema

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"regexp"
)

// Loader gives the document at a URL without fragment, decoded as by encoding/json with UseNumber.
type Loader func(at *url.URL) (any, error)

// Schema is a schema that makes sense. It is safe for concurrent use.
type Schema struct{ root *node }

// Violation is one way in which a value is not as its schema wants.
type Violation struct {
	At      string // where in the value: a JSON Pointer (RFC 6901), empty for the whole
	Keyword string // that is violated: "type", "required"
	Want    string // for a person: "must be a string"
	Got     any    // what is there instead
}

// Error is what is wrong with a schema, and where in it.
type Error struct {
	At      string // "file.json#/properties/a"
	Message string
}

func (e *Error) Error() string { return e.At + ": " + e.Message }

// ErrTooComplex is a value and schema that take too many steps together.
var ErrTooComplex = errors.New("the schema takes too many steps for this value")

// Compile reads a schema, decoded as by encoding/json with UseNumber. at is where it is from: relative references are
// relative to it. load may be nil. The error is an *Error.
func Compile(document any, at *url.URL, load Loader) (*Schema, error) {
	c := &compiler{load: load, resources: map[string]*resource{}, nodes: map[string]*node{}}
	root, err := c.document(document, at)
	if err != nil {
		return nil, err
	}
	for len(c.open) > 0 { // references are followed when all that they may lead to is known
		o := c.open[0]
		c.open = c.open[1:]
		if err := c.follow(o); err != nil {
			return nil, err
		}
	}
	return &Schema{root}, nil
}

// Validate judges a value, decoded as by encoding/json with UseNumber. The error is the cause of the end of ctx, or
// ErrTooComplex.
func (s *Schema) Validate(ctx context.Context, v any) ([]Violation, error) {
	return s.within(ctx, v, maxSteps)
}

func (s *Schema) within(ctx context.Context, v any, steps int) ([]Violation, error) {
	r := &run{ctx: ctx, left: steps, active: map[visit]bool{}}
	_, bad := r.judge(s.root, v, "")
	return bad, r.err
}

// Asserts tells whether there is any value that the schema refuses, as far as its own keywords say.
func (s *Schema) Asserts() bool { return s.root.asserts() }

// node is one schema.
type node struct {
	never bool // the schema false
	at    string
	in    *resource

	ref     *node
	dynamic string // the anchor that ref leads to may be overridden by name

	types    []string
	enum     []string // canonical
	enumText string
	constant *string

	multipleOf, maximum, exclusiveMaximum, minimum, exclusiveMinimum *big.Rat

	maxLength, minLength         int // -1 is none, as below
	maxItems, minItems           int
	maxContains, minContains     int
	maxProperties, minProperties int
	uniqueItems                  bool
	pattern                      *regexp.Regexp
	format                       string
	required                     []string
	dependentRequired            map[string][]string

	allOf, anyOf, oneOf           []*node
	not, ifs, then, otherwise     *node
	dependentSchemas, properties  map[string]*node
	patternProperties             []patterned
	additionalProperties, names   *node
	prefixItems                   []*node
	items, contains               *node
	unevaluatedItems, unevaluated *node
}

type patterned struct {
	pattern *regexp.Regexp
	schema  *node
}

// asserts tells whether n refuses anything by itself.
func (n *node) asserts() bool {
	return n.never || n.ref != nil || len(n.types) > 0 || n.enum != nil || n.constant != nil ||
		n.multipleOf != nil || n.maximum != nil || n.exclusiveMaximum != nil || n.minimum != nil || n.exclusiveMinimum != nil ||
		n.maxLength >= 0 || n.minLength > 0 || n.maxItems >= 0 || n.minItems > 0 || n.maxProperties >= 0 || n.minProperties > 0 ||
		n.uniqueItems || n.pattern != nil || n.format != "" || len(n.required) > 0 || len(n.dependentRequired) > 0 ||
		len(n.allOf)+len(n.anyOf)+len(n.oneOf)+len(n.dependentSchemas)+len(n.properties)+len(n.patternProperties)+len(n.prefixItems) > 0 ||
		n.not != nil || n.ifs != nil || n.additionalProperties != nil || n.names != nil || n.items != nil || n.contains != nil ||
		n.unevaluatedItems != nil || n.unevaluated != nil
}

// resource is a schema with a URL of its own: a document, or what has an $id in one.
type resource struct {
	url      *url.URL
	root     any // its text
	pointer  string
	document string // the URL of the document that it is in
	anchors  map[string]*node
	dynamics map[string]*node
	node     *node
}

func fail(at, format string, args ...any) error {
	return &Error{at, fmt.Sprintf(format, args...)}
}
