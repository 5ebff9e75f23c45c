package jsonschema

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// run judges one value.
type run struct {
	ctx    context.Context
	scope  []*resource // from the outermost
	active map[visit]bool
	left   int // steps
	err    error
}

// visit is a schema at work on a part of the value. One that comes to itself again would never end.
type visit struct {
	n  *node
	at string
}

const (
	maxSteps = 5_000_000
	maxFound = 1000 // violations
)

// seen is what of a value has been judged by the schemas that it satisfies.
type seen struct {
	names    map[string]bool
	items    map[int]bool
	allNames bool
	allItems bool
	upTo     int // items in front
}

func (s *seen) add(o *seen) {
	if o == nil {
		return
	}
	s.allNames, s.allItems, s.upTo = s.allNames || o.allNames, s.allItems || o.allItems, max(s.upTo, o.upTo)
	for k := range o.names {
		s.name(k)
	}
	for i := range o.items {
		s.item(i)
	}
}

func (s *seen) name(k string) {
	if s.names == nil {
		s.names = map[string]bool{}
	}
	s.names[k] = true
}

func (s *seen) item(i int) {
	if s.items == nil {
		s.items = map[int]bool{}
	}
	s.items[i] = true
}

// judge says what of v has been judged, and what is wrong with it.
func (r *run) judge(n *node, v any, at string) (*seen, []Violation) {
	if r.left--; r.left < 0 && r.err == nil {
		r.err = ErrTooComplex
	}
	if r.left%1024 == 0 && r.ctx.Err() != nil && r.err == nil {
		r.err = context.Cause(r.ctx)
	}
	if r.err != nil {
		return nil, nil
	}
	if n.never {
		return nil, []Violation{{at, "false", "must not be there", v}}
	}
	here := visit{n, at}
	if r.active[here] {
		return nil, []Violation{{at, "$ref", "cannot be judged: the schema refers to itself without end", v}}
	}
	r.active[here] = true
	r.scope = append(r.scope, n.in)
	defer func() {
		delete(r.active, here)
		r.scope = r.scope[:len(r.scope)-1]
	}()
	j := &judgement{run: r, n: n, v: v, at: at, seen: &seen{}}
	j.plain()
	j.applied()
	switch v := v.(type) {
	case map[string]any:
		j.object(v)
	case []any:
		j.array(v)
	}
	if len(j.bad) > maxFound {
		j.bad = j.bad[:maxFound]
	}
	return j.seen, j.bad
}

// judgement is of one schema on one part of a value.
type judgement struct {
	*run
	n    *node
	v    any
	at   string
	seen *seen
	bad  []Violation
}

func (j *judgement) wrong(keyword, format string, args ...any) {
	j.bad = append(j.bad, Violation{j.at, keyword, fmt.Sprintf(format, args...), j.v})
}

// with judges the same part by another schema.
func (j *judgement) with(n *node) (*seen, []Violation) {
	return j.judge(n, j.v, j.at)
}

// both takes over what another schema has found.
func (j *judgement) both(s *seen, bad []Violation) {
	j.bad = append(j.bad, bad...)
	j.seen.add(s)
}

// plain judges by keywords that hold no schema.
func (j *judgement) plain() {
	n := j.n
	kind := kindOf(j.v)
	if len(n.types) > 0 && !slices.Contains(n.types, kind) && !(kind == "integer" && slices.Contains(n.types, "number")) {
		j.wrong("type", "must be %s", strings.Join(n.types, " or "))
	}
	if n.enum != nil && !slices.Contains(n.enum, canonical(j.v)) {
		j.wrong("enum", "must be one of %s", n.enumText)
	}
	if n.constant != nil && *n.constant != canonical(j.v) {
		j.wrong("const", "must be %s", *n.constant)
	}
	switch v := j.v.(type) {
	case json.Number:
		j.number(v)
	case string:
		length := utf8.RuneCountInString(v)
		if n.maxLength >= 0 && length > n.maxLength {
			j.wrong("maxLength", "must have at most %d characters", n.maxLength)
		}
		if length < n.minLength {
			j.wrong("minLength", "must have at least %d characters", n.minLength)
		}
		if n.pattern != nil && !n.pattern.MatchString(v) {
			j.wrong("pattern", "must match %s", n.pattern)
		}
	}
	if n.format != "" && !formatHolds(n.format, j.v) {
		j.wrong("format", "must be of the format %s", n.format)
	}
}

