package jsonschema

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"assay.rs/core/nearest"
)

const draft = "https://json-schema.org/draft/2020-12/schema"

type compiler struct {
	load      Loader
	resources map[string]*resource // by URL
	nodes     map[string]*node     // by document and pointer
	open      []reference
	depth     int
}

// reference is a $ref or $dynamicRef that is still to be followed.
type reference struct {
	from    *node
	to      string
	dynamic bool
}

// maxDepth bounds how deep schemas stand in each other.
const maxDepth = 500

// document reads a whole document.
func (c *compiler) document(d any, at *url.URL) (*node, error) {
	base := *at
	base.Fragment, base.RawFragment = "", ""
	r := &resource{url: &base, root: d, document: base.String(), anchors: map[string]*node{}, dynamics: map[string]*node{}}
	c.resources[r.document] = r
	n, err := c.schema(d, r, "")
	r.node = n
	return n, err
}

// schema reads the schema at pointer of the document that r is in.
func (c *compiler) schema(d any, r *resource, pointer string) (*node, error) {
	place := shortURL(r.document) + "#" + pointer
	if known := c.nodes[r.document+"#"+pointer]; known != nil {
		return known, nil
	}
	if c.depth++; c.depth > maxDepth {
		return nil, fail(place, "more than %d schemas stand in each other", maxDepth)
	}
	defer func() { c.depth-- }()
	n := &node{
		at: place, in: r, maxLength: -1, minLength: -1, maxItems: -1, minItems: -1, maxContains: -1, minContains: -1,
		maxProperties: -1, minProperties: -1,
	}
	c.nodes[r.document+"#"+pointer] = n
	m, ok := d.(map[string]any)
	if !ok {
		is, isBool := d.(bool)
		if !isBool {
			return nil, fail(place, "a schema must be an object, true or false, not %s", kindOf(d))
		}
		n.never = !is
		return n, nil
	}
	if err := c.identify(n, m, pointer); err != nil {
		return nil, err
	}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if err := c.keyword(n, k, m[k], pointer); err != nil {
			return nil, err
		}
	}
	if (n.then != nil || n.otherwise != nil) && n.ifs == nil {
		return nil, fail(place, "'then' and 'else' mean nothing without 'if'")
	}
	if (n.maxContains >= 0 || n.minContains >= 0) && n.contains == nil {
		return nil, fail(place, "'minContains' and 'maxContains' mean nothing without 'contains'")
	}
	return n, nil
}

// identify makes n a resource when it has an $id, and notes its anchors.
func (c *compiler) identify(n *node, m map[string]any, pointer string) error {
	if s, given := m["$schema"]; given && (s != draft && s != draft+"#") {
		return fail(n.at, "$schema %v: only draft 2020-12 is known here: %s", s, draft)
	}
	if raw, given := m["$id"]; given {
		id, ok := raw.(string)
		u, err := n.in.url.Parse(id)
		if !ok || err != nil || u.Fragment != "" {
			return fail(n.at, "$id %v is no URL without fragment", raw)
		}
		u.Fragment = ""
		old := n.in
		n.in = &resource{url: u, root: m, pointer: pointer, document: old.document, anchors: map[string]*node{}, dynamics: map[string]*node{}, node: n}
		if pointer == "" {
			n.in.root = old.root
			old.node = n
			n.in.anchors, n.in.dynamics = old.anchors, old.dynamics
		}
		if have := c.resources[u.String()]; have != nil && (have != old || pointer != "") {
			return fail(n.at, "$id %s is there twice", u)
		}
		c.resources[u.String()] = n.in
	}
	for _, k := range []string{"$anchor", "$dynamicAnchor"} {
		raw, given := m[k]
		if !given {
			continue
		}
		name, ok := raw.(string)
		if !ok || name == "" || strings.ContainsAny(name, "#/ ") {
			return fail(n.at, "%s %v is no name", k, raw)
		}
		n.in.anchors[name] = n
		if k == "$dynamicAnchor" {
			n.in.dynamics[name] = n
		}
	}
	return nil
}

