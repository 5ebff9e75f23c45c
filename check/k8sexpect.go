package check

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"assay.rs/mod-data/yaml"
)

// k8sExpect is what objects must be like: one of its parts is given.
type k8sExpect struct {
	rollout   string // complete
	condition conditionWant
	path      *jsonPath
	value     Template // what the values at path must be
	apart     Template // the key `value`, which says the same
	json      []*expression
	count     counts
	absent    bool
	ready     string   // all
	image     Template // that each pod of a workload must run
	replicas  int      // that a workload must ask for; -1 is any but 0
	latency   latency
}

// conditionWant is a condition and the status that it must have.
type conditionWant struct{ name, status string }

func (c conditionWant) String() string { return c.name + "=" + c.status }

// counts is how many objects there must be.
type counts struct {
	text   string
	bounds statusRange
}

func (e *k8sExpect) keys() []Key {
	var x *expression
	one := Value{func() schema { return expressionValue(&x, asVerdict).schema() }, func(r *Reader, n *yaml.Node) {
		x = nil
		if expressionValue(&x, asVerdict).read(r, n); x != nil {
			e.json = append(e.json, x)
		}
	}}
	return []Key{
		{Name: "rollout", Text: "complete: as kubectl rollout status judges a deployment, statefulset or daemonset.", Value: Choice(&e.rollout, "complete")},
		{Name: "condition", Text: "A condition that must be True, as Ready; or its status, as Ready=False.", Value: conditionValue(&e.condition)},
		{Name: "jsonpath", Text: "A path of kubectl, as {.status.phase}=Running; without a value something must be there.", Value: jsonPathValue(&e.path, &e.value)},
		{Name: "value", Text: "What the values at jsonpath must be, when that does not say it.", Value: Text(&e.apart)},
		{Name: "json", Text: "A jq expression over each object, or several, that must give true.", Value: OneOrMany(one, func() { e.json = nil })},
		{Name: "count", Text: "How many objects there must be: 3, \">=1\", \">=1 <5\".", Value: countValue(&e.count)},
		{Name: "absent", Text: "true: there must be no such object. A kind or namespace that does not exist is an error.", Value: onlyTrue(&e.absent)},
		{Name: "ready", Text: "all: every object must be ready, whatever that means for its kind.", Value: Choice(&e.ready, "all")},
		{Name: "replicas", Text: "How many replicas the workload must ask for. Without it any number but 0.", Value: Int(&e.replicas, 0, 1_000_000)},
		{Name: "image", Text: "What every pod of the workload must run in one of its containers: a tag, as 1.4.2, a digest, as sha256:..., or the whole reference.", Value: Text(&e.image)},
		{Name: "latency", Text: "How long the API server may take to give the objects: \"<500ms\".", Value: latencyValue(&e.latency)},
	}
}

// onlyTrue reads a flag that has no other value.
func onlyTrue(into *bool) Value {
	flag := Flag(into)
	return Value{func() schema { return substitutable(schema{"const": true}) }, func(r *Reader, n *yaml.Node) {
		before := r.problems.Len()
		if flag.read(r, n); r.problems.Len() == before && !*into {
			r.Fail(n, "must be true: leave the key out otherwise")
		}
	}}
}

func conditionValue(into *conditionWant) Value {
	return Value{func() schema {
		return schema{"type": "string", "pattern": `^[^=\s]+(=(True|true|False|false|Unknown|unknown))?$|\$\{`}
	}, func(r *Reader, n *yaml.Node) {
		s, ok := r.someText(n)
		if !ok {
			return
		}
		if s, ok = r.static(n, s); !ok {
			return
		}
		name, status, given := strings.Cut(s, "=")
		if !given {
			status = "True"
		}
		for _, known := range []string{"True", "False", "Unknown"} {
			if (status == known || status == strings.ToLower(known)) && name != "" && !strings.ContainsAny(name, " \t\n") {
				*into = conditionWant{name, known}
				return
			}
		}
		r.Fail(n, "must be a condition such as Ready, Ready=False or Ready=Unknown, not %s", describe(n))
	}}
}