func (j *judgement) number(v json.Number) {
	n := j.n
	if n.multipleOf == nil && n.maximum == nil && n.exclusiveMaximum == nil && n.minimum == nil && n.exclusiveMinimum == nil {
		return
	}
	exact := rational(v)
	if exact == nil {
		j.wrong("maximum", "must be a number with an exponent of at most %d", maxExponent)
		return
	}
	if n.multipleOf != nil && !new(big.Rat).Quo(exact, n.multipleOf).IsInt() {
		j.wrong("multipleOf", "must be a multiple of %s", plainNumber(n.multipleOf))
	}
	for _, b := range []struct {
		keyword, want string
		bound         *big.Rat
		holds         func(order int) bool
	}{
		{"maximum", "must be at most", n.maximum, func(o int) bool { return o <= 0 }},
		{"exclusiveMaximum", "must be less than", n.exclusiveMaximum, func(o int) bool { return o < 0 }},
		{"minimum", "must be at least", n.minimum, func(o int) bool { return o >= 0 }},
		{"exclusiveMinimum", "must be more than", n.exclusiveMinimum, func(o int) bool { return o > 0 }},
	} {
		if b.bound != nil && !b.holds(exact.Cmp(b.bound)) {
			j.wrong(b.keyword, "%s %s", b.want, plainNumber(b.bound))
		}
	}
}