// keyword reads one keyword.
func (c *compiler) keyword(n *node, k string, v any, pointer string) error {
	at := n.at + "/" + escape(k)
	one := func(into **node) error {
		s, err := c.schema(v, n.in, pointer+"/"+escape(k))
		*into = s
		return err
	}
	switch k {
	case "not":
		return one(&n.not)
	case "if":
		return one(&n.ifs)
	case "then":
		return one(&n.then)
	case "else":
		return one(&n.otherwise)
	case "additionalProperties":
		return one(&n.additionalProperties)
	case "propertyNames":
		return one(&n.names)
	case "items":
		if _, isList := v.([]any); isList {
			return fail(at, "a list of schemas is of an older draft: use 'prefixItems'")
		}
		return one(&n.items)
	case "contains":
		return one(&n.contains)
	case "unevaluatedItems":
		return one(&n.unevaluatedItems)
	case "unevaluatedProperties":
		return one(&n.unevaluated)
	case "allOf", "anyOf", "oneOf", "prefixItems":
		return c.list(n, k, v, pointer)
	case "properties", "patternProperties", "dependentSchemas", "$defs", "definitions":
		return c.named(n, k, v, pointer)
	case "$ref", "$dynamicRef":
		to, ok := v.(string)
		if !ok {
			return fail(at, "must be a URL, not %s", kindOf(v))
		}
		c.open = append(c.open, reference{n, to, k == "$dynamicRef"})
		return nil
	}
	if known, err := n.assertion(k, v, at); known {
		return err
	}
	return unknownKeyword(k, at)
}

func (c *compiler) list(n *node, k string, v any, pointer string) error {
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		return fail(n.at+"/"+k, "must be a list of schemas that is not empty, not %s", kindOf(v))
	}
	all := make([]*node, len(list))
	for i, d := range list {
		s, err := c.schema(d, n.in, pointer+"/"+k+"/"+strconv.Itoa(i))
		if err != nil {
			return err
		}
		all[i] = s
	}
	switch k {
	case "allOf":
		n.allOf = all
	case "anyOf":
		n.anyOf = all
	case "oneOf":
		n.oneOf = all
	default:
		n.prefixItems = all
	}
	return nil
}

func (c *compiler) named(n *node, k string, v any, pointer string) error {
	m, ok := v.(map[string]any)
	if !ok {
		return fail(n.at+"/"+k, "must be an object of schemas, not %s", kindOf(v))
	}
	all := make(map[string]*node, len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		s, err := c.schema(m[name], n.in, pointer+"/"+k+"/"+escape(name))
		if err != nil {
			return err
		}
		all[name] = s
		if k != "patternProperties" {
			continue
		}
		p, err := compilePattern(name, n.at+"/"+k)
		if err != nil {
			return err
		}
		n.patternProperties = append(n.patternProperties, patterned{p, s})
	}
	switch k {
	case "properties":
		n.properties = all
	case "dependentSchemas":
		n.dependentSchemas = all
	}
	return nil
}

// annotations are keywords that assert nothing.
func annotations() []string {
	return []string{
		"$schema", "$id", "$anchor", "$dynamicAnchor", "$comment", "$vocabulary", "title", "description", "default", "deprecated", "readOnly",
		"writeOnly", "examples", "example", "contentEncoding", "contentMediaType", "contentSchema",
	}
}

// unknownKeyword lets annotations pass that others have made up, and no misspelt keyword.
func unknownKeyword(k, at string) error {
	if slices.Contains(annotations(), k) {
		return nil
	}
	switch k {
	case "additionalItems":
		return fail(at, "is of an older draft: use 'items' after 'prefixItems'")
	case "dependencies":
		return fail(at, "is of an older draft: use 'dependentRequired' or 'dependentSchemas'")
	case "$recursiveRef", "$recursiveAnchor", "id":
		return fail(at, "is of an older draft: use '$dynamicRef', '$dynamicAnchor', '$id'")
	case "nullable":
		return fail(at, "is OpenAPI's: use 'type: [..., \"null\"]'")
	}
	known := append(strings.Fields(assertions+" not if then else additionalProperties propertyNames items contains unevaluatedItems "+
		"unevaluatedProperties allOf anyOf oneOf prefixItems properties patternProperties dependentSchemas $defs $ref $dynamicRef"), annotations()...)
	if hint := nearest.Hint(k, known); hint != "" && !strings.HasPrefix(k, "x-") {
		return fail(at, "unknown keyword: %s", hint)
	}
	return nil
}