// countValue reads the forms of expect.count.
func countValue(into *counts) Value {
	return Value{func() schema {
		return schema{"anyOf": []any{
			schema{"type": "integer", "minimum": 0},
			schema{"type": "string", "pattern": `^((>=|<=|>|<|==|!=)\s*[0-9]+\s*)+$|\$\{`},
		}}
	}, func(r *Reader, n *yaml.Node) {
		v, ok := r.resolved(n)
		if !ok {
			return
		}
		if i, isInt := v.Value.(int); isInt && v.Kind == yaml.Int && i >= 0 {
			*into = counts{fmt.Sprintf("== %d", i), statusRange{{"==", i}}}
			return
		}
		s, _ := stringOf(v)
		bounds, ok := comparisons(s, naturalNumber)
		if !ok {
			r.Fail(n, "must be a number of objects such as 3, '>=1' or '>=1 <5', not %s", describe(v))
			return
		}
		c := counts{strings.Join(strings.Fields(s), " "), bounds}
		switch all, none := c.holdsFor(); {
		case all:
			r.Fail(n, "every number of objects is %s: it says nothing", c.text)
		case none:
			r.Fail(n, "no number of objects is %s: nothing could pass", c.text)
		default:
			*into = c
		}
	}}
}

func naturalNumber(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0 && s[0] != '+' && n < 1<<30
}

func (c counts) holds(n int) bool {
	return !slices.ContainsFunc(c.bounds, func(one comparison) bool { return !one.holds(n) })
}

// holdsFor tells whether all numbers are as wanted, or none: it is enough to look beside each bound.
func (c counts) holdsFor() (all, none bool) {
	tried := []int{0, 1, 1 << 31}
	for _, one := range c.bounds {
		tried = append(tried, max(0, one.code-1), one.code, one.code+1)
	}
	all, none = true, true
	for _, n := range tried {
		holds := c.holds(n)
		all, none = all && holds, none && !holds
	}
	return all, none
}

// given are the parts that say something.
func (e *k8sExpect) given() []string {
	var out []string
	for _, part := range []struct {
		name string
		set  bool
	}{
		{"rollout", e.rollout != ""},
		{"condition", e.condition.name != ""},
		{"jsonpath", e.path != nil},
		{"json", len(e.json) > 0},
		{"count", e.count.text != ""},
		{"absent", e.absent},
		{"ready", e.ready != ""},
	} {
		if part.set {
			out = append(out, part.name)
		}
	}
	return out
}

func (e *k8sExpect) prepare(p *Prep) {
	given := e.given()
	at := []string{"expect"}
	switch {
	case len(given) == 0 && p.r.problems.Len() > 0: // what was meant was refused
	case len(given) == 0:
		p.Fail(at, "'expect' needs one of rollout, condition, jsonpath, json, count, absent, ready: that an object exists says nothing of its state")
	case len(given) > 1:
		p.Fail(at, "'expect' has %s: make a check of each", strings.Join(given, " and "))
	}
	switch {
	case e.apart.Set() && e.path == nil:
		p.Fail([]string{"expect", "value"}, "'value' needs 'jsonpath'")
	case e.apart.Set() && e.value.Set():
		p.Fail([]string{"expect", "value"}, "'jsonpath' has a value already")
	case e.apart.Set():
		e.value = e.apart
	}
	if e.image.Set() && e.rollout == "" && e.ready == "" {
		p.Fail([]string{"expect", "image"}, "'image' belongs to 'rollout' or 'ready': the pods of a workload are looked at")
	}
	if e.replicas >= 0 && e.rollout == "" && e.ready == "" && e.condition.name == "" {
		p.Fail([]string{"expect", "replicas"}, "'replicas' belongs to 'rollout', 'ready' or 'condition'")
	}
}