func plainNumber(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	f, _ := r.Float64()
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// applied judges by schemas that hold for the same part.
func (j *judgement) applied() {
	n := j.n
	if n.ref != nil {
		j.both(j.with(j.referred()))
	}
	for _, s := range n.allOf {
		j.both(j.with(s))
	}
	if n.anyOf != nil {
		j.any()
	}
	if n.oneOf != nil {
		j.one()
	}
	if n.not != nil {
		if _, bad := j.with(n.not); len(bad) == 0 && j.err == nil {
			j.wrong("not", "must not be as %s wants", n.not.at)
		}
	}
	if n.ifs != nil {
		s, bad := j.with(n.ifs)
		then := n.then
		if len(bad) > 0 {
			then = n.otherwise
		} else {
			j.seen.add(s)
		}
		if then != nil {
			j.both(j.with(then))
		}
	}
}

// referred is what $ref leads to. A $dynamicRef leads to the outermost schema of its name.
func (j *judgement) referred() *node {
	if j.n.dynamic != "" {
		for _, r := range j.scope {
			if n := r.dynamics[j.n.dynamic]; n != nil {
				return n
			}
		}
	}
	return j.n.ref
}

func (j *judgement) any() {
	var closest []Violation
	fits := false
	for _, s := range j.n.anyOf {
		part, bad := j.with(s)
		if len(bad) == 0 {
			j.seen.add(part)
			fits = true
		} else if closest == nil || deeper(bad, closest) {
			closest = bad
		}
	}
	if !fits && j.err == nil {
		j.wrong("anyOf", "must fit one of %d schemas; the closest: %s", len(j.n.anyOf), describe(closest, j.at))
	}
}

func (j *judgement) one() {
	var closest []Violation
	var part *seen
	fit := []string{}
	for i, s := range j.n.oneOf {
		p, bad := j.with(s)
		if len(bad) == 0 {
			fit, part = append(fit, strconv.Itoa(i)), p
		} else if closest == nil || deeper(bad, closest) {
			closest = bad
		}
	}
	switch {
	case j.err != nil:
	case len(fit) == 0:
		j.wrong("oneOf", "must fit one of %d schemas; the closest: %s", len(j.n.oneOf), describe(closest, j.at))
	case len(fit) > 1:
		j.wrong("oneOf", "must fit one schema, and fits %d: %s", len(fit), strings.Join(fit, ", "))
	default:
		j.seen.add(part)
	}
}

// deeper tells whether a tells more than b: it is wrong further inside, or in fewer ways.
func deeper(a, b []Violation) bool {
	x, y := strings.Count(a[0].At, "/"), strings.Count(b[0].At, "/")
	return x > y || x == y && len(a) < len(b)
}

func describe(bad []Violation, from string) string {
	if len(bad) == 0 {
		return "none"
	}
	text := bad[0].Want
	if inside := strings.TrimPrefix(bad[0].At, from); inside != "" {
		text = inside + " " + text
	}
	return text
}

func (j *judgement) object(m map[string]any) {
	n := j.n
	if n.maxProperties >= 0 && len(m) > n.maxProperties {
		j.wrong("maxProperties", "must have at most %d properties", n.maxProperties)
	}
	if len(m) < n.minProperties {
		j.wrong("minProperties", "must have at least %d properties", n.minProperties)
	}
	j.present(n.required, m, "")
	for _, name := range slices.Sorted(maps.Keys(n.dependentRequired)) {
		if _, there := m[name]; there {
			j.present(n.dependentRequired[name], m, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(n.dependentSchemas)) {
		if _, there := m[name]; there {
			j.both(j.with(n.dependentSchemas[name]))
		}
	}
	if n.properties == nil && n.patternProperties == nil && n.additionalProperties == nil && n.names == nil && n.unevaluated == nil {
		return
	}
	for _, name := range sortedKeys(m) {
		j.property(name, m[name])
	}
}

func (j *judgement) present(names []string, m map[string]any, because string) {
	for _, name := range names {
		if _, there := m[name]; there {
			continue
		}
		if because != "" {
			j.wrong("dependentRequired", "must have '%s', since it has '%s'", name, because)
			continue
		}
		j.wrong("required", "must have '%s'", name)
	}
}

func (j *judgement) property(name string, v any) {
	n, at := j.n, j.at+"/"+escape(name)
	below := func(s *node) {
		_, bad := j.judge(s, v, at)
		j.bad = append(j.bad, bad...)
		j.seen.name(name)
	}
	if n.names != nil {
		if _, bad := j.judge(n.names, name, at); len(bad) > 0 {
			j.bad = append(j.bad, Violation{at, "propertyNames", "must not have this name: it " + bad[0].Want, name})
		}
	}
	known := false
	if s := n.properties[name]; s != nil {
		below(s)
		known = true
	}
	for _, p := range n.patternProperties {
		if p.pattern.MatchString(name) {
			below(p.schema)
			known = true
		}
	}
	if !known && n.additionalProperties != nil {
		below(n.additionalProperties)
	}
	if n.unevaluated != nil && !j.seen.allNames && !j.seen.names[name] {
		below(n.unevaluated)
	}
}

func (j *judgement) array(list []any) {
	n := j.n
	if n.maxItems >= 0 && len(list) > n.maxItems {
		j.wrong("maxItems", "must have at most %d items", n.maxItems)
	}
	if len(list) < n.minItems {
		j.wrong("minItems", "must have at least %d items", n.minItems)
	}
	if n.uniqueItems {
		j.unique(list)
	}
	each := func(i int, s *node) {
		_, bad := j.judge(s, list[i], j.at+"/"+strconv.Itoa(i))
		j.bad = append(j.bad, bad...)
	}
	front := min(len(n.prefixItems), len(list))
	for i := range front {
		each(i, n.prefixItems[i])
	}
	j.seen.upTo = max(j.seen.upTo, front)
	if n.items != nil {
		for i := front; i < len(list); i++ {
			each(i, n.items)
		}
		j.seen.allItems = true
	}
	if n.contains != nil {
		j.containing(list)
	}
	if n.unevaluatedItems == nil {
		return
	}
	for i := range list {
		if !j.seen.allItems && i >= j.seen.upTo && !j.seen.items[i] {
			each(i, n.unevaluatedItems)
		}
	}
	j.seen.allItems = true
}

func (j *judgement) unique(list []any) {
	have := make(map[string]int, len(list))
	for i, e := range list {
		key := canonical(e)
		if first, again := have[key]; again {
			j.wrong("uniqueItems", "must have no two equal items: %d and %d are", first, i)
			return
		}
		have[key] = i
	}
}

func (j *judgement) containing(list []any) {
	count, least := 0, 1
	for i, e := range list {
		if _, bad := j.judge(j.n.contains, e, j.at+"/"+strconv.Itoa(i)); len(bad) == 0 {
			count++
			j.seen.item(i)
		}
	}
	if j.n.minContains >= 0 {
		least = j.n.minContains
	}
	if count < least {
		j.wrong("contains", "must contain at least %d items as %s wants, and has %d", least, j.n.contains.at, count)
	}
	if j.n.maxContains >= 0 && count > j.n.maxContains {
		j.wrong("maxContains", "must contain at most %d items as %s wants, and has %d", j.n.maxContains, j.n.contains.at, count)
	}
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