// follow finds the schema that a reference leads to.
func (c *compiler) follow(o reference) error {
	u, err := o.from.in.url.Parse(o.to)
	if err != nil {
		return fail(o.from.at, "$ref %q is no URL", o.to)
	}
	fragment := u.Fragment
	u.Fragment, u.RawFragment = "", ""
	r := c.resources[u.String()]
	if r == nil {
		if r, err = c.fetch(u, o); err != nil {
			return err
		}
	}
	target := r.node
	switch {
	case fragment == "":
	case strings.HasPrefix(fragment, "/"):
		if target, err = c.at(r, fragment, o); err != nil {
			return err
		}
	default:
		if target = r.anchors[fragment]; target == nil {
			return fail(o.from.at, "$ref %s: no schema has the anchor '%s'", o.to, fragment)
		}
	}
	if target == nil {
		return fail(o.from.at, "$ref %s leads nowhere", o.to)
	}
	o.from.refer(target, o.dynamic && r.dynamics[fragment] == target && fragment != "", fragment)
	return nil
}

// refer makes to a part of n: a second reference, of $dynamicRef beside $ref, is one of allOf.
func (n *node) refer(to *node, dynamic bool, name string) {
	if n.ref != nil {
		second := &node{at: n.at, in: n.in, maxLength: -1, minLength: -1, maxItems: -1, minItems: -1, maxContains: -1, minContains: -1, maxProperties: -1, minProperties: -1}
		n.allOf = append(n.allOf, second)
		n = second
	}
	if n.ref = to; dynamic {
		n.dynamic = name
	}
}

func (c *compiler) fetch(u *url.URL, o reference) (*resource, error) {
	if c.load == nil {
		return nil, fail(o.from.at, "$ref %s: nothing is fetched, and the schema has no such $id", o.to)
	}
	d, err := c.load(u)
	if err != nil {
		return nil, fail(o.from.at, "$ref %s: %s", o.to, err)
	}
	if _, err := c.document(d, u); err != nil {
		return nil, err
	}
	return c.resources[u.String()], nil
}

// at finds the schema at a pointer below r.
func (c *compiler) at(r *resource, pointer string, o reference) (*node, error) {
	full := r.pointer + pointer
	if n := c.nodes[r.document+"#"+full]; n != nil {
		return n, nil
	}
	d := r.root
	for token := range strings.SplitSeq(pointer[1:], "/") {
		token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		switch in := d.(type) {
		case map[string]any:
			d = in[token]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(in) {
				return nil, fail(o.from.at, "$ref %s leads nowhere", o.to)
			}
			d = in[i]
		default:
			d = nil
		}
		if d == nil {
			return nil, fail(o.from.at, "$ref %s leads nowhere", o.to)
		}
	}
	return c.schema(d, r, full)
}

func escape(s string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(s) }

// shortURL is a URL for a message: a file by its name.
func shortURL(s string) string {
	if u, err := url.Parse(s); err == nil && u.Scheme == "file" {
		return u.Path[strings.LastIndexByte(u.Path, '/')+1:]
	}
	return s
}

// compilePattern reads a pattern of ECMA-262 as far as RE2 has it.
func compilePattern(text, at string) (*regexp.Regexp, error) {
	p, err := regexp.Compile(unicodeEscape(text))
	if err != nil {
		return nil, fail(at, "the pattern %q is not one that RE2 has: %s", text, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return p, nil
}

// unicodeEscape writes \uXXXX as RE2 does.
func unicodeEscape(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		if text[i+1] == 'u' && i+6 <= len(text) {
			if _, err := strconv.ParseUint(text[i+2:i+6], 16, 16); err == nil {
				fmt.Fprintf(&b, `\x{%s}`, text[i+2:i+6])
				i += 5
				continue
			}
		}
		b.WriteString(text[i : i+2])
		i++
	}
	return b.String()
}

// kindOf is the JSON type of a value, for a person.
func kindOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case json.Number:
		return cmp.Or(map[bool]string{true: "integer"}[isInteger(v)], "number")
	case []any:
		return "array"
	}
	return "object"
}
